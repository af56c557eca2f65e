"""The time points of a rate: "12-month PFS", "OS rate at 1, 2 and 3 years", "PFS6"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from trialwright.registry.endpoints.found import Found
from trialwright.registry.endpoints.times import NUMBER, months_of, value_of
from trialwright.registry.numerals import has_number

_UNIT = r"(?:days?|weeks?|months?|mths?|mos?|years?|yrs?)"
_ONE = rf"{NUMBER}(?:[\s-]*{_UNIT}\b)?"
_LIST = rf"{_ONE}(?:-? ?(?:,|and|or|&|/)(?: ?and)? ?-?{_ONE}){{0,7}}"
_NAME = r"(?:surviv\w*|(?:ir|[a-z])?pfs|[der]fs|i?dfs|lfs|os|orr|dcr|crr?|response|remission|control|mortality|relapse|recurrence|progression|disease|event|rates?|overall|nrm|trm|cir|locoregional|local|cumulative|incidence|gvhd|transplant-related|treatment-related|non-?relapse)"
#: "12-month PFS", "1- and 2-year overall survival".
_BEFORE = re.compile(
    rf"(?:(?<![\w.])(?P<list>{_LIST})[\s-]*(?:{_UNIT}\b)|^\W*(?P<unit>day|week|month|year) ?\+?(?P<counts>\d{{1,3}}))[\s-]*(?=(?:[\w()-]+ ){{0,2}}?{_NAME}\b)"
)
#: "at 1, 2 and 3 years", "at month 6", "at the 2-year time point".
_AT = re.compile(
    rf"\b(?:at|by|on(?= (?:day|week|month))) (?:the )?(?:(?P<list>{_LIST})[\s-]*{_UNIT}\b|(?P<unit>day|week|month|year)s? \+?(?P<counts>\d{{1,3}}(?:(?:,| and| or| &|, and) ?\d{{1,3}}){{0,7}})\b)"
)
_SHORT = re.compile(
    r"\b(?:[pder]fs|os)[\s-]?(?P<n>[3-9]|1[0-8]|2[04]|36)(?P<u>m|mo|y)?\b|\b(?P<n2>\d{1,2})(?P<u2>[my])[\s-]?(?:[pder]fs|os)\b"
)
_SHARE = re.compile(r"\b(?:rates?|proportion|percent\w*|probability|incidence)\b")
#: A share at a time point: "proportion of patients with a response at week 24".
_SHARE_AT = re.compile(
    rf"\b(?:rates?|proportion|percent\w*|probability|incidence)\b[^.;,]{{0,90}}?\bat (?:the )?(?:{NUMBER}[\s-]*{_UNIT}|(?:day|week|month|year)s? \+?\d{{1,3}})"
)
_DIGITS = re.compile(r"\d+")
#: A time point in the definition of a survival: "the 2-year PFS rate", "assessed at 1 year".
_OF_SURVIVAL = re.compile(
    rf"(?<![\w.])(?P<list>{_LIST})[\s-]*(?:{_UNIT}\b)[\s-]*(?:[\w()-]+ ){{0,3}}?(?:rates?|probabilit\w+|estimates?)\b|"
    rf"\b(?:assessed|evaluated|measured|estimated|determined|calculated|surviv\w*|[pder]fs|os)\)? at (?:the )?(?P<list2>{_LIST})[\s-]*{_UNIT}\b"
)
#: "ORR at 28 days", "stable disease at 6 months", or a definition that is only "at 18 weeks".
_OF_RESPONSE = re.compile(
    rf"(?:^\W*|\b(?:orr|dcr|crr?|responses?|remission|control|disease|sd)\b[^.;,\d]{{0,20}}? )at (?:the )?(?P<list>{_LIST})[\s-]*{_UNIT}\b(?! (?:later|apart|after|interval|or more|before))"
)
#: "Death within 30 days", "progression within 24 months"; not days after the last dose.
_WITHIN = re.compile(
    rf"\b(?:deaths?|died|mortality|progression|relapses?|recurrences?)\b[^.;\d]{{0,40}}?\b(?:within|during|in) (?:the )?(?:first )?(?P<list>{_LIST})[\s-]*{_UNIT}\b(?![^.;]{{0,30}}?\b(?:last|final|end|discontinu))"
)
_ALIVE = re.compile(
    r"\balive\b[^.;]{0,20}?,? (?P<unit>day|week|month|year)s? (?P<counts>\d{1,3})\b"
)
_FRAME_TAIL = re.compile(r"[\s,]*(?:(?:post|after|following)[\s-]*(?:[\w-]+ ?){1,3})?\W*")
_PART = re.compile(rf"(?P<n>{NUMBER})[\s-]*(?P<u>{_UNIT}\b)?")
_RATES = frozenset({"PFS_RATE", "OS_RATE", "DFS_RATE", "RFS_RATE", "EFS_RATE"})
_POINTS = _RATES | {"ORR", "DCR", "CR_RATE", "CBR", "LOCAL_CONTROL", "MORTALITY", "RELAPSE", "GVHD"}
_SHARES = _RATES | {"LOCAL_CONTROL", "MORTALITY"}
_SURVIVALS = frozenset({"PFS", "OS", "DFS", "RFS", "EFS"})
_FALLS = frozenset({"MORTALITY", "RELAPSE", "OTHER"})
_RESPONSES = frozenset({"ORR", "DCR", "CR_RATE", "CBR"})
#: Kinds that are a share at one time where the time frame is one time.
_AT_ONCE = _SURVIVALS | {"GVHD", "RELAPSE", "MORTALITY"}
_DESCRIBED = _POINTS | _SURVIVALS | _FALLS
_CONFIRMS = "confirm"
#: One of these stands in every unit of time; and in everything that `_OF_SURVIVAL` finds.
_UNIT_SIGNS = ("mo", "day", "year", "week", "yr", "mth")
_SURVIVAL_SIGNS = (" at ", "rate", "probabilit", "estimate")
#: A definition stands at the start of a description.
_HEAD = 400
#: Characters that may follow the time point: a full stop, a space.
_TAIL = 2
_NEVER = frozenset({"DLT", "MTD_RP2D", "PK", "AE", "SAE", "IMMUNOGENICITY", "TUMOR_SIZE", "FEASIBILITY"})  # fmt: skip


def landmarks(text: str, kind: str, cut: int) -> Found | None:
    """The time points of a rate in months, rising.

    Parameters
    ----------
    text
        Measure and description.
    kind
        Kind of the endpoint.
    cut
        Length of the measure.
    """
    if kind in _NEVER:
        return None
    measure = text[:cut]
    found = None
    if has_number(measure):
        found = _points(measure, whole=kind in _POINTS or _SHARE.search(measure) is not None)
        if found is None:
            found = _by_words(measure, kind)
    if found is not None or cut >= len(text) or kind not in _DESCRIBED:
        return found
    found = _in_description(text[cut : cut + _HEAD], kind)
    return found.at(cut) if found else None


def _in_description(text: str, kind: str) -> Found | None:
    if not (kind in _SHARES or _has_unit(text)) or not has_number(text):
        return None
    worded = _by_words(text, kind)
    if worded is not None or kind not in _POINTS:
        return worded
    if kind in _SHARES:
        return _points(text, whole=True)
    share = _SHARE_AT.search(text) if "at " in text else None
    found = _points(share.group(), whole=False) if share else None
    return found.at(share.start()) if found and share else None


def _has_unit(text: str) -> bool:
    """Whether a text may name a unit of time: a quick no for many."""
    return any(map(text.__contains__, _UNIT_SIGNS))


def _by_words(text: str, kind: str) -> Found | None:
    """A time point by words of the kind."""
    match = None
    if kind in _SURVIVALS:
        said = any(map(text.__contains__, _SURVIVAL_SIGNS))
        match = _OF_SURVIVAL.search(text) if said else None
    elif kind in _RATES:
        match = _ALIVE.search(text)
    elif kind in _FALLS:
        match = _WITHIN.search(text)
    elif kind in _RESPONSES and "at " in text:
        match = _OF_RESPONSE.search(text)
        if match is not None and _CONFIRMS in text[max(0, match.start() - 40) : match.end()]:
            return None
    return _found(match) if match is not None else None


def landmark_in_frame(frame: str, measure: str, kind: str) -> Found | None:
    """The time point that only the time frame gives, for a measure that is named a rate."""
    match = _AT.match(frame) if kind in _AT_ONCE or kind in _SHARES else None
    if match is not None and kind in _AT_ONCE and _FRAME_TAIL.fullmatch(frame, match.end()):
        found = _found(match)
        single = isinstance(found.value, list) and len(found.value) == 1
        return found._replace(reason="the time frame is one time") if single else None
    if kind not in _SHARES or not _SHARE.search(measure):
        return None
    if match is None or len(frame) - match.end() > _TAIL:
        return None
    return _found(match)


def _points(text: str, *, whole: bool) -> Found | None:
    """Time points; only those "at" a time where the measure is no rate by its kind or words."""
    patterns = (_BEFORE, _AT) if whole else (_AT,)
    for pattern in patterns if _has_unit(text) else ():
        match = pattern.search(text)
        if match is not None:
            return _found(match)
    match = _SHORT.search(text) if whole else None
    if match is None:
        return None
    count, unit = match["n"] or match["n2"], match["u"] or match["u2"] or "m"
    return Found([months_of(float(count), unit)], *match.span())


def _found(match: re.Match[str]) -> Found:
    groups = match.groupdict()
    if groups.get("counts"):
        numbers = [float(one) for one in _DIGITS.findall(groups["counts"])]
        return Found(_rising(months_of(n, groups["unit"]) for n in numbers), *match.span())
    start, end = match.span()
    unit = ""
    values: list[float] = []
    listed = match.start("list" if groups.get("list") else "list2")
    for part in reversed(list(_PART.finditer(match.string, listed, end))):
        unit = part["u"] or unit
        values.append(months_of(value_of(part["n"]), unit))
    while not match.string[end - 1].isalnum():
        end -= 1
    return Found(_rising(values), start, end)


def _rising(values: Iterable[float]) -> list[float]:
    return sorted(set(values))
