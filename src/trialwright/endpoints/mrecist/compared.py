"""RECIST 1.1 and mRECIST side by side: the same patients by both criteria (R-126)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from trialwright.core.display import Table, patient_anchor
from trialwright.core.format import n_pct
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.best_response import CATEGORIES, RESPONDERS
from trialwright.endpoints.mrecist.response import (
    LOCAL_CAUTION,
    PARAMETERS,
    viable_scope,
    with_both,
)
from trialwright.endpoints.population import ALL, SET_LABELS, Scope, enrolled_subjects, in_set
from trialwright.protocol.model import Protocol
from trialwright.protocol.rules import AnalysisSet
from trialwright.protocol.settled import settled_analysis, settled_response

RULES = ("R-126", "R-061", "R-075", "S-2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Differs:
    """A subject whose best overall response is not the same by both criteria."""

    usubjid: str
    recist: str
    viable: str
    recist_reason: str
    viable_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BothCriteria:
    """Best overall response by RECIST 1.1 against mRECIST in one analysis set.

    Attributes
    ----------
    crossed
        Number of subjects by (RECIST 1.1, mRECIST).
    differ
        Subjects whose categories differ, with both reasons.
    gained, lost
        Responders by mRECIST only, and by RECIST 1.1 only.
    """

    scope: Scope
    analysis_set: AnalysisSet
    subjects: int
    is_confirmed: bool
    crossed: Mapping[tuple[str, str], int]
    differ: tuple[Differs, ...]

    @property
    def key(self) -> str:
        """`MRECIST`, with the cohort behind it."""
        return self.scope.key

    @property
    def agree(self) -> int:
        """Subjects in the same category by both criteria."""
        return sum(n for (one, other), n in self.crossed.items() if one == other)

    @property
    def gained(self) -> tuple[str, ...]:
        """Responders by mRECIST only."""
        return tuple(d.usubjid for d in self.differ if _responds(d.viable) > _responds(d.recist))

    @property
    def lost(self) -> tuple[str, ...]:
        """Responders by RECIST 1.1 only."""
        return tuple(d.usubjid for d in self.differ if _responds(d.viable) < _responds(d.recist))

    def table(self) -> Table:
        """Describe the cross table, RECIST 1.1 in rows and mRECIST in columns."""
        names = [name for name in CATEGORIES if any(name in pair for pair in self.crossed)]
        rows = [
            (one, *(str(self.crossed.get((one, other), 0)) for other in names), str(self._row(one)))
            for one in names
        ]
        totals = (str(self._column(name)) for name in names)
        return Table(
            title=f"RECIST 1.1 and mRECIST side by side ({self._reading()}){self.scope.suffix}",
            columns=("RECIST 1.1", *(f"mRECIST {name}" for name in names), "All"),
            rows=(*rows, ("All", *totals, str(self.subjects))),
            number="T-7c",
            population=self.scope.population(SET_LABELS[self.analysis_set], self.subjects),
            footnotes=self._footnotes(),
            rules=RULES,
        )

    def tables(self) -> tuple[Table, ...]:
        """The cross table, and the subjects who differ where there are any."""
        return (self.table(), *((self._listing(),) if self.differ else ()))

    def _listing(self) -> Table:
        return Table(
            title=f"Subjects whose response differs by RECIST 1.1 and mRECIST{self.scope.suffix}",
            columns=("Subject", "RECIST 1.1", "mRECIST", "Why RECIST 1.1", "Why mRECIST"),
            rows=tuple(
                (d.usubjid, d.recist, d.viable, d.recist_reason, d.viable_reason)
                for d in self.differ
            ),
            links=tuple(patient_anchor(d.usubjid) for d in self.differ),
            number="T-7d",
            population=self.scope.population(SET_LABELS[self.analysis_set], self.subjects),
            rules=RULES,
        )

    def _reading(self) -> str:
        return "confirmed" if self.is_confirmed else "unconfirmed"

    def _row(self, name: str) -> int:
        return sum(n for (one, _), n in self.crossed.items() if one == name)

    def _column(self, name: str) -> int:
        return sum(n for (_, other), n in self.crossed.items() if other == name)

    def _footnotes(self) -> tuple[str, ...]:
        same = n_pct(self.agree, self.subjects) if self.subjects else "nobody"
        return (
            f"Same category by both criteria: {same}.",
            f"Responders by mRECIST only: {', '.join(self.gained) or 'nobody'}; by RECIST 1.1 only: "
            f"{', '.join(self.lost) or 'nobody'}.",
            LOCAL_CAUTION,
            *self.scope.cautions,
        )

    def to_json(self) -> dict[str, Json]:
        """Counts of each pair of categories and every subject who differs."""
        return {
            "key": self.key,
            "endpoint": "RECIST 1.1 and mRECIST side by side",
            "subset": self.scope.subset,
            "analysis_set": self.analysis_set,
            "subjects": self.subjects,
            "confirmed": self.is_confirmed,
            "agree": self.agree,
            "crossed": [
                {"recist": one, "mrecist": other, "subjects": n}
                for (one, other), n in sorted(self.crossed.items())
            ],
            "responders_by_mrecist_only": list(self.gained),
            "responders_by_recist_only": list(self.lost),
            "differ": [
                {
                    "subject": d.usubjid,
                    "recist": d.recist,
                    "mrecist": d.viable,
                    "recist_reason": d.recist_reason,
                    "mrecist_reason": d.viable_reason,
                }
                for d in self.differ
            ],
            "cautions": [LOCAL_CAUTION, *self.scope.cautions],
            "rules": list(RULES),
        }


def _responds(category: str) -> bool:
    return category in RESPONDERS


def compare_criteria(protocol: Protocol, adam: Adam, subset: str = ALL) -> BothCriteria:
    """Cross the best overall responses of the same patients by RECIST 1.1 and by mRECIST.

    Parameters
    ----------
    protocol
        Settled; the confirmation option names the reading, `orr_set` the patients.
    adam
        ADSL; ADRS with MBOR, MCBOR, BOR and CBOR.
    subset
        `ALL` or the id of a cohort.
    """
    is_confirmed = settled_response(protocol).confirmation == "required"
    name = settled_analysis(protocol).orr_set
    viable, recist = PARAMETERS[is_confirmed]
    members = in_set(with_both(adam, enrolled_subjects(adam, subset)), name)
    pairs = list(members.select(recist, viable).iter_rows())
    others = members.filter(pl.col(recist) != pl.col(viable))
    return BothCriteria(
        scope=viable_scope(protocol, "MRECIST", subset),
        analysis_set=name,
        subjects=members.height,
        is_confirmed=is_confirmed,
        crossed=dict(Counter(pairs)),
        differ=tuple(
            Differs(
                usubjid=row["USUBJID"],
                recist=row[recist],
                viable=row[viable],
                recist_reason=row[f"{recist}_WHY"],
                viable_reason=row[f"{viable}_WHY"],
            )
            for row in others.iter_rows(named=True)
        ),
    )
