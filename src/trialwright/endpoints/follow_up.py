"""How long and how completely the subjects were followed (T-06, C-21)."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from trialwright.core.format import DAYS_PER_MONTH, months, percent
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.population import enrolled_subjects
from trialwright.endpoints.survival_summary import estimate_json, months_cell
from trialwright.endpoints.time_records import TimeRecords, time_records
from trialwright.protocol.settled import SettledAnalysis
from trialwright.stats.kaplan_meier import Convention, Estimate, quantile, reverse_kaplan_meier

_TIES = {
    "swap": "status exchanged at tied times",
    "events_first": "deaths leave before censorings at tied times",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """How long and how completely subjects were followed for survival.

    Attributes
    ----------
    median
        Reverse Kaplan-Meier median of overall survival in days.
    shortest_alive, longest_alive
        Times in days of those alive, `None` when nobody is.
    alive, stale
        Subjects alive, and those of them whose last contact is more than `contact_months` before
        the cut-off; `stale` is `None` when the cut-off is unknown.
    """

    median: Estimate
    ties: str
    shortest_alive: int | None
    longest_alive: int | None
    alive: int
    stale: int | None
    contact_months: float

    def rows(self, level: str) -> tuple[tuple[str, str], ...]:
        """Rows of a survival table: median, and range of those alive."""
        alive = f"{months(self.shortest_alive)} to {months(self.longest_alive)}"
        return (
            (f"Median follow-up, months ({level})", months_cell(self.median)),
            (
                "Follow-up of those not known to have died, months, range",
                alive if self.alive else "nobody",
            ),
        )

    def method(self) -> str:
        """How the median was estimated, as a sentence."""
        return (
            f"Median follow-up: reverse Kaplan-Meier of overall survival, {_TIES[self.ties]} "
            "(rule T-06)."
        )

    def completeness(self) -> str:
        """One sentence on the age of the last contacts (C-21)."""
        if not self.alive:
            return "Nobody is alive at the data cut-off, so no follow-up is open."
        if self.stale is None:
            return "Without a data cut-off the age of the last contacts cannot be judged."
        return (
            f"Last contact more than {self.contact_months:g} months before the data cut-off: "
            f"{self.stale} of {self.alive} not known to have died "
            f"({percent(self.stale, self.alive)} %, rule C-21)."
        )

    def to_json(self) -> dict[str, Json]:
        """Numbers unrounded, in days."""
        return {
            "median_days": estimate_json(self.median),
            "ties": self.ties,
            "shortest_alive_days": self.shortest_alive,
            "longest_alive_days": self.longest_alive,
            "alive": self.alive,
            "contact_months": self.contact_months,
            "last_contact_older": self.stale,
        }


def follow_up_of(adam: Adam, subset: str, rule: SettledAnalysis) -> FollowUp:
    """Median follow-up and age of the last contacts.

    Parameters
    ----------
    adam
        ADSL with LSTALVDT and DCUTDT; ADTTE with OS.
    subset
        `population.ALL` or the id of a cohort.
    rule
        `rkm_ties`, `contact_months`, and the conventions of the interval.

    References
    ----------
    Schemper and Smith, Control Clin Trials 1996;17:343-346; rules T-06, C-21.
    """
    records = time_records(adam, subset, "OS")
    alive = records.days[~records.event]
    return FollowUp(
        median=_reverse_median(records, rule),
        ties=rule.rkm_ties,
        shortest_alive=int(alive.min()) if alive.size else None,
        longest_alive=int(alive.max()) if alive.size else None,
        alive=int(alive.size),
        stale=_stale(enrolled_subjects(adam, subset), records, rule.contact_months),
        contact_months=rule.contact_months,
    )


def _reverse_median(records: TimeRecords, rule: SettledAnalysis) -> Estimate:
    if not records.subjects:
        return Estimate(None, None, None)
    curve = reverse_kaplan_meier(records.days, records.event, rule.rkm_ties)
    return quantile(curve, 0.5, Convention(rule.conf_level, rule.km_ci, rule.median_tie))


def _stale(subjects: pl.DataFrame, records: TimeRecords, limit_months: float) -> int | None:
    """Living subjects whose last contact is more than `limit_months` before the cut-off."""
    living = [name for i, name in enumerate(records.usubjid) if not records.event[i]]
    last = subjects.filter(pl.col("USUBJID").is_in(living))
    if last["DCUTDT"].null_count() or not last.height:
        return None
    silent_days = (pl.col("DCUTDT") - pl.col("LSTALVDT")).dt.total_days()
    old = silent_days > limit_months * float(DAYS_PER_MONTH)
    return last.filter(old | pl.col("LSTALVDT").is_null()).height
