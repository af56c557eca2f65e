"""Keys that tie records together: one spelling of a subject, link ids in upper case."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Origin
from trialwright.intake.cells import listed, quoted

Frames = dict[str, pl.DataFrame]
Origins = Mapping[str, Origin]

#: Columns that hold link ids beside those whose name ends so.
_LINKS = frozenset({"TUGRPID"})


def one_row_per_subject(frames: Frames, origins: Origins) -> None:
    """Refuse a subject that stands twice in DM, in any spelling.

    Raises
    ------
    DataError
        With the rows.
    """
    if "DM" not in frames:
        return
    frame = frames["DM"]
    doubled = frame.filter(frame["USUBJID"].str.to_uppercase().is_duplicated()).sort(
        pl.col("USUBJID").str.to_uppercase(), ROW
    )
    if doubled.height:
        pairs = doubled.select(ROW, "USUBJID").iter_rows()
        raise DataError(
            "A subject stands twice in DM.",
            where=listed(
                [f"{origins['DM'].cell(row, 'USUBJID')}: {quoted(v)}" for row, v in pairs]
            ),
            allowed="one row a subject; upper and lower case are the same",
            do="keep the right row",
        )


def unify_subjects(frames: Frames, origins: Origins) -> tuple[Frames, list[str]]:
    """Spell every subject as DM does; keys are compared in upper case (section 14)."""
    if "DM" not in frames:
        return frames, []
    spelling = {name.upper(): name for name in frames["DM"]["USUBJID"].to_list()}
    changes = {
        code: _spelt_as(spelling, frame["USUBJID"])
        for code, frame in frames.items()
        if code != "TS"
    }
    return _respelt(frames, origins, changes)


def _spelt_as(spelling: Mapping[str, str], subjects: pl.Series) -> dict[str, pl.Expr]:
    """How the subjects of a domain change; nothing for those that are spelt as in DM."""
    found = subjects.unique().drop_nulls().to_list()
    other = {one: spelling.get(one.upper(), one) for one in found}
    changed = {one: name for one, name in other.items() if one != name}
    return {"USUBJID": pl.col("USUBJID").replace(changed)} if changed else {}


def unify_links(frames: Frames, origins: Origins) -> tuple[Frames, list[str]]:
    """Write link ids in upper case, so that t01 and T01 are the same lesion (section 14)."""
    links = {
        code: {
            name: pl.col(name).str.to_uppercase()
            for name in frame.columns
            if name.endswith("LNKID") or name in _LINKS
        }
        for code, frame in frames.items()
    }
    return _respelt(frames, origins, links)


def _respelt(
    frames: Frames, origins: Origins, changes: Mapping[str, Mapping[str, pl.Expr]]
) -> tuple[Frames, list[str]]:
    result, notes = dict(frames), []
    for code, expressions in changes.items():
        after = frames[code].with_columns(**expressions)
        for name in expressions:
            changed = int((frames[code][name] != after[name]).sum())
            if changed:
                cells = f"{changed} cell{'s' * (changed > 1)}"
                text = f"{origins[code]}, {name}: upper and lower case unified in {cells}."
                notes.append(text)
        result[code] = after
    return result, notes
