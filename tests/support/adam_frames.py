"""Hand-made ADaM datasets for the endpoint tests: patients in short words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from trialwright.adam.frames import shaped
from trialwright.core.tables import Adam
from trialwright.vocabulary.adam import ADAM

START = date(2024, 1, 1)


@dataclass(frozen=True)
class Person:
    """A subject: flags, best responses, and times as (days, event, rule, words).

    `confirmed` and `best` are BOR texts, "" for a subject without a record. `last_alive` is the
    number of days from the start to the last contact; the cut-off is day 730.
    """

    name: str
    confirmed: str = "NE"
    best: str | None = None
    cohort: str | None = None
    treated: bool = True
    evaluable: bool = True
    measurable: bool = True
    pending: bool = False
    reason: str = "NE: not yet assessed"
    times: dict[str, tuple[int, int, str, str]] = field(default_factory=dict)
    last_alive: int = 700
    cutoff: int | None = 730


def _flag(yes: bool) -> str:
    return "Y" if yes else "N"


def _adsl(one: Person) -> dict[str, object]:
    return {
        "USUBJID": one.name,
        "COHORT": one.cohort,
        "ENRLFL": "Y",
        "FASFL": _flag(one.treated),
        "SAFFL": _flag(one.treated),
        "EFFFL": _flag(one.evaluable and one.treated),
        "MEASFL": _flag(one.measurable),
        "LSTALVDT": START + timedelta(days=one.last_alive),
        "DCUTDT": None if one.cutoff is None else START + timedelta(days=one.cutoff),
    }


def _adrs(one: Person) -> list[dict[str, object]]:
    best = one.confirmed if one.best is None else one.best
    return [
        {
            "USUBJID": one.name,
            "EVAL": "INVESTIGATOR",
            "PARAMCD": paramcd,
            "AVALC": value,
            "UNCONFFL": _flag(one.pending and paramcd == "CBOR"),
            "REASON": one.reason if value == "NE" else f"{value} on a day",
        }
        for paramcd, value in (("BOR", best), ("CBOR", one.confirmed))
        if value
    ]


def _adtte(one: Person) -> list[dict[str, object]]:
    return [
        {
            "USUBJID": one.name,
            "PARAMCD": paramcd,
            "STARTDT": START,
            "AVAL": days,
            "CNSR": 1 - event,
            "RULEID": rule,
            "EVNTDESC": words,
        }
        for paramcd, (days, event, rule, words) in one.times.items()
    ]


def adam_of(people: list[Person]) -> Adam:
    """ADSL, ADRS, ADTTE and an empty ADAE of the people, shaped as the product writes them."""
    rows = {
        "ADSL": [_adsl(one) for one in people],
        "ADRS": [row for one in people for row in _adrs(one)],
        "ADTTE": [row for one in people for row in _adtte(one)],
        "ADAE": [],
    }
    datasets = {
        name: shaped(pl.DataFrame(found, infer_schema_length=None), ADAM[name])
        for name, found in rows.items()
    }
    return Adam(datasets=datasets, unused=pl.DataFrame(), queries=pl.DataFrame())
