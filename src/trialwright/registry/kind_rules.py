"""Patterns that name the kind of a registered outcome, in order of preference."""

from __future__ import annotations

import re
from typing import NamedTuple

from trialwright.protocol.rules import EndpointKind


class KindRule(NamedTuple):
    """A kind with its pattern; `keys` are the first four letters of words it may begin at."""

    kind: EndpointKind
    keys: tuple[str, ...]
    pattern: re.Pattern[str]


def _rule(kind: EndpointKind, keys: str, pattern: str) -> KindRule:
    return KindRule(kind, tuple(keys.split()), re.compile(pattern))


_W3, _W4 = r"(?:[\w/-]+ ){0,3}", r"(?:[\w/()-]+ ){0,4}"

#: Names of endpoints. Times to events come before shares, shares before safety and measurements.
NAMED: tuple[KindRule, ...] = (
    _rule("BIOMARKER", "corr asso rela", r"^\W*(?:\w+ \w+: )?(?:the )?(?:correlation|association|relationship)s?\b"),
    _rule("OTHER", "dura time", r"\bduration of (?:stable disease|disease control)|\btime[\s-]to[\s-](?:first )?(?:next|subsequent)\b"),
    _rule("OTHER", "free inta pres", r"\b(?:treatment|symptom|steroid|colostomy|laryngectomy|amputation|resistance|deterioration|transfusion)[\s-]free\b|\b(?:bladder|larynx|organ|limb|sphincter)[\s-](?:intact|preserv\w+)"),
    _rule("MTD_RP2D", "dose regi mtd rp reco rde rdfe rdf", r"\bmaxim(?:um|al|ally)[\s-](?:tolerate\w*|administ\w+)(?: \w+)? (?:dose|regimen)|(?<!at )(?<!at the )\bmtd\b|\brecommended (?:phase|dose|part)|(?<!at )(?<!at the )\brp2d|\bphase (?:2|ii) (?:recommended )?dose(?! (?:expan|escal|opti|level|random))|\bbiological\w* effective dose|\boptimal (?:biological )?dose|\brdf?e\b"),
    _rule("DLT", "toxi dlt dlts", r"\bdose[\s-]?limit\w*(?: \(\w+\))? tox\w+|\bdlts?\b|\btreatment[\s-]limiting tox"),
    _rule("RFS", "gvhd grfs", r"\bgvhd[\s-]*free\b|\bgrfs\b"),
    _rule("PFS", "free pfs ipfs rpfs irpf bpfs prog", r"\bprogress\w*[\s/-]*free|\b(?:ir|[a-z])?pfs\d*\b|\bfreedom from progression"),
    _rule("EFS", "free efs ffs", r"\b(?:event|failure)[\s-]*free|\b(?:efs|ffs)\b"),
    _rule("DFS", "free dfs idfs", r"\bdisease[\s-]*free[\s-]*(?:survival|interval)|\bi?dfs\b"),
    _rule("RFS", "rela recu leuk leuc rfs lfs meta brfs dmfs mfs free bioc", r"\b(?:relapse|recurrence|leuka?emia|metastas[ie]s)[\s-]*free|\b[blr]?rfs\b|\blfs\b|\bd?mfs\b|\bfreedom from (?:\w+ )?(?:relapse|recurrence|failure)"),
    _rule("TTP", "prog recu rela spre meta ttp ttpp", rf"\btime (?:to|until) {_W4}(?:progress\w*|recurrence|relapse|spread|metasta\w+)|\bttpp?\b"),
    _rule("TTF", "fail disc ttf", rf"\btime (?:to|until) {_W3}(?:failure|discontinuation)|\bttf\b"),
    _rule("DOR", "dura dor idor docr idoc", rf"\bduration of {_W4}(?:respon\w*|remission|cr[ich]?\b)|\b(?:response|remission) duration|\bi?do(?:r|cr)\b"),
    _rule("TTR", "ttr resp remi cr", rf"\btime to {_W4}(?:respon\w*|remission|cr\b)|(?<!rate \()\bttr\b"),
    _rule("MORTALITY", "mort nrm trm deat died dece", r"\bmortality|\bdeath rate|\bnumber of deaths|\bcause of death|\b(?:participants|patients|subjects|number|who) (?:who )?(?:have |had )?died\b|\bdeceased\b|\bnrm\b|\btrm\b|\brelapse death"),
    _rule("PCR", "path pcr ypt", r"\bpatholog\w+ (?:\(\w+\) )?complete|\bcomplete patholog\w+|(?<!non )(?<!non-)(?<!-)(?<!by )(?<!or )(?<!quantitative )(?<!time )(?<!and )\bpcr\b(?![- ](?:test|assay|analys|based|method))|\bypt0"),
    _rule("MPR", "path mpr grad trg burd", r"\bmajor patholog\w+|(?<!non-)\bmpr\b|\bpatholog\w+ (?:tumou?r )?(?:respon\w+|regress\w+|remission)|\btumou?r regression grad|\btrg\b|\bresidual cancer burden"),
    _rule("CONVERSION_RESECTION", "r rese conv marg", rf"\br0\b|\bresection rate|\brate of {_W3}resection|\bresectability|\b(?:surgical|resection) conversion|\bconversion (?:rate(?! to open)|surgery|resection|therapy|to (?:\w+ )?resect)|\bconverted to (?:\w+ )?resect|\bmargin[\s-]negative|\bnegative (?:\w+ )?margin"),
    _rule("LOCAL_CONTROL", "loca loco lrc lcr lrcr fiel intr brai lesi", r"\bloc(?:al|o)[\s/-]*(?:regional(?:ly)?)?[\s-](?:tumou?r |disease )?(?:control|failure|recurrence|relapse|progression)|\blocoregional (?:tumou?r |disease )?(?:control|failure|recurrence|relapse|progression)|\blrcr?\b|\blcr\b|\bin-field|\b(?:intracranial|brain|lesion) (?:tumou?r |lesion )?control"),
    _rule("GVHD", "gvhd agvh cgvh graf", r"\b[ac]?gvhd\b|\bgraft[\s-](?:versus|vs\.?)[\s-]host"),
    _rule("CBR", "bene cbr", r"\bclinical benefit(?! of\b)|\bcbr\b"),
    _rule("DCR", "cont dcr idcr cdcr icdc sd stab", r"\bdisease[\s-]control|\b(?:ic|[ic])?dcr\b|\bcr ?\+ ?pr ?\+ ?sd|\bresponse ?/ ?stable disease"),
    _rule("IMMUNOGENICITY", "immu anti ada adas nab nabs", r"\bimmunogeni\w+|\banti-?drug[\s-]?(?:binding )?antibod\w+|\badas?\b|\bneutrali[sz]ing anti\w+|\bnabs?\b"),
    _rule("BIOMARKER", "ctdn circ psa pros ca immu t anti humo cell sero cyto lymp micr biom vira phen surr", r"\bctdna|\bcirculating (?:tumou?r|free|cell)|\bpsa\w*\b[^,;]{0,25}\b(?:respon|declin|reduc|change|level|kinetic|decreas)\w*|\bprostate[\s-]specific[\s\w-]{0,30}(?:respon|declin|reduc|change|level)\w*|\bca[\s-]?(?:125|19[\s-]?9) |\b(?:immun\w+|t[\s-]cell|antibody|humou?ral|cellular|serolog\w+|cytokine|lymphocyte) responses?\b(?! criteria| assess| evaluat)|\bmicrob\w+|\bbiomarkers? (?:for|of|level|analys|chang|correlat|distribut)|^\W*(?:[\w-]+ ){0,3}biomarkers?\W*$|\bviral load|\bimmune (?:status|reconstitution|infiltrat\w*)|\bphenotyp\w+"),
    _rule("ORR", "resp remi orr iror iorr borr corr corr bor vgpr cr pr ccyr mcyr mahr", r"\b(?:objective|overall|best) (?!complete)(?:(?!complete)[\w-]+ ){0,2}(?:respon\w+|remission)|(?<!complete )\b(?:partial|major|minor|tumou?r|clinical|radiograph\w*|radiolog\w*|metabolic|anti-?tumou?r|ha?ematolog\w*|cytogenetic|molecular|intracranial) (?!complete)(?:[\w-]+ )?(?:respon\w+|remission)|\b(?:best )?(?:ir|[icb])?orr\d*\b|(?<!complete )(?<!\(cr\) )\brespon\w+ rates?|\bbor\b|\brates? of (?:(?!complete)[\w-]+ ){0,2}respon|^\W*response to\b|\bpr rate|\bcr ?\+ ?pr\b|\bvgpr\b|\b(?:cr|pr) or (?:pr|cr)\b|\b(?:ccyr|mcyr|mahr)\b|\bpartial (?:or|and|/) complete|\bcomplete (?:or|and|/) partial|\bresponse assessment in neuro"),
    _rule("CR_RATE", "resp remi cr crr ccr ccrr crc cri crh crp inco mrd resi", r"\bcomplete (?:(?:metabolic|clinical|molecular|cytogenetic|radiolog\w+|ha?ematolog\w+|intracranial) )?(?:respon\w*|remission)|\bcr rates?\b|\bc?crr?\b(?= rate)|\bcrr\b|\bcrc\b|\bcr ?/ ?cri|\bcr ?\+ ?cri|\bremission rate|\bmrd\b|\bmini?mal residual|\bmeasurable residual|\bmorpholog\w+ remission|\bcr with incomplete|\bachiev\w+ (?:a )?cr\b(?! (?:or|and) pr|, ?pr|/ ?pr)|\bcomposite cr\b|(?:^|: |assessed by )cr[ihp]?\W*$|\bincomplete complete"),
    _rule("OS", "surv os mos deat aliv", r"\boverall?[\s-]*surviv\w*|\bm?os\b|\bmedian survival|(?<!free )(?<!free-)\bsurviv\w+ (?:time|rate|status|probabilit)\w*|\btime to death|\b(?:cancer|disease|cause)[\s-]specific surviv|\b(?:month|year|week|day|yr)s?[\s-]surviv|\blong[\s-]term surviv|\b(?:patients|participants|subjects) (?:who are )?alive\b|\balive at\b"),
    _rule("RELAPSE", "rela recu fail cir", rf"\b(?:relapse|recurrence)s? rates?|\b(?:rates?|incidence|risk|frequency|number|patterns?) of {_W3}(?:relapse|recurrence)s?\b|\bpatterns? of failure|\bbiochemical (?:recurrence|failure|relapse)|\bcir\b"),
    _rule("PK", "phar pk cmax cmin cavg cav css ctro cthr tmax auc auct auci aucl aucs area half clea conc volu trou pers expa copy copi dosi accu elim resi fluc bioa biod orga abso radi dist deca kine car t cl clz clr clss vd vz vss vdss rac racc df mrt λz ke kel meta", r"\bpharmacokinetic\w*|\bpk\b|\bc(?:max|min|avg|trough|through)\w*|\bc(?:av|ss)\b|\bt-?max\b|\bauc[\w₀-₉]*|\barea under (?:the )?(?:[\w-]+ ){0,3}(?:curve|concentration)|\bhalf[\s-]?life|\b(?:(?:total|apparent|oral|systemic|plasma|body|renal) )+clearance|(?<!dna )(?<!dna\) )(?<!viral )(?<!virus )(?<!hpv )(?<!mrd )(?<!creatinine )\bclearance\b(?! (?:of )?(?:bespoke |ct|circ|vir|tumou?r|mrd|hpv)\b)(?! of (?:bespoke|ct|circ))|\bclss?/f|\bconcentrations? (?:observed|measured)|\b(?:serum|plasma|drug|blood|observed|trough|peak|maximum|minimum|average|steady[\s-]state|csf) (?:[\w()-]+ ){0,3}concentrations?|\bconcentrations? (?:of|in|at|versus)\b|\bvolume of distribution|\btrough\b|\bpersistence\b|\b(?:cells?|car-?ts?) (?:expansion|kinetics|levels?|tests?|testing|detection|counts?|quantif\w+)\b|\b(?:levels?|numbers?|amplification|proliferation) of (?:the )?(?:[\w-]+ )?car-?t|\bexpansion (?:of|and)\b|\bt ?1/2|\bcopy number|\bcopies\b|\bdosimetry|\bbiodistribution|\b(?:radiation|organ) doses?\b|\babsorbed (?:\w+ )?dose|\bradioactivity|\baccumulation (?:index|ratio)|\belimination|\bmean residence|\bdegree of fluctuation|\bbioavailab|\bdrug distribution|\bplasma decay|^\W*(?:cl(?:z|ss|r)?|v[dz]|vd?ss|racc?|df|mrt|ke|kel|λz|auc\w*)\b(?:/f)?|\bcl/f\b|\bv[dz]/f\b|\b(?:antibody|metabolite|payload|adc) concentrations?|\bmetabolites?\b|\bmetabolic profile"),
    _rule("BIOMARKER", "phar anti pd", r"\bpharmacodynamic\w*|\bpd (?:biomarker|marker|parameter)"),
    _rule("IMMUNOGENICITY", "anti", r"\bantibod(?:y|ies) (?:to|against)\b|\banti-[\w-]+ (?:\w+ ){0,2}antibod\w+"),
    _rule("QOL", "qual qol hrqo qlq eort fact iief ques pain erec sexu cont inco pote repo symp ipss pss prom sf eq anal func anxi depr dist fear fati cogn phys well phq", r"\bquality[\s-]of[\s-]life|\b(?:hr)?qol\b|\bqlq\b|\beortc\b|\bfact-\w+|\biief\b|\bquestionnaires?\b|\bpain\b|\berectile (?:function|dysfunction\b(?! (?:\(ed\) )?treat))|\bsexual|\b(?:in)?continence|\bpotency|\bpatient[\s-]reported|\bsymptoms?\b|\banxiety|\bdepression\b|\bdistress\b|\bfear of\b|\bfatigue\b|\bcognitive function|\bphysical function|\bwell-?being\b|\bphq-|\bi?pss\b|\bpromis\b|\bsf-\d+|\beq-?5d|\bvisual analog|\bfunctional (?:assessment|status) of"),
    _rule("TUMOR_SIZE", "size volu shri burd regr redu dept diam chan earl wate", r"\btumou?r (?:size|volume|shrinkage|burden|regression|reduction)|\bdepth of response|\bsum of (?:the )?(?:longest )?diameters|\bbest percent\w* change|\b(?:volume|size) of (?:the )?(?:tumou?r|lesion)s?|\bearly tumou?r|\bchange in (?:the )?(?:target|lesion)|\bwaterfall"),
    _rule("SAE", "seri sae saes", r"^\W*(?:(?!adverse|aes?\b|teaes?\b|treatment)[\w():-]+ ){0,6}(?:serious adverse|saes?\b)(?![^|]{0,40}\bnon-serious)"),
    _rule("AE", "adve toxi hepa card neph otot ocul pulm geni gast hema haem pneu muco xero derm neut thro myel ae aes aesi teae teas trae irae sae saes safe tole comp side morb labo sign cyto vita ecg ecgs elec qt qtc qtcf abno neur ican hlh crs grad ejec infe anem anae gyne gyna urin", r"\badverse|\b\w*toxicit\w+|\bpneumonitis|\bmucositis|\bxerostomia|\bdermatitis|\bneutropenia|\bthrombocytopenia|\bmyelosuppress\w+|\b(?:te|tr|s|ir)?aes?i?s?\b|\bsafe(?:ty)?\b(?! (?:run|lead|confirm|popul|analysis set|cohort))|\btolera\w+|\bcomplications?\b|\bside[\s-]effects?|\bmorbidity|\blaborator\w+ (?:\w+ ){0,2}(?:abnormal\w*|param\w*|value|test|meas\w*|finding|exam\w*)|\bclinical(?:ly)? signific\w+|\bcytokine release|\bvital signs?|\becgs?\b|\belectrocardiogra\w+|\bqtc?f?\b|\babnormal\w*|\bneurotoxic\w*|\bicans\b|\bhlh\b|\bcrs\b|(?<!gleason )\bgrade (?:≥ ?|>= ?)?[2-5](?:[\s/-]|$)|\bejection fraction|\binfections?\b|\burinary retention|\ban(?:a)?emia\b|\bgyn(?:a)?ecomastia"),
    _rule("FEASIBILITY", "feas manu comp tech adhe rete accr recr succ able", r"\bfeasib\w+|\bmanufactur\w+|\b(?:treatment )?completion rate|\b(?:treatment|therapy) completion|^\W*(?:(?:rates?|proportion|percentage) of )?completion of\b|\btechnical success|\badherence|\bcompliance|^\W*(?:study |patient |participant )?retention\b|\baccrual|\brecruitment (?:rate|of (?:patient|participant|subject))|\bsuccess rate|\bable to receive"),
    _rule("BIOMARKER", "biom circ expr immu infi pd cyto lymp t cd gene geno muta psa micr ki phar rece cea cd4 cd8 test hcg tumo prot rna methy mole mark oxid phos stre serum natu nk til tils dna cfdn", r"\bbiomarker\w*|\bexpression\b|\bimmune (?:cell|profil|checkpoint|micro)\w*|\binfiltrat\w+|\bpd-?l1\b|\bcytokines?\b|\blymphocyt\w+|\bcd\d+\w*\b|\bgen(?:e|es|omic\w*|etic\w*|otyp\w*)\b|\bmutation\w*|\bpsa\b|\bprostate[\s-]specific\b|\bki-?67|\breceptor|\bcea\b|\btestosterone|\bhcg\b|\btumou?r markers?|\bcf ?dna|\brna\b|\bmarkers?\b|\bphosphorylat\w+|\b(?:natural killer|nk|[bt])(?: \(nk\))?[\s-]cells? (?:densit|count|number|level|infiltr|percent|proport|subset|repert|activ|abund|deplet)\w*"),
)  # fmt: skip

#: Words that point to a kind without naming the endpoint.
VAGUE: tuple[KindRule, ...] = (
    _rule("ORR", "resp effi effe anti acti remi", r"\brespon(?:se|ses|ders?)\b|\befficacy\b|\beffectiveness\b|\banti-?(?:tumou?r|cancer|neoplastic|leuk\w+|myeloma|lymphoma) (?:activity|effect)|\bremission"),
    _rule("OS", "surv", r"\bsurvival\b"),
    _rule("RELAPSE", "rela recu", r"\brelapse[ds]?\b|\brecurrences?\b"),
    _rule("MORTALITY", "deat", r"\bdeaths?\b"),
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
