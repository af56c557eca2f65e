"""What all subjects of a simulated cohort share, and who one subject is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from trialwright.core.streams import stream
from trialwright.protocol.model import Component, Protocol
from trialwright.protocol.settled import SettledResponse
from trialwright.simulate.scenario import CohortTruth, Scenario


@dataclass(frozen=True)
class Setting:
    """One cohort of one simulated trial.

    Attributes
    ----------
    position
        Position of the cohort in the scenario, from 1.
    start, cutoff
        Day numbers of the start of accrual and of the data cut-off.
    """

    protocol: Protocol
    scenario: Scenario
    rule: SettledResponse
    truth: CohortTruth
    position: int
    seed: int
    start: int
    cutoff: int

    @cached_property
    def ablation(self) -> Component | None:
        """The component that is applied to single lesions, if the protocol has one."""
        return next((one for one in self.protocol.regimen if one.reach == "lesion"), None)


@dataclass(frozen=True)
class Subject:
    """One virtual subject with the dates at which the trial began for her or him.

    `first_dose` is the planned day of first treatment, `treated` says whether it came to that.
    All days are day numbers.
    """

    setting: Setting
    number: int
    enrolled: int
    consent: int
    baseline: int
    first_dose: int
    treated: bool

    @property
    def subjid(self) -> str:
        """Subject number: the cohort, then the order of entry in it."""
        return f"{self.setting.position}{self.number + 1:03d}"

    @property
    def usubjid(self) -> str:
        """Unique subject identifier."""
        return f"{self.setting.protocol.id}-{self.subjid}"

    def rng(self, purpose: str) -> np.random.Generator:
        """The random stream of this subject for one purpose."""
        return stream(self.setting.seed, "subject", self.setting.truth.id, self.number, purpose)


def enter(setting: Setting, number: int, entry: tuple[int, int, bool]) -> Subject:
    """Consent and baseline scan around the day of enrolment.

    `entry` is the day of enrolment, the planned day of first treatment, and whether it came to that.
    """
    enrolled, first_dose, treated = entry
    subject = Subject(setting, number, enrolled, enrolled, enrolled, first_dose, treated=treated)
    rng = subject.rng("entry")
    consent = enrolled - int(rng.integers(5, 15))
    limit = min(21, setting.rule.baseline_window_days)
    planned = max(consent, first_dose - int(rng.integers(min(2, limit), limit + 1)))
    baseline = min(planned, setting.cutoff)
    return Subject(setting, number, enrolled, consent, baseline, first_dose, treated)
