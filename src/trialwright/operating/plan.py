"""What is evaluated on virtual trials: groups, decision rules, variants; plain frozen data.

A plan holds everything that decides the sums, so a fingerprint of it tells whether totals belong
together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from trialwright.design.simon_two_stage import SimonTwoStage
from trialwright.design.single_stage import SingleStage
from trialwright.protocol.rules import AnalysisSet
from trialwright.stats.kaplan_meier import Convention
from trialwright.stats.km_batches import Engine

#: Whether a response counts with or without confirmation (R-065, R-070).
Reading: TypeAlias = Literal["unconfirmed", "confirmed"]
READINGS: tuple[Reading, ...] = ("unconfirmed", "confirmed")
#: How a landmark rate is tested; `LANDMARK_METHODS` gives their words.
LandmarkMethod: TypeAlias = Literal[
    "binomial", "kaplan_meier", "exponential", "log_rank", "log_rank_mean"
]
LANDMARK_METHODS: dict[LandmarkMethod, str] = {
    "binomial": "exact binomial, not seen free of progression at the landmark is a failure",
    "kaplan_meier": "Kaplan-Meier, one-sided log(-log) limit above the null rate",
    "exponential": "exponential, one-sided limit (log of the hazard) above the null rate",
    "log_rank": "one-sample log-rank against the exponential null, variance E",
    "log_rank_mean": "one-sample log-rank against the exponential null, variance (O + E)/2",
}
#: Their names where there is little room.
LANDMARK_NAMES: dict[LandmarkMethod, str] = {
    "binomial": "binomial",
    "kaplan_meier": "Kaplan-Meier",
    "exponential": "exponential",
    "log_rank": "log-rank, variance E",
    "log_rank_mean": "log-rank, variance (O + E)/2",
}
#: Whether enrolment waits for the decision between two stages.
InterimAccrual: TypeAlias = Literal["pause", "continue"]

#: How a change stands to the others.
PairKind: TypeAlias = Literal["in turn", "alone", "together"]

#: Variant that is simulated as the scenario says.
STATED = "stated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Subjects that are evaluated together: columns `start` to `stop` of a block.

    Attributes
    ----------
    id, name
        "all" or the id of a cohort, and its name.
    stated_response
        Confirmed response rate of the scenario.
    stated_pfs_days, stated_os_days
        Medians of the scenario, `None` where it states none.
    stated_pfs_rates
        Pairs of months and the share without event that the scenario states.
    """

    id: str
    name: str
    start: int
    stop: int
    stated_response: float
    stated_pfs_days: float | None = None
    stated_os_days: float | None = None
    stated_pfs_rates: tuple[tuple[float, float], ...] = ()

    @property
    def subjects(self) -> int:
        """Number of subjects."""
        return self.stop - self.start

    @property
    def columns(self) -> slice:
        """The subjects in the arrays of a block."""
        return slice(self.start, self.stop)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseRule:
    """A decision on the number of responses in a group.

    Attributes
    ----------
    design
        Rule and null rate; its subjects are the first ones of the group in order of entry.
    alpha
        One-sided level that the rule was searched for.
    registered
        Whether the null rate is registered; otherwise `source` says whose assumption it is.
    """

    id: str
    group: str
    design: SingleStage | SimonTwoStage
    alpha: float
    registered: bool
    source: str

    @property
    def p0(self) -> float:
        """Null rate."""
        return self.design.p0


@dataclass(frozen=True, slots=True, kw_only=True)
class LandmarkRule:
    """A one-sided test of the share free of progression at a landmark.

    `reject_at` is the number of subjects from which the binomial rule rejects, 0 for the others.
    """

    id: str
    group: str
    method: LandmarkMethod
    months: float
    p0: float
    alpha: float
    registered: bool
    source: str
    reject_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Interim:
    """When the decision between two stages is made.

    The response of a subject is known at the day of the response (with confirmation: of the
    scan that confirms it), at progression, death or withdrawal, or `follow_up_days` after first
    treatment (enrolment for who was never treated). The decision is made when that of the last
    subject of the first stage is known.

    Attributes
    ----------
    accrual
        "pause": nobody enters until the decision; "continue": everybody who comes enters.
    source
        Who says so.

    References
    ----------
    Simon, Control Clin Trials 1989;10:1-10, takes every response of the first stage as known when
    the second one starts; Herndon, Control Clin Trials 1998;19:440-450, on what waiting costs.
    """

    follow_up_days: int
    accrual: InterimAccrual = "pause"
    source: str = "assumption"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """The scenario with some values changed, simulated on the same random numbers.

    `changes` are pairs of a path and a value: "scenario.scans.measurement_sd" or
    "protocol.response.window_days".
    """

    id: str
    label: str
    changes: tuple[tuple[str, float | int], ...] = ()


@dataclass(frozen=True, slots=True)
class Arm:
    """One way to look at a virtual trial: a variant, and whether responses need confirmation."""

    variant: str
    reading: Reading

    @property
    def name(self) -> str:
        """The key of the arm in totals."""
        return f"{self.variant}:{self.reading}"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two arms whose decisions are compared trial by trial.

    `words` say what changes; `kind` is "in turn" (on top of the change before), "alone", or
    "together" (all changes at once).
    """

    before: Arm
    after: Arm
    words: str = ""
    kind: PairKind = "in turn"

    @property
    def name(self) -> str:
        """The key of the pair in totals."""
        return f"{self.before.name}>{self.after.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Which sums are kept beside decisions and estimates; they cost time and space."""

    distributions: bool = True
    misclassification: bool = True
    calendar: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that is worked out from the virtual trials of one scenario.

    Attributes
    ----------
    id, title
        Those of the scenario.
    groups
        All subjects, then each cohort when there are several.
    variants
        The first is the scenario as stated.
    ideal
        Variant without reader noise and with every scan on its day, whose response without
        confirmation is the true one; "" when it is not simulated.
    reading
        Whether the protocol asks for confirmation.
    orr_set
        Who is counted in the response rate.
    plus_one_day
        Whether the first day of a time is day 1 (D-01).
    landmarks
        Months at which the share free of progression is estimated.
    horizon_days
        Longest time that distributions tell apart.
    may_vary
        Whether subjects can be missing from the response set, so that the denominator differs
        from trial to trial.
    is_cutoff_fixed
        Whether the protocol gives the day of the cut-off; else it follows the last entry.
    reader_noise
        Standard deviation of the readings of a lesion in the scenario, as a share.
    """

    id: str
    title: str
    groups: tuple[Group, ...]
    variants: tuple[Variant, ...]
    ideal: str
    pairs: tuple[Pair, ...]
    response_rules: tuple[ResponseRule, ...]
    landmark_rules: tuple[LandmarkRule, ...]
    interim: Interim
    reading: Reading
    orr_set: AnalysisSet
    plus_one_day: bool
    landmarks: tuple[float, ...]
    convention: Convention
    horizon_days: int
    may_vary: bool = False
    is_cutoff_fixed: bool = False
    reader_noise: float = 0.0
    parts: Parts = Parts()

    @property
    def arms(self) -> tuple[Arm, ...]:
        """Every variant with and without confirmation."""
        return tuple(Arm(one.id, reading) for one in self.variants for reading in READINGS)

    @property
    def stated(self) -> Arm:
        """The scenario as stated, read as the protocol says."""
        return Arm(self.variants[0].id, self.reading)

    def group(self, name: str) -> Group:
        """The group of that id."""
        return next(one for one in self.groups if one.id == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class GridPlan:
    """Scenarios that are evaluated together, such as null, base and optimistic."""

    scenarios: tuple[Plan, ...]
    seed: int
    engine: Engine = "numpy"
