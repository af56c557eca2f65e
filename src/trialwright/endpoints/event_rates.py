"""Exposure-adjusted incidence of adverse events per 100 patient-months (A-11)."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import polars as pl

from trialwright.core.display import Table
from trialwright.core.format import DAYS_PER_MONTH, rounded
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.event_counts import emergent_events, is_immune
from trialwright.endpoints.population import ALL, Scope, scope_of
from trialwright.endpoints.safety_set import SET, safety_subjects
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import SettledSafety, settled_safety
from trialwright.safety.emergence import window_end

RULES = ("S-4", "A-01", "A-11", "D-01")
_PER = 100
#: Days of ADSL by the names that the window of A-16 takes.
_DAYS = {"FIRST": "TRTSDT", "LAST": "TRTEDT", "EOT": "EOTDT", "NACT": "NACTDT", "CUTOFF": "DCUTDT"}


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRate:
    """Subjects with a first event of a kind in the days at risk for it.

    Attributes
    ----------
    subjects
        Subjects with an event while at risk.
    days
        Days at risk of all subjects, up to the first event of each.
    outside
        Subjects whose first such event lies behind the days at risk: not counted.
    """

    key: str
    label: str
    level: int
    subjects: int
    days: int
    outside: int

    @property
    def months(self) -> float:
        """Patient-months at risk."""
        return self.days / float(DAYS_PER_MONTH)

    @property
    def rate(self) -> float | None:
        """Subjects with event per 100 patient-months, `None` without time at risk."""
        return _PER * self.subjects / self.months if self.days else None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRates:
    """Incidence by kind and term over the time at risk."""

    scope: Scope
    subjects: int
    rates: tuple[EventRate, ...]
    windows: tuple[int, int]

    @property
    def key(self) -> str:
        """`AE_RATE`, with the cohort behind it."""
        return self.scope.key

    def table(self) -> Table:
        """Describe subjects with event, time at risk and rate."""
        return Table(
            title=f"Adverse events per {_PER} patient-months{self.scope.suffix}",
            columns=("", "With event, n", "Patient-months at risk", f"Per {_PER} patient-months"),
            rows=tuple(
                (
                    one.label,
                    str(one.subjects),
                    rounded(one.months, 1),
                    "" if one.rate is None else rounded(one.rate, 1),
                )
                for one in self.rates
            ),
            levels=tuple(one.level for one in self.rates),
            population=self.scope.population(SET, self.subjects),
            footnotes=(self._meant(), *self.cautions),
            rules=RULES,
        )

    def _meant(self) -> str:
        short, long = self.windows
        return (
            "Each subject is at risk from first treatment to the first such event, or to the "
            f"earliest of {short} days after the last dose ({long} for serious and immune-related "
            "events), the day before new anticancer therapy, death and the day last known alive. A "
            "month is 30.4375 days."
        )

    @property
    def cautions(self) -> tuple[str, ...]:
        """What limits the reading: events behind the time at risk, pooled cohorts."""
        late = self.rates[0].outside
        said = (f"{late} with a first event after the time at risk, not in the first row.",)
        return (*(said if late else ()), *self.scope.cautions)

    def to_json(self) -> dict[str, Json]:
        """Numbers unrounded."""
        return {
            "key": self.key,
            "endpoint": "exposure-adjusted incidence of adverse events",
            "subset": self.scope.subset,
            "role": self.scope.role,
            "denominator": "patient-months at risk, SAF",
            "subjects": self.subjects,
            "method": "subjects with a first event / time at risk to the first event",
            "per_patient_months": _PER,
            "incidence": [
                asdict(one) | {"months": one.months, "rate": one.rate} for one in self.rates
            ],
            "cautions": list(self.cautions),
            "rules": list(RULES),
        }


def estimate_event_rates(protocol: Protocol, adam: Adam, subset: str = ALL) -> EventRates:
    """Estimate exposure-adjusted incidence in the safety set.

    Parameters
    ----------
    protocol
        Settled.
    adam
        ADSL with the dates of treatment and ADAE.
    subset
        `ALL` or the id of a cohort.

    Raises
    ------
    ProtocolError
        When a safety option is still open.

    References
    ----------
    Rule A-11.
    """
    rule = settled_safety(protocol)
    subjects = safety_subjects(adam, subset)
    events = emergent_events(adam["ADAE"], subjects)
    kinds = [_kind_rates(events, subjects, rule, long=long) for long in (False, True)]
    terms = _rates(events.with_columns(KEY="PT"), days_at_risk(subjects, rule.te_window_days))
    rates = [
        EventRate(key=key, label=label, level=0, **kinds[long][key])
        for key, label, _, long in _KINDS
    ]
    named = [EventRate(key=f"term.{pt}", label=pt, level=1, **one) for pt, one in terms.items()]
    return EventRates(
        scope=scope_of(protocol, (), "AE_RATE", subset),
        subjects=subjects.height,
        rates=(*rates, *sorted(named, key=lambda one: (-one.subjects, one.label))),
        windows=(rule.te_window_days, rule.te_window_serious_days),
    )


_RELATED, _SEVERE = pl.col("AREL") == "Y", pl.col("AGR3FL") == "Y"
#: Key, words, which events, and whether the longer window holds for them.
_KINDS: tuple[tuple[str, str, pl.Expr, bool], ...] = (
    ("any", "Any treatment-emergent event", pl.lit(value=True), False),
    ("severe", "Grade >= 3", _SEVERE, False),
    ("related", "Related to any component", _RELATED, False),
    ("related.severe", "Related, grade >= 3", _RELATED & _SEVERE, False),
    ("serious", "Serious", pl.col("AESER") == "Y", True),
    ("immune", "Immune-related", is_immune(), True),
)


def days_at_risk(subjects: pl.DataFrame, window: int) -> pl.DataFrame:
    """First and last day at risk of each subject: `USUBJID`, `FIRST`, `END` as day numbers.

    Parameters
    ----------
    subjects
        Treated subjects of ADSL.
    window
        Days after the last dose.

    References
    ----------
    Rules A-11 and A-16.
    """
    days = [pl.col(column).cast(pl.Int32).alias(name) for name, column in _DAYS.items()]
    ends = [pl.col(name).cast(pl.Int32) for name in ("DTHDT", "LSTALVDT", "DCUTDT")]
    rows = subjects.with_columns(days).with_columns(STOPPED=pl.col("EOT").is_not_null())
    end = pl.min_horizontal(window_end(pl.lit(window)), *ends)
    return rows.select("USUBJID", "FIRST", END=pl.max_horizontal(end, "FIRST"))


def _kind_rates(
    events: pl.DataFrame, subjects: pl.DataFrame, rule: SettledSafety, *, long: bool
) -> dict[str, dict[str, int]]:
    """The counts of the kinds of one window; a kind without events has its time at risk."""
    window = rule.te_window_serious_days if long else rule.te_window_days
    chosen = [(key, which) for key, _, which, longer in _KINDS if longer == long]
    parts = [events.filter(which).with_columns(KEY=pl.lit(key)) for key, which in chosen]
    at_risk = days_at_risk(subjects, window)
    none = {"subjects": 0, "days": _whole(at_risk), "outside": 0}
    return dict.fromkeys((key for key, _ in chosen), none) | _rates(pl.concat(parts), at_risk)


def _rates(events: pl.DataFrame, at_risk: pl.DataFrame) -> dict[str, dict[str, int]]:
    """Subjects with a first event at risk, days at risk and later first events, by KEY."""
    first = events.group_by("KEY", "USUBJID").agg(AT=pl.col("ASTDT").min().cast(pl.Int32))
    rows = first.join(at_risk, on="USUBJID")
    inside = pl.col("AT") <= pl.col("END")
    spared = pl.col("END") - pl.max_horizontal("AT", "FIRST")
    counts = rows.group_by("KEY").agg(
        subjects=inside.sum(), spared=spared.filter(inside).sum(), outside=(~inside).sum()
    )
    whole = _whole(at_risk)
    return {
        str(key): {"subjects": subjects, "days": whole - spared, "outside": outside}
        for key, subjects, spared, outside in counts.iter_rows()
    }


def _whole(at_risk: pl.DataFrame) -> int:
    """Days at risk of all subjects, first and last day counted."""
    return int(at_risk.select((pl.col("END") - pl.col("FIRST") + 1).sum()).item())
