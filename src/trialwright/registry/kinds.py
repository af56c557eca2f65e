"""Which endpoint a registered outcome is: rules over its measure, then over its description."""

from __future__ import annotations

import re
from functools import lru_cache

from trialwright.protocol.rules import EndpointKind

_RATE = r"(?:rates?|probability|proportion|percent\w*)"
_TIMED = r"(?:\b\d{1,2}[\s-]*(?:month|year|week|mo|yr|y|m)s?\b|\b(?:one|two|three|five|six|twelve)[\s-](?:month|year|week)s?\b|\bmonth \d|\bweek \d|\byear \d)"


def _rule(kind: EndpointKind, pattern: str) -> tuple[EndpointKind, re.Pattern[str]]:
    return kind, re.compile(pattern)


#: First match wins; survival kinds come before responses, which come before safety words.
_RULES: tuple[tuple[EndpointKind, re.Pattern[str]], ...] = (
    _rule("DLT", r"\bdose[\s-]?limit\w* tox\w+|\bdlts?\b"),
    _rule("MTD_RP2D", r"\bmaximum[\s-]tolerate\w* dose|\bmaximal[\s-]tolerated dose|\bmtd\b|\brecommended (?:phase|dose)|\brp2d\b|\bbiologically effective dose|\boptimal (?:biological )?dose"),
    _rule("PFS", r"\bprogress\w*[\s-]*free[\s-]*survival|\b[ir]?pfs\d*\b|\bfreedom from progression|\bprogression[\s-]free"),
    _rule("EFS", r"\bevent[\s-]*free[\s-]*survival|\befs\b"),
    _rule("DFS", r"\bdisease[\s-]*free[\s-]*survival|\bi?dfs\b|\binvasive disease"),
    _rule("RFS", r"\b(?:relapse|recurrence|leuk\w+|failure)[\s-]*free[\s-]*survival|\b[br]?rfs\b|\blfs\b|\bmetastas\w+[\s-]free survival|\bgrfs\b"),
    _rule("TTP", r"\btime to (?:\w+ ){0,2}progress\w*|\bttp\b"),
    _rule("TTF", r"\btime to (?:treatment )?(?:failure|discontinuation)|\bttf\b"),
    _rule("DOR", r"\bduration of (?:\w+ ){0,3}(?:response|remission|cr\b)|\bresponse duration|\bdo[cr]?r\b|\bdor\b"),
    _rule("TTR", r"\btime to (?:\w+ ){0,3}(?:response|remission)|\bttr\b"),
    _rule("PCR", r"\bpatholog\w+ complete (?:response|remission|regression)|\bpcr\b(?! (?:test|assay|analys))|\bcomplete patholog\w+ (?:response|remission)"),
    _rule("MPR", r"\bmajor patholog\w+ (?:response|remission)|\bmpr\b|\bpatholog\w+ (?:tumou?r )?(?:response|regression|remission)"),
    _rule("CONVERSION_RESECTION", r"\br0\b|\bresection rate|\bconversion (?:rate|to)|\bsurgical conversion|\bresectab\w+|\bconversion resection"),
    _rule("LOCAL_CONTROL", r"\blocal(?:oregional)?[\s-](?:tumou?r )?control|\blocal (?:failure|recurrence|progression)|\blocoregional (?:failure|recurrence)|\bin-field"),
    _rule("GVHD", r"\bgvhd\b|\bgraft[\s-](?:versus|vs\.?)[\s-]host"),
    _rule("CBR", r"\bclinical benefit|\bcbr\b"),
    _rule("DCR", r"\bdisease[\s-]control|\bi?dcr\b"),
    _rule("CR_RATE", r"\bcomplete (?:response|remission|metabolic response|clinical response)s?(?! (?:\(cr\) )?(?:or|and|\+|and/or) )|\bcr rate|\bcrr\b|\bmrd\b|\bminimal residual|\bmeasurable residual|\bremission rate"),
    _rule("ORR", r"\b(?:objective|overall|tumou?r|best(?: overall)?|clinical|radiographic|radiological|hematologic\w*|partial|metabolic|anti-?tumou?r) (?:\w+ )?(?:respon\w+|remission)|\bi?orr\b|\brespon\w+ rate|\bbor\b|\brate of (?:\w+ )?response|\bremission rate"),
    _rule("MORTALITY", r"\bmortality|\bdeath rate|\bnumber of deaths"),
    _rule("OS", r"\boverall?[\s-]*surviv\w*|\boveral\w* surviv\w*|\bos\b|\bmedian survival|\bsurvival time|\bsurvival rate|\btime to death|\b(?:cancer|disease)[\s-]specific survival"),
    _rule("RELAPSE", r"\brelapse\w*|\brecurrence\w*"),
    _rule("PK", r"\bpharmacokinetic\w*|\bpk\b|\bcmax\b|\btmax\b|\bauc\w*\b|\barea under the (?:\w+ ){0,3}(?:curve|concentration)|\bhalf[\s-]life|\bclearance\b|\bserum concentration|\bplasma concentration\w*|\bmaximum (?:observed )?(?:\w+ )?concentration|\bvolume of distribution|\btrough|\bconcentrations? of\b|\bpersistence|\bt1/2|\bcopy number|\bdosimetry"),
    _rule("IMMUNOGENICITY", r"\bimmunogenicity|\banti-?drug[\s-]antibod\w+|\badas?\b|\banti-\w+ antibod\w+"),
    _rule("QOL", r"\bquality[\s-]of[\s-]life|\bqol\b|\bhrqol\b|\bqlq\b|\beortc\b|\bfact-\w+|\biief\b|\bquestionnaire|\bpain\b|\berectile|\bsexual|\bcontinence|\bpatient[\s-]reported|\bsymptom"),
    _rule("TUMOR_SIZE", r"\btumou?r (?:size|volume|shrinkage|burden)|\bdepth of response|\bsum of (?:the )?(?:longest )?diameters|\bearly tumou?r shrinkage|\bbest percent\w* change"),
    _rule("SAE", r"^\s*(?:(?!adverse|aes?\b)\w+ ){0,6}(?:serious adverse|saes?\b)"),
    _rule("AE", r"\badverse|\btoxicit\w+|\b(?:te|tr|s|ir)?aes?\b|\bteaes?\b|\bsafety|\btolera\w+|\bcomplication|\bside effects?|\bmorbidity|\blaborator\w+ abnormal\w*|\bcytokine release|\bvital signs|\becg|\bectocardiogram|\babnormal"),
    _rule("FEASIBILITY", r"\bfeasib\w+|\bmanufactur\w+|\bcompletion rate|\badherence|\bcompliance|\baccrual|\brecruitment|\bsuccess rate|\bengraftment"),
    _rule("BIOMARKER", r"\bbiomarker\w*|\bctdna\b|\bcirculating|\bexpression|\bimmune (?:response|cell|infiltrat)|\bpd-l1|\bcytokine\w*|\blymphocyt\w+|\bt[\s-]cells?\b|\bgen(?:e|omic|etic)\w*|\bmutation\w*|\bpsa\b|\bmicrobio\w+|\bki-?67|\bpharmacodynamic\w*|\breceptor|\bantibod\w+|\bcea\b"),
    _rule("ORR", r"\bresponse\b|\befficacy\b|\bresponders?\b"),
    _rule("OS", r"\bsurvival\b"),
)  # fmt: skip
_RATES: dict[EndpointKind, EndpointKind] = {
    "PFS": "PFS_RATE", "OS": "OS_RATE", "DFS": "DFS_RATE", "RFS": "RFS_RATE", "EFS": "EFS_RATE",
}  # fmt: skip
_AS_RATE = re.compile(
    rf"{_TIMED}[^|]{{0,60}}\b(?:surviv\w*|[pdre]fs|os)\b|\b(?:surviv\w*|[pdre]fs|os)\b[^|]{{0,40}}\b{_RATE}\b|"
    rf"\b{_RATE}\b[^|]{{0,60}}\b(?:surviv\w*|[pdre]fs|os)\b|\b(?:surviv\w*|[pdre]fs|os)\b[^|]{{0,30}}\bat {_TIMED}"
)
_DEFINITION_OF_TIME = re.compile(
    r"\b(?:time (?:from|between|interval)|duration (?:from|between|of time)|length of time|interval from)\b"
)


def kind_of(measure: str, description: str) -> EndpointKind:
    """The kind of an outcome, from its normalised measure and description."""
    kind = _first(measure) or _first(description) or "OTHER"
    rate = _RATES.get(kind)
    if rate is None or not _AS_RATE.search(measure):
        return kind
    if re.search(rf"\b{_RATE}\b", measure) and not re.search(_TIMED, measure):
        return kind if _DEFINITION_OF_TIME.search(description) else rate
    return rate


@lru_cache(maxsize=8_192)
def _first(text: str) -> EndpointKind | None:
    return next((kind for kind, pattern in _RULES if pattern.search(text)), None)
