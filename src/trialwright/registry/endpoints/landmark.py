"""The time points of a rate: "12-month PFS", "OS rate at 1, 2 and 3 years", "PFS6"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from trialwright.registry.endpoints.found import Found
from trialwright.registry.endpoints.times import NUMBER, months_of, value_of

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
_PART = re.compile(rf"(?P<n>{NUMBER})[\s-]*(?P<u>{_UNIT}\b)?")
_RATES = frozenset({"PFS_RATE", "OS_RATE", "DFS_RATE", "RFS_RATE", "EFS_RATE"})
_POINTS = _RATES | {"ORR", "DCR", "CR_RATE", "CBR", "LOCAL_CONTROL", "MORTALITY", "RELAPSE", "GVHD"}
_SHARES = _RATES | {"LOCAL_CONTROL", "MORTALITY"}
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
    found = _points(measure, whole=kind in _POINTS or _SHARE.search(measure) is not None)
    if found is not None or cut >= len(text):
        return found
    described = text[cut : cut + _HEAD]
    if kind in _SHARES:
        found = _points(described, whole=True)
    elif kind in _POINTS:
        share = _SHARE_AT.search(described)
        found = _points(share.group(), whole=False) if share else None
        found = found.at(share.start()) if found and share else None
    return found.at(cut) if found else None


def landmark_in_frame(frame: str, measure: str, kind: str) -> Found | None:
    """The time point that only the time frame gives, for a measure that is named a rate."""
    if kind not in _SHARES or not _SHARE.search(measure):
        return None
    match = _AT.match(frame)
    if match is None or len(frame) - match.end() > _TAIL:
        return None
    return _found(match)


def _points(text: str, *, whole: bool) -> Found | None:
    """Time points; only those "at" a time where the measure is no rate by its kind or words."""
    for pattern in (_BEFORE, _AT) if whole else (_AT,):
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
        numbers = [float(one) for one in re.findall(r"\d+", groups["counts"])]
        return Found(_rising(months_of(n, groups["unit"]) for n in numbers), *match.span())
    start, end = match.span()
    unit = ""
    values: list[float] = []
    for part in reversed(list(_PART.finditer(match.string, match.start("list"), end))):
        unit = part["u"] or unit
        values.append(months_of(value_of(part["n"]), unit))
    while not match.string[end - 1].isalnum():
        end -= 1
    return Found(_rising(values), start, end)


def _rising(values: Iterable[float]) -> list[float]:
    return sorted(set(values))
