"""What the words of a record say where the protocol holds no value: sizes, CTCAE, evaluable patients.

A question that the words answer in part is not "missing": it is asked in other words, with the quote.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from types import MappingProxyType

from trialwright.protocol.check.safety import older_ctcae
from trialwright.protocol.check.view import PROPORTIONS
from trialwright.registry.findings.case import Advice, Case, Row
from trialwright.registry.findings.spoken_agents import frequencies, routes
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
    r"(?P<low>[0-9](?<=\b[0-9])[0-9]{0,3})(?: ?(?:-|to) ?(?P<high>[0-9]{1,4}))? "
    rf"(?:(?!will\b)[a-z][\w/-]* ){{0,4}}?{_WHO}"
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
    r"c(?:tcae|ommon (?:terminology|toxicity) criteria[^.;|]{0,50}?)\W{0,4}(?:\(ctcae\) ?)?,? ?"
    r"(?:version|ver\.?|v\.?)? ?(?P<version>[234](?:\.0)?)(?!\.?\d|%)"
)
#: Words of the criteria that are spelt out.
_CRITERIA_WORDS = frozenset({"terminology", "toxicity"})
_EVALUABLE = re.compile(
    r"\bevaluable\b|\b(?:participated|included) in the efficacy\b|\befficacy (?:analysis|evaluable)\b"
)
#: Words of the record without which it has no match.
_EVALUABLE_WORDS = frozenset({"evaluable"})
_EFFICACY_WORDS = frozenset({"participated", "included", "analysis"})
_CYCLE = re.compile(
    r"\b\d+[ -]days?(?: ?/ ?| per | (?:treatment )?)cycles?\b|\bcycles? (?:is of|is|are|of|=|lasts|:)? ?\(?\d+ (?:days|weeks)|"
    r"\(\d+ days?(?: ?/ ?| per )cycle\)|\b\d+[ -]weeks? (?:treatment )?cycles?\b"
)
#: Characters around the word in which it is looked for.
_BEFORE_CYCLE, _BEHIND_CYCLE = 30, 50
_CENSORED = re.compile(
    r"\bcensor\w*|\blast (?:known )?(?:follow-?\s?up|contact|visit|assessment|known alive|date known)|"
    r"\blast known to be\b|\bdate last (?:seen|known)"
)
#: One of these stands in each match of it.
_CENSOR_WORDS = frozenset({"censor", "censored", "censoring", "censors", "censorship", "last"})
_NUMBER = re.compile(r"\d+")
#: Numbers of patients that are looked at in a field, and characters around each.
_MOST_SIZES, _AROUND = 24, 160
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
    spelt = "criteria" in case.words and case.says(_CRITERIA_WORDS)
    said = case.find(_OLD_CTCAE) if spelt or case.has("ctcae") else None
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
    efficacy = "efficacy" in case.words and case.says(_EFFICACY_WORDS)
    for endpoint, outcome in case.paired if efficacy or case.says(_EVALUABLE_WORDS) else ():
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
    span = _named_cycle(case) if row["severity"] == "warning" else None
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


def _named_cycle(case: Case) -> Span | None:
    """The first place where a cycle of some length is named."""
    for at in case.places("cycle", Span(0, len(case.low))):
        match = _CYCLE.search(case.low, max(0, at - _BEFORE_CYCLE), at + _BEHIND_CYCLE)
        if match:
            return Span(*match.span())
    return None


def censored(case: Case, row: Row) -> Iterator[Row]:
    """Censoring that the outcome itself, or the plan of analysis, tells in words."""
    if not case.says(_CENSOR_WORDS):
        yield row
        return
    kind, low = case.kind_of(row["path"]), case.low
    for endpoint, outcome in case.paired:
        if not endpoint.kind.startswith(kind) or endpoint.kind.removesuffix("_RATE") != kind:
            continue
        span = outcome.span
        said = low[span.start : span.end]
        if ("censor" in said or "last" in said) and case.find(_CENSORED, span):
            return
    prose = case.reading.span("detailed_description")
    if case.low.find("censor", prose.start, prose.end) < 0:
        yield row


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
