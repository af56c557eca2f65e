"""Partial dates of death and of new anticancer therapy, imputed by rule and flagged (D-05, D-06).

A handful of subjects has one, so they are worked out one by one.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from trialwright.core.dates import PartialDate, iso, parse_date
from trialwright.core.errors import DataError
from trialwright.subjects.reconcile import query

_NO_EVENT = 'The partial date of death "{}" is not imputed: {}. No event until it is corrected.'
_DEATH_SCHEMA = {"USUBJID": pl.String, "DTHDT": pl.Int32, "DTHDTF": pl.String}
_THERAPY_SCHEMA = {
    "USUBJID": pl.String, "NACTDT": pl.Int32, "NACTDTF": pl.String, "NACTDOM": pl.String,
    "NACTSEQ": pl.String,
}  # fmt: skip


def impute_death(
    frame: pl.DataFrame, deaths: pl.DataFrame, cutoff: int, queries: list[pl.DataFrame]
) -> pl.DataFrame:
    """Add DTHDT and DTHDTF, and cap LSTALVDT at death and cut-off (D-05, D-07, D-08).

    A death behind the cut-off has not happened; it shows the subject alive on the cut-off date,
    which DIESLATER says.
    """
    known = frame.select("USUBJID", "LSTALVDT", "ENRLDT")
    rows = deaths.join(known, on="USUBJID", how="inner").sort("USUBJID").to_dicts()
    both = [(row, _death(row, cutoff)) for row in rows]
    imputed = [(row, day) for row, day in both if day.flag and day.day <= cutoff]
    whole = [(row, day) for row, day in both if not day.flag and not day.problem]
    before = [row["USUBJID"] for row, day in whole if _is_before(day, row)]
    queries += [
        *(_imputed_death(row, day) for row, day in imputed),
        query(before, "R-143", "Records are dated after the date of death.", "error"),
    ]
    queries += [
        query(
            [row["USUBJID"]], "D-05", day.problem, "error", "complete or correct the date of death"
        )
        for row, day in both
        if day.problem
    ]
    found = [(row["USUBJID"], day.day, day.flag) for row, day in both if not day.problem]
    table = pl.DataFrame(found, schema=_DEATH_SCHEMA, orient="row")
    frame = frame.join(table, on="USUBJID", how="left", maintain_order="left")
    dead, dies_later = pl.col("DTHDT") <= cutoff, pl.col("DTHDT") > cutoff
    alive = pl.when(dies_later).then(cutoff).otherwise(pl.col("LSTALVDT"))
    return frame.with_columns(
        DIESLATER=dies_later.fill_null(value=False),
        DTHDT=pl.when(dead).then(pl.col("DTHDT")),
        DTHDTF=pl.when(dead).then(pl.col("DTHDTF")),
        LSTALVDT=pl.min_horizontal(alive, pl.lit(cutoff)),
    ).with_columns(LSTALVDT=pl.min_horizontal("LSTALVDT", "DTHDT"))


class _Death(NamedTuple):
    """Day of death and imputation flag, or the reason why the date cannot be used."""

    day: int
    flag: str | None
    problem: str = ""


def _imputed_death(row: dict[str, object], death: _Death) -> pl.DataFrame:
    """What was collected, and the day that stands for it."""
    message = f'The partial date of death "{row["DTHDTC"]}" was imputed as {iso(death.day)}.'
    return query([str(row["USUBJID"])], "D-05", message, do="complete the date of death")


def _is_before(death: _Death, row: dict[str, object]) -> bool:
    alive = row["LSTALVDT"]
    return isinstance(alive, int) and death.day < alive


def _death(row: dict[str, object], cutoff: int) -> _Death:
    """Day of death of one subject (D-05).

    A death that can only lie behind the cut-off has not happened yet (D-08).
    """
    text = str(row["DTHDTC"])
    found = _parsed(text, str(row["USUBJID"]), "date of death")
    if found.is_complete:
        return _Death(found.first_day, None)
    alive, origin = row["LSTALVDT"], row["ENRLDT"]
    if isinstance(alive, int) and alive > found.last_day:
        return _Death(
            0, None, _NO_EVENT.format(text, f"the subject is known alive on {iso(alive)}")
        )
    floor = alive + 1 if isinstance(alive, int) else origin
    day = max(found.first_day, floor) if isinstance(floor, int) else found.first_day
    day = min(day, found.last_day)
    alive_later = isinstance(alive, int) and alive > cutoff
    if day > cutoff >= found.first_day and not alive_later:
        why = f"it could only lie after the data cut-off {iso(cutoff)}"
        return _Death(0, None, _NO_EVENT.format(text, why))
    return _Death(day, found.missing)


def impute_new_therapy(
    frame: pl.DataFrame, starts: pl.DataFrame, cutoff: int, queries: list[pl.DataFrame]
) -> pl.DataFrame:
    """Add NACTDT and NACTDTF, the first start of new anticancer therapy (D-06)."""
    ends = frame.select("USUBJID", "TRTEDT")
    order = ("USUBJID", "START", "NACTDOM", "NACTSEQ")
    rows = starts.join(ends, on="USUBJID", how="inner").sort(order, nulls_last=True)
    undated = rows.filter(pl.col("START").is_null() | (pl.col("START") == ""))
    queries.append(
        query(
            undated["USUBJID"],
            "D-06",
            "New anticancer therapy without any date was not used.",
            "error",
        )
    )
    best: dict[str, tuple[object, ...]] = {}
    for row in rows.filter(pl.col("START").is_not_null() & (pl.col("START") != "")).to_dicts():
        day, flag = _therapy_start(row, cutoff)
        start = (day, flag, row["NACTDOM"], row["NACTSEQ"])
        before = best.get(row["USUBJID"])
        if before is None or day < int(str(before[0])):
            best[row["USUBJID"]] = start
    flagged = {name: int(str(start[0])) for name, start in best.items() if start[1]}
    behind = [name for name, day in flagged.items() if day > cutoff]
    queries += [
        query(
            [name for name in flagged if name not in behind],
            "D-06",
            "Start of new anticancer therapy was imputed.",
        ),
        query(
            behind,
            "D-06",
            "The partial start of new anticancer therapy falls after the data cut-off: not used.",
            do="complete the date",
        ),
    ]
    found = [(name, *start) for name, start in sorted(best.items())]
    table = pl.DataFrame(found, schema=_THERAPY_SCHEMA, orient="row")
    table = table.filter(pl.col("NACTDT") <= cutoff)
    return frame.join(table, on="USUBJID", how="left", maintain_order="left")


def _therapy_start(row: dict[str, object], cutoff: int) -> tuple[int, str | None]:
    """Start of a therapy: the first day its text allows, but after the last study dose (D-06)."""
    found = _parsed(str(row["START"]), str(row["USUBJID"]), "start of new anticancer therapy")
    if found.is_complete:
        return found.first_day, None
    end = row["TRTEDT"]
    after = min(end, cutoff) + 1 if isinstance(end, int) else found.first_day
    return min(max(found.first_day, after), found.last_day), found.missing


def _parsed(text: str, subject: str, what: str) -> PartialDate:
    found = parse_date(text)
    if found is None:
        raise DataError(
            f'The {what} "{text}" of subject {subject} is not a date.',
            where=f"subject {subject}",
            allowed="YYYY-MM-DD, YYYY-MM or YYYY",
            do="correct the date",
        )
    return found
