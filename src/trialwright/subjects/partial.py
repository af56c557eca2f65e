"""Partial dates of death and of new anticancer therapy, imputed by rule and flagged (D-05, D-06).

A handful of subjects has one, so they are worked out one by one.
"""

from __future__ import annotations

import polars as pl

from trialwright.core.dates import PartialDate, iso, parse_date
from trialwright.core.errors import DataError
from trialwright.core.tables import ROW
from trialwright.subjects.reconcile import query

_DEATH_SCHEMA = {"USUBJID": pl.String, "DTHDT": pl.Int32, "DTHDTF": pl.String}
_THERAPY_SCHEMA = {
    "USUBJID": pl.String, "NACTDT": pl.Int32, "NACTDTF": pl.String, "NACTDOM": pl.String,
    "NACTSEQ": pl.String,
}  # fmt: skip


def impute_death(
    frame: pl.DataFrame, deaths: pl.DataFrame, cutoff: int, queries: list[pl.DataFrame]
) -> pl.DataFrame:
    """Add DTHDT and DTHDTF, and cap LSTALVDT at death and cut-off (D-05, D-07, D-08).

    A death behind the cut-off has not happened; it shows the subject alive on the cut-off date.
    """
    known = frame.select("USUBJID", "LSTALVDT", "ENRLDT")
    rows = deaths.join(known, on="USUBJID", how="inner").sort("USUBJID").to_dicts()
    found = [_death(row, cutoff) for row in rows]
    imputed = [name for name, _, flag in found if flag]
    queries.append(query(imputed, "D-05", "Date of death is partial and was imputed."))
    before = [row["USUBJID"] for row, (_, day, flag) in zip(rows, found, strict=True)
              if not flag and row["LSTALVDT"] is not None and day < row["LSTALVDT"]]  # fmt: skip
    queries.append(query(before, "R-143", "Records are dated after the date of death.", "error"))
    table = pl.DataFrame(found, schema=_DEATH_SCHEMA, orient="row")
    frame = frame.join(table, on="USUBJID", how="left", maintain_order="left")
    dead = pl.col("DTHDT") <= cutoff
    alive = pl.when(pl.col("DTHDT") > cutoff).then(cutoff).otherwise(pl.col("LSTALVDT"))
    return frame.with_columns(
        DTHDT=pl.when(dead).then(pl.col("DTHDT")),
        DTHDTF=pl.when(dead).then(pl.col("DTHDTF")),
        LSTALVDT=pl.min_horizontal(alive, pl.lit(cutoff)),
    ).with_columns(LSTALVDT=pl.min_horizontal("LSTALVDT", "DTHDT"))


def _death(row: dict[str, object], cutoff: int) -> tuple[str, int, str | None]:
    """Day of death of one subject with its imputation flag (D-05)."""
    name, text = str(row["USUBJID"]), str(row["DTHDTC"])
    found = _parsed(text, name, "date of death")
    if found.is_complete:
        return name, found.first_day, None
    alive, origin = row["LSTALVDT"], row["ENRLDT"]
    if isinstance(alive, int) and alive > found.last_day:
        raise DataError(
            f'Subject {name} is known alive on {iso(alive)}, after the date of death "{text}".',
            where=f"{row['DTHDOM']}, date of death of subject {name} (DM row {row[ROW]})",
            allowed="a date of death not before the last proof of life",
            do="correct the date of death, or the later record",
        )
    floor = alive + 1 if isinstance(alive, int) else origin
    day = max(found.first_day, floor) if isinstance(floor, int) else found.first_day
    day = min(day, found.last_day)
    if day > cutoff >= found.first_day:
        raise DataError(
            f'The partial date of death "{text}" of subject {name} can only lie after the cut-off.',
            where=f"{row['DTHDOM']}, date of death of subject {name} (DM row {row[ROW]})",
            allowed=f"a date of death up to {iso(cutoff)}, or a complete one",
            do="complete the date of death, or move the data cut-off",
        )
    return name, day, found.missing


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
    imputed = [name for name, start in best.items() if start[1]]
    queries.append(query(imputed, "D-06", "Start of new anticancer therapy was imputed."))
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
