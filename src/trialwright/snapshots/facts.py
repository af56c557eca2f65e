"""What was derived for each patient: scan by scan, in total, and event by event."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from trialwright.compared.values import subject_values
from trialwright.core.format import rounded, signed
from trialwright.core.tables import Adam
from trialwright.endpoints.headline import headline_rows
from trialwright.protocol.model import Protocol

Row = Mapping[str, object]
#: Facts of a time point, in the order in which one follows from the other.
POINT_FACTS = (
    "scan", "sum", "change", "nadir", "growth", "target", "nontarget", "new", "response",
)  # fmt: skip
#: Facts of a patient in total, after those of the time points.
TOTAL_FACTS = ("best", "time", "set", "events")
_SUMS = ("SUMDIAM", "SUMPART")
_MILESTONES = {
    "RFICDT": "consent", "ENRLDT": "enrolment", "TRTSDT": "first treatment",
    "TRTEDT": "last treatment", "EOTDT": "treatment stopped", "NACTDT": "new anticancer therapy",
    "WDRAWDT": "consent withdrawn", "LOSTDT": "lost to follow-up",
    "CLPDDT": "stopped for progression", "DTHDT": "death", "LSTALVDT": "last known alive",
    "TARGETN": "number of target lesions", "ARMCD": "arm", "COHORT": "cohort",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Point:
    """A time point of a patient: number (0 is baseline), visit name, date of the scans."""

    number: int
    visit: str
    day: date | None

    @property
    def words(self) -> str:
        """The visit, else the number."""
        return self.visit or ("baseline" if self.number == 0 else f"time point {self.number}")


@dataclass(slots=True)
class PatientFacts:
    """What was derived for a patient.

    Attributes
    ----------
    points
        Time points by number.
    at
        Value by kind and number of the time point.
    total
        Value and reason by kind and name.
    scans
        Numbers of the time points by lesion and sequence number of the record, and by lesion and
        date.
    """

    points: dict[int, Point] = field(default_factory=dict)
    at: dict[tuple[str, int], str] = field(default_factory=dict)
    total: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    scans: dict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))


def facts_of(protocol: Protocol, adam: Adam) -> dict[str, PatientFacts]:
    """The facts of every subject of ADSL, of the reading that the results are from.

    Parameters
    ----------
    protocol
        Settled.
    adam
        What `derive` made with it.
    """
    found = {str(name): PatientFacts() for name in adam["ADSL"]["USUBJID"]}
    for row in headline_rows(adam, "ADTR").iter_rows(named=True):
        _measured(found[row["USUBJID"]], row)
    overall = headline_rows(adam, "ADRS").filter(pl.col("PARAMCD") == "OVR")
    for row in overall.iter_rows(named=True):
        _assessed(found[row["USUBJID"]], row)
    for row in adam["ADSL"].iter_rows(named=True):
        for name, words in _MILESTONES.items():
            if row[name] is not None:
                found[row["USUBJID"]].total["milestone", words] = str(row[name]), ""
    for kind, name, subject, value in _totals(protocol, adam):
        found[subject].total[kind, name] = value
    return found


def _measured(facts: PatientFacts, row: Row) -> None:
    """A lesion, or the sum of the targets with what it is compared to."""
    number = _number(row)
    _met(facts, row)
    if row["TRLNKID"]:
        for one in str(row["SRCSEQ"] or "").split():
            facts.scans[str(row["TRLNKID"]), one].add(number)
        facts.scans[str(row["TRLNKID"]), str(row["ADT"])].add(number)
    elif row["PARAMCD"] in _SUMS:
        size = _mm(row["AVAL"])
        facts.at["sum", number] = size if row["PARAMCD"] == "SUMDIAM" else f"incomplete ({size})"
        if number == 0:
            return
        if isinstance(row["PCHG"], float):
            facts.at["change", number] = f"{signed(row['PCHG'])} %"
        if row["NADIR"] is not None:
            facts.at["nadir", number] = _mm(row["NADIR"])
        if isinstance(row["PCHGNAD"], float) and isinstance(row["CHGNAD"], float):
            facts.at["growth", number] = (
                f"{signed(row['CHGNAD'])} mm, {signed(row['PCHGNAD'])} %"
            )  # fmt: skip


def _assessed(facts: PatientFacts, row: Row) -> None:
    number = _number(row)
    _met(facts, row)
    facts.at["response", number] = str(row["AVALC"])
    for kind, name in (("target", "TRGRESP"), ("nontarget", "NTRGRESP")):
        if row[name]:
            facts.at[kind, number] = str(row[name])
    facts.at["new", number] = "new lesion" if row["NEWLFL"] == "Y" else "no new lesion"


def _met(facts: PatientFacts, row: Row) -> None:
    """The time point, dated by its last scan, as the rows of the sums and of the response are."""
    number, day = _number(row), row["ADT"]
    if row.get("TRLNKID") and number in facts.points:
        return
    facts.points[number] = Point(
        number, str(row["AVISIT"] or ""), day if isinstance(day, date) else None
    )
    facts.at["scan", number] = str(day)


def _totals(protocol: Protocol, adam: Adam) -> Iterator[tuple[str, str, str, tuple[str, str]]]:
    """Sets, best responses and times by subject: kind, name, subject, value with reason."""
    times = set(adam["ADTTE"]["PARAMCD"])
    for name, values in subject_values(protocol, adam):
        if name in {"responses by scan", "best response of the headline"}:
            continue
        kind = "time" if name in times else "best" if name.startswith("best") else "set"
        kind = "events" if name == "adverse events" else kind
        for subject, value in values.items():
            yield kind, name, subject, (value.shown, value.reason)


def _number(row: Row) -> int:
    value = row["AVISITN"]
    return value if isinstance(value, int) else 0


def _mm(value: object) -> str:
    return f"{rounded(value, 1)} mm" if isinstance(value, (int, float)) else "none"
