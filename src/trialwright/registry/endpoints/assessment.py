"""Who assesses an outcome, whether responses are confirmed, who is counted, by which estimator."""

from __future__ import annotations

import re

from trialwright.registry.endpoints.found import Found

_BY = r"(?:(?:both|either|the|a|an|local|study|site|treating|blinded|bicr|birc|irc|irrc|icr|irf|independent|central|radiolog\w+|review\w*|committee|facility|assessment|and|or|/|\(\w+\)|by) ){0,9}"
_INVESTIGATOR = re.compile(
    rf"\b(?:as assessed by|by|per|to|on|upon|via)[ -]{_BY}(?:investigators?|inv)\b(?!'?s? (?:choice|discretion|decision|opinion|brochure))|"
    r"\binvestigators?(?:'s|s'|')?[ -](?:(?:tumou?r|local|radiolog\w+|imaging|response) )?(?:assess\w*|review\w*|judg\w*|determin\w*|evaluat\w*|based|derived|reported)|"
    r"\b(?:bicr|birc|irc|irrc|icr|irf|review)\)? (?:and|or|/) (?:by )?(?:the )?investigator"
)
_INDEPENDENT = re.compile(
    r"\b(?:blinded |masked )?independent (?:(?:blinded|central\w*|radiolog\w+|radiographic|imaging|tumou?r|response|endpoint|outcome) ){0,3}(?:review\w*|committee|assess\w*|evaluat\w*|reader\w*|radiologist\w*|facility)|"
    r"\b(?:bicr|birc|irc|irrc|irf)\b|\b(?:by|per) (?:the |an )?icr\b|\b(?:blinded )?central(?:ized|ised|ly)? (?:radiolog\w+ |imaging |independent |blinded )?(?:review\w*|read\w*|assess\w*)"
)
#: The investigator decides something else than the outcome.
_DECIDES = re.compile(
    r"\b(?:cho(?:sen|ice)|select\w*|decid\w*|decision|discretion|considered|attribut\w*|relat\w*|deem\w*|prescribed)\b[^.;]{0,25}$"
)
_CONFIRMED = re.compile(
    r"\b(?:confirmed (?!as\b|to\b|by\b)(?:[\w()/-]+ ){0,4}?(?:responses?\b|cr/pr|(?:cr|pr)\b(?: or (?:pr|cr)\b)?|(?:complete|partial|objective|best overall)(?: (?:tumou?r )?(?:responses?|remission))?|orr|remission)|"
    r"(?:responses?|cr|pr|orr)s?\)? (?:\w+ ){0,3}(?:is|are|must be|will be|to be|was|were|should be|needs? to be|that (?:is|are)|which (?:is|are)) (?:subsequently |later )?confirmed\b(?! by (?:the |an? )?(?:mri|ct|pet|imaging|biops\w+|patholog\w+|histolog\w+|flow|bone|independent|central|bicr|irc))|"
    r"(?:is|are) subsequently confirmed\b|confirmed by (?:an? )?(?:repeat|second|subsequent|later)|"
    r"confirmed (?:at least|≥|>=|\\>=|no less than) ?(?:4|four) weeks|(?<!requirement for )confirmation of response|(?:with |psa )confirmation (?:at least |≥ ?|>= ?)\d|on (?:two|2) consecutive (?:occasions|assess\w+|scans)\b)"
)
_UNCONFIRMED = re.compile(
    r"\bunconfirmed\b|\bregardless of confirmation\b|\bconfirmation (?:is|was) not required"
)
#: The set, words one of which stands in every match, the pattern, the step from words to set.
_SETS: tuple[tuple[str, tuple[str, ...], re.Pattern[str], str | None], ...] = (
    ("EFF", ("evaluable",), re.compile(r"\b(?:(?:response|efficacy)[\s-])?evaluable (?:subjects|patients|participants|population)\b"), None),
    ("FAS", ("full analysis", "fas"), re.compile(r"\b(?:full analysis set\b|fas\b(?! population of))"), None),
    ("ENRL", ("intent", "itt"), re.compile(r"\b(?:intent(?:ion)?[\s-]to[\s-]treat|itt)\b"), "intention to treat counts all who are enrolled (S-2)"),
)  # fmt: skip
_ESTIMATORS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("kaplan", "Kaplan-Meier", re.compile(r"\bkaplan[\s-]*meier\b")),
    ("clopper", "Clopper-Pearson", re.compile(r"\bclopper[\s-]*(?:and )?pearson\b")),
    ("exact", "exact binomial", re.compile(r"\bexact (?:binomial|two-sided|95 ?%|confidence|cis?\b)")),
    ("wilson", "Wilson", re.compile(r"\bwilson(?:'s)? (?:score|method|interval|ci\b|confidence)")),
    ("competing", "cumulative incidence", re.compile(r"\bcompeting[\s-]risks? (?:method|analys[ie]s|model|framework|approach|estimat\w*)")),
    ("cumulative", "cumulative incidence", re.compile(r"\bcumulative incidence (?:function|method|curve|estimat\w*)|\bcumulative incidence will be estimated")),
    ("compartment", "non-compartmental analysis", re.compile(r"\bnon-?compartmental")),
)  # fmt: skip

#: Kinds of which death is a competing event.
_COMPETING = frozenset({"RELAPSE", "MORTALITY", "GVHD", "LOCAL_CONTROL"})
_INCIDENCE = "cumulative incidence"
_CUMULATIVE = re.compile(r"\bcumulative incidences?\b")

#: One of these stands in the name of every reader that is not the investigator.
_CENTRAL_SIGNS = ("independent", "central", "icr", "irc", "irrc", "irf")
_SAFETY = frozenset({"AE", "SAE", "DLT", "MTD_RP2D", "PK", "IMMUNOGENICITY", "QOL"})
_RESPONSES = frozenset({"ORR", "DCR", "CR_RATE", "CBR", "DOR", "TTR", "BIOMARKER"})
_SHARES = frozenset({"ORR", "DCR", "CR_RATE", "CBR", "PCR", "MPR"})


def read_assessor(text: str, kind: str, cut: int) -> Found | None:
    """Who assesses: "investigator", "independent" or "both"; the measure decides where it says so.

    Parameters
    ----------
    text
        Measure and description.
    kind
        Kind of the endpoint; adverse events are always assessed by the investigator and say so
        for causes.
    cut
        Length of the measure.
    """
    if kind in _SAFETY:
        return None
    local = "inv" in text
    central = any(map(text.__contains__, _CENTRAL_SIGNS))
    if not local and not central:
        return None
    measure = _assessor(text, (0, cut), local=local, central=central)
    return measure or _assessor(text, (cut, len(text)), local=local, central=central)


def _assessor(text: str, part: tuple[int, int], *, local: bool, central: bool) -> Found | None:
    """The reader that a part of a text names; only the readers that are asked for are looked for."""
    by_investigator = _investigator(text, *part) if local else None
    by_others = _INDEPENDENT.search(text, *part) if central else None
    return _reader(by_investigator, by_others)


def _investigator(text: str, start: int, end: int) -> re.Match[str] | None:
    for match in _INVESTIGATOR.finditer(text, start, end):
        if not _DECIDES.search(text, max(start, match.start() - 60), match.start()):
            return match
    return None


def _reader(local: re.Match[str] | None, central: re.Match[str] | None) -> Found | None:
    if local is not None and central is not None:
        first, last = min(local.start(), central.start()), max(local.end(), central.end())
        return Found("both", first, last)
    if local is not None:
        return Found("investigator", *local.span())
    return Found("independent", *central.span()) if central is not None else None


def read_confirmation(text: str, kind: str) -> Found | None:
    """Whether a response must be confirmed by a later assessment, where the text says so."""
    if kind not in _RESPONSES or ("confirm" not in text and "consecutive" not in text):
        return None
    if kind == "BIOMARKER" and "psa" not in text:
        return None
    match = _CONFIRMED.search(text)
    if match is None or _UNCONFIRMED.search(text):
        return None
    return Found(True, *match.span())  # noqa: FBT003


def read_denominator(text: str, kind: str) -> Found | None:
    """The analysis set of a proportion, where the text names exactly one."""
    if kind not in _SHARES:
        return None
    found = [
        Found(name, *match.span(), reason)
        for name, words, pattern, reason in _SETS
        if any(map(text.__contains__, words)) and (match := pattern.search(text)) is not None
    ]
    return found[0] if len(found) == 1 else None


def read_estimator(text: str, kind: str = "") -> Found | None:
    """The estimator that the text names; of several the first.

    Where an event competes with death, a cumulative incidence that is named goes before.
    """
    found = [
        Found(name, *match.span())
        for sign, name, pattern in _ESTIMATORS
        if sign in text and (match := pattern.search(text)) is not None
    ]
    if kind in _COMPETING:
        found = [one for one in found if one.value == _INCIDENCE] or found
        named = _CUMULATIVE.search(text) if "cumulative" in text else None
        if named is not None and not (found and found[0].value == _INCIDENCE):
            return Found(_INCIDENCE, *named.span(), "the outcome is a cumulative incidence")
    return min(found, key=lambda one: one.start, default=None)
