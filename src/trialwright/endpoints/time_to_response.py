"""Time to response: descriptive, in responders only (E-06)."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from trialwright.core.display import Table
from trialwright.core.format import months
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.population import (
    ALL,
    PFS_KINDS,
    Scope,
    origin_words,
    scope_of,
)
from trialwright.endpoints.time_records import time_records
from trialwright.protocol.model import Protocol
from trialwright.protocol.rules import EndpointKind
from trialwright.protocol.settled import settled_analysis

RULES = ("E-06", "R-073", "D-01", "D-03")
_KINDS: tuple[EndpointKind, ...] = ("TTR", *PFS_KINDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeToResponse:
    """Days from the origin to the first response of each responder, shortest first.

    `subjects` counts everybody enrolled; those without response have no time and are not censored.
    """

    scope: Scope
    days: tuple[int, ...]
    subjects: int
    origin: str

    @property
    def key(self) -> str:
        """`TTR`, with the cohort behind it."""
        return self.scope.key

    @property
    def median_days(self) -> float | None:
        """Median of the responders, `None` without any."""
        return float(median(self.days)) if self.days else None

    def table(self) -> Table:
        """Describe median and range among responders (table T-8)."""
        n = len(self.days)
        ends = f"{months(self.days[0])} to {months(self.days[-1])}" if n else "no responder"
        return Table(
            title=f"Time to response{self.scope.suffix}",
            columns=("", f"Responders (N = {n})"),
            rows=(("Median, months", months(self.median_days)), ("Range, months", ends)),
            number="T-8",
            population=self.scope.population("Responders", n),
            footnotes=(
                f"From {self.origin} to the first scan of the response; endpoint "
                f"{self.scope.role}. Plain median of {n} responders among {self.subjects} enrolled: "
                "subjects without response have no time and enter nowhere (E-06). Months = days / "
                "30.4375.",
                *self.cautions,
            ),
            rules=RULES,
        )

    @property
    def cautions(self) -> tuple[str, ...]:
        """What limits the reading of the times."""
        few = ("Few responders: read the range, not the median.",)
        return (*self.scope.cautions, *(few if 0 < len(self.days) < 5 else ()))

    def to_json(self) -> dict[str, Json]:
        """Every time in days, with denominator and method."""
        return {
            **self.scope.head(
                "time to response", "responders", "median and range of the responders"
            ),
            "origin": self.origin,
            "responders": len(self.days),
            "subjects": self.subjects,
            "median_days": self.median_days,
            "days": list(self.days),
            "cautions": list(self.cautions),
            "rules": list(RULES),
        }


def estimate_time_to_response(protocol: Protocol, adam: Adam, subset: str = ALL) -> TimeToResponse:
    """Describe the time to the first response of the responders.

    Parameters
    ----------
    protocol
        Settled; the origin is that of the registered endpoint, else that of PFS (D-03).
    adam
        ADSL; ADTTE with TTR for responders.
    subset
        `ALL` or the id of a cohort.

    Raises
    ------
    ProtocolError
        When options are still open.

    References
    ----------
    Rules E-06 (definition), R-073 (first response).
    """
    rule = settled_analysis(protocol)
    records = time_records(adam, subset, "TTR")
    return TimeToResponse(
        scope=scope_of(protocol, ("TTR",), "TTR", subset),
        days=tuple(sorted(records.days.tolist())),
        subjects=records.enrolled,
        origin=origin_words(protocol, _KINDS, rule.pfs_origin),
    )
