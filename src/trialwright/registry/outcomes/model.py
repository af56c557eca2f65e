"""A registered outcome: where its measure, its description and its time frame stand."""

from __future__ import annotations

from typing import NamedTuple

from trialwright.registry.view import Span


class Outcome(NamedTuple):
    """One registered outcome with the place of each part in the record.

    Attributes
    ----------
    role
        "primary" or "secondary".
    measure, description, time_frame
        A missing part is `None`.
    confidence
        Probability, 0 to 1, that the parts are cut where the registry keeps them apart; 1 where the
        layout gives them apart.
    second
        The next best reading, kept where `confidence` is below `weights.DOUBT`.
    """

    role: str
    measure: Span
    description: Span | None
    time_frame: Span | None
    confidence: float = 1.0
    second: Outcome | None = None

    @property
    def span(self) -> Span:
        """From the start of the measure to the end of the last part."""
        last = self.time_frame or self.description or self.measure
        return Span(self.measure.start, last.end)

    @property
    def definition(self) -> Span:
        """Measure and description, without the time frame."""
        return Span(self.measure.start, (self.description or self.measure).end)
