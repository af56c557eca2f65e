"""Windows in days: dose-limiting toxicity, adverse events after the last dose, confirmation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from trialwright.registry.assessment.outcome_facts import OutcomeFacts, endpoint_of
from trialwright.registry.facts import MOST_MATCHES, PROSE, Fact, Reading, group
from trialwright.registry.passages import OUTCOMES, near
from trialwright.registry.view import Span

_WORDS = {
    "two": 2, "three": 3, "four": 4, "six": 6, "eight": 8, "thirty": 30, "ninety": 90,
}  # fmt: skip
_N = rf"\d{{1,3}}|{'|'.join(_WORDS)}"
_DAYS = re.compile(rf"\b(?P<n>{_N})[\s-]*(?P<unit>days?|weeks?)\b|\bdays? (?P<day>\d{{1,3}})\b")
_RANGE = re.compile(r"\d ?(?:-|to|or|~) ?\d+ ?(?:days|weeks)|\b(?:max|average)\b|day 21-28")
_NOT_FIRST = re.compile(
    r"\b(?:last|end of (?:treatment|study)|years?|months?|follow\w*|c(?:ycle )?[2-9]|cycles|each (?:infusion|cell)|every|average|completion|last)\b"
)
_EACH_CYCLE = re.compile(r"\b(?:each|every|per|1|one)? ?cycles? ?(?:=|is|of|are)")
_FIRST_CYCLE = re.compile(r"\b(?:cycle (?:1|one|i)\b|first (?:treatment )?cycle\b|c1)")
_WINDOW = re.compile(
    rf"\bdlts? (?:evaluation|observation|assessment|monitoring)? ?(?:period|window)[^.;|\n]{{0,12}}?(?:of|is|:|\(|,|was)\s?(?:the first )?(?P<n>{_N})[\s-]*(?P<unit>days?|weeks?)\b"
)
_AFTER = re.compile(
    rf"\b(?P<n>{_N}) ?(?:\(\d{{1,3}}\) )?(?P<unit>days?|weeks?)\b(?: \([^()]{{1,20}}\))? (?:after|following|post|from|of|beyond)[\s-](?:the |their |subject's |patient's )?"
    r"(?:date of )?(?:(?:last|final)(?: dose| administration| study| treatment| infusion| injection| intake| medication)|(?:end|completion|discontinuation|termination) of (?:the )?(?:study )?(?:treatment|therapy|drug|medication))"
)
_LIMITS = frozenset(("dlt", "dlts"))
_PERIODS = frozenset(("period", "periods", "window", "windows"))
#: One of these stands in every match of `_AFTER`.
_LASTS = ("last", "final", "end of", "completion", "discontinuation", "termination")
_LAST_WORDS = frozenset(
    ("last", "final", "end", "completion", "discontinuation", "termination"),
)
_CONFIRMED = re.compile(
    rf"confirm\w*[^.;|\n]{{0,70}}?(?:at least|≥|>=|no less than|not less than|minimum of|after|at)\s?(?P<n>{_N}) ?(?:\(\d+\) )?(?P<unit>days?|weeks?)\b(?: \(\d+ days\))? ?(?:later|apart|after|interval|from|following|\)|,|\.|$)"
)
_MARKERS = re.compile(
    r"\bsd (?:for|maintained)|(?:have|having) sd|\bir(?:pr|pd|cr|recist)|\bpsa\b|prostate-specific|pcwg|bone scan|bone lesion|biochemical|ca-?125|m-protein|marrow|hematolog"
)
_KINDS = ("DLT", "AE", "SAE")
_MARGIN = 120
#: Characters behind "confirm" in which the interval is said.
_FAR = 157
#: Longest interval to a confirming scan that is believed.
_LONGEST = 84
#: Before a number: the start of a range, or a margin.
_RANGED = re.compile(r"(?:\d ?-|\d to|±|\+/-|\+-) ?$")


def windows(reading: Reading, outcomes: OutcomeFacts) -> Iterator[Fact]:
    """Facts of windows, each only where all outcomes that speak agree."""
    texts = _texts(outcomes)
    yield from _agreed("safety.dlt_window_days", _dlt(reading, texts["DLT"]))
    if reading.says(_LAST_WORDS):
        yield from _agreed("safety.te_window_days", _after_last(reading, texts["AE"]))
        serious = _after_last(reading, texts["SAE"])
        yield from _agreed("safety.te_window_serious_days", serious)
    yield from _agreed("response.confirm_days", _confirmation(reading))


def _agreed(path: str, found: Iterable[tuple[int, Span]]) -> Iterator[Fact]:
    said = list(found)
    if said and len({days for days, _ in said}) == 1:
        yield Fact(path, *said[0])


def _texts(outcomes: OutcomeFacts) -> dict[str, list[Fact]]:
    """Time frames, then descriptions, of the outcomes of each kind that has a window."""
    texts: dict[str, list[Fact]] = {kind: [] for kind in _KINDS}
    kinds = {endpoint_of(f): texts[str(f.value)] for f in outcomes["kind"] if f.value in texts}
    for field in ("time_frame", "description") if kinds else ():
        for fact in outcomes[field]:
            rows = kinds.get(endpoint_of(fact))
            if rows is not None:
                rows.append(fact)
    return texts


def _dlt(reading: Reading, texts: Iterable[Fact]) -> Iterator[tuple[int, Span]]:
    said = False
    for fact in texts:
        if fact.path.endswith("time_frame"):
            days = _one_window(fact.span.of(reading.low))
            if days is not None:
                said = True
                yield days, fact.span
    if not said and reading.says(_LIMITS) and reading.says(_PERIODS):
        for match in near(reading, "dlt", _WINDOW, (0, 90), (*PROSE, *OUTCOMES)):
            yield _in_days(match), group(match)


def _one_window(text: str) -> int | None:
    """The days of a time frame that is one window from the first dose, `None` for others."""
    if _NOT_FIRST.search(_EACH_CYCLE.sub("", text)) or _RANGE.search(text):
        return None
    if "cycle" in text and not _FIRST_CYCLE.search(text):
        return None
    found = {_in_days(match) for match in _DAYS.finditer(text)} - {0, 1}
    days = next(iter(found)) if len(found) == 1 else 0
    return days if 7 <= days <= 120 else None


def _in_days(match: re.Match[str]) -> int:
    said = match.groupdict()
    if said.get("day"):
        return int(said["day"])
    number = _WORDS.get(said["n"]) or int(said["n"])
    return number * (7 if said["unit"].startswith("week") else 1)


def _after_last(reading: Reading, facts: Iterable[Fact]) -> Iterator[tuple[int, Span]]:
    for fact in facts:
        if not any(map(fact.span.of(reading.low).__contains__, _LASTS)):
            continue
        for match in _AFTER.finditer(reading.low, fact.span.start, fact.span.end):
            if not _RANGED.search(reading.low, max(0, match.start() - 6), match.start()):
                yield _in_days(match), group(match)


def _confirmation(reading: Reading) -> Iterator[tuple[int, Span]]:
    low = reading.low
    for begin in _confirming(reading):
        last = begin + _FAR
        if low.find("week", begin, last) < 0 and low.find("day", begin, last) < 0:
            continue
        match = _CONFIRMED.match(low, begin, last)
        if match is None or _in_days(match) > _LONGEST:
            continue
        start, end = max(0, begin - _MARGIN), match.end() + _MARGIN // 2
        if not _MARKERS.search(low, start, end):
            yield _in_days(match), group(match)


def _confirming(reading: Reading) -> Iterator[int]:
    """Places of "confirm" in running text and outcomes."""
    low = reading.low
    for name in (*PROSE, *OUTCOMES) if "confirm" in low else ():
        span = reading.spans[name]
        at, left = low.find("confirm", span.start, span.end), MOST_MATCHES
        while at >= 0 and left:
            yield at
            at, left = low.find("confirm", at + 7, span.end), left - 1
