"""When tumours are assessed: every so many weeks, or one interval first and another later."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.registry.assessment.outcome_facts import OutcomeFacts, endpoint_of
from trialwright.registry.facts import PROSE, Fact, Reading, group
from trialwright.registry.passages import OUTCOMES, near, of_another
from trialwright.registry.view import Span

_NUMBER = {
    "two": 2, "three": 3, "four": 4, "six": 6, "eight": 8, "nine": 9, "ten": 10, "twelve": 12,
}  # fmt: skip
_N = rf"(?:\d{{1,2}}|{'|'.join(_NUMBER)})"
_WINDOW = (
    r"(?:\s*\(?[\s\d]{0,4}(?:±|\+/-|\+-)\s?(?P<window>\d{1,2})[\s-]?(?P<unit>days?|d\b|weeks?)\)?)?"
)
_EVERY = re.compile(
    rf"\b(?:every (?P<n>{_N})(?: \(\d{{1,2}}\))?[\s-]?(?:treatment )?(?:weeks?|wks?)\b|q(?P<q>\d{{1,2}})w\b){_WINDOW}"
)
_EACH = ("every ", "q6w", "q8w", "q9w", "q12w")
_THEN = re.compile(
    rf"\s*(?:for|during|over|in|until|through|up to)?\s*(?:(?:the )?(?:first|initial)\s+)?(?P<until>\d{{1,3}}|one|two|week \d{{1,3}}|year|six|twelve)?\s?(?P<span>weeks?|months?|years?)?"
    rf"(?:\s*\([^()]{{0,40}}\))?(?: (?:on|of) (?:study|treatment|study drugs?|therapy))?[,;]?\s*(?:and )?(?:then |thereafter,? |followed by |subsequently )?(?:q|every )(?P<later>{_N})(?: \(\d{{1,2}}\))?\s?(?:weeks?\b|w\b)"
)
_WEEKS = {"week": 1, "month": 52 / 12, "year": 52}
_IMAGING = re.compile(
    r"\b(?:tumou?r (?:assess\w*|evaluat\w*|imaging|response|measure\w*|scans?)|imaging|radiolog\w+|radiograph\w+|ct|computed tomography|"
    r"mri|magnetic resonance|scans?|response (?:evaluat\w*|assess\w*)|response rates? (?:is|are|will be) assessed|disease (?:assess\w*|evaluat\w*)|efficacy (?:evaluat\w*|assess\w*)|recist)\b"
)
#: Words between imaging and an interval by which the interval belongs to something else.
_OTHER = re.compile(
    r"[.;|\n]|\b(?:mg|receive\w*|administ\w*|infus\w*|intraven\w*|doses?|plasma|samples?|blood|survival follow|ctdna|"
    r"quality|questionnaire\w*|followed|toxicity|safety|psa|bone marrow|laborator\w*)\b"
)
_MARKER = re.compile(r"\bpsa\b|prostate[\s-]specific antigen|ca-?125")
#: Behind an interval: the scan by which subjects are evaluated.
_BY = re.compile(
    r"\s*(?:with|by|using) (?:[\w-]+ ){0,2}(?:radiograph\w*|imaging|ct\b|mri\b|scans?\b|computed tomography)"
)
_BACK = 130
#: Kinds whose time frame is that of scans.
_BY_SCAN = ("ORR", "DCR", "CBR", "DOR", "PFS", "PFS_RATE", "TTP", "TTR", "TUMOR_SIZE")
_OPENS = re.compile(r"\s*(?:assessed |evaluated |measured |approximately |about |at )*$")


def schedule(reading: Reading, outcomes: OutcomeFacts) -> Iterator[Fact]:
    """Facts `response.interval_weeks` and `response.window_days`; two schedules mean silence."""
    candidates = list(_candidates(reading))
    if not candidates:
        return
    found: dict[str, tuple[object, re.Match[str], Span, bool]] = {}
    frames, done = _frames(reading, outcomes), -1
    for match in candidates:
        if match.start() < done or not _of_scans(reading, match, frames):
            continue
        first = _weeks(match)
        then = _THEN.match(reading.low, match.end())
        done = then.end() if then else match.end()
        steps, exact = _steps(first, then)
        span = Span(match.start(), then.end() if then and len(steps) > 1 else match.end())
        value: object = first if len(steps) == 1 else [list(step) for step in steps]
        found.setdefault(str(value), (value, match, span, exact))
    if len(found) == 1:
        value, match, span, exact = next(iter(found.values()))
        if isinstance(value, list):
            reason = "it goes on at the last interval, of which the first step is written"
            yield Fact("response.interval_weeks", value, span, "inferred", reason)
        elif exact:
            yield Fact("response.interval_weeks", value, span)
        else:
            reason = "a month is a twelfth of 52 weeks"
            yield Fact("response.interval_weeks", value, span, "inferred", reason)
        if match["window"]:
            days = int(match["window"]) * (7 if match["unit"].startswith("week") else 1)
            yield Fact("response.window_days", days, group(match))


def _candidates(reading: Reading) -> Iterator[re.Match[str]]:
    words = reading.words
    for word in _EACH if "q" in words else _EACH[:1]:
        for match in near(reading, word, _EVERY, (0, 70), PROSE):
            if not of_another(reading, match):
                yield match
    if "every" in words:
        yield from near(reading, "every ", _EVERY, (0, 70), OUTCOMES)


def _frames(reading: Reading, outcomes: OutcomeFacts) -> list[Span]:
    """Time frames of the outcomes that are judged on scans, not on a marker in blood."""
    judged = {endpoint_of(fact) for fact in outcomes["kind"] if fact.value in _BY_SCAN}
    if not judged:
        return []
    said = (*outcomes["measure"], *outcomes["description"])
    markers = {endpoint_of(fact) for fact in said if _of_marker(fact.span.of(reading.low))}
    return [f.span for f in outcomes["time_frame"] if endpoint_of(f) in judged - markers]


def _of_marker(text: str) -> bool:
    held = "psa" in text or "prostate" in text or "125" in text
    return held and _MARKER.search(text) is not None


def _of_scans(reading: Reading, match: re.Match[str], frames: list[Span]) -> bool:
    """Whether an interval is one of scans: imaging named beside it, or the time frame of one."""
    frame = next((one for one in frames if match.start() in one), None)
    if frame and _OPENS.match(reading.low, frame.start, match.start()):
        return True
    if _BY.match(reading.low, match.end()):
        return True
    start = max(0, match.start() - _BACK)
    said = list(_IMAGING.finditer(reading.low, start, match.start()))
    return bool(said) and not _OTHER.search(reading.low, said[-1].end(), match.start())


def _weeks(match: re.Match[str]) -> int:
    text = match["n"] or match["q"]
    return _NUMBER.get(text) or int(text)


def _steps(first: int, then: re.Match[str] | None) -> tuple[list[tuple[int, int]], bool]:
    """The calendar of two intervals as (until week, weeks); the second holds from there on."""
    if then is None or not then["until"]:
        return [(0, first)], True
    text = then["until"]
    unit = (then["span"] or ("year" if text == "year" else "week")).rstrip("s")
    number = {"one": 1, "year": 1, "two": 2, "six": 6, "twelve": 12}.get(text)
    number = number or int(text.removeprefix("week "))
    until = round(number * _WEEKS[unit])
    later = _NUMBER.get(then["later"]) or int(then["later"])
    return [(until, first), (until + later, later)], unit == "week"
