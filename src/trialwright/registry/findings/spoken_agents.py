"""What the running text says of single agents: their route, and how often they are given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from trialwright.protocol.check.components import agent_of
from trialwright.protocol.check.doses import (
    frequency_asked,
    route_asked,
    without_clock,
    without_route,
)
from trialwright.protocol.check.view import (
    Remark,
)
from trialwright.protocol.model import Component
from trialwright.registry.findings.case import NEAR, Advice, Case, Row
from trialwright.registry.view import Span


@dataclass(frozen=True, slots=True)
class Telling:
    """Words that tell something of an agent.

    One of `stems` stands in each match of `pattern`; a word beside a stem has to be in the record.
    """

    stems: Mapping[str, str]
    pattern: re.Pattern[str]


#: How often, in the sentence of an agent.
_CLOCK = Telling(
    {
        "daily": "daily", "every": "every", "weekly": "weekly", "biweekly": "biweekly", "once": "once",
        "twice": "twice", "thrice": "thrice", "three times": "three", "single": "single",
        "consecutive": "consecutive", "on day": "on", "bid": "bid", "tid": "tid", "qd": "qd", "q": "q",
    },
    re.compile(
        r"\b(?:once|twice|three times|thrice)(?: an?| per| every)?[ -]?(?:day|daily|week|weekly|month)\b|"
        r"\b(?:bid|tid|qd|daily|weekly|biweekly|q\d{1,2}[dwh])\b|\bconsecutive days\b|\bon days? \d|"
        r"\bevery (?:\d{1,2}|other|two|three|four|six|eight)[ -]?(?:days?|weeks?|hours?|months?)\b|"
        r"\bsingle (?:dose|infusion|injection|administration)"
    ),
)  # fmt: skip
#: By which route, in the sentence of an agent; "IV" alone is a stage as well.
_ROUTE = Telling(
    {
        "oral": "", "intra": "", "subcutan": "", "topical": "", "inhal": "", "tablet": "", "capsule": "",
        "by mouth": "mouth", "into the skin": "skin", "iv": "iv",
    },
    re.compile(
        r"\b(?:oral(?:ly)?|intraven\w+|subcutan\w+|intramuscul\w+|intratumou?r\w+|intrathec\w+|intraderm\w+|topical\w*|"
        r"intravesic\w+|inhal\w+|(?:tablet|capsule)s?|by mouth|into the skin)\b|"
        r"\b(?:following|given|by|via|of) iv\b|\biv (?:infusion|injection|over|every|on|drip|bolus)\b"
    ),
)  # fmt: skip
#: What parts one agent of a sentence from the next.
_OTHER = re.compile(r"[,;+]| and | plus | with | or ")


def routes(case: Case, row: Row) -> Iterator[Row]:
    """Agents of which no sentence tells the route."""
    silent = without_route(case.view)
    told = _told_of(case, [one for one in silent if agent_of(one) is None], _ROUTE)
    if not told:
        yield row
    elif len(told) < len(silent):
        left = [one for one in silent if one.id not in told]
        yield _row(case, row, route_asked(left))


def frequencies(case: Case, row: Row) -> Iterator[Row]:
    """Agents of which no sentence tells a schedule."""
    if row["proposal"]:
        yield row
        return
    silent = without_clock(case.view)
    told = _told_of(case, silent, _CLOCK)
    if not told:
        yield row
    elif len(told) < len(silent):
        left = [one for one in silent if one.id not in told]
        yield _row(case, row, frequency_asked(left))


def _told_of(case: Case, silent: Iterable[Component], telling: Telling) -> set[str]:
    """The agents of which the running text tells something, by their ids."""
    stems = [stem for stem, word in telling.stems.items() if not word or word in case.words]
    if not stems:
        return set()
    return {one.id for one in silent if _is_told(case, one.name, telling.pattern, stems)}


def _is_told(case: Case, name: str, pattern: re.Pattern[str], stems: list[str]) -> bool:
    """Whether the running text tells something of a name: nothing else is named between them."""
    for at, end, near in case.named(name):
        # a stem is found far faster than a pattern, and a pattern than a sentence
        if [stem for stem in stems if stem in near] and _is_said(case, at, end, pattern):
            return True
    return False


def _is_said(case: Case, at: int, end: int, pattern: re.Pattern[str]) -> bool:
    """Whether a pattern stands beside a place, in its sentence and with nothing else between."""
    low, first, last = case.low, max(0, at - NEAR), end + NEAR
    if not (pattern.search(low, end, last) or pattern.search(low, first, at)):
        return False
    around = case.sentence(Span(at, end))
    behind = pattern.search(low, end, min(around.end, last))
    if behind and not _OTHER.search(low, end, behind.start()):
        return True
    before = pattern.search(low, max(around.start, first), at)
    return before is not None and not _OTHER.search(low, before.end(), at)


def _row(case: Case, row: Row, remark: Remark) -> Row:
    span = case.source(remark.quoted)
    advice = Advice(remark.values, remark.reason, remark.rule)
    return case.raise_(row["code"], remark.path, remark.message, span, advice)
