"""Listing of laboratory results of grade 3 or more (L-10)."""

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

RULES = ("A-13", "A-14", "G-51", "G-57", "S-4")
_SEVERE = 3


@dataclass(frozen=True, slots=True)
class SevereResult:
    """One result on treatment; `procedure` is the day of a procedure shortly before, "" for none."""

    usubjid: str
    subject: str
    test: str
    date: str
    day: int | None
    value: str
    grade: int
    basis: str
    procedure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SevereResults:
    """Every laboratory result of grade 3 or more on treatment."""

    scope: Scope
    subjects: int
    rows: tuple[SevereResult, ...]
    version: str

    @property
    def key(self) -> str:
        """`LABGRADES_SEVERE`."""
        return self.scope.key

    def table(self) -> Table:
        """List the results by subject, test and date (L-10)."""
        return Table(
            title="Laboratory results of grade 3 or more",
            columns=("Patient", "Test", "Date", "Day", "Value", "Grade", "Basis", "Procedure"),
            rows=tuple(_cells(one) for one in self.rows) or (("No such result.", *("",) * 7),),
            links=tuple(patient_anchor(one.usubjid) for one in self.rows) or ("",),
            number="L-10",
            population=self.scope.population(SET, self.subjects),
            footnotes=(
                f"Numeric part of CTCAE {self.version}, results on treatment. Procedure: the study "
                "procedure shortly before, when a peak is expected (A-14). Day: study day.",
            ),
            rules=RULES,
        )

    def to_json(self) -> dict[str, Json]:
        """Every result with its grade and basis."""
        return {
            "key": self.key,
            "subjects": self.subjects,
            "ctcae_version": self.version,
            "results": [
                {"usubjid": one.usubjid, "test": one.test, "date": one.date, "value": one.value,
                 "grade": one.grade, "basis": one.basis, "procedure": one.procedure or None}
                for one in self.rows
            ],
            "rules": list(RULES),
        }  # fmt: skip


def list_severe_results(protocol: Protocol, adam: Adam) -> SevereResults:
    """List the laboratory results of grade 3 or more of the safety set.

    Parameters
    ----------
    protocol
        Settled; names the version of CTCAE.
    adam
        ADSL and ADLB.

    Raises
    ------
    ProtocolError
        When a safety option is still open.

    References
    ----------
    Listing L-10; ICH E3 section 12.4.
    """
    subjects = safety_subjects(adam, ALL)
    treated = adam["ADLB"].join(subjects.select("USUBJID"), on="USUBJID", how="semi")
    treated = treated.filter(pl.col("ONTRTFL") == "Y")
    names = short_names(adam)
    found = [
        _result(row, side, names)
        for side in ("L", "H")
        for row in treated.filter(pl.col(f"ATOXGR{side}") >= _SEVERE).iter_rows(named=True)
    ]
    return SevereResults(
        scope=scope_of(protocol, (), "LABGRADES_SEVERE", ALL),
        subjects=subjects.height,
        rows=tuple(sorted(found, key=lambda one: (one.usubjid, one.test, one.date, one.value))),
        version=settled_safety(protocol).ctcae_version,
    )


def _result(row: dict[str, object], side: str, names: dict[str, str]) -> SevereResult:
    usubjid = str(row["USUBJID"])
    day, grade = row["ADY"], row[f"ATOXGR{side}"]
    return SevereResult(
        usubjid=usubjid,
        subject=names[usubjid],
        test=str(row["PARAM"]),
        date=str(row["ADT"]),
        day=day if isinstance(day, int) else None,
        value=f"{row['AVALQ'] or ''}{row['AVALC']}",
        grade=grade if isinstance(grade, int) else 0,
        basis=str(row[f"ATOXBAS{side}"]),
        procedure="" if row["PROCDT"] is None else str(row["PROCDT"]),
    )


def _cells(one: SevereResult) -> tuple[str, ...]:
    day = "" if one.day is None else str(one.day)
    return (
        one.subject, one.test, one.date, day, one.value, str(one.grade), one.basis, one.procedure,
    )  # fmt: skip
