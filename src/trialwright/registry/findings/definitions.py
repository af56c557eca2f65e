"""Definitions that leave out what the endpoint counts, or count what is none of its events."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from trialwright.registry.findings.case import Case, Detector, Row


@dataclass(frozen=True, slots=True)
class Loose:
    """A doubtful definition of some kinds of endpoints: what it says and what it does not say.

    One of `words` stands in it, as a word. `named` has to stand in the name of the outcome.
    """

    kinds: frozenset[str]
    words: frozenset[str]
    pattern: re.Pattern[str]
    without: re.Pattern[str]
    message: str
    named: re.Pattern[str] | None = None


_LOOSE = (
    Loose(
        frozenset({"ORR"}),
        frozenset({"partial", "pr", "prs"}),
        re.compile(r"\bpartial (?:response|remission)|\bprs?\b"),
        re.compile(
            r"\bcomplete\b|\bcrs?\b|\bs?ccr\b|\bor better\b|\bat least\b|>=|\bvgpr\b|objective response"
        ),
        "names partial responses only: complete ones count as well, and the rate without them is "
        "lower.",
        re.compile(r"\b(?:objective|overall) (?:\w+ )?(?:response|remission)|\borr\b"),
    ),
    Loose(
        frozenset({"OS", "OS_RATE"}),
        frozenset({"loss", "lost"}),
        re.compile(r"\bdeath[\w ]{0,20} or (?:loss of|loss to|lost to) follow"),
        re.compile(r"censor"),
        "ends with loss to follow-up as with death: who is lost is censored, and counted as an event "
        "would shorten survival.",
    ),
    Loose(
        frozenset({"EFS", "EFS_RATE"}),
        frozenset({"any"}),
        re.compile(r"\bany events?\b"),
        re.compile(r"\bdeath|\brelaps|\bprogress|\brecurren|\bfailure"),
        "ends with any event, and no event is named: list them.",
    ),
)


def loose_definitions(case: Case) -> Iterator[Row]:
    """Definitions that name half of the responses, a loss as an event, or no event."""
    for loose in _LOOSE:
        words = loose.words & case.words
        if not words or loose.kinds.isdisjoint(case.view.kinds):
            continue
        for endpoint, outcome in case.paired:
            if endpoint.kind not in loose.kinds or outcome.description is None:
                continue
            said = outcome.description.of(case.low)
            if not [word for word in words if word in said]:
                continue
            span = case.find(loose.pattern, outcome.description)
            if span is None or case.find(loose.without, outcome.description):
                continue
            if loose.named and case.find(loose.named, outcome.measure) is None:
                continue
            yield case.raise_(
                "definition_wording",
                f"endpoints.{endpoint.id}.description",
                f'The definition of {endpoint.id} ("{span.of(case.text)}") {loose.message}',
                span,
            )
            break


DEFINITION_DETECTORS = (
    Detector(
        ("definition_wording",),
        loose_definitions,
        words=frozenset().union(*[loose.words for loose in _LOOSE]),
        kinds=frozenset().union(*[loose.kinds for loose in _LOOSE]),
    ),
)
