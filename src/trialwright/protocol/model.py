"""The protocol of a trial as data: frozen, typed, every value absent until somebody says it."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import Field

from trialwright.protocol.base import Part, Source
from trialwright.protocol.modification import DoseModification
from trialwright.protocol.rules import AnalysisRule, EndpointDefinition, ResponseRule, SafetyRule

SCHEMA_VERSION: Literal[1] = 1

Phase: TypeAlias = Literal["EARLY_PHASE1", "PHASE1", "PHASE2", "PHASE3", "PHASE4"]
Allocation: TypeAlias = Literal["RANDOMIZED", "NON_RANDOMIZED", "NA"]
Masking: TypeAlias = Literal["NONE", "SINGLE", "DOUBLE", "TRIPLE", "QUADRUPLE"]
ComponentKind: TypeAlias = Literal["drug", "procedure", "radiation", "device", "other"]
#: Where a local component acts: nowhere in particular, the liver, or the lesion it is applied to.
Reach: TypeAlias = Literal["systemic", "liver", "lesion"]


class TrialDesign(Part):
    """Phase, allocation, size and the registered hypothesis."""

    phases: tuple[Phase, ...] | None = None
    single_arm: bool | None = None
    arms: int | None = Field(None, ge=1)
    allocation: Allocation | None = None
    masking: Masking | None = None
    open_label: bool | None = None
    primary_purpose: str | None = None
    centres: Literal["single", "multiple"] | None = None
    multi_cohort: bool | None = None
    basket: bool | None = None
    prospective: bool | None = None
    enrollment: int | None = Field(None, ge=1)
    enrollment_type: Literal["ACTUAL", "ESTIMATED"] | None = None
    null_rate: float | None = Field(None, gt=0, lt=1)
    alternative_rate: float | None = Field(None, gt=0, lt=1)
    alpha: float | None = Field(None, gt=0, lt=1)
    power: float | None = Field(None, gt=0, lt=1)
    runin_subjects: int | None = Field(None, ge=1)
    runin_max_dlt: int | None = Field(None, ge=0)


class Population(Part):
    """Who may enter, as far as the record says."""

    conditions: tuple[str, ...] | None = None
    metastatic_sites: tuple[str, ...] | None = None
    line_of_therapy: str | None = None
    min_prior_lines: int | None = Field(None, ge=0)
    prior_therapy: str | None = None
    biomarker: str | None = None
    primary_tumours: tuple[str, ...] | None = None
    measurable_disease: bool | None = None
    min_age_years: int | None = Field(None, ge=0)
    max_age_years: int | None = Field(None, ge=0)
    sex: Literal["ALL", "FEMALE", "MALE"] | None = None
    max_ecog: int | None = Field(None, ge=0, le=4)


class Arm(Part):
    """An arm of the trial: its label, its role, and the components that it receives."""

    id: str
    name: str
    role: Literal["EXPERIMENTAL", "COMPARATOR", "NO_INTERVENTION", "OTHER"] | None = None
    description: str | None = None
    components: tuple[str, ...] | None = None


class Cohort(Part):
    """A cohort of a basket or multi-cohort trial."""

    id: str
    name: str
    enrollment: int | None = Field(None, ge=1)


class DoseLevel(Part):
    """One dose level, such as 200 mg or 3 mg/kg."""

    value: float = Field(gt=0)
    unit: str


class LoadingDose(Part):
    """Doses that differ at the start: `dose` on the first `doses` dosing days."""

    dose: tuple[DoseLevel, ...]
    doses: int = Field(1, ge=1)


class Anchor(Part):
    """A component that is timed by an event: `offset_days` after (or before) `event`."""

    event: str
    relation: Literal["before", "after", "from", "concurrent", "between", "perioperative"]
    offset_days: int | None = None
    each: bool | None = None


class Component(Part):
    """One agent or procedure of the regimen, with its own clock.

    `interval_days` is the time between doses, `days_in_cycle` the dosing days of a cycle of
    `cycle_length_days`; a component timed by an event has `anchors` instead. `part` names the
    period or arm that these values hold for, where one agent is given in several ways. Where the
    text gives a range ("6 to 8 cycles"), the field holds its end and `..._min` its start.
    `modification` says what toxicity does to the dose.
    """

    id: str
    name: str
    part: str | None = None
    kind: ComponentKind | None = None
    registered_as: str | None = None
    reach: Reach | None = None
    dose: tuple[DoseLevel, ...] | None = None
    loading_dose: LoadingDose | None = None
    route: str | None = None
    frequency: str | None = None
    interval_days: int | None = Field(None, ge=1)
    interval_days_min: int | None = Field(None, ge=1)
    days_in_cycle: tuple[int, ...] | None = None
    cycle_length_days: int | None = Field(None, ge=1)
    duration_days: int | None = Field(None, ge=1)
    duration_days_min: int | None = Field(None, ge=1)
    n_cycles: int | None = Field(None, ge=1)
    n_cycles_min: int | None = Field(None, ge=1)
    n_doses: int | None = Field(None, ge=1)
    fractions: int | None = Field(None, ge=1)
    anchors: tuple[Anchor, ...] | None = None
    chosen_by: str | None = None
    repeated: bool | None = None
    modification: DoseModification | None = None

    @property
    def dose_levels(self) -> tuple[DoseLevel, ...]:
        """The first dose and those below it in the same unit, the highest first."""
        doses = self.dose or ()
        lower = {
            one.value: one
            for one in doses
            if one.unit == doses[0].unit and one.value < doses[0].value
        }
        return (*doses[:1], *(lower[value] for value in sorted(lower, reverse=True)))


class TreatmentPlan(Part):
    """How the components go together and when treatment ends."""

    cycle_length_days: int | None = Field(None, ge=1)
    sequence: tuple[str, ...] | None = None
    until: tuple[str, ...] | None = None
    max_duration_days: int | None = Field(None, ge=1)


class Protocol(Part):
    """The whole protocol; see `document` for its YAML form.

    `sources` holds one entry for each value that is not `None`; `findings` settled by a person or
    by accepted defaults are visible there as "user" and "default".
    """

    trialwright_protocol: Literal[1] = SCHEMA_VERSION
    id: str
    title: str
    record_sha256: str | None = None
    design: TrialDesign = TrialDesign()
    population: Population = Population()
    arms: tuple[Arm, ...] | None = None
    cohorts: tuple[Cohort, ...] | None = None
    regimen: tuple[Component, ...] = ()
    treatment: TreatmentPlan = TreatmentPlan()
    endpoints: tuple[EndpointDefinition, ...] = ()
    response: ResponseRule = ResponseRule()
    analysis: AnalysisRule = AnalysisRule()
    safety: SafetyRule = SafetyRule()
    sources: tuple[Source, ...] = ()
