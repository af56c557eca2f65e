"""Names of antibodies and conjugates: one generic a line, then its codes and trade names."""

CHECKPOINT = """
pembrolizumab: keytruda, mk-3475, lambrolizumab
nivolumab: opdivo, bms-936558, ono-4538
atezolizumab: tecentriq, mpdl3280a
durvalumab: medi4736, imfinzi
avelumab: bavencio, msb0010718c
cemiplimab: libtayo, regn2810
dostarlimab: jemperli, tsr-042
retifanlimab: zynyz, incmga00012, mga012, incmga0012
tislelizumab: bgb-a317, tevimbra, baizean
toripalimab: js001, tuoyi, loqtorzi
penpulimab: ak105
zimberelimab: ab122, gls-010
envafolimab: kn035
sugemalimab: cs1001
adebrelimab: shr-1316
benmelstobart: tqb2450
pucotenlimab: hx008
finotonlimab: sct-i10a
socazolimab: zkab001
enlonstobart: sg001
iparomlimab: ql1604
tagitanlimab: kl-a167
balstilimab: agen2034
cosibelimab: ck-301
spartalizumab: pdr001
cetrelimab: jnj-63723283
sasanlimab: pf-06801591
ezabenlimab: bi 754091
prolgolimab: bcd-100
budigalimab: abbv-181
geptanolimab: gb226
sudubrilimab
cadonilimab: ak104
ivonescimab: ak112, smt112
volrustomig: medi5752
rilvegostomig: azd2936
tebotelimab: mgd013
lorigerlimab: mgd019
erfonrilimab: kn046
tobemstomig: ro7247669
bintrafusp alfa: m7824
retlirafusp alfa: shr-1701
iparomlimab/tuvonralimab: ql1706, iparomlimab and tuvonralimab, psb205
nivolumab/relatlimab: opdualag, nivolumab and relatlimab, relatlimab/nivolumab
anti-pd-1 antibody: pd-1 inhibitor, anti-pd-1 monoclonal antibody, pd-1 antibody, anti-pd-1, pd-1 blockade, pd-1 monoclonal antibody, an anti-pd-1 antibody, pd-1 inhibitors, anti-pd1
anti-pd-l1 antibody: pd-l1 inhibitor, anti-pd-l1 monoclonal antibody, pd-l1 antibody, anti-pd-l1
"""

CTLA_4 = """
ipilimumab: yervoy, mdx-010, bms-734016
tremelimumab: imjudo, ticilimumab
botensilimab: agen1181
zalifrelimab: agen1884
quavonlimab: mk-1308
tuvonralimab
"""

ANTIBODIES = """
cetuximab: erbitux, c225
panitumumab: vectibix
necitumumab: portrazza
nimotuzumab: h-r3
amivantamab: rybrevant, jnj-61186372
petosemtamab: mclb-158, mcla-158
trastuzumab: herceptin
pertuzumab: perjeta
margetuximab: margenza
inetetamab: cipterbin
zanidatamab: zw25
ramucirumab: cyramza
olaratumab: lartruvo
rituximab: rituxan, mabthera
obinutuzumab: gazyva, ga101, gazyvaro
ofatumumab: arzerra
ublituximab
tafasitamab: monjuvi, mor208
mosunetuzumab: lunsumio
glofitamab: columvi
epcoritamab: epkinly, tepkinly
odronextamab
blinatumomab: blincyto
teclistamab: tecvayli
elranatamab: elrexfio
talquetamab: talvey
linvoseltamab
tarlatamab: imdelltra, amg 757
tebentafusp: kimmtrak
catumaxomab: removab
daratumumab: darzalex
daratumumab/hyaluronidase: daratumumab/rhuph20, darzalex faspro, daratumumab and hyaluronidase
isatuximab: sarclisa, sar650984
elotuzumab: empliciti
mogamulizumab: poteligeo
alemtuzumab: campath
dinutuximab: unituxin
dinutuximab beta: qarziba
naxitamab: danyelza
siltuximab: sylvant
denosumab: xgeva, prolia
tocilizumab: actemra
bemarituzumab: fpa144
zolbetuximab: vyloy, imab362
magrolimab: hu5f9-g4
evorpacept: alx148
lemzoparlimab: tjc4
sabatolimab: mbg453
cobolimab: tsr-022
relatlimab: bms-986016
fianlimab: regn3767
favezelimab: mk-4280
tiragolumab: mtig7192a, rg6058
vibostolimab: mk-7684
domvanalimab: ab154
ociperlimab: bgb-a1217
belrestotug: eos-448, eos884448, gsk4428859a
etigilimab: omp-313m32
enoblituzumab: mga271
monalizumab: iph2201
oleclumab: medi9447
utomilumab: pf-05082566
urelumab: bms-663513
varlilumab: cdx-1127
cabiralizumab
emactuzumab
axatilimab
canakinumab
bevacizumab biosimilar: hlx04
trastuzumab deruxtecan: t-dxd, ds-8201, ds-8201a, enhertu, fam-trastuzumab deruxtecan
datopotamab deruxtecan: dato-dxd, ds-1062a, datroway
patritumab deruxtecan: her3-dxd, u3-1402
ifinatamab deruxtecan: i-dxd, ds-7300, ds-7300a
raludotatug deruxtecan: r-dxd, ds-6000
ado-trastuzumab emtansine: trastuzumab emtansine, t-dm1, kadcyla
trastuzumab rezetecan: shr-a1811
sacituzumab govitecan: trodelvy, immu-132
sacituzumab tirumotecan: mk-2870, skb264, sac-tmt
brentuximab vedotin: adcetris, sgn-35
polatuzumab vedotin: polivy
enfortumab vedotin: padcev, asg-22me
disitamab vedotin: rc48, rc48-adc
tisotumab vedotin: tivdak
telisotuzumab vedotin: abbv-399, teliso-v
becotatug vedotin: mrg003
mirvetuximab soravtansine: elahere, imgn853
luveltamab tazevibulin: stro-002
loncastuximab tesirine: zynlonta, adct-402
inotuzumab ozogamicin: besponsa, cmc-544
gemtuzumab ozogamicin: mylotarg, cma-676
belantamab mafodotin: blenrep
moxetumomab pasudotox: lumoxiti
tagraxofusp: elzonris, sl-401
denileukin diftitox: ontak, lymphir
vobramitamab duocarmazine: mgc018
pivekimab sunirine: imgn632, pvek
upifitamab rilsodotin
tusamitamab ravtansine: sar408701
ibritumomab tiuxetan: zevalin
antithymocyte globulin: atg, anti-thymocyte globulin, rabbit anti thymocyte globulin, rabbit anti-thymocyte globulin, thymoglobulin, rabbit antithymocyte globulin, ratg
"""
