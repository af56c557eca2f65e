"""Names of cytotoxic drugs: one generic a line, then its codes, trade names and abbreviations."""

CYTOTOXIC = """
oxaliplatin: eloxatin, l-ohp
cisplatin: cddp, ddp, platinol
carboplatin: paraplatin, cbp
nedaplatin
lobaplatin
capecitabine: xeloda
fluorouracil: 5-fu, 5-fluorouracil, 5fu, 5fluorouracil, 5 fluorouracil, 5 fu, adrucil
floxuridine: fudr
leucovorin: folinic acid, calcium folinate, leucovorin calcium, calcium leucovorin
levoleucovorin: l-leucovorin, sodium levofolinate
irinotecan: cpt-11, camptosar, irinotecan hydrochloride
liposomal irinotecan: nal-iri, onivyde, irinotecan liposome, mm-398
gemcitabine: gemzar, gemcitabine hydrochloride, gem
nab-paclitaxel: abraxane, albumin-bound paclitaxel, albumin bound paclitaxel, nab paclitaxel, paclitaxel (albumin-bound), paclitaxel-albumin, nanoparticle albumin-bound paclitaxel, protein-bound paclitaxel, abi-007, paclitaxel albumin-stabilized nanoparticle formulation, albumin paclitaxel, nab-p
liposomal paclitaxel: paclitaxel liposome
paclitaxel: taxol, ptx
docetaxel: taxotere
cabazitaxel: jevtana, xrp6258
doxorubicin: adriamycin, doxorubicin hydrochloride
liposomal doxorubicin: doxil, caelyx, pegylated liposomal doxorubicin, pld, doxorubicin liposome
epirubicin: ellence, epirubicin hydrochloride
pirarubicin: thp
aclarubicin: aclacinomycin, aclamycin
amrubicin
utidelone: utd1
mitoxantrone: novantrone, mitoxantrone hydrochloride
liposomal mitoxantrone: mitoxantrone liposome, mitoxantrone hydrochloride liposome
cyclophosphamide: cytoxan, ctx, endoxan
ifosfamide: ifex
trofosfamide
evofosfamide: th-302
etoposide: vp-16, vp16, toposar, etoposide phosphate
teniposide
vincristine: oncovin, vincristine sulfate, vcr
liposomal vincristine: marqibo, vincristine liposome
vinorelbine: navelbine, vinorelbine tartrate, nvb
vinblastine: velban
vindesine
vinflunine
eribulin: halaven, eribulin mesylate
ixabepilone: ixempra
pemetrexed: alimta, pemetrexed disodium
pralatrexate: folotyn
raltitrexed: tomudex
methotrexate: mtx, methotrexate sodium
trifluridine/tipiracil: tas-102, lonsurf, ftd/tpi, trifluridine and tipiracil, trifluridine tipiracil
s-1: tegafur/gimeracil/oteracil, tegafur gimeracil oteracil, tegafur, teysuno, ts-1
tegafur/uracil: uft
temozolomide: temodar, temodal, tmz
dacarbazine: dtic
procarbazine: matulane
cytarabine: ara-c, arac, cytosine arabinoside, cytosar
fludarabine: fludara, fludarabine phosphate, flu
cladribine: 2-cda, leustatin
clofarabine: clolar
nelarabine: arranon
pentostatin: nipent
mercaptopurine: 6-mp, 6-mercaptopurine
thioguanine: 6-tg, tioguanine
hydroxyurea: hydroxycarbamide
azacitidine: 5-azacitidine, azacytidine, vidaza, 5-aza, aza, cc-486, onureg
decitabine: dacogen, 5-aza-2'-deoxycytidine
decitabine/cedazuridine: astx727, inqovi, decitabine and cedazuridine, cedazuridine/decitabine
guadecitabine: sgi-110
daunorubicin: cerubidine, daunorubicin hydrochloride, dnr
daunorubicin/cytarabine liposome: cpx-351, vyxeos, liposome-encapsulated daunorubicin-cytarabine, liposomal daunorubicin and cytarabine, liposomal cytarabine and daunorubicin, liposomal daunorubicin/cytarabine
liposomal daunorubicin: daunoxome
idarubicin: idamycin, idarubicin hydrochloride
melphalan: alkeran, evomela, melphalan hydrochloride
melphalan flufenamide: melflufen, pepaxto
busulfan: busulfex, myleran
treosulfan: ovastat, trecondi
thiotepa: tepadina
bendamustine: treanda, bendeka, bendamustine hydrochloride, levact
chlorambucil: leukeran
lomustine: ccnu, gleostine
carmustine: bcnu, gliadel
nimustine: acnu
fotemustine
semustine
streptozocin: zanosar
altretamine
mitomycin: mitomycin c, mitomycin-c, mmc, jelmyto, ugn-101
dactinomycin: actinomycin d, cosmegen
bleomycin: blenoxane
topotecan: hycamtin, topotecan hydrochloride
belotecan
hydroxycamptothecin: hcpt
lurbinectedin: zepzelca, pm01183
trabectedin: yondelis, et-743
plitidepsin: aplidin
asparaginase: l-asparaginase, elspar, l-asp, l-asparginase, recombinant asparaginase, spectrila
pegaspargase: oncaspar, peg-asparaginase, peg-asp, pegaspargase (peg) asparaginase
calaspargase pegol: asparlas
asparaginase erwinia: erwinase, erwinaze, rylaze, erwinia asparaginase, erwinia asparaginase chrysanthemi, crisantaspase, l-asparaginase (erwinase)
homoharringtonine: omacetaxine, omacetaxine mepesuccinate, hht, synribo
arsenic trioxide: ato, trisenox, arsenic trioxide injection
realgar-indigo naturalis formula: rif
plinabulin
tirapazamine
nanoliposomal irinotecan
sapacitabine
troxacitabine
glufosfamide
uproleselan: gmi-1271
napabucasin: bbi608
estramustine
mitotane: lysodren
"""
