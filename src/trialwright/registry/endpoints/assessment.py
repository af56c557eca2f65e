"""Who assesses an outcome, whether responses are confirmed, who is counted, by which estimator."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

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


class MembersRule(NamedTuple):
    """An analysis set: words one of which stands in every match, and the step from words to set."""

    name: str
    words: frozenset[str]
    pattern: re.Pattern[str]
    reason: str | None = None


class Estimator(NamedTuple):
    """An estimator: words one of which stands in every match, letters only."""

    words: frozenset[str]
    name: str
    pattern: re.Pattern[str]


_SETS = (
    MembersRule("EFF", frozenset({"evaluable"}), re.compile(r"\b(?:(?:response|efficacy)[\s-])?evaluable (?:subjects|patients|participants|population)\b")),
    MembersRule("FAS", frozenset({"full", "fas"}), re.compile(r"\b(?:full analysis set\b|fas\b(?! population of))")),
    MembersRule("ENRL", frozenset({"intent", "intention", "itt"}), re.compile(r"\b(?:intent(?:ion)?[\s-]to[\s-]treat|itt)\b"), "intention to treat counts all who are enrolled (S-2)"),
)  # fmt: skip
_ESTIMATORS = (
    Estimator(frozenset({"kaplan", "kaplanmeier"}), "Kaplan-Meier", re.compile(r"\bkaplan[\s-]*meier\b")),
    Estimator(frozenset({"clopper", "clopperpearson"}), "Clopper-Pearson", re.compile(r"\bclopper[\s-]*(?:and )?pearson\b")),
    Estimator(frozenset({"exact"}), "exact binomial", re.compile(r"\bexact (?:binomial|two-sided|95 ?%|confidence|cis?\b)")),
    Estimator(frozenset({"wilson"}), "Wilson", re.compile(r"\bwilson(?:'s)? (?:score|method|interval|ci\b|confidence)")),
    Estimator(frozenset({"competing"}), "cumulative incidence", re.compile(r"\bcompeting[\s-]risks? (?:method|analys[ie]s|model|framework|approach|estimat\w*)")),
    Estimator(frozenset({"cumulative"}), "cumulative incidence", re.compile(r"\bcumulative incidence (?:function|method|curve|estimat\w*)|\bcumulative incidence will be estimated")),
    Estimator(frozenset({"compartmental", "noncompartmental"}), "non-compartmental analysis", re.compile(r"\bnon-?compartmental")),
)  # fmt: skip

#: Kinds of which death is a competing event.
_COMPETING = frozenset({"RELAPSE", "MORTALITY", "GVHD", "LOCAL_CONTROL"})
_INCIDENCE = "cumulative incidence"
_CUMULATIVE = re.compile(r"\bcumulative incidences?\b")

#: Words of which a record has one where an outcome names its reader, or confirmed responses.
_READERS = frozenset(
    {
        "inv", "investigator", "investigators", "independent", "central", "centralized", "centralised",
        "centrally", "bicr", "birc", "irc", "irrc", "irf", "icr",
    }
)  # fmt: skip
_CONFIRMING = frozenset({"confirmed", "confirmation", "consecutive"})
#: One of these stands in the name of every reader that is not the investigator.
_CENTRAL_SIGNS = ("independent", "central", "icr", "irc", "irrc", "irf")
#: Kinds whose assessor is not read, those whose responses are confirmed, those that are shares.
UNASSESSED = frozenset({"AE", "SAE", "DLT", "MTD_RP2D", "PK", "IMMUNOGENICITY", "QOL"})
RESPONSES = frozenset({"ORR", "DCR", "CR_RATE", "CBR", "DOR", "TTR", "BIOMARKER"})
SHARES = frozenset({"ORR", "DCR", "CR_RATE", "CBR", "PCR", "MPR"})


def are_assessed(words: frozenset[str]) -> bool:
    """Whether a record with these words may say who assesses an outcome."""
    return not words.isdisjoint(_READERS)


def are_confirmed(words: frozenset[str]) -> bool:
    """Whether a record with these words may ask for confirmed responses."""
    return not words.isdisjoint(_CONFIRMING)


def sets_in(words: frozenset[str]) -> tuple[MembersRule, ...]:
    """The analysis sets that a record with these words may name."""
    return tuple([rule for rule in _SETS if not words.isdisjoint(rule.words)])


def estimators_in(words: frozenset[str]) -> tuple[Estimator, ...]:
    """The estimators that a record with these words may name."""
    return tuple([rule for rule in _ESTIMATORS if not words.isdisjoint(rule.words)])


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
    if kind in UNASSESSED:
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
    if kind not in RESPONSES or ("confirm" not in text and "consecutive" not in text):
        return None
    if kind == "BIOMARKER" and "psa" not in text:
        return None
    match = _CONFIRMED.search(text)
    if match is None or _UNCONFIRMED.search(text):
        return None
    return Found(True, *match.span())  # noqa: FBT003


def read_denominator(text: str, kind: str, sets: Iterable[MembersRule] = _SETS) -> Found | None:
    """The analysis set of a proportion, where the text names exactly one."""
    if kind not in SHARES:
        return None
    found = [
        Found(name, *match.span(), reason)
        for name, words, pattern, reason in sets
        if any(map(text.__contains__, words)) and (match := pattern.search(text)) is not None
    ]
    return found[0] if len(found) == 1 else None


def read_estimator(
    text: str, kind: str = "", estimators: Iterable[Estimator] = _ESTIMATORS
) -> Found | None:
    """The estimator that the text names; of several the first.

    Where an event competes with death, a cumulative incidence that is named goes before.
    """
    found = [
        Found(name, *match.span())
        for words, name, pattern in estimators
        if any(map(text.__contains__, words)) and (match := pattern.search(text)) is not None
    ]
    if kind in _COMPETING:
        found = [one for one in found if one.value == _INCIDENCE] or found
        named = _CUMULATIVE.search(text) if "cumulative" in text else None
        if named is not None and not (found and found[0].value == _INCIDENCE):
            return Found(_INCIDENCE, *named.span(), "the outcome is a cumulative incidence")
    return min(found, key=lambda one: one.start, default=None)
