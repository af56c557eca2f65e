"""Short cuts from a small trial to the decisions of the engine."""

from __future__ import annotations

import polars as pl

from support.rules import protocol
from trialwright.core.tables import Sdtm
from trialwright.protocol.settled import settled_analysis, settled_response
from trialwright.response.adapter import LesionRecords, read_lesions
from trialwright.response.timepoint import TimePoints, assess_time_points
from trialwright.subjects.cutoff import find_cutoff, within_cutoff
from trialwright.subjects.milestones import Milestones, derive_milestones
from trialwright.timetoevent.decisions import Decisions, decide
from trialwright.vocabulary.recist import RESPONSE_TEXT, Role

DAY_ZERO = 19723  # 2024-01-01


class Derived:
    """All decisions about a small trial, with readable accessors for its first subject."""

    def __init__(self, sdtm: Sdtm, **changes: object) -> None:
        settled = protocol(**changes)
        rules = settled_response(settled), settled_analysis(settled)
        cutoff = find_cutoff(rules[1], sdtm)
        kept, self.removed = within_cutoff(sdtm, cutoff)
        self.milestones: Milestones = derive_milestones(sdtm, cutoff, rules[0])
        self.records: LesionRecords = read_lesions(settled, kept, self.milestones.frame, rules[0])
        history = self.records.history
        self.points: TimePoints = assess_time_points(history, rules[0])
        known = ((history.role == Role.TARGET) | (history.role == Role.NON_TARGET)).any(axis=1)
        self.decisions: Decisions = decide(
            settled, self.points, known, self.milestones.frame, cutoff.day, rules
        )

    def responses(self, subject: int = 0) -> list[str]:
        """Response at each time point."""
        count = self.points.visits[subject]
        return [RESPONSE_TEXT[c] for c in self.points.response[subject, :count]]

    def as_read(self, subject: int = 0) -> list[str]:
        """Response at each time point as first read."""
        count = self.points.visits[subject]
        return [RESPONSE_TEXT[c] for c in self.points.as_read[subject, :count]]

    def days(self, subject: int = 0) -> list[int]:
        """Date of each time point, as days from 2024-01-01."""
        return [int(d) - DAY_ZERO for d in self.points.day[subject, : self.points.visits[subject]]]

    def best(self, subject: int = 0) -> tuple[str, str]:
        """Unconfirmed and confirmed best overall response."""
        return (
            RESPONSE_TEXT[self.decisions.unconfirmed.response[subject]],
            RESPONSE_TEXT[self.decisions.confirmed.response[subject]],
        )

    def messages(self) -> str:
        """All queries as text."""
        frames = [*self.milestones.queries, *self.records.queries]
        rows = pl.concat(frames).unique()
        return "\n".join(
            f"{r['RULEID']} {r['USUBJID']} {r['MESSAGE']}"
            for r in rows.sort(rows.columns).to_dicts()
        )
