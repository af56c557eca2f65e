"""Names of targeted small molecules: one generic a line, then its codes and trade names."""

TARGETED = """
apatinib: rivoceranib, apatinib mesylate, yn968d1
anlotinib: al3818, anlotinib hydrochloride, focus v
lenvatinib: lenvima, e7080
sorafenib: nexavar, sorafenib tosylate
sunitinib: sutent, sunitinib malate
cabozantinib: cabometyx, xl184, cabozantinib s-malate, cometriq
zanzalintinib: xl092
donafenib
surufatinib: sulfatinib
famitinib: shr1020, famitinib malate
chiauranib: cs2164
axitinib: inlyta
pazopanib: votrient
tivozanib: fotivda
vandetanib: caprelsa
nintedanib: ofev
sitravatinib: mgcd516
vorolanib
lucitanib
catequentinib
endostar: recombinant human endostatin, endostatin, rh-endostatin
aflibercept: ziv-aflibercept, zaltrap
erlotinib: tarceva
gefitinib: iressa
icotinib: conmana
afatinib: gilotrif
dacomitinib: vizimpro
osimertinib: tagrisso, azd9291
almonertinib: aumolertinib, hs-10296
furmonertinib: firmonertinib, ast2818
lazertinib: leclaza, yh25448
befotertinib: d-0316
rezivertinib
rilertinib
sunvozertinib: dzd9008
mobocertinib: tak-788
zipalertinib: tas6417
poziotinib
lapatinib: tykerb
neratinib: nerlynx
pyrotinib: pyrotinib maleate
tucatinib: tukysa
zongertinib: bi 1810631
olaparib: lynparza, azd2281
niraparib: zejula
talazoparib: talzenna, bmn 673
rucaparib: rubraca
fluzoparib: fuzuloparib
pamiparib: bgb-290
senaparib
veliparib: abt-888
saruparib: azd5305
palbociclib: ibrance
ribociclib: kisqali, lee011
abemaciclib: verzenio, ly2835219
dalpiciclib: shr6390
trilaciclib: cosela, g1t28
lerociclib
everolimus: afinitor, rad001
temsirolimus: torisel
sirolimus: rapamycin, rapamune
nab-sirolimus: fyarro, abi-009
vistusertib
imatinib: gleevec, glivec, imatinib mesylate
dasatinib: sprycel
nilotinib: tasigna
bosutinib: bosulif
ponatinib: iclusig
asciminib: scemblix
olverembatinib: hqp1351
flumatinib
avapritinib: ayvakit
ripretinib: qinlock
elenestinib: blu-263
ibrutinib: imbruvica
zanubrutinib: bgb-3111, brukinsa
orelabrutinib: icp-022
acalabrutinib: calquence
pirtobrutinib: jaypirca
idelalisib: zydelig
duvelisib: copiktra
copanlisib: aliqopa
parsaclisib: incb050465
umbralisib
linperlisib: yy-20394
alpelisib: piqray, byl719
inavolisib: gdc-0077
capivasertib: azd5363, truqap
ipatasertib
buparlisib: bkm120
venetoclax: abt-199, venclexta, ven, gdc-0199
navitoclax: abt-263
lisaftoclax: apg-2575
sonrotoclax: bgb-11417
bortezomib: velcade
carfilzomib: kyprolis
ixazomib: ninlaro
lenalidomide: revlimid
pomalidomide: pomalyst
thalidomide: thalomid
iberdomide: cc-220
mezigdomide: cc-92480
avadomide
chidamide: tucidinostat, cs055
vorinostat: zolinza, saha
romidepsin: istodax
panobinostat: farydak
belinostat: beleodaq
entinostat: sndx-275
nanatinostat
tazemetostat: tazverik
valemetostat: ds-3201
pinometostat: epz-5676
ivosidenib: tibsovo, ag-120
enasidenib: idhifa, ag-221
vorasidenib: voranigo, ag-881
olutasidenib: rezlidhia
gilteritinib: xospata, asp2215
midostaurin: rydapt, pkc412
quizartinib: ac220, vanflyta
crenolanib
glasdegib: daurismo
vismodegib: erivedge
sonidegib: odomzo
revumenib: sndx-5613, revuforj
ziftomenib: ko-539
bleximenib: jnj-75276617
selinexor: xpovio, kpt-330
eltanexor
ruxolitinib: jakafi, jakavi
fedratinib: inrebic
pacritinib: vonjo
momelotinib: ojjaara
golidocitinib: azd4205
trametinib: mekinist
dabrafenib: tafinlar
vemurafenib: zelboraf
encorafenib: braftovi
binimetinib: mektovi
cobimetinib: cotellic
selumetinib: koselugo
mirdametinib: pd-0325901, gomekli
tunlametinib
tovorafenib: day101
avutometinib: vs-6766
defactinib: vs-6063
crizotinib: xalkori
alectinib: alecensa
ceritinib: zykadia
brigatinib: alunbrig
lorlatinib: lorbrena
ensartinib: x-396
iruplinalkib
entrectinib: rozlytrek
larotrectinib: vitrakvi
repotrectinib: augtyro
taletrectinib
selpercatinib: retevmo, loxo-292
pralsetinib: gavreto, blu-667
capmatinib: tabrecta, inc280
tepotinib: tepmetko
savolitinib: hmpl-504
glumetinib
bozitinib: vebreltinib
sotorasib: lumakras, amg 510
adagrasib: krazati, mrtx849
divarasib: gdc-6036
glecirasib: jab-21822
fulzerasib: gfh925
garsorasib: d-1553
olomorasib: ly3537982
zoldonrasib
daraxonrasib: rmc-6236
erdafitinib: balversa
pemigatinib: pemazyre
infigratinib: bgj398
futibatinib: lytgobi, tas-120
gunagratinib
pexidartinib: turalio
vimseltinib
pimicotinib
belzutifan: welireg, mk-6482
tipifarnib
lonafarnib
adavosertib: azd1775
ceralasertib: azd6738
berzosertib
prexasertib
alisertib: mln8237
barasertib
onvansertib
idasanutlin: rg7388
alrizomadlin: apg-115
milademetan
galunisertib: ly2157299
nirogacestat: ogsiveo
crenigacestat
epacadostat
indoximod
etrumadenant: ab928
quemliclustat: ab680
inupadenant: eos-850
ciforadenant
imipridone: onc201, dordaviprone
tinostamustine
bemcentinib
tetra-arsenic tetrasulfide
telaglenastat: cb-839
devimistat: cpi-613
eflornithine: dfmo
"""
