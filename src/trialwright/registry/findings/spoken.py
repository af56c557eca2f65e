"""What the words of a record say where the protocol holds no value: sizes, CTCAE, evaluable patients.

A question that the words answer in part is not "missing": it is asked in other words, with the quote.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from types import MappingProxyType

from trialwright.protocol.check.doses import (
    frequency_asked,
    route_asked,
    without_clock,
    without_route,
)
from trialwright.protocol.check.safety import older_ctcae
from trialwright.protocol.check.view import PROPORTIONS, Remark, agent_of
from trialwright.protocol.model import Component
from trialwright.registry.findings.case import Advice, Case, Row
from trialwright.registry.passages import first_elsewhere, sentence
from trialwright.registry.view import Span

_WHO = (
    r"(?:patients|participants|subjects|cases|people|individuals|volunteers|men|women|children)\b"
)
_PLANNED = (
    r"enroll|enrol\b|enrolled|recruit|accrue|accrual|sample size|be (?:included|treated|randomi)|planned|"
    r"total (?:of|number)|take part|participate|\bin each\b|per (?:arm|cohort|group)|up to"
)
#: A number of subjects, or a range of it.
_SIZE = re.compile(
    rf"(?P<low>\d(?<=\b\d)\d{{0,3}})(?: ?(?:-|to) ?(?P<high>\d{{1,4}}))? (?:(?!will\b)[a-z][\w/-]* ){{0,4}}?{_WHO}"
)
#: Words in front of a number of subjects that belong to it.
_ABOUT = re.compile(r"\b(?:up to|at least|about|approximately) $")
#: Words in front of a number that is a name.
_NAMED = re.compile(r"(?:cohort|arm|part|phase|stage|grade|cycle|day|group|level|step)s? $")
_PLAN = re.compile(_PLANNED)
_PAST = re.compile(
    r"\b(?:were|was|had|have been|has been|reported|showed|per year|annually|diagnosed)\b"
)
_SIZE_WORDS = frozenset(
    {
        "patients", "participants", "subjects", "cases", "people", "individuals", "volunteers",
        "men", "women", "children",
    }
)  # fmt: skip
_OLD_CTCAE = re.compile(
    r"(?:ctcae|common (?:terminology|toxicity) criteria[^.;|]{0,50}?)\W{0,4}(?:\(ctcae\) ?)?,? ?"
    r"(?:version|ver\.?|v\.?)? ?(?P<version>[234](?:\.0)?)(?!\.?\d|%)"
)
_EVALUABLE = re.compile(
    r"\bevaluable\b|\b(?:participated|included) in the efficacy\b|\befficacy (?:analysis|evaluable)\b"
)
#: One of these stands in each match of it.
_EVALUABLE_WORDS = frozenset({"evaluable", "efficacy"})
_CYCLE = re.compile(
    r"\b\d+[ -]days?(?: ?/ ?| per | (?:treatment )?)cycles?\b|\bcycles? (?:is of|is|are|of|=|lasts|:)? ?\(?\d+ (?:days|weeks)|"
    r"\(\d+ days?(?: ?/ ?| per )cycle\)|\b\d+[ -]weeks? (?:treatment )?cycles?\b"
)

_CENSORED = re.compile(
    r"\bcensor\w*|\blast (?:known )?(?:follow-?\s?up|contact|visit|assessment|known alive|date known)|"
    r"\blast known to be\b|\bdate last (?:seen|known)"
)
#: One of these stands in each match of it.
_CENSOR_WORDS = frozenset({"censor", "censored", "censoring", "censors", "censorship", "last"})
_NUMBER = re.compile(r"\d+")
#: How often, in the sentence of an agent.
_CLOCK = re.compile(
    r"\b(?:once|twice|three times|thrice)(?: an?| per| every)?[ -]?(?:day|daily|week|weekly|month)\b|"
    r"\b(?:bid|tid|qd|daily|weekly|biweekly|q\d{1,2}[dwh])\b|\bconsecutive days\b|\bon days? \d|"
    r"\bevery (?:\d{1,2}|other|two|three|four|six|eight)[ -]?(?:days?|weeks?|hours?|months?)\b|"
    r"\bsingle (?:dose|infusion|injection|administration)"
)
#: By which route, in the sentence of an agent; "IV" alone is a stage as well.
_ROUTE = re.compile(
    r"\b(?:oral(?:ly)?|intraven\w+|subcutan\w+|intramuscul\w+|intratumou?r\w+|intrathec\w+|intraderm\w+|topical\w*|"
    r"intravesic\w+|inhal\w+|(?:tablet|capsule)s?|by mouth|into the skin)\b|"
    r"\b(?:following|given|by|via|of) iv\b|\biv (?:infusion|injection|over|every|on|drip|bolus)\b"
)
#: Numbers of patients that are looked at in a field, and characters around each.
_MOST_SIZES, _AROUND = 24, 160
#: Characters around a name, and places of it, that are looked at.
_NEAR, _MOST_PLACES = 80, 4
#: What parts one agent of a sentence from the next.
_OTHER = re.compile(r"[,;+]| and | plus | with | or ")
#: Lengths, in days, that a cycle of treatment can have.
_CYCLE_DAYS = range(7, 64, 7)


def sizes(case: Case, row: Row) -> Iterator[Row]:
    """Numbers of patients that are no total: of parts, of arms, or a range."""
    span = _planned_size(case) if case.says(_SIZE_WORDS) else None
    if span is None:
        yield row
        return
    yield case.raise_(
        "enrollment_missing",
        "design.enrollment",
        f'Numbers of patients are told ("{span.of(case.text)}"), but none is said to be the planned '
        "total: a range, or sizes of parts, arms or cohorts, leave open how many patients the "
        "trial has. State the total.",
        span,
        Advice(severity="warning"),
    )


def _planned_size(case: Case) -> Span | None:
    """The first number of patients that a sentence plans for this trial."""
    for name in ("title", "brief_summary", "detailed_description"):
        field = case.reading.span(name)
        for match in islice(_SIZE.finditer(case.low, field.start, field.end), _MOST_SIZES):
            about = _ABOUT.search(case.low, max(0, match.start() - 15), match.start())
            start = about.start() if about else match.start()
            named = _NAMED.search(case.low, max(0, start - 10), start)
            if named or int(match.group("high") or match.group("low")) < 2:
                continue
            place = sentence(case.reading, start, match.end())
            first, last = max(place.start, start - _AROUND), match.end() + _AROUND
            around = case.low[first : min(place.end, last)]
            elsewhere = first_elsewhere(around) < len(around)
            if _PLAN.search(around) and not _PAST.search(around) and not elsewhere:
                return Span(start, match.end())
    return None


def ctcae(case: Case, row: Row) -> Iterator[Row]:
    """A version of CTCAE for which there is no table: named, not missing."""
    said = case.find(_OLD_CTCAE) if case.has("ctcae", "toxicity criteria", "terminology") else None
    if said is None:
        yield row
        return
    version = _OLD_CTCAE.search(said.of(case.low))
    named = version.group("version") if version else "4.0"
    remark = older_ctcae(named if "." in named else f"{named}.0")
    advice = Advice(remark.values, remark.reason, remark.rule)
    yield case.raise_("ae_criteria_missing", remark.path, remark.message, said, advice)


def evaluable(case: Case, row: Row) -> Iterator[Row]:
    """A proportion of evaluable patients: the set is named, who belongs to it is not."""
    for endpoint, outcome in case.paired if case.says(_EVALUABLE_WORDS) else ():
        if endpoint.kind not in PROPORTIONS or endpoint.denominator is not None:
            continue
        span = case.find(_EVALUABLE, outcome.span)
        if span is not None:
            yield case.raise_(
                "evaluable_undefined",
                f"endpoints.{endpoint.id}.denominator",
                f'{endpoint.id} is counted over "{span.of(case.text)}" patients, who are not defined: '
                "leaving out those who progress or die before the first scan removes failures from "
                "the denominator.",
                span,
                Advice(
                    {"analysis.eval_counts_early_pd": True},
                    "treated, measurable at baseline, with a scan afterwards or progression or "
                    "death before it",
                    "S-5",
                ),
            )
            return
    yield row


def cycles(case: Case, row: Row) -> Iterator[Row]:
    """A cycle that the text names without saying which agents follow it."""
    span = case.find(_CYCLE) if row["severity"] == "warning" and case.has("cycle") else None
    if span is None:
        yield row
        return
    number, weeks = _NUMBER.search(span.of(case.low)), "week" in span.of(case.low)
    days = int(number.group()) * (7 if weeks else 1) if number else 0
    values = dict.fromkeys(row["proposal"] or (row["path"],), days)
    yield case.raise_(
        "cycle_length_missing",
        row["path"],
        f'A cycle is named ("{span.of(case.text)}"), but not for the whole of treatment: say which agents '
        "follow it, and whether visits are counted in it.",
        span,
        Advice(
            values if days in _CYCLE_DAYS else None,
            "the cycle that the record names" if days in _CYCLE_DAYS else None,
            severity="note",
        ),
    )


def censored(case: Case, row: Row) -> Iterator[Row]:
    """Censoring that the outcome itself, or the plan of analysis, tells in words."""
    if not case.says(_CENSOR_WORDS):
        yield row
        return
    kind = case.kind_of(row["path"])
    for endpoint, outcome in case.paired:
        same = endpoint.kind.removesuffix("_RATE") == kind
        if same and case.find(_CENSORED, outcome.span):
            return
    prose = case.reading.span("detailed_description")
    if case.low.find("censor", prose.start, prose.end) < 0:
        yield row


def routes(case: Case, row: Row) -> Iterator[Row]:
    """Agents of which no sentence tells the route."""
    silent = without_route(case.view)
    left = [one for one in silent if agent_of(one) or not _told(case, one, _ROUTE)]
    if len(left) == len(silent):
        yield row
    elif left:
        yield _row(case, row, route_asked(left))


def frequencies(case: Case, row: Row) -> Iterator[Row]:
    """Agents of which no sentence tells a schedule."""
    if row["proposal"]:
        yield row
        return
    silent = without_clock(case.view)
    left = [one for one in silent if not _told(case, one, _CLOCK)]
    if len(left) == len(silent):
        yield row
    elif left:
        yield _row(case, row, frequency_asked(left))


def _told(case: Case, one: Component, pattern: re.Pattern[str]) -> bool:
    """Whether the running text tells a pattern of an agent: nothing else is named between them."""
    name, low = one.name.casefold(), case.low
    for field_name in ("brief_summary", "detailed_description"):
        field = case.reading.span(field_name)
        at = low.find(name, field.start, field.end)
        for _ in range(_MOST_PLACES):
            if at < 0:
                break
            after = at + len(name)
            near = pattern.search(low, after, after + _NEAR)
            if not (near or pattern.search(low, max(0, at - _NEAR), at)):
                at = low.find(name, after, field.end)  # a sentence is found far slower
                continue
            around = case.sentence(Span(at, after))
            start, end = max(around.start, at - _NEAR), min(around.end, after + _NEAR)
            behind = pattern.search(low, at + len(name), end)
            if behind and not _OTHER.search(low, at + len(name), behind.start()):
                return True
            before = pattern.search(low, start, at)
            if before and not _OTHER.search(low, before.end(), at):
                return True
            at = low.find(name, at + len(name), field.end)
    return False


def _row(case: Case, row: Row, remark: Remark) -> Row:
    span = case.source(remark.quoted)
    advice = Advice(remark.values, remark.reason, remark.rule)
    return case.raise_(row["code"], remark.path, remark.message, span, advice)


#: By code, what asks a question in the words of the record.
SPOKEN: Mapping[str, Callable[[Case, Row], Iterator[Row]]] = MappingProxyType(
    {
        "enrollment_missing": sizes,
        "ae_criteria_missing": ctcae,
        "denominator_missing": evaluable,
        "censoring_missing": censored,
        "route_missing": routes,
        "frequency_missing": frequencies,
        "cycle_length_missing": cycles,
    }
)
