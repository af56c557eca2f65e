"""Names of hormonal, supportive, cellular and diagnostic agents: a generic a line, then others."""

HORMONE = """
letrozole: femara
anastrozole: arimidex, anastrazole
exemestane: aromasin
tamoxifen: nolvadex
toremifene
raloxifene
fulvestrant: faslodex
elacestrant: orserdu
imlunestrant
giredestrant
camizestrant: azd9833
goserelin: zoladex
leuprolide: leuprorelin, lupron, leuprolide acetate, eligard
triptorelin: trelstar
degarelix: firmagon
relugolix: orgovyx
lhrh agonist: gnrh agonist, lhrh-agonist, luteinizing hormone-releasing hormone agonist
androgen deprivation therapy: adt
enzalutamide: xtandi
abiraterone: zytiga, abiraterone acetate
apalutamide: erleada
darolutamide: nubeqa, bay1841788
rezvilutamide: shr3680
bicalutamide: casodex
flutamide
dutasteride: avodart
finasteride: proscar
megestrol: megestrol acetate, megace
medroxyprogesterone
levonorgestrel
octreotide: sandostatin
lanreotide: somatuline
prednisone
prednisolone
methylprednisolone
dexamethasone
hydrocortisone: hydrocortisone sodium succinate
"""

SUPPORTIVE = """
filgrastim: g-csf, granulocyte colony-stimulating factor, granulocyte colony stimulating factor, neupogen, gcsf, rhg-csf
pegfilgrastim: neulasta, peg-rhg-csf, pegylated filgrastim
sargramostim: gm-csf, leukine, granulocyte-macrophage colony-stimulating factor
plerixafor: mozobil, amd3100
motixafortide: bl-8040
mesna
dexrazoxane: zinecard
amifostine
metformin: metformin hydrochloride
aspirin: acetylsalicylic acid
celecoxib: celebrex
atorvastatin: lipitor
simvastatin
rosuvastatin
propranolol
losartan
hydroxychloroquine: plaquenil
chloroquine
itraconazole
disulfiram
niclosamide
mebendazole
ivermectin
doxycycline
rifaximin
vancomycin
atovaquone: mepron
valganciclovir
lopinavir/ritonavir: lopinavir and ritonavir, lopinavir and ritonavir tablets, kaletra
ritonavir
zoledronic acid: zometa, zoledronate
tacrolimus: fk506, prograf
cyclosporine: ciclosporin, cyclosporin, csa
mycophenolate mofetil: mmf, cellcept
abatacept
vedolizumab
tretinoin: all-trans retinoic acid, atra, all trans retinoic acid, all-trans-retinoic acid
isotretinoin: 13-cis-retinoic acid, cis-retinoic acid
bexarotene: targretin
interferon alfa: interferon alpha, ifn-alpha, interferon alfa-2b, intron a
peginterferon alfa: pegylated interferon
interferon gamma
aldesleukin: interleukin-2, il-2, proleukin, interleukin 2
bempegaldesleukin: nktr-214
nogapendekin alfa inbakicept: n-803, alt-803, anktiva
pegargiminase: adi-peg 20
hyaluronidase: rhuph20, recombinant human hyaluronidase, rhu
imiquimod: aldara
aminolevulinic acid: ala, 5-ala, 5-aminolevulinic acid
padeliporfin: tookad, tookad soluble, wst11
porfimer: photofrin
bcg: bacillus calmette-guerin, bcg vaccine
nadofaragene firadenovec: adstiladrin
talimogene laherparepvec: t-vec, imlygic
teserpaturev
sipuleucel-t: provenge
romiplostim
eltrombopag
avatrombopag
luspatercept: reblozyl
epoetin alfa: erythropoietin
ondansetron
olanzapine
aprepitant
megestrol acetate suspension
vitamin d: cholecalciferol, vitamin d3
vitamin e: vitamin e compound, alpha-tocopherol
vitamin c: ascorbic acid
omega-3 fatty acids
curcumin
melatonin
l-arginine: arginine
pentoxifylline
sildenafil: sildenafil citrate, viagra
tadalafil: cialis
vardenafil
udenafil
mirabegron
alprostadil: prostaglandin e1, alprostadil (e1)
papaverine
phentolamine: phentolamine mesylate
levothyroxine
methylene blue
indocyanine green: icg
pegsitacianine: onm-100
pafolacianine
sodium bicarbonate
lipiodol: ethiodized oil, iodized oil
placebo: matching placebo, placebo comparator, saline placebo, placebos
tisagenlecleucel: kymriah, ctl019
axicabtagene ciloleucel: yescarta, axi-cel
brexucabtagene autoleucel: tecartus, brexu-cel, kte-x19
lisocabtagene maraleucel: breyanzi, liso-cel
idecabtagene vicleucel: abecma, ide-cel
ciltacabtagene autoleucel: carvykti, cilta-cel
equecabtagene autoleucel
relmacabtagene autoleucel: relma-cel
lifileucel: ln-144, amtagvi
obecabtagene autoleucel: obe-cel
dilanubicel
tumor infiltrating lymphocytes: til, tils, tumor-infiltrating lymphocytes
donor lymphocyte infusion: dli
"""

RADIOACTIVE = """
lutetium lu 177 vipivotide tetraxetan: 177lu-psma-617, lutetium-177 psma-617, pluvicto, lu-psma-617
lutetium lu 177 dotatate: 177lu-dotatate, lutathera, 177lu-dota-tate
177lu-dtpa-omburtamab
131i-omburtamab: omburtamab i-131
omburtamab
radium-223: radium ra 223 dichloride, radium-223 dichloride, xofigo
strontium-89
samarium-153: quadramet
iodine-131: 131i, radioiodine, radioactive iodine, i-131, rai
iodine-124: 124i, i-124
iobenguane i-131: 131i-mibg, azedra
68ga-psma-11: gallium ga 68 gozetotide, 68ga psma 11, 68ga-psma, ga-68 psma-11, gallium ga 68 psma-11
68ga-rm2: 68ga rm2
68ga-dotatate: netspot
18f-psma-1007
18f-dcfpyl: pylarify, piflufolastat
18f-fluciclovine: axumin
18f-fdg: fdg, fluorodeoxyglucose
yttrium-90 microspheres: y-90 microspheres, y90, sir-spheres, therasphere, yttrium-90
boronophenylalanine: l-bpa, b10 l-bpa
"""
