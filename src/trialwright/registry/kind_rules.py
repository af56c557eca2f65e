"""Patterns that name the kind of a registered outcome, in order of preference."""

from __future__ import annotations

import re
from typing import NamedTuple

from trialwright.protocol.rules import EndpointKind


class KindRule(NamedTuple):
    """A kind with its pattern, and words one of which stands in everything that it matches.

    A key of four letters or more is the start of a word, a shorter one a whole word.
    """

    kind: EndpointKind
    keys: tuple[str, ...]
    pattern: re.Pattern[str]


def _rule(kind: EndpointKind, keys: str, words: str, other: str = "") -> KindRule:
    """A rule: `words` holds what begins at a word, `other` what begins elsewhere.

    With the start of the word asked once for all of `words`, the search leaps over every letter
    inside a word.
    """
    patterns = [rf"\b(?:{words})" if words else "", other]
    return KindRule(kind, tuple(keys.split()), re.compile("|".join(filter(None, patterns))))


_W3, _W4 = r"(?:[\w/-]+ ){0,3}", r"(?:[\w/()-]+ ){0,4}"

#: Names of endpoints. Times to events come before shares, shares before safety and measurements.
NAMED: tuple[KindRule, ...] = (
    _rule("BIOMARKER", "corr asso relation", r"in relation to (?:[\w-]+ ){0,3}(?:surviv\w*|os|cr|crc|respon\w*)\b", r"^\W*(?:\w+ \w+: )?(?:the )?(?:correlation|association|relationship)s?\b"),
    _rule("FEASIBILITY", "feas", r"feas\w{0,3}bility (?:as (?:assessed|measured)|failure)\b"),
    _rule("OTHER", "haem hemo plat eryt neut skin viro anti", r"(?:ha?emoglobin|platelet|erythroid|neutrophil|skin|virolog\w+|antiemetic) responses?\b"),
    _rule("OTHER", "stable progressive glea biop graf", r"(?:participants|patients|subjects) with (?:\w+ )?(?:stable|progressive) disease\b|gleason\b|(?:on|negative|positive) biopsy\b|graft (?:failure|rejection|loss)\b"),
    _rule("OTHER", "stab cont bene next subsequent docb", r"docb\b|duration of (?:stable disease|disease control|(?:a )?clinical benefit)|time[\s-]to[\s-](?:first )?(?:next|subsequent)\b"),
    _rule("OTHER", "free inta pres", r"(?:treatment|symptom|steroid|colostomy|laryngectomy|amputation|resistance|deterioration|transfusion)[\s-]free\b|(?:bladder|larynx|organ|limb|sphincter)[\s-](?:intact|preserv\w+)"),
    _rule("MTD_RP2D", "tolerate administ mtd recommended rp phase effective active optimal rde rdfe rdf", r"maxim(?:um|al|ally)[\s-](?:tolerate\w*|administ\w+)(?: \w+)? (?:dose|regimen)|(?<!at )(?<!at the )mtd\b|recommended (?:phase|dose|part)|(?<!at )(?<!at the )rp2d|phase (?:2|ii) (?:recommended )?dose(?! (?:expan|escal|opti|level|random))|(?:biological\w*|minimal\w*|pharmacological\w*) (?:effective|active) dose|optimal (?:biological )?dose|rdf?e\b"),
    _rule("DLT", "toxi dlt dlts", r"dose[\s-]?limit\w*(?: \(\w+\))? tox\w+|dlts?\b|treatment[\s-]limiting tox"),
    _rule("RFS", "gvhd grfs", r"gvhd[\s-]*free\b|grfs\b"),
    _rule("PFS", "free pfs ipfs rpfs irpf bpfs prog", r"progress\w*[\s/-]*free|(?:ir|[a-z])?pfs\d*\b|freedom from progression"),
    _rule("EFS", "free efs ffs", r"(?:event|failure)[\s-]*free|(?:efs|ffs)\b"),
    _rule("DFS", "free dfs idfs", r"disease[\s-]*free[\s-]*(?:survival|interval)|i?dfs\b"),
    _rule("RFS", "rela recu leuk leuc rfs lfs meta brfs dmfs mfs free bioc", r"(?:relapse|recurrence|leuka?emia|metastas[ie]s)[\s-]*free|[blr]?rfs\b|lfs\b|d?mfs\b|freedom from (?:\w+ )?(?:relapse|recurrence|failure)"),
    _rule("TTP", "time ttp ttpp", rf"time (?:to|until) {_W4}(?:progress\w*|recurrence|relapse|spread|metasta\w+)|ttpp?\b"),
    _rule("TTF", "fail disc ttf", rf"time (?:to|until) {_W3}(?:failure|discontinuation)|ttf\b"),
    _rule("DOR", "dura dor idor docr idoc", rf"duration of {_W4}(?:respon\w*|remission|cr[ich]?\b)|(?:response|remission) duration|i?do(?:r|cr)\b"),
    _rule("TTR", "time ttr", rf"time to {_W4}(?:respon\w*|remission|cr\b)|(?<!rate \()ttr\b"),
    _rule("MORTALITY", "mort nrm trm deat died dece", r"mortality|death rate|number of deaths|cause of death|(?:participants|patients|subjects|number|who) (?:who )?(?:have |had )?died\b|deceased\b|nrm\b|trm\b|relapse death"),
    _rule("PCR", "path pcr ypt", r"patholog\w+ (?:\(\w+\) )?complete|complete patholog\w+|(?<!non )(?<!non-)(?<!-)(?<!by )(?<!or )(?<!quantitative )(?<!time )(?<!and )pcr\b(?![- ](?:test|assay|analys|based|method))|ypt0"),
    _rule("MPR", "path mpr grad trg burd", r"major patholog\w+|(?<!non-)mpr\b|patholog\w+ (?:tumou?r )?(?:respon\w+|regress\w+|remission)|tumou?r regression grad|trg\b|residual cancer burden"),
    _rule("CONVERSION_RESECTION", "r rese conv marg", rf"r0\b|resection rate|rate of {_W3}resection|resectability|(?:surgical|resection) conversion|conversion (?:rate(?! to open)|surgery|resection|therapy|to (?:\w+ )?resect)|converted to (?:\w+ )?resect|margin[\s-]negative|negative (?:\w+ )?margin"),
    _rule("LOCAL_CONTROL", "loca loco lrc lcr lrcr fiel intr brai lesi", r"loc(?:al|o)[\s/-]*(?:regional(?:ly)?)?[\s-](?:tumou?r |disease )?(?:control|failure|recurrence|relapse|progression)|locoregional (?:tumou?r |disease )?(?:control|failure|recurrence|relapse|progression)|lrcr?\b|lcr\b|in-field|(?:intracranial|brain|lesion) (?:tumou?r |lesion )?control"),
    _rule("GVHD", "gvhd agvh cgvh graf", r"[ac]?gvhd\b|graft[\s-](?:versus|vs\.?)[\s-]host"),
    _rule("CBR", "bene cbr", r"clinical benefit(?! of\b)|cbr\b"),
    _rule("DCR", "cont dcr idcr cdcr icdc sd stab", r"disease[\s-]control|(?:ic|[ic])?dcr\b|cr ?\+ ?pr ?\+ ?sd|response ?/ ?stable disease"),
    _rule("IMMUNOGENICITY", "immu anti ada adas nab nabs", r"immunogeni\w+|anti-?drug[\s-]?(?:binding )?antibod\w+|adas?\b|neutrali[sz]ing anti\w+|nabs?\b"),
    _rule("BIOMARKER", "ctdn circ psa pros ca immu t antibod humo cellular sero cyto lymphocyt microb biom vira phen surr", r"ctdna|circulating (?:tumou?r|free|cell)|psa\w*\b[^,;]{0,25}\b(?:respon|declin|reduc|change|level|kinetic|decreas)\w*|prostate[\s-]specific[\s\w-]{0,30}(?:respon|declin|reduc|change|level)\w*|ca[\s-]?(?:125|19[\s-]?9) |(?:immun\w+|t[\s-]cell|antibody|humou?ral|cellular|serolog\w+|cytokine|lymphocyte) responses?\b(?! criteria| assess| evaluat)|microb\w+|biomarkers? (?:for|of|level|analys|chang|correlat|distribut)|viral load|immune (?:status|reconstitution|infiltrat\w*)|phenotyp\w+", r"^\W*(?:[\w-]+ ){0,3}biomarkers?\W*$"),
    _rule("CR_RATE", "complete mrd mini resi", r"overall complete (?:remission|response)|(?:mrd|residual disease)(?: \(mrd\))?[\s-]*negativ\w+ (?:respon\w+|remission)"),
    _rule("ORR", "resp remi orr iror iorr borr corr corr bor vgpr cr pr ccyr mcyr mahr mmr", r"(?:objective|overall|best) (?!complete)(?:(?!complete)[\w-]+ ){0,2}(?:respon\w+|remission)|(?<!complete )(?:partial|major|minor|tumou?r|clinical|radiograph\w*|radiolog\w*|metabolic|anti-?tumou?r|ha?ematolog\w*|cytogenetic|molecular|intracranial) (?!complete)(?:[\w-]+ )?(?:respon\w+|remission)|(?:best )?(?:ir|[icb])?orr\d*\b|(?<!complete )(?<!\(cr\) )respon\w+ rates?|bor\b|rates? of (?:(?!complete)[\w-]+ ){0,2}respon|pr rate|cr ?\+ ?pr\b|vgpr\b|(?:cr|pr) or (?:pr|cr)\b|(?:ccyr|mcyr|mahr)\b|mmr (?:rate|in|at|by)\b|partial (?:or|and|/) complete|complete (?:or|and|/) partial|response assessment in neuro", r"^\W*response to\b"),
    _rule("CR_RATE", "complete remi cr crr ccr ccrr crc cri crh crp inco mrd resi", r"complete (?:(?:metabolic|clinical|molecular|cytogenetic|radiolog\w+|ha?ematolog\w+|intracranial) )?(?:respon\w*|remission)|cr rates?\b|c?crr?\b(?= rate)|crr\b|crc\b|cr ?/ ?cri|cr ?\+ ?cri|remission rate|mrd\b|mini?mal residual|measurable residual|morpholog\w+ remission|cr with incomplete|achiev\w+ (?:a )?cr\b(?! (?:or|and) pr|, ?pr|/ ?pr)|composite cr\b|incomplete complete|cr(?: or|,| and) cr[hip]\b", r"(?:^|: |assessed by )cr[ihp]?\W*$"),
    _rule("OS", "surv os mos deat aliv", r"overall?[\s-]*surviv\w*|m?os\b|median survival|(?<!free )(?<!free-)surviv\w+ (?:time|rate|status|probabilit)\w*|time to death|(?:cancer|disease|cause)[\s-]specific surviv|(?:month|year|week|day|yr)s?[\s-]surviv|long[\s-]term surviv|(?:patients|participants|subjects) (?:who are )?(?:still )?alive\b|alive at\b"),
    _rule("RELAPSE", "rela recu fail cir", rf"(?:relapse|recurrence)s? rates?|(?:rates?|incidence|risk|frequency|number|patterns?) of {_W3}(?:relapse|recurrence)s?\b|patterns? of failure|biochemical (?:recurrence|failure|relapse)|cir\b"),
    _rule("PK", "phar pk cmax cmin cavg cav css ctro cthr tmax auc auct auci aucl aucs area half clea conc volu trou pers expa copy copi dosi accu elim residence fluc bioa biod orga abso radi dist deca kine recover urin feca faec rena car t cl clz clr clss vd vz vss vdss rac racc df mrt λz ke kel meta", r"pharmacokinetic\w*|pk\b|c(?:max|min|avg|trough|through)\w*|c(?:av|ss)\b|t-?max\b|auc[\w₀-₉]*|area under (?:the )?(?:[\w-]+ ){0,3}(?:curve|concentration)|half[\s-]?life|(?:(?:total|apparent|oral|systemic|plasma|body|renal) )+clearance|(?<!dna )(?<!dna\) )(?<!viral )(?<!virus )(?<!hpv )(?<!mrd )(?<!creatinine )clearance\b(?! (?:of )?(?:bespoke |ct|circ|vir|tumou?r|mrd|hpv)\b)(?! of (?:bespoke|ct|circ))|clss?/f|concentrations? (?:observed|measured)|(?:serum|plasma|drug|blood|observed|trough|peak|maximum|minimum|average|steady[\s-]state|csf) (?:[\w()-]+ ){0,3}concentrations?|concentrations? (?:of(?! (?:immun|cytokin))|in|at|versus)\b|volume of distribution|trough\b|persistence\b|(?:cells?|car-?ts?) (?:expansion|kinetics|levels?|tests?|testing|detection|counts?|quantif\w+)\b|(?:levels?|numbers?|amplification|proliferation) of (?:the )?(?:[\w-]+ )?car-?t|expansion (?:of|and)\b|t ?1/2|copy number|copies\b|dosimetry|biodistribution|(?:radiation|organ) doses?\b|absorbed (?:\w+ )?dose|radioactivity|accumulation (?:index|ratio)|elimination|recovered (?:[\w-]+ ){0,4}in (?:urine|fa?eces)\b|(?:urinary|fa?ecal|renal) excretion|mean residence|degree of fluctuation|bioavailab|drug distribution|plasma decay|cl/f\b|v[dz]/f\b|(?:antibody|metabolite|payload|adc) concentrations?|metabolites?\b|metabolic profile", r"^\W*(?:cl(?:z|ss|r)?|v[dz]|vd?ss|racc?|df|mrt|ke|kel|λz|auc\w*)\b(?:/f)?"),
    _rule("BIOMARKER", "phar anti pd", r"pharmacodynamic\w*|pd (?:biomarker|marker|parameter)"),
    _rule("IMMUNOGENICITY", "anti", r"antibod(?:y|ies) (?:to|against)\b|anti-[\w-]+ (?:\w+ ){0,2}antibod\w+"),
    _rule("QOL", "qual qol hrqo qlq eort fact iief ques pain erec sexu cont inco pote repo symp ipss pss prom sf eq anal func anxi depr dist fear fati cogn phys well phq", r"quality[\s-]of[\s-]life|(?:hr)?qol\b|qlq\b|eortc\b|fact-\w+|iief\b|questionnaires?\b|pain\b|erectile (?:function|dysfunction\b(?! (?:\(ed\) )?treat))|sexual|(?:in)?continence|potency|patient[\s-]reported|symptoms?\b|anxiety|depression\b|distress\b|fear of\b|fatigue\b|cognitive function|physical function|well-?being\b|phq-|i?pss\b|promis\b|sf-\d+|eq-?5d|visual analog|functional (?:assessment|status) of"),
    _rule("TUMOR_SIZE", "size volu shri burd regr redu dept diam chan earl wate", r"tumou?r (?:size|volume|shrinkage|burden|regression|reduction)|depth of response|sum of (?:the )?(?:longest )?diameters|best percent\w* change|(?:volume|size) of (?:the )?(?:tumou?r|lesion)s?|early tumou?r|change in (?:the )?(?:target|lesion)|waterfall"),
    _rule("SAE", "seri sae saes", "", r"^\W*(?:(?!adverse|aes?\b|teaes?\b|treatment)[\w():-]+ ){0,6}(?:serious adverse|saes?\b)(?![^|]{0,40}\bnon-serious)"),
    _rule("AE", "adve toxi hepa card neph otot ocul pulm geni gast hema haem pneu muco xero derm neut thro myel ae aes aesi teae teas trae irae sae saes safe tole comp side morb labo sign cyto vita ecg ecgs elec qt qtc qtcf abno neur ican hlh crs grad ejec infe anem anae gyne gyna urin syst dias hear respirat", r"adverse|\w*toxicit\w+|pneumonitis|mucositis|xerostomia|dermatitis|neutropenia|thrombocytopenia|myelosuppress\w+|(?:te|tr|s|ir)?aes?i?s?\b|safe(?:ty)?\b(?! (?:run|lead|confirm|popul|analysis set|cohort))|tolera\w+|complications?\b|side[\s-]effects?|morbidity|laborator\w+ (?:\w+ ){0,2}(?:abnormal\w*|param\w*|value|test|meas\w*|finding|exam\w*)|clinical(?:ly)? signific\w+|cytokine release|vital signs?|(?:systolic|diastolic) blood pressure|(?:heart|respiratory) rate\b|ecgs?\b|electrocardiogra\w+|qtc?f?\b|abnormal\w*|neurotoxic\w*|icans\b|hlh\b|crs\b|(?<!gleason )grade (?:≥ ?|>= ?)?[2-5](?:[\s/-]|$)|ejection fraction|infections?\b|urinary retention|an(?:a)?emia\b|gyn(?:a)?ecomastia"),
    _rule("FEASIBILITY", "feas manu comp tech adhe rete accr recr succ able", r"feasib\w+|manufactur\w+|(?:treatment )?completion rate|(?:treatment|therapy) completion|technical success|adherence|compliance|accrual|recruitment (?:rate|of (?:patient|participant|subject))|success rate|able to receive", r"^\W*(?:(?:rates?|proportion|percentage) of )?completion of\b|^\W*(?:study |patient |participant )?retention\b"),
    _rule("BIOMARKER", "biom circ expr immu infi pd cyto lymp t cd gene geno muta psa micr ki phar rece cea cd4 cd8 test hcg tumo prot rna methy mole mark oxid phos stre serum natu nk til tils dna cfdn", r"biomarker\w*|expression\b|immune (?:cell|profil|checkpoint|micro)\w*|infiltrat\w+|pd-?l1\b|cytokines?\b|lymphocyt\w+|cd\d+\w*\b|gen(?:e|es|omic\w*|etic\w*|otyp\w*)\b|mutation\w*|psa\b|prostate[\s-]specific\b|ki-?67|receptor|cea\b|testosterone|hcg\b|tumou?r markers?|cf ?dna|rna\b|markers?\b|phosphorylat\w+|(?:natural killer|nk|[bt])(?: \(nk\))?[\s-]cells?(?: \([a-z]+\))? (?:densit|count|number|level|infiltr|percent|proport|subset|repert|activ|abund|deplet)\w*"),
)  # fmt: skip

#: Words that point to a kind without naming the endpoint.
VAGUE: tuple[KindRule, ...] = (
    _rule("ORR", "resp effi effe anti acti remi", r"(?<!skin )(?<!stress )(?<!inflammatory )(?<!vaccine )(?<!tissue )(?<!dose )(?<!dose-)respon(?:se|ses|ders?)\b|efficacy\b|effectiveness\b|anti-?(?:tumou?r|cancer|neoplastic|leuk\w+|myeloma|lymphoma) (?:activity|effect)|remission"),
    _rule("OS", "surv", r"survival\b"),
    _rule("RELAPSE", "rela recu", r"relapse[ds]?\b|recurrences?\b"),
    _rule("MORTALITY", "deat", r"deaths?\b"),
)  # fmt: skip

#: Names that a measure with one or two wrong letters is compared with.
FULL_NAMES: dict[str, EndpointKind] = {
    "overall survival": "OS", "progression free survival": "PFS", "disease free survival": "DFS",
    "event free survival": "EFS", "relapse free survival": "RFS", "recurrence free survival": "RFS",
    "objective response": "ORR", "overall response": "ORR", "disease control": "DCR",
    "clinical benefit": "CBR", "duration of response": "DOR", "time to response": "TTR",
    "time to progression": "TTP", "time to treatment failure": "TTF", "adverse events": "AE",
    "serious adverse events": "SAE", "dose limiting toxicity": "DLT", "toxicity": "AE",
    "dose limiting toxicities": "DLT", "maximum tolerated dose": "MTD_RP2D", "quality of life": "QOL",
    "pathological complete response": "PCR", "pathologic complete response": "PCR",
    "major pathological response": "MPR", "complete response": "CR_RATE",
    "complete remission": "CR_RATE", "local control": "LOCAL_CONTROL", "pharmacokinetics": "PK",
    "immunogenicity": "IMMUNOGENICITY",
}  # fmt: skip
