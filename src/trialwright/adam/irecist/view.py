"""Everything that iRECIST decided about a trial, as the rows and the queries read it."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.protocol.settled import SettledResponse
from trialwright.response.adapter import LesionRecords
from trialwright.response.irecist.best import ImmuneBest
from trialwright.response.irecist.series import ImmuneTimePoints
from trialwright.timetoevent.decisions import Decisions


@dataclass(frozen=True, slots=True, kw_only=True)
class ImmuneView:
    """The records, the RECIST 1.1 decisions, and what iRECIST makes of them."""

    records: LesionRecords
    decisions: Decisions
    rule: SettledResponse
    immune: ImmuneTimePoints
    unconfirmed: ImmuneBest
    confirmed: ImmuneBest

    @property
    def headline(self) -> ImmuneBest:
        """The reading that the confirmation option of the protocol names (R-062)."""
        return self.confirmed if self.rule.confirmation == "required" else self.unconfirmed
