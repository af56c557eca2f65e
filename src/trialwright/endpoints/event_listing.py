"""Adverse events one by one, in words, for the listings of results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from trialwright.core.tables import Adam
from trialwright.endpoints.subject_rows import short_names
from trialwright.protocol.model import Component
from trialwright.safety.relation import action_of
from trialwright.safety.serious import CRITERIA

_STEROIDS = {"Y": "yes", "N": "no"}
_ANY = "some component"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord:
    """One record of ADAE in words; `days` ends with + while the event goes on."""

    usubjid: str
    sequence: int
    name: str
    term: str
    grade: str
    day: str
    days: str
    serious: bool
    emergent: bool
    related: str
    criteria: str
    steroids: str
    action: str
    outcome: str
    kind: str


def event_records(
    records: pl.DataFrame, adam: Adam, components: Sequence[Component]
) -> tuple[EventRecord, ...]:
    """The records in words, by patient and onset.

    Parameters
    ----------
    records
        Rows of ADAE.
    adam
        ADSL for names and cut-off.
    components
        Regimen, for the names of components.
    """
    names = short_names(adam)
    parts = {part.id: part.name for part in components}
    ends = adam["ADSL"].select("USUBJID", SEEN=pl.min_horizontal("DCUTDT", "DTHDT"))
    rows = records.join(ends, on="USUBJID", how="left").sort(
        "USUBJID", "ASTDT", "AESEQ", nulls_last=True
    )
    return tuple(_record(row, names, parts) for row in rows.iter_rows(named=True))


def _record(
    row: Mapping[str, Any], names: Mapping[str, str], parts: Mapping[str, str]
) -> EventRecord:
    return EventRecord(
        usubjid=row["USUBJID"],
        sequence=row["AESEQ"],
        name=names[row["USUBJID"]],
        term=row["AEDECOD"] or row["AETERM"] or "",
        grade="unknown" if row["ATOXGRN"] is None else str(row["ATOXGRN"]),
        day="" if row["ASTDY"] is None else str(row["ASTDY"]),
        days=_days(row),
        serious=row["AESER"] == "Y",
        emergent=row["TRTEMFL"] == "Y",
        related=_related(row, parts),
        criteria=", ".join(words.lower() for name, words in CRITERIA.items() if row[name] == "Y"),
        steroids=_STEROIDS.get(row["AESTERFL"] or "", "not stated"),
        action=_actions(row["AACNCOMP"], parts),
        outcome=(row["AEOUT"] or "").capitalize() or "not stated",
        kind=row["AESICAT"] or "",
    )


def _days(row: Mapping[str, Any]) -> str:
    """Days from start to end, both counted (D-01)."""
    end = row["AENDT"] or row["SEEN"]
    if row["ASTDT"] is None or end is None:
        return ""
    return f"{max((end - row['ASTDT']).days, 0) + 1}{'' if row['AENDT'] else '+'}"


def _related(row: Mapping[str, Any], parts: Mapping[str, str]) -> str:
    if row["AREL"] != "Y":
        return "no"
    named = [parts.get(one, one) for one in (row["ARELCOMP"] or "").split(";") if one]
    return ", ".join(named) or _ANY


def _actions(text: str | None, parts: Mapping[str, str]) -> str:
    found = action_of(text)
    changed = {part: act for part, act in found.items() if act != "DOSE NOT CHANGED"}
    return ", ".join(f"{parts.get(part, _ANY)}: {act.lower()}" for part, act in changed.items())
