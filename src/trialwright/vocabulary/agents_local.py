"""Procedures, radiotherapy, named regimens and general names of therapies, as data.

A line is a name and its other names. `REGIMENS` are combinations with one name: the letters stand
for several drugs, so such a component has no dose of its own.
"""

PROCEDURES = """
surgery: conventional surgery, surgical resection, therapeutic conventional surgery, surgical procedure, resection, operation, definitive surgery, curative surgery, radical surgery, radical resection
radical prostatectomy: prostatectomy
radical cystectomy: cystectomy
partial hepatectomy: hepatectomy, liver resection, hepatic resection
nephrectomy: partial nephrectomy
gastrectomy
esophagectomy
lobectomy
mastectomy
lumpectomy: breast-conserving surgery
total mesorectal excision: tme
debulking surgery: cytoreductive surgery, interval debulking surgery
lymph node dissection: lymphadenectomy
liver transplantation: liver transplant
allogeneic stem cell transplant: allogeneic hematopoietic stem cell transplantation, allogeneic stem cell transplantation, allogeneic hematopoietic cell transplantation, allo-hsct, allohsct, allogeneic hsct, allogeneic transplant, allogeneic bone marrow transplantation, allogeneic transplantation
autologous stem cell transplant: autologous hematopoietic stem cell transplantation, autologous stem cell transplantation, asct, auto-hsct, autologous transplant, autologous bone marrow transplantation
stem cell transplant: hematopoietic stem cell transplantation, hematopoietic cell transplantation, hsct, stem cell transplantation, hct, bone marrow transplantation, bone marrow transplant, peripheral blood stem cell transplantation, pbsct, transplantation, transplant
umbilical cord blood transplantation: cord blood transplantation, cord blood transplant
leukapheresis
photodynamic therapy: pdt
high-intensity focused ultrasound: hifu
irreversible electroporation: ire
percutaneous ethanol injection: pei
hipec: hyperthermic intraperitoneal chemotherapy
pipac: pressurized intraperitoneal aerosol chemotherapy
hyperthermia
tumor treating fields: ttfields, optune
boron neutron capture therapy: bnct
lymphodepletion: lymphodepleting chemotherapy, lymphodepletion chemotherapy
"""

RADIATION = """
radiotherapy: radiation therapy, radiation, irradiation, rt, radiation treatment, thoracic radiotherapy
external beam radiotherapy: ebrt, external beam radiation therapy, external beam radiation, external-beam radiotherapy
stereotactic body radiotherapy: sbrt, stereotactic body radiation therapy, sabr, stereotactic ablative radiotherapy, stereotactic ablative body radiotherapy
stereotactic radiotherapy: srt, stereotactic radiation therapy
stereotactic radiosurgery: srs, radiosurgery, gamma knife
intensity-modulated radiotherapy: imrt, intensity modulated radiotherapy, intensity-modulated radiation therapy, intensity modulated radiation therapy
3d conformal radiotherapy: 3d-crt, three-dimensional conformal radiotherapy
3d-crt/imrt
whole brain radiotherapy: wbrt, whole brain radiation therapy, whole-brain radiotherapy
hypofractionated radiotherapy: hypofractionated radiation therapy, hfrt
low-dose radiotherapy: ldrt, low dose radiotherapy, low-dose radiation
prophylactic cranial irradiation: pci
total-body irradiation: tbi, total body irradiation, hyperfractionated total body irradiation
total marrow irradiation: tmi, total marrow and lymphoid irradiation, tmli
proton therapy: proton beam therapy, proton radiotherapy
carbon ion radiotherapy: carbon ion therapy
intraoperative radiotherapy: iort
brachytherapy: interstitial brachytherapy
iodine-125 seed implantation: iodine-125 seeds, i-125 seed
radioembolization: tare, selective internal radiation therapy, sirt, transarterial radioembolization, radioembolisation
chemoradiotherapy: chemoradiation, radiochemotherapy, concurrent chemoradiotherapy, ccrt, chemoradiation therapy, concurrent chemoradiation, crt
"""

REGIMENS = """
folfox: mfolfox6, modified folfox6, folfox6, folfox-4, folfox4, mfolfox
folfiri
folfoxiri: mfolfoxiri
folfirinox: mfolfirinox, modified folfirinox
nalirifox
capox: xelox
capiri: xeliri, capeiri
sox
dos
xp
flot
ecf
dcf
gemox
gem-cis: gp regimen
chop
r-chop: rchop
cvp
g-chop
pola-r-chp
r-epoch: da-epoch-r, da-epoch
abvd
beacopp
bvd
hyper-cvad: hypercvad
mini-hyper-cvd
r-dhap: dhap
r-ice: ice
r-gemox
beam
flag-ida
flag: fla
clag-m
clag
cag
hma
ada
mec
dcag
bucy: bu/cy, busulfan/cyclophosphamide, bu-cy
modified bucy
vrd
kd
dara-vrd
vmp
bep
tip
vac
vdc/ie
mvac: ddmvac, dd-mvac
tchp
ac
ac-t
ec-t
tcbhp
tpf
epoch
cacag
cllda
mha
mcbc
"""

GENERAL = """
chemotherapy regimen
platinum-based chemotherapy: platinum based chemotherapy, platinum-based doublet chemotherapy, platinum doublet, platinum doublet chemotherapy, platinum
immunotherapy
hypomethylating agent: hypomethylating agents
intrathecal chemotherapy: intrathecal triple chemotherapy, it chemotherapy, intrathecal (it) triple chemotherapy prophylaxis
tyrosine kinase inhibitor: tki
endocrine therapy: hormonal therapy, hormone therapy
standard of care: best supportive care, bsc, soc, standard care, usual care
vaccine
"""

#: Assessments that a registry lists beside the treatments; they are no part of a regimen.
ASSESSMENTS = (
    "questionnaire", "quality-of-life assessment", "quality of life assessment", "laboratory biomarker",
    "biospecimen collection", "pharmacological study", "pharmacokinetic", "computed tomography",
    "magnetic resonance imaging", "bone scan", "echocardiography", "multigated acquisition", "biopsy",
    "bone marrow aspiration", "survey administration", "patient-reported outcomes", "tissue collection",
    "specimen collection", "blood draw", "blood sampl", "sample collection", "electronic health record",
    "medical chart review", "physical examination", "pharmacogenomic study", "immunologic technique",
    "laboratory procedure", "diagnostic laboratory", "x-ray imaging", "radionuclide imaging",
    "chest radiography", "mammography", "colonoscopy", "cystoscopy", "lumbar puncture", "interview",
    "fdg-positron emission tomography", "ultrasound imaging", "dual x-ray absorptiometry",
    "ct scan", "mri scan", "health questionnaire", "supportive care counselling",
)  # fmt: skip
