"""Everything that is written about one simulated subject."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.simulate.dosing import Dosing
from trialwright.simulate.exposure import Dose
from trialwright.simulate.safety import Event
from trialwright.simulate.setting import Subject
from trialwright.simulate.timeline import Timeline
from trialwright.simulate.tumours import Tumours

#: Category of procedures and subcategory of disposition records of the whole treatment.
STUDY_TREATMENT = "STUDY TREATMENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Everything that is written about one subject."""

    subject: Subject
    tumours: Tumours
    dosing: Dosing

    @property
    def timeline(self) -> Timeline:
        """The dated facts."""
        return self.dosing.timeline

    @property
    def doses(self) -> tuple[Dose, ...]:
        """Every dose."""
        return self.dosing.doses

    @property
    def events(self) -> tuple[Event, ...]:
        """Adverse events in order of onset."""
        return self.dosing.events

    @property
    def last_dose(self) -> int | None:
        """Last day of exposure, `None` for a subject who was never treated."""
        return max((dose.end for dose in self.doses), default=None)
