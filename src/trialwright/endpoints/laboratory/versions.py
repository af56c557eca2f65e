"""The same laboratory values graded under every version of CTCAE (rule G-57)."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from trialwright.core.display import Table, patient_anchor
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.population import ALL, Scope, scope_of
from trialwright.endpoints.safety_set import SET, safety_subjects
from trialwright.endpoints.subject_rows import short_names
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import settled_safety
from trialwright.safety.regrading import grades_by_version
from trialwright.vocabulary.ctcae import VERSIONS

RULES = ("G-55", "G-56", "G-57")
_SEVERE = 3


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One parameter and direction.

    `results` have a grade that differs between versions, in `changed` subjects; `severe` counts
    subjects with grade 3 or more on treatment, by version.
    """

    paramcd: str
    name: str
    direction: str
    results: int
    changed: int
    severe: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class VersionChange:
    """A patient who is severe under one version and not under another: the worst grades."""

    usubjid: str
    subject: str
    name: str
    direction: str
    worst: tuple[int | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionDifferences:
    """Where the version of CTCAE moves a grade; the registered version counts."""

    scope: Scope
    subjects: int
    version: str
    rows: tuple[VersionRow, ...]
    changes: tuple[VersionChange, ...]

    @property
    def key(self) -> str:
        """`REGRADING`."""
        return self.scope.key

    def table(self) -> Table:
        """Describe how many results and subjects change by parameter."""
        cells = tuple(
            (f"{row.name}, {row.direction}", str(row.results), str(row.changed),
             *(str(n) for n in row.severe))
            for row in self.rows
        )  # fmt: skip
        return Table(
            title="Laboratory grades under other versions of CTCAE",
            columns=(
                "", "Results that change", "Subjects with one",
                *(f"Gr >= 3, v{version}" for version in VERSIONS),
            ),
            rows=cells or (("No grade differs between the versions.", *("",) * 5),),
            number="T-16",
            population=self.scope.population(SET, self.subjects),
            footnotes=(
                f"The protocol's version is {self.version}. Every value was graded again from the "
                "number; a grade of one version is never compared with one of another. The last "
                "columns count subjects by worst grade on treatment.",
            ),
            rules=RULES,
        )  # fmt: skip

    def tables(self) -> tuple[Table, ...]:
        """By parameter; then the subjects who become severe or cease to be."""
        return (self.table(), self._listing()) if self.changes else (self.table(),)

    def _listing(self) -> Table:
        return Table(
            title="Subjects whose worst laboratory grade crosses grade 3 between versions",
            columns=("Subject", "Parameter", *(f"v{version}" for version in VERSIONS)),
            rows=tuple(
                (one.subject, f"{one.name}, {one.direction}", *(_grade(g) for g in one.worst))
                for one in self.changes
            ),
            links=tuple(patient_anchor(one.usubjid) for one in self.changes),
            population=self.scope.population(SET, self.subjects),
            footnotes=("Worst grade on treatment; no grade: the version has none for this value.",),
            rules=RULES,
        )

    def to_json(self) -> dict[str, Json]:
        """Every row, and every subject who crosses grade 3."""
        return {
            "key": self.key,
            "subjects": self.subjects,
            "version": self.version,
            "versions": list(VERSIONS),
            "parameters": [
                {"paramcd": row.paramcd, "direction": row.direction, "results": row.results,
                 "subjects": row.changed, "grade_3_or_more": list(row.severe)}
                for row in self.rows
            ],
            "crossing_grade_3": [
                {"usubjid": one.usubjid, "parameter": one.name, "direction": one.direction,
                 "worst": list(one.worst)}
                for one in self.changes
            ],
            "rules": list(RULES),
        }  # fmt: skip


def compare_versions(protocol: Protocol, adam: Adam) -> VersionDifferences:
    """Grade every laboratory value of the safety set under each version of CTCAE.

    Parameters
    ----------
    protocol
        Settled.
    adam
        ADSL and ADLB.

    Raises
    ------
    ProtocolError
        When a safety option is still open.

    References
    ----------
    Rule G-57; differences of the versions: G-55, G-56.
    """
    rule = settled_safety(protocol)
    subjects = safety_subjects(adam, ALL)
    rows = adam["ADLB"].join(subjects.select("USUBJID"), on="USUBJID", how="semi")
    graded = grades_by_version(rows, rule)
    columns = [f"GRADE {version}" for version in VERSIONS]
    first, *others = (pl.col(name) for name in columns)
    differs = pl.any_horizontal(~first.eq_missing(other) for other in others)
    graded = graded.with_columns(DIFFERS=differs)
    keys = ("PARAM", "PARAMCD", "DIRECTION")
    treated = graded.filter(pl.col("ONTRTFL") == "Y")
    worst = treated.group_by("USUBJID", *keys).agg(pl.col(name).max() for name in columns)
    return VersionDifferences(
        scope=scope_of(protocol, (), "REGRADING", ALL),
        subjects=subjects.height,
        version=rule.ctcae_version,
        rows=_rows(graded, worst),
        changes=_crossing(worst, short_names(adam)),
    )


def _rows(graded: pl.DataFrame, worst: pl.DataFrame) -> tuple[VersionRow, ...]:
    changed = (
        graded.filter("DIFFERS")
        .group_by("PARAM", "PARAMCD", "DIRECTION")
        .agg(RESULTS=pl.len(), SUBJECTS=pl.col("USUBJID").n_unique())
        .sort("PARAM", "PARAMCD", "DIRECTION")
    )
    found = []
    for one in changed.iter_rows(named=True):
        mine = worst.filter(
            pl.col("PARAMCD") == one["PARAMCD"], pl.col("DIRECTION") == one["DIRECTION"]
        )
        severe = tuple(int((mine[f"GRADE {v}"] >= _SEVERE).sum()) for v in VERSIONS)
        counts = one["RESULTS"], one["SUBJECTS"]
        found.append(VersionRow(one["PARAMCD"], one["PARAM"], one["DIRECTION"], *counts, severe))
    return tuple(found)


def _crossing(worst: pl.DataFrame, names: dict[str, str]) -> tuple[VersionChange, ...]:
    severe = [(pl.col(f"GRADE {v}") >= _SEVERE).fill_null(value=False) for v in VERSIONS]
    crosses = pl.any_horizontal(severe) & ~pl.all_horizontal(severe)
    rows = worst.filter(crosses).sort("USUBJID", "PARAM", "DIRECTION")
    return tuple(
        VersionChange(
            row["USUBJID"],
            names[row["USUBJID"]],
            row["PARAM"],
            row["DIRECTION"],
            tuple(row[f"GRADE {version}"] for version in VERSIONS),
        )
        for row in rows.iter_rows(named=True)
    )


def _grade(grade: int | None) -> str:
    return "no grade" if grade is None else str(grade)
