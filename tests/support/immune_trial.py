"""Patients of iRECIST in few words, and what the datasets say of them.

Day 0 is the first dose. Sums are in millimetres; a target of 50 gives PD at 60 and PR at 35.
"""

from __future__ import annotations

import polars as pl

from support.rules import protocol
from support.trial import Patient, sdtm_of
from trialwright.adam.derive import derive
from trialwright.core.tables import Adam

NL = "UNEQUIVOCAL"


def adam_of(*people: Patient, **changes: object) -> Adam:
    settled = protocol(**{"response__criteria": ("iRECIST",), **changes})
    return derive(settled, sdtm_of(list(people)))


def rows(adam: Adam, paramcd: str) -> pl.DataFrame:
    name = "ADTTE" if paramcd in ("IPFS", "IDOR", "PFS", "DOR") else "ADRS"
    return adam[name].filter(pl.col("PARAMCD") == paramcd)


def series(person: Patient, **changes: object) -> list[str]:
    return rows(adam_of(person, **changes), "IOVR")["AVALC"].to_list()


def recist(person: Patient) -> list[str]:
    return rows(adam_of(person), "OVR")["AVALC"].to_list()


def best(person: Patient, paramcd: str = "IBOR", **changes: object) -> str:
    return rows(adam_of(person, **changes), paramcd)["AVALC"].item()


def end(person: Patient, paramcd: str = "IPFS", **changes: object) -> tuple[str, int]:
    row = rows(adam_of(person, **changes), paramcd).row(0, named=True)
    return str(row["ADT"]), row["CNSR"]


def queries(person: Patient, **changes: object) -> str:
    frame = adam_of(person, **changes).queries
    return "\n".join(f"{r['RULEID']} {r['MESSAGE']} {r['DO']}" for r in frame.to_dicts())


def patient(base: float = 50, *, other: bool = True) -> Patient:
    person = Patient().target("T01", "LIVER", base)
    return person.non_target("N01", "LUNG") if other else person


def scans(*visits: tuple, base: float = 50) -> Patient:
    """(day, target, non-target state, new lesions as name -> state or (state, mm))."""
    person = patient(base)
    for number, (day, target, other, *new) in enumerate(visits, start=2):
        lesions = new[0] if new else {}
        states = {n: v if isinstance(v, tuple) else (v, None) for n, v in lesions.items()}
        person.scan(day, {"T01": target}, {"N01": other}, visit=number,
                    new={n: ("LUNG", s) for n, (s, _) in states.items()})  # fmt: skip
        for name, (_, size) in states.items():
            if size is not None:
                person._record(name, "LDIAM", str(size), number, day, TRORRESU="mm")
    return person
