"""Outcomes whose parts, joined by commas, can be read in two ways."""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.registry.findings.case import Case, Detector, Row
from trialwright.registry.outcomes import Outcome

#: Below this confidence a reader is asked; above it the second reading is only kept.
_ASK = 0.75
#: Characters of a part that are shown.
_SHOWN = 60


def doubtful_outcomes(case: Case) -> Iterator[Row]:
    """An outcome that is cut at one comma, but might as well be cut at another."""
    for endpoint, outcome in case.paired:
        if outcome.second is None or outcome.confidence >= _ASK:
            continue
        yield case.raise_(
            "wording",
            f"endpoints.{endpoint.id}.measure",
            f"Commas join the parts of this outcome. Read as {_shown(case.text, outcome)}; it may "
            f"also be {_shown(case.text, outcome.second)}. Say where the measure ends and the time "
            "frame starts.",
            outcome.span,
        )


def _shown(text: str, outcome: Outcome) -> str:
    parts = (
        ("measure", outcome.measure),
        ("description", outcome.description),
        ("time frame", outcome.time_frame),
    )
    return ", ".join(f'{name} "{_cut(span.of(text))}"' for name, span in parts if span)


def _cut(words: str) -> str:
    """The words on one line, the middle left out where they are many."""
    line = " ".join(words.split())
    if len(line) <= _SHOWN:
        return line
    half = _SHOWN // 2
    return f"{line[:half].rstrip()} ... {line[-half:].lstrip()}"


DOUBTFUL_DETECTORS = (Detector(("wording",), doubtful_outcomes),)
