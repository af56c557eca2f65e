"""Treated beyond progression, and what became of unconfirmed progression (R-095)."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from trialwright.core.display import Table
from trialwright.core.format import n_pct
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.headline import headline_rows
from trialwright.endpoints.irecist.response import immune_scope
from trialwright.endpoints.population import ALL, Scope, enrolled_subjects
from trialwright.protocol.model import Protocol

RULES = ("R-086", "R-088", "R-090", "R-095")
CONFIRMED, RESET, OPEN = "iUPD, then iCPD", "iUPD, then reset (pseudo-progression)", "iUPD only"
_OUTCOMES = (CONFIRMED, RESET, OPEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class BeyondProgression:
    """Subjects with progression by RECIST 1.1 by what became of their first iUPD.

    `outcomes` maps each outcome to the subjects with it; `treated` are the subjects with a dose or
    study procedure after the day of the first progression.
    """

    scope: Scope
    enrolled: int
    outcomes: dict[str, tuple[str, ...]]
    treated: frozenset[str]

    @property
    def key(self) -> str:
        """`IBEYOND`, with the cohort behind it."""
        return self.scope.key

    @property
    def progressed(self) -> int:
        """Subjects with progression by RECIST 1.1."""
        return sum(len(names) for names in self.outcomes.values())

    def table(self) -> Table:
        """Describe the outcomes, for all who progressed and for those treated beyond."""
        beyond = len(self.treated)
        rows = [("Subjects", n_pct(self.progressed, self.enrolled), n_pct(beyond, self.progressed))]
        rows += [
            (name, n_pct(len(who), self.progressed), n_pct(self._treated(name), beyond))
            for name, who in self.outcomes.items()
        ]
        return Table(
            title=f"Treatment beyond progression, and what became of it{self.scope.suffix}",
            columns=("", "PD by RECIST 1.1", "Treated after it"),
            rows=tuple(rows),
            levels=(0, *(1 for _ in self.outcomes)),
            number="T-10i",
            population=self.scope.population("Enrolled", self.enrolled),
            footnotes=self._footnotes(),
            rules=RULES,
        )

    def _treated(self, outcome: str) -> int:
        return len(self.treated.intersection(self.outcomes[outcome]))

    def _footnotes(self) -> tuple[str, ...]:
        reset = self.outcomes[RESET]
        return (
            "Treated after it: the last dose or study procedure is later than the day of the first "
            "progression. What became of it: of the first iUPD; iUPD only: no later scan, or none "
            "that confirms or relieves.",
            *((f"Reset: {', '.join(reset)}.",) if reset else ()),
            *self.scope.cautions,
        )

    def to_json(self) -> dict[str, Json]:
        """The counts and the subjects."""
        return {
            "key": self.key,
            "endpoint": "treated beyond RECIST 1.1 progression",
            "subset": self.scope.subset,
            "denominator": "ENRL",
            "enrolled": self.enrolled,
            "progressed": self.progressed,
            "treated_beyond": len(self.treated),
            "confirmed": list(self.outcomes[CONFIRMED]),
            "reset": list(self.outcomes[RESET]),
            "unconfirmed": list(self.outcomes[OPEN]),
            "treated_beyond_subjects": [*sorted(self.treated)],
            "rules": list(RULES),
        }


def count_beyond_progression(
    protocol: Protocol, adam: Adam, subset: str = ALL
) -> BeyondProgression:
    """Count who was treated beyond progression, and what became of the first iUPD.

    Parameters
    ----------
    protocol
        Settled.
    adam
        ADSL with TRTEDT; ADRS with IOVR, whose rules tell a reset (R-090).
    subset
        `ALL` or the id of a cohort.

    References
    ----------
    Rule R-095.
    """
    subjects = enrolled_subjects(adam, subset)
    reads = (
        headline_rows(adam, "ADRS")
        .filter(pl.col("PARAMCD") == "IOVR")
        .join(subjects.select("USUBJID", "TRTEDT"), on="USUBJID")
        .sort("USUBJID", "AVISITN")
    )
    outcome = (
        pl.when(pl.col("AVALC") == "iCPD")
        .then(pl.lit(CONFIRMED))
        .when(pl.col("RULEID").str.starts_with("R-090"))
        .then(pl.lit(RESET))
    )
    unresolved = pl.col("AVALC") == "iUPD"
    found = (
        reads.group_by("USUBJID", maintain_order=True)
        .agg(
            FIRST=pl.col("ADT").filter(unresolved).first(),
            OUTCOME=outcome.drop_nulls().first(),
            TRTEDT=pl.col("TRTEDT").first(),
        )
        .filter(pl.col("FIRST").is_not_null())
        .with_columns(pl.col("OUTCOME").fill_null(OPEN))
    )
    return BeyondProgression(
        scope=immune_scope(protocol, (), "IBEYOND", subset),
        enrolled=subjects.height,
        outcomes={
            name: tuple(found.filter(pl.col("OUTCOME") == name)["USUBJID"]) for name in _OUTCOMES
        },
        treated=frozenset(found.filter(pl.col("TRTEDT") > pl.col("FIRST"))["USUBJID"]),
    )
