"""Corrections of registered words: what stands in the record is wrong, and what it should be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from trialwright.protocol.base import Finding
from trialwright.protocol.phrases import clock_words
from trialwright.registry.amendment.case import AmendmentCase, like, quoted_span
from trialwright.registry.amendment.model import Edit
from trialwright.registry.facts import MOST_MATCHES
from trialwright.registry.outcomes import Outcome
from trialwright.registry.view import Span, sentence_around

_ENROLLED = re.compile(r"\benroll?ment\b", re.IGNORECASE)
_RANDOMISED = re.compile(
    r"(?:the )?(?:date of |day of |time of )?(?:patient )?random(?:iz|is)(?:ation|ed)",
    re.IGNORECASE,
)
#: A time frame that begins with its start; one that goes on with a bracket is left to a person.
_START = re.compile(
    r"from (?P<event>[^,;|(]*?)(?=,| up to\b| to\b| until\b| through\b|$)", re.IGNORECASE
)
#: Verbs that say the opposite before "until", with what is meant.
_INVERTED = (
    (re.compile(r"\b(?:must|should|shall|will|may|can|is to|are to|has to|have to|needs? to) be "
                r"(?:discontinued|stopped|terminated|ended|interrupted|suspended|withdrawn)"
                r"(?=[^.]{0,60}\buntil)", re.IGNORECASE), "will be continued"),
    (re.compile(r"\b(?:is|are|was|were) (?:discontinued|stopped|terminated|ended|interrupted|suspended|"
                r"withdrawn)(?=[^.]{0,60}\buntil)", re.IGNORECASE), "will be continued"),
    (re.compile(r"\b(?:discontinued|stopped|terminated|suspended)(?=[^.]{0,60}\buntil)", re.IGNORECASE),
     "continued"),
    (re.compile(r"\b(?:discontinue|stop|terminate|suspend)(?=[^.]{0,60}\buntil)", re.IGNORECASE), "continue"),
)  # fmt: skip
_MEANT = re.compile(r'is meant to be "?(?P<meant>[^"(.,;:?]+?)"?(?: \(|[.,;:?]|$)')
_ORDINAL = re.compile(r"(?P<number>\d+)(?:st|nd|rd|th)", re.IGNORECASE)
_LENGTH = re.compile(
    r"(?:(?:about|approximately|approx\.?|around|~)\s*)?\d+(?:\.\d+)?[\s-]*"
    r"(?:day|week|month|year)s?", re.IGNORECASE
)  # fmt: skip
_ENDS_IN_SURVIVAL = re.compile(r"(?:survival(?: ?\([A-Z]+\))?|\bPFS|\bOS)$", re.IGNORECASE)
_FROM_TO = re.compile(
    r"(?:\bfrom (?P<start>[^.;]{3,80}?)|^(?:the )?date of (?P<first>[^.;]{3,80}?)) "
    r"(?:to|until|till)\b", re.IGNORECASE
)  # fmt: skip
#: A definition that runs to progression, so that death can join it in the same sentence.
_TO_PROGRESSION = re.compile(r"\b(?:to|until|till|and)\b[^.;]{0,160}progress", re.IGNORECASE)
_DEATH = ", or death from any cause, whichever occurs first"
_DEATH_COUNTS = " Death from any cause counts as an event as well."
#: Landmark rates whose definition can be written anew; others keep their own list of events.
_FREE = {"PFS_RATE": "alive without disease progression", "OS_RATE": "alive"}
_OTHER_RATES = frozenset({"DFS_RATE", "RFS_RATE", "EFS_RATE"})
_FIRST_TREATMENT = re.compile(
    r"(?:(?P<dated>the date of )(?:the )?|\bthe )?\bfirst (?:study )?treatment\b", re.IGNORECASE
)
_AND = re.compile(r" and ", re.IGNORECASE)
#: Types of interventions in the registry.
_TYPES = {
    "drug": "DRUG",
    "procedure": "PROCEDURE",
    "radiation": "RADIATION",
    "device": "DEVICE",
    "biological": "BIOLOGICAL",
}
_Reworder = Callable[[AmendmentCase, Finding], Iterator[Edit]]


def reworded(case: AmendmentCase, finding: Finding) -> tuple[Edit, ...]:
    """The edits that answer a finding; none when its words cannot be corrected by rule."""
    reworder = _REWORDERS.get(finding.code)
    return tuple(reworder(case, finding)) if reworder and quoted_span(finding) else ()


def _origin(case: AmendmentCase, finding: Finding) -> Iterator[Edit]:
    """The start of a time that cannot occur, or that differs from the other endpoints.

    Where patients are randomised, which of two starts is meant is a question to the sponsor.
    """
    span = quoted_span(finding)
    target = case.wanted(finding, finding.path)
    if span is None or target is None:
        return
    text = case.record.text
    found = _RANDOMISED.search(text, span.start, span.end)
    if found is None and target == "randomization":
        found = _ENROLLED.search(text, span.start, span.end)
    if found is None:
        return
    said = case.start(finding.path, str(target))
    if finding.path not in case.impossible and case.decided(finding.path) is None:
        other = found.group() if target == "randomization" else case.origin(target)
        said = f"[one start for all times: randomization, or {other}]"
    yield Edit(Span(*found.span()), said, finding)


def _frame_origin(case: AmendmentCase, finding: Finding) -> Iterator[Edit]:
    """A time frame that starts at another event than the definition."""
    outcome, endpoint = case.outcome(finding), case.endpoint(finding)
    if outcome is None or outcome.time_frame is None or endpoint is None or not endpoint.origin:
        return
    drafted = next((one for one in case.drafted.endpoints if one.id == endpoint.id), endpoint)
    impossible = drafted.origin == "randomization" and endpoint.origin == "randomization"
    found = _START.match(case.record.text, outcome.time_frame.start, outcome.time_frame.end)
    if found and not impossible:
        said = case.start(f"endpoints.{endpoint.id}.origin", endpoint.origin)
        yield Edit(Span(*found.span("event")), said, finding)


def _anchor_conflict(case: AmendmentCase, finding: Finding) -> Iterator[Edit]:
    """One milestone with two durations: the time frame is stated for each patient instead."""
    outcome, endpoint = case.outcome(finding), case.endpoint(finding)
    if outcome is None or outcome.time_frame is None:
        return
    frame = outcome.time_frame
    lengths = list(_LENGTH.finditer(case.record.text, frame.start, frame.end))
    if not lengths:
        return
    path = f"endpoints.{endpoint.id}.origin" if endpoint else "endpoints"
    start = (case.decided(path) if endpoint else None) or (endpoint.origin if endpoint else None)
    possible = start not in {None, "randomization", "baseline"}
    common = next((one.origin for one in case.settled.endpoints if one.origin == "enrolment"), None)
    chosen = start if possible else common
    event = case.start(path, str(chosen)) if chosen else "[start]"
    yield Edit(frame, f"From {event}, up to {lengths[-1].group()} for each patient", finding)


def _inverted(case: AmendmentCase, finding: Finding) -> Iterator[Edit]:
    span = quoted_span(finding)
    if span is None:
        return
    around = _sentence(case, span)
    for pattern, meant in _INVERTED:
        found = pattern.search(case.record.text, around.start, around.end)
        if found:
            yield Edit(Span(*found.span()), like(found.group(), meant), finding)
            return


def _death(case: AmendmentCase, finding: Finding) -> Iterator[Edit]:
    """Death joins the events at the end of the sentence that defines them."""
    span, outcome = quoted_span(finding), case.outcome(finding)
    if span is None or outcome is None or outcome.description is None:
        return
    events = case.wanted(finding, finding.path)
    if isinstance(events, list | tuple) and "death" not in events:
        return
    inside = outcome.description
    sentence = sentence_around(case.record.text, span, inside) if span.start in inside else inside
    text = sentence.of(case.record.text)
    end = sentence.start + len(text.rstrip(" .;,"))
    dot = "" if end < sentence.end else "."
    if _TO_PROGRESSION.search(text):
        yield Edit(Span(end, end), _DEATH + dot, finding)
    else:
        yield Edit(Span(sentence.end, sentence.end), dot + _DEATH_COUNTS, finding)


def _agent(case: AmendmentCase, finding: Finding) -> Iterator[Edit]:
    """The misspelt agent under its registered name, in every place."""
    span, component = quoted_span(finding), case.component(finding)
    if span is None or component is None:
        return
    wrong = span.of(case.record.text)
    words = component.name.split()
    right = min(words, key=lambda word: abs(len(word) - len(wrong)))
    places = re.finditer(rf"\b{re.escape(wrong)}\b", case.record.text, re.IGNORECASE)
    for found in islice(places, MOST_MATCHES):
        yield Edit(Span(*found.span()), like(found.group(), right.lower()), finding)


def _meant(case: AmendmentCase, finding: Finding) -> Iterator[Edit]:
    """A word or phrase with a plain meaning: misspelt, or another term of the field."""
    span, said = quoted_span(finding), _MEANT.search(finding.message)
    if span is None:
        return
    quote = span.of(case.record.text)
    if said is None:
        ordinal = _ORDINAL.fullmatch(quote)
        if ordinal:
            yield Edit(span, _ordinal(int(ordinal["number"])), finding)
        elif quote.strip().lower() == "the date of":
            yield Edit(span, like(quote.strip(), "time from the date of"), finding)
        return
    meant = said["meant"].strip()
    lead = re.match(r"(?:to|the|a|an) ", quote, re.IGNORECASE)
    kept = lead.group() if lead and not meant.lower().startswith(lead.group().lower()) else ""
    yield Edit(span, kept + like(quote.removeprefix(kept), meant), finding)


def _first_treatment(case: AmendmentCase, finding: Finding) -> Iterator[Edit]:
    """Which treatment is the first one, where the protocol or the finding says it."""
    for path in finding.proposal or (finding.path,):
        source, target = case.sources.get(path), case.wanted(finding, path)
        if source is None or source.start is None or source.end is None:
            continue
        start = max(0, source.start - len("the "))
        found = _FIRST_TREATMENT.search(case.record.text, start, source.end)
        if found is not None and target in {"first_dose", "first_procedure"}:
            said = case.origin(target)
            dated = like(found.group(), f"time from {said}")
            yield Edit(Span(*found.span()), dated if found["dated"] else said, finding)


def _conjunction(case: AmendmentCase, finding: Finding) -> Iterator[Edit]:
    """The word "and" between responses of which either counts."""
    span = quoted_span(finding)
    found = _AND.search(case.record.text, span.start, span.end) if span else None
    if found is not None:
        yield Edit(Span(*found.span()), " or ", finding)


def _entries(case: AmendmentCase, finding: Finding) -> Iterator[Edit]:
    """The components of one registry entry as entries of their own, each with its type."""
    span = quoted_span(finding)
    if span is None:
        return
    members = []
    for one in case.drafted.regimen:
        source = case.sources.get(f"regimen.{one.id}.name")
        if source is not None and source.start is not None and source.start in span:
            members.append(f"{_TYPES.get(one.kind or 'other', 'OTHER')}: {one.name}")
    entries = "|".join(members)
    if members and entries != span.of(case.record.text):
        yield Edit(span, entries, finding)


def _ordinal(number: int) -> str:
    if number % 100 in {11, 12, 13}:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def _rate(case: AmendmentCase, finding: Finding) -> Iterator[Edit]:
    """A rate at a landmark, described as a rate."""
    outcome, endpoint = case.outcome(finding), case.endpoint(finding)
    if outcome is None or outcome.description is None or endpoint is None:
        return
    if endpoint.kind not in {*_FREE, *_OTHER_RATES} or endpoint.landmark_months is None:
        return
    measure = outcome.measure.of(case.record.text)
    if _ENDS_IN_SURVIVAL.search(measure):
        yield Edit(outcome.measure, f"{measure} rate", finding)
    months = (endpoint.landmark_months, *(endpoint.further_landmark_months or ()))
    *first, last = (f"{month:g}" for month in months)
    when = f"{', '.join(first)} and {last}" if first else last
    after = (
        f"{when} months after {_start_words(case, finding)}, estimated by the Kaplan-Meier method."
    )
    if endpoint.kind in _OTHER_RATES:
        text = f"Reported is the proportion of patients without an event {after}"
        yield appended(case, outcome, text, finding)
        return
    by = f" ({' and '.join(endpoint.criteria)})" if endpoint.criteria else ""
    text = f"Proportion of patients {_FREE[endpoint.kind]}{by} {after}"
    yield Edit(outcome.description, text, finding)


def _start_words(case: AmendmentCase, finding: Finding) -> str:
    """Where the time of an outcome starts: as a person decided, else in the registered words."""
    outcome, endpoint = case.outcome(finding), case.endpoint(finding)
    if endpoint is None or outcome is None or outcome.description is None:
        return "[start of the time]"
    path = f"endpoints.{endpoint.id}.origin"
    if path in case.impossible and case.decided(path) is None:
        return "[start of the time]"
    said = _FROM_TO.search(outcome.description.of(case.record.text))
    if said is not None and case.by_user(path) is None and path not in case.impossible:
        return said["start"] or f"the {said['first']}"
    return case.filled(path, "start of the time", case.origin)


def _two_clocks(case: AmendmentCase, finding: Finding) -> Iterator[Edit]:
    """Two clocks of one agent: the sentence is followed by the rule that joins them."""
    span, component = quoted_span(finding), case.component(finding)
    if span is None or component is None or not component.anchors:
        return
    anchor = component.anchors[0]
    if anchor.offset_days is None or component.interval_days is None:
        return
    sentence = _sentence(case, span)
    event = anchor.event.replace("_", " ")
    rule = (
        f" A dose of {component.name} is given {clock_words(component)}, and not earlier than "
        f"{anchor.offset_days} days after a session of {event}: "
        "[the later of both days counts, a proposal: confirm]."
    )
    yield Edit(Span(sentence.end, sentence.end), rule, finding)


def _sentence(case: AmendmentCase, span: Span) -> Span:
    for field in case.record.fields:
        if field.start <= span.start < field.end:
            return sentence_around(case.record.text, span, field.span)
    return span


def appended(case: AmendmentCase, outcome: Outcome, text: str, finding: Finding) -> Edit:
    """A sentence more at the end of the description of an outcome, or its only one."""
    if outcome.description is None:
        end = outcome.measure.end
        return Edit(Span(end, end), text, finding, line="Description")
    end = outcome.description.end
    dot = "" if outcome.description.of(case.record.text).endswith(".") else "."
    return Edit(Span(end, end), f"{dot} {text}", finding)


_REWORDERS: Mapping[str, _Reworder] = {
    "origin_impossible": _origin,
    "origin_mismatch": _origin,
    "origin_vs_timeframe": _frame_origin,
    "anchor_conflict": _anchor_conflict,
    "logic_inverted": _inverted,
    "pfs_without_death": _death,
    "agent_name_mismatch": _agent,
    "typo": _meant,
    "wording": _meant,
    "definition_wording": _meant,
    "rate_vs_time": _rate,
    "origin_ambiguous": _first_treatment,
    "conjunction": _conjunction,
    "intervention_compound": _entries,
    "intervention_type": _entries,
    "schedule_conflict": _two_clocks,
}
