"""Many small patients through the whole path, SDTM frames to ADaM, and what came out for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from support.rules import protocol
from support.trial import START, Patient, on, sdtm_of
from trialwright.adam.derive import derive
from trialwright.core.tables import Adam

#: Method and slice that leave nothing to say about a baseline.
CT = {"TUMETHOD": "CT SCAN", "SLICEMM": "5"}


def one(base: object, *visits: tuple[int, object], organ: str = "LIVER", **more: str) -> Patient:
    """Target T01 followed over visits (day, value)."""
    person = Patient().target("T01", organ, base, **(CT | more))
    for day, value in visits:
        person.scan(day, {"T01": value})
    return person


def two(
    base: tuple[object, object], *visits: tuple[int, object, object], organs: tuple[str, str] = ("LIVER", "LUNG")
) -> Patient:  # fmt: skip
    """Targets T01 and T02 followed over visits (day, first, second)."""
    person = (
        Patient().target("T01", organs[0], base[0], **CT).target("T02", organs[1], base[1], **CT)
    )
    for day, first, second in visits:
        person.scan(day, {"T01": first, "T02": second})
    return person


def with_other(
    base: object, *visits: tuple[int, object, object], organ: str = "PERITONEUM", start: object = "PRESENT"
) -> Patient:  # fmt: skip
    """Target T01 (liver) and non-target N01 over visits (day, size, state)."""
    person = Patient().target("T01", "LIVER", base, **CT).non_target("N01", organ, start)
    for day, value, state in visits:
        person.scan(day, {"T01": value}, {"N01": state})
    return person


def only_other(*visits: tuple[int, object], start: object = "PRESENT") -> Patient:
    """Non-target N01 alone over visits (day, state)."""
    person = Patient().non_target("N01", "PERITONEUM", start)
    for day, state in visits:
        person.scan(day, {}, {"N01": state})
    return person


def with_new(*visits: tuple[int, object], organ: str = "LUNG", size: object = 40) -> Patient:
    """Target T01 of 40 mm, `size` at each visit, and new lesion NL1 by its state (None: no record)."""
    person = Patient().target("T01", "LIVER", 40, **CT)
    for day, state in visits:
        person.scan(day, {"T01": size}, new={} if state is None else {"NL1": (organ, state)})
    return person


def operation(person: Patient, lesion: str | None, day: int, category: str, **more: str) -> Patient:
    """A procedure of PR."""
    values = {"PRTRT": "ABLATION", "PRCAT": category, "PRSTDTC": on(day)} | more
    return person.add("PR", **values, **({} if lesion is None else {"PRLNKID": lesion}))


def days_from_start(value: date | None) -> int | None:
    """Days from the first dose."""
    return None if value is None else (value - START).days


@dataclass(frozen=True)
class Reading:
    """What was derived for one subject by the headline evaluator."""

    name: str
    adam: Adam

    def rows(self, dataset: str, paramcd: str) -> list[dict[str, object]]:
        """Records of the subject and parameter in time order."""
        frame = self.adam[dataset].filter(USUBJID=self.name, PARAMCD=paramcd)
        if "EVALID" in frame.columns:
            reader = pl.col("EVALID").is_null() & (pl.col("EVAL") == self.adam.evaluator)
            frame = frame.filter(reader)
        keys = [c for c in ("AVISITN", "TRLNKID") if c in frame.columns]
        return (frame.sort(keys) if keys else frame).to_dicts()

    def column(self, name: str) -> list[str]:
        """A column of the overall response by time point, null as ""."""
        return [str(row[name] or "") for row in self.rows("ADRS", "OVR")]

    @property
    def responses(self) -> list[str]:
        """Overall response by time point."""
        return self.column("AVALC")

    @property
    def days(self) -> list[int | None]:
        """Date of each overall response in days from the first dose."""
        return [days_from_start(row["ADT"]) for row in self.rows("ADRS", "OVR")]

    @property
    def sums(self) -> dict[int, float]:
        """Complete sums of diameters (mm) by time point, 0 the baseline."""
        return {row["AVISITN"]: row["AVAL"] for row in self.rows("ADTR", "SUMDIAM")}

    @property
    def nadirs(self) -> dict[int, float]:
        """Nadir (mm) of each complete time point."""
        return {
            row["AVISITN"]: row["NADIR"] for row in self.rows("ADTR", "SUMDIAM") if row["AVISITN"]
        }

    def best_row(self, paramcd: str = "CBOR") -> dict[str, object]:
        """The record of best overall response, confirmed unless told otherwise."""
        return self.rows("ADRS", paramcd)[0]

    @property
    def best(self) -> tuple[str, str]:
        """Unconfirmed and confirmed best overall response."""
        return str(self.best_row("BOR")["AVALC"]), str(self.best_row()["AVALC"])

    @property
    def confirmed(self) -> tuple[str, int | None]:
        """Confirmed best overall response and its day."""
        row = self.best_row()
        return str(row["AVALC"]), days_from_start(row["ADT"])

    def time(self, paramcd: str) -> tuple[int | None, int | None, bool]:
        """Day of origin, day of the end and whether it is an event."""
        row = self.rows("ADTTE", paramcd)[0]
        return days_from_start(row["STARTDT"]), days_from_start(row["ADT"]), row["CNSR"] == 0

    @property
    def queries(self) -> list[dict[str, str]]:
        """Queries about the subject."""
        return self.adam.queries.filter(USUBJID=self.name).to_dicts()

    def said(self, rule: str) -> str:
        """Messages that name the rule, as id or in their text, one a line."""
        found = [q for q in self.queries if q["RULEID"] == rule or rule in q["MESSAGE"]]
        return "\n".join(f"{q['SEVERITY']}: {q['MESSAGE']}" for q in found)

    @property
    def flagged(self) -> set[str]:
        """Rules of the queries."""
        return {q["RULEID"] for q in self.queries}

    @property
    def unused(self) -> list[tuple[str, str, str]]:
        """Records that were not used: domain, sequence number, rule."""
        frame = self.adam.unused.filter(USUBJID=self.name)
        return frame.select("DOMAIN", "SRCSEQ", "RULEID").sort(pl.all()).rows()


def read(people: Mapping[str, Patient], **changes: object) -> dict[str, Reading]:
    """Derive all patients in one trial; each is named by its key."""
    for name, person in people.items():
        person.name = name
    adam = derive(protocol(**changes), sdtm_of(people.values()))
    return {name: Reading(name, adam) for name in people}


def read_one(person: Patient, **changes: object) -> Reading:
    """Derive one patient."""
    return read({"P1": person}, **changes)["P1"]


def responses(people: Mapping[str, Patient], **changes: object) -> dict[str, list[str]]:
    """Overall responses by time point of each patient."""
    return {name: found.responses for name, found in read(people, **changes).items()}


def bests(people: Mapping[str, Patient], **changes: object) -> dict[str, tuple[str, str]]:
    """Unconfirmed and confirmed best overall response of each patient."""
    return {name: found.best for name, found in read(people, **changes).items()}
