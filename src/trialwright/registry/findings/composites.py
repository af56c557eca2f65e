"""Outcomes that hold several endpoints, of which one row of a register reports only one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.protocol.check.view import listed
from trialwright.registry.findings.case import Case, Detector, Row
from trialwright.registry.view import Span

#: Endpoints by their names, the longest first: a duration of response holds a response.
_NAMED = {
    "DOR": r"(?:duration of (?:\w+ )?response\b|response duration|dor\b)",
    "ORR": r"(?:(?:objective|overall) (?:response|remission) rates?|orr\b)",
    "DCR": r"(?:disease control(?: rates?)?|dcr\b)",
    "PFS": r"(?:progression[- ]free survival|pfs\b)",
    "EFS": r"(?:event[- ]free survival|efs\b)",
    "DFS": r"(?:disease[- ]free survival|dfs\b)",
    "RFS": r"(?:(?:relapse|recurrence)[- ]free survival|rfs\b)",
    "OS": r"(?:overall survival|os\b)",
}


def _free(event: str) -> dict[str, str]:
    """Stems of survival without an event."""
    words = f"{event} free survival"
    return {f"{event}-free": words, f"{event} free": words}


#: One of these stands in every name of the kind, and its words in the record.
_STEMS = {
    "DOR": {"dor": "dor", "duration of": "duration response", "response duration": "response duration"},
    "ORR": {"orr": "orr", "response rate": "response", "remission rate": "remission"},
    "DCR": {"dcr": "dcr", "disease control": "disease control"},
    "PFS": {"pfs": "pfs", **_free("progression")},
    "EFS": {"efs": "efs", **_free("event")},
    "DFS": {"dfs": "dfs", **_free("disease")},
    "RFS": {"rfs": "rfs", **_free("relapse"), **_free("recurrence")},
    "OS": {"os": "os", "overall survival": "overall survival"},
}  # fmt: skip
_STEM_WORDS = tuple(
    (kind, stem, frozenset(words.split()))
    for kind, stems in _STEMS.items()
    for stem, words in stems.items()
)
_ANY = "|".join(_NAMED.values())
_EACH = {kind: re.compile(rf"\b{name}") for kind, name in _NAMED.items()}
_SHORT = r"(?: ?\([^()]{1,20}\))?"
#: "PFS and OS", "objective response rate (ORR), disease control rate": two names of one list.
_JOINED = re.compile(
    rf"\b(?:{_ANY}){_SHORT} ?(?:,|/|\+|&|;|and|or)(?: (?:and|or|the|median)){{0,2}} ?(?:{_ANY}){_SHORT}"
)
#: "PFS is the time ... OS is the time": an outcome that defines each.
_DEFINED = re.compile(rf"\b(?:{_ANY}){_SHORT} (?:is|was|will be)\b")
_WORDS = frozenset({"orr", "dor", "pfs", "os", "efs", "dfs", "rfs", "dcr", "survival"})
#: Kinds beside which endpoints are only named: a marker is compared with them.
_BESIDE = frozenset({"BIOMARKER", "PK", "QOL", "AE", "SAE", "DLT", "MTD_RP2D"})


def several_endpoints(case: Case) -> Iterator[Row]:
    """An outcome that names several endpoints in one list, or defines several."""
    stems = [(kind, stem) for kind, stem, words in _STEM_WORDS if words <= case.words]
    low = case.low
    for endpoint, outcome in case.paired if len(stems) > 1 else ():
        if endpoint.kind in _BESIDE:
            continue
        measure, description = outcome.measure, outcome.description
        parts = [measure] if description is None else [measure, description]
        text = low[parts[0].start : parts[-1].end]
        if len({kind for kind, stem in stems if stem in text}) < 2:
            continue  # most texts
        span = next(filter(None, [_several(case, part) for part in parts]), None)
        if span is None:
            continue
        kinds = _kinds(span.of(case.low))
        yield case.raise_(
            "definition_wording",
            f"endpoints.{endpoint.id}.measure",
            f"The outcome {endpoint.id} holds {listed(kinds)}: one row reports one result, so "
            "the others would be left out or chosen after the fact. Register each apart.",
            span,
        )
        return


def _several(case: Case, part: Span) -> Span | None:
    """The words that name two endpoints or more, in a name or a definition."""
    joined = case.find(_JOINED, part)
    if joined is not None and len(_kinds(joined.of(case.low))) > 1:
        return joined
    defined = list(_DEFINED.finditer(case.low, part.start, part.end))
    if len({kind for one in defined for kind in _kinds(one.group())}) > 1:
        return Span(defined[0].start(), defined[-1].end())
    return None


def _kinds(text: str) -> list[str]:
    """Kinds that a text names, in their order; a name inside a longer one does not count."""
    found: dict[str, int] = {}
    for kind, pattern in _EACH.items():
        match = pattern.search(text)
        if match is not None:
            found[kind] = match.start()
            text = text[: match.start()] + " " * len(match.group()) + text[match.end() :]
    return sorted(found, key=found.__getitem__)


COMPOSITE_DETECTORS = (Detector(("definition_wording",), several_endpoints, words=_WORDS),)
