"""SDTM tables as `Sdtm`: every structural fault refused, nothing guessed (R-130, R-143)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Origin, Sdtm
from trialwright.intake.cells import quoted, refuse_empty, refuse_malformed
from trialwright.intake.keys import one_row_per_subject, unify_links, unify_subjects
from trialwright.intake.supplements import Parent, merge_supplements
from trialwright.intake.text_table import TextTable
from trialwright.vocabulary.sdtm import SDTM, SPANS, SUPPLEMENTED, Domain

_DOMAINS = {code: domain for code, domain in SDTM.items() if not code.startswith("SUPP")}


def assemble(tables: Mapping[str, TextTable], notes: Sequence[str] = ()) -> Sdtm:
    """Check the tables of a delivery and join them to one trial.

    Every value is text without outer blanks, empty is null. Subjects are spelt as in DM, link ids
    in upper case; qualifiers of SUPPxx become columns of their parent. What the rules of section 14
    do not allow is refused, what they leave aside is a note.

    Parameters
    ----------
    tables
        By domain code, SUPPxx and RELREC among them.
    notes
        What was noted before, such as files that were not read.

    Returns
    -------
    Sdtm
        Every domain of the vocabulary but SUPPxx, with all its columns, further columns by name,
        and `_ROW`; domains that were not delivered have no rows.

    Raises
    ------
    DataError
        With file, row, column, value and what is allowed.

    References
    ----------
    recist11.md section 14, R-130 to R-143.
    """
    origins = {code: table.origin for code, table in tables.items()}
    frames = {code: _checked(SDTM[code], table) for code, table in tables.items()}
    padded = [note for table in tables.values() for note in _padded(table)]
    one_row_per_subject(frames, origins)
    frames, respelt = unify_subjects(frames, origins)
    frames, dangling = _merged(frames, origins)
    named = {code: origins.get(code, Origin(code)) for code in frames}
    frames, links = unify_links(frames, named)
    return Sdtm(
        {code: _complete(domain, frames.get(code)) for code, domain in _DOMAINS.items()},
        {code: origin.name for code, origin in origins.items()},
        (*notes, *padded, *respelt, *dangling, *links, *_reversed(frames, named)),
        {code: origin.places for code, origin in origins.items() if origin.places},
    )


def _checked(domain: Domain, table: TextTable) -> pl.DataFrame:
    """The frame with all standard columns, once its form is right."""
    frame, origin = table.frame, table.origin
    _require_columns(domain, frame, origin)
    absent = [name for name in domain.names if name not in frame.columns]
    frame = frame.with_columns(pl.lit(None, pl.String).alias(name) for name in absent)
    _require_domain(domain, frame, origin)
    refuse_empty(domain, frame, origin)
    refuse_malformed(domain, frame, origin)
    return frame


def _require_columns(domain: Domain, frame: pl.DataFrame, origin: Origin) -> None:
    required = [column.name for column in domain.columns if column.required]
    present = [name for name in frame.columns if name != ROW]
    missing = [name for name in required if name not in present]
    if not missing:
        return
    foreign = [name for name in present if name not in domain.names]
    hints = [f"{quoted(near[0])} for {name}" for name in missing
             if (near := get_close_matches(name, foreign, n=1))]  # fmt: skip
    separated = len(present) == 1 and any(mark in present[0] for mark in ";\t|")
    raise DataError(
        f"Required columns are missing: {', '.join(missing)}.",
        where=f"{origin}, row 1" + (f" (perhaps {', '.join(hints)})" if hints else ""),
        allowed=f"{', '.join(required)}; also {_others(domain, required)}",
        do="separate the columns by commas" if separated else "add or rename the columns",
    )


def _others(domain: Domain, required: list[str]) -> str:
    return ", ".join(name for name in domain.names if name not in required)


def _require_domain(domain: Domain, frame: pl.DataFrame, origin: Origin) -> None:
    if domain.code == "RELREC":  # its rows belong to several domains
        return
    column = "RDOMAIN" if domain.code.startswith("SUPP") else "DOMAIN"
    code = domain.code.removeprefix("SUPP")
    wrong = frame.filter(pl.col(column).str.to_uppercase() != code)
    if wrong.height:
        row, value = wrong.select(ROW, column).row(0)
        raise DataError(
            "The file holds another domain than its name says.",
            where=f"{origin.cell(row, column)}: {quoted(value)}",
            allowed=code,
            do="rename the file, or correct the column",
        )


def _padded(table: TextTable) -> list[str]:
    """Blanks around keys are left out and noted; around other values they mean nothing."""
    keys = [
        name for name in table.padded if name in {"USUBJID", "IDVARVAL"} or name.endswith("LNKID")
    ]
    return [
        f"{table.origin}: blanks around {name} left out in {_row_list(table.padded[name])}."
        for name in sorted(keys)
    ]


def _reversed(frames: Mapping[str, pl.DataFrame], origins: Mapping[str, Origin]) -> list[str]:
    """A record that ends before it starts is used as it stands, and noted."""
    notes = []
    for code, (start, end) in SPANS.items():
        frame = frames.get(code)
        if frame is None:
            continue
        # Whole dates only: as texts they stand in the order of time.
        days = [pl.col(name).str.slice(0, 10) for name in (start, end)]
        whole = pl.all_horizontal(day.str.len_bytes() == 10 for day in days)
        rows = frame.filter(whole & (days[1] < days[0]))
        notes += [
            f"{origins[code].cell(row, end)}: {quoted(value)} is before {start}."
            for row, value in rows.select(ROW, end).iter_rows()
        ]
    return notes


def _row_list(rows: Sequence[int]) -> str:
    shown = ", ".join(str(row) for row in rows[:10])
    more = f" and {len(rows) - 10} more" if len(rows) > 10 else ""
    return f"row{'s' * (len(rows) > 1)} {shown}{more}"


def _merged(
    frames: dict[str, pl.DataFrame], origins: Mapping[str, Origin]
) -> tuple[dict[str, pl.DataFrame], list[str]]:
    merged = dict(frames)
    notes: list[str] = []
    for code in SUPPLEMENTED:
        records = merged.pop(f"SUPP{code}", None)
        if records is None:
            continue
        frame = merged.get(code, _complete(_DOMAINS[code], None))
        of_parent = origins.get(code, Origin(code))
        parent = Parent(_DOMAINS[code], frame, of_parent, origins[f"SUPP{code}"])
        merged[code], dangling = merge_supplements(parent, records)
        notes += dangling
    return merged, notes


def _complete(domain: Domain, frame: pl.DataFrame | None) -> pl.DataFrame:
    """Standard columns in order, further ones by name, then `_ROW`."""
    if frame is None:
        schema = dict.fromkeys(domain.names, pl.String())
        return pl.DataFrame(schema={**schema, ROW: pl.Int64()})
    extras = sorted(name for name in frame.columns if name not in {*domain.names, ROW})
    return frame.select(*domain.names, *extras, ROW)
