"""Random trials as SDTM records, and the same trial written differently or with something added."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import polars as pl

from support.oracle_sdtm import apart, person_of, reshaped
from support.random_histories import random_patient
from support.rules import protocol
from support.trial import Patient, sdtm_of
from trialwright.adam.derive import derive
from trialwright.core.tables import ROW, Adam, Sdtm

Row = dict[str, str]
PATIENTS = 25
_SHOWN = ("ADT", "AVALC", "TRGRESP", "NTRGRESP", "NEWLFL", "ASREAD", "POSTPDFL", "ANL01FL")
_LINKS = ("TULNKID", "TUGRPID", "TRLNKID", "MERGEDTO", "PRLNKID")


@cache
def _people(seed: int) -> tuple[Patient, ...]:
    rng = random.Random(seed)
    made = []
    while len(made) < PATIENTS:
        patient = random_patient(rng, treated=True)
        if apart(patient):
            # Nothing of these trials lies behind a cut-off or before the first dose.
            patient = reshaped(rng, replace(patient, ref=0, cutoff=10_000))
            made.append(person_of(rng, patient, f"P{len(made):02d}"))
    return tuple(made)


def people(seed: int) -> list[Patient]:
    """Patients of the trial, free to change."""
    return copy.deepcopy(list(_people(seed)))


@dataclass(frozen=True)
class Outcome:
    """ADaM of a trial, and what of it says something about a subject."""

    adam: Adam

    def points(self, name: str) -> list[tuple[object, ...]]:
        """Overall response by time point, dates as numbers."""
        frame = self.adam["ADRS"].filter(USUBJID=name, PARAMCD="OVR").sort("AVISITN")
        return frame.select(pl.col("ADT").to_physical(), *_SHOWN[1:]).rows()

    def responses(self, name: str, column: str = "AVALC") -> list[str]:
        """One column of the overall responses."""
        frame = self.adam["ADRS"].filter(USUBJID=name, PARAMCD="OVR").sort("AVISITN")
        return frame[column].to_list()

    def best(self, name: str) -> dict[str, tuple[object, ...]]:
        """Best overall responses with their day."""
        frame = (
            self.adam["ADRS"].filter(USUBJID=name).filter(pl.col("PARAMCD").is_in(["BOR", "CBOR"]))
        )
        rows = frame.select("PARAMCD", "AVALC", pl.col("ADT").to_physical(), "UNCONFFL").rows()
        return {code: rest for code, *rest in rows}

    def times(self, name: str, *codes: str) -> dict[str, tuple[object, ...]]:
        """Ends of the times as (day, censored); all unless named."""
        frame = self.adam["ADTTE"].filter(USUBJID=name).sort("PARAMCD")
        rows = frame.select("PARAMCD", pl.col("ADT").to_physical(), "CNSR", "AVAL").rows()
        return {code: rest for code, *rest in rows if not codes or code in codes}

    def sums(self, name: str) -> dict[int, float]:
        """Complete sums by time point."""
        frame = self.adam["ADTR"].filter(USUBJID=name, PARAMCD="SUMDIAM")
        return dict(frame.select("AVISITN", "AVAL").sort("AVISITN").rows())

    def all_of(self, name: str) -> tuple[object, ...]:
        """Everything."""
        return self.points(name), self.best(name), self.times(name), self.sums(name)


def outcome(trial: Iterable[Patient] | Sdtm, **changes: object) -> Outcome:
    """Derive a trial."""
    sdtm = trial if isinstance(trial, Sdtm) else sdtm_of(trial)
    return Outcome(derive(protocol(**changes), sdtm))


@cache
def base(seed: int) -> Outcome:
    """The trial as it is."""
    return outcome(people(seed))


def names() -> list[str]:
    """The subjects of every trial."""
    return [f"P{i:02d}" for i in range(PATIENTS)]


# ------------------------------------------------------------------------------------ changes


def shuffled(trial: list[Patient], rng: random.Random) -> Sdtm:
    """The rows of every domain in another order, sequence numbers kept."""
    sdtm = sdtm_of(trial)
    frames = {
        code: f.sample(fraction=1.0, shuffle=True, seed=rng.randrange(10**6)).with_columns(
            pl.int_range(2, pl.len() + 2).alias(ROW)
        )
        for code, f in sdtm.domains.items()
    }
    return Sdtm(frames)


def _records(person: Patient, *codes: str) -> list[Row]:
    return [row for code in codes for row in person.rows.get(code, [])]


def relabelled(person: Patient, rng: random.Random) -> Patient:
    """Every lesion identifier exchanged for another one, consistently."""
    found = sorted({
        part.split(".")[0]
        for row in _records(person, "TU", "TR", "PR")
        for key in _LINKS if row.get(key)
        for part in row[key].split("/")
    })  # fmt: skip
    new = [f"L{i:02d}" for i in range(len(found))]
    rng.shuffle(new)
    names = dict(zip(found, new, strict=True))

    def renamed(text: str) -> str:
        return "/".join(
            ".".join((names[p.split(".")[0]], *p.split(".")[1:])) for p in text.split("/")
        )

    for row in _records(person, "TU", "TR", "PR"):
        for key in _LINKS:
            if row.get(key):
                row[key] = renamed(row[key])
    return person


def plain_number(row: Row) -> Decimal | None:
    """The number of a TR record in millimetres, `None` where it holds none."""
    text, unit = row.get("TRORRES") or "", (row.get("TRORRESU") or "").strip().upper()
    if unit not in ("MM", "CM") or not text.replace(".", "").isdigit():
        return None
    return Decimal(text) * (10 if unit == "CM" else 1)


def in_unit(person: Patient, unit: Callable[[], str]) -> Patient:
    """The same lengths, each in a unit of its own."""
    for row in _records(person, "TR"):
        value = plain_number(row)
        if value is not None:
            row["TRORRESU"] = unit()
            row["TRORRES"] = f"{value / 10 if row['TRORRESU'].strip().upper() == 'CM' else value:f}"
    return person


def shifted(sdtm: Sdtm, days: int) -> Sdtm:
    """All dates later by some days."""

    def later(text: str | None) -> str | None:
        return (date.fromisoformat(text) + timedelta(days=days)).isoformat() if text else text

    frames = {
        code: f.with_columns(
            pl.Series(c, [later(v) for v in f[c]], dtype=pl.String) for c in f.columns if c.endswith("DTC")
        )
        for code, f in sdtm.domains.items()
    }  # fmt: skip
    return Sdtm(frames)


def scan_days(person: Patient) -> list[date]:
    """Days of all dated TR records."""
    return sorted(
        {date.fromisoformat(r["TRDTC"]) for r in _records(person, "TR") if r.get("TRDTC")}
    )


def with_visit_not_read(person: Patient, day: date) -> Patient:
    """A visit at which every lesion of baseline is not evaluable."""
    known = {
        r["TULNKID"]
        for r in _records(person, "TU")
        if r.get("TUSTRESC") in ("TARGET", "NON-TARGET")
    }
    tests = {r["TRLNKID"]: r["TRTESTCD"] for r in _records(person, "TR") if r["VISITNUM"] == "1"}
    for name in sorted(known):
        person.add("TR", TRLNKID=name, TRTESTCD=tests.get(name, "TUMSTATE"), TRSTAT="NOT DONE",
                   TRREASND="ARTEFACT", VISITNUM="77", TRDTC=day.isoformat(),
                   TREVAL="INVESTIGATOR")  # fmt: skip
    return person


def reshapes(person: Patient) -> bool:
    """Whether a lesion splits or merges already."""
    return any(r["TUTESTCD"] != "TUMIDENT" for r in _records(person, "TU"))


def _targets(person: Patient) -> list[str]:
    return sorted(
        r["TULNKID"] for r in _records(person, "TU")
        if r.get("TUSTRESC") == "TARGET" and "NODE" not in r["TULOC"]
    )  # fmt: skip


def split(person: Patient, rng: random.Random) -> Patient:
    """One target outside nodes read as two fragments of the same total, wherever it has a number."""
    found = _targets(person)
    if reshapes(person) or not found:
        return person
    name = rng.choice(found)
    kept: list[Row] = []
    named = False
    for row in person.rows["TR"]:
        value = plain_number(row)
        if row["TRLNKID"] != name or row["VISITNUM"] == "1" or value is None:
            kept.append(row)
            continue
        first = (value * rng.randrange(11) / 10).quantize(Decimal("0.1"))
        for part, size in (("1", first), ("2", value - first)):
            kept.append(
                row | {"TRLNKID": f"{name}.{part}", "TRORRES": f"{size:f}", "TRORRESU": "mm"}
            )
        named = True
    person.rows["TR"] = kept
    if named:
        for part in ("1", "2"):
            person.add("TU", TULNKID=f"{name}.{part}", TUTESTCD="TUSPLIT", TUGRPID=name, VISITNUM="2",
                       TUEVAL="INVESTIGATOR")  # fmt: skip
    return person


def merge(person: Patient) -> Patient:
    """Two targets outside nodes that are one from the first visit where both have numbers on."""
    found = _targets(person)
    if reshapes(person) or len(found) < 2:
        return person
    first, second = found[:2]
    visits: dict[str, dict[str, Row]] = {}
    for row in person.rows["TR"]:
        visits.setdefault(row["VISITNUM"], {})[row["TRLNKID"]] = row
    start = ""
    for number in [n for n in visits if n != "1"]:
        one, two = visits[number].get(first), visits[number].get(second)
        values = [plain_number(r) if r else None for r in (one, two)]
        if one is None or two is None or None in values:
            continue
        start = start or number
        one |= {"TRORRES": f"{values[0] + values[1]:f}", "TRORRESU": "mm"}
        two |= {"TRORRES": "0", "TRORRESU": "mm", "MERGEDTO": first}
    if start:
        person.add("TU", TULNKID=second, TUTESTCD="TUMERGE", TUGRPID=first, VISITNUM=start,
                   TUEVAL="INVESTIGATOR")  # fmt: skip
    return person
