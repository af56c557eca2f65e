"""Records of two deliveries paired by their natural keys, and what differs between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

import polars as pl

from trialwright.core.tables import ROW, Sdtm
from trialwright.snapshots.keys import KEYS, NAMED_BY, SAYS
from trialwright.vocabulary.sdtm import SDTM

Row = dict[str, object]
Kind = Literal["new", "gone", "changed"]
#: What names the domain and not a fact: some exports leave it out.
_NO_FACT = frozenset({ROW, "DOMAIN"})
_BLANK = "\x1f"
_NULL = "\x00"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChange:
    """A record that came, went, or has another value: one row for each value.

    Attributes
    ----------
    usubjid
        The subject; "" for records of the trial (TS).
    domain, record
        Domain, and the record as a person names it.
    kind
        "new", "gone" or "changed".
    column
        The column that changed; "" for whole records.
    before, after
        The value, "" where empty; of whole records what they say.
    cell_before, cell_after
        Where it stands in the file that was delivered, "" where there is no record.
    keys
        Lesion, sequence number and date of the record before and after, to find what was derived
        from it.
    """

    usubjid: str
    domain: str
    record: str
    kind: Kind
    column: str
    before: str
    after: str
    cell_before: str
    cell_after: str
    keys: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {})

    @property
    def words(self) -> str:
        """The change in a few words."""
        name = f"{self.domain} {self.record}".strip()
        if self.kind == "changed":
            return f"{name}: {self.column} {self.before or 'empty'} -> {self.after or 'empty'}"
        return f"{name}: {self.kind} ({self.after or self.before})"


def changed_records(before: Sdtm, after: Sdtm) -> tuple[RecordChange, ...]:
    """What differs between two deliveries, record by record.

    The order of rows, `--SEQ`, DOMAIN and the way a number is written (18 or 18.0) are no differences.

    Parameters
    ----------
    before, after
        The deliveries.

    Returns
    -------
    tuple
        By subject, domain and record.
    """
    found = [
        change
        for code in KEYS
        for change in _of_domain(code, (before, after))
    ]  # fmt: skip
    order = {code: at for at, code in enumerate(KEYS)}
    return tuple(
        sorted(found, key=lambda one: (one.usubjid, order[one.domain], one.record, one.column))
    )


def _of_domain(code: str, sides: tuple[Sdtm, Sdtm]) -> Iterator[RecordChange]:
    left = _left_over(code, sides)
    pairs, gone, new = _paired(code, left)
    names = (sides[0], sides[1])
    for old, now in pairs:
        columns = [
            name
            for name in {**old, **now}
            if not name.startswith("_")
            and name not in {"DOMAIN", f"{code}SEQ"}
            and _canonical(code, old, name) != _canonical(code, now, name)
        ]
        for column in columns:
            yield RecordChange(
                usubjid=_text(now, "USUBJID"),
                domain=code,
                record=_named(code, now),
                kind="changed",
                column=column,
                before=_text(old, column),
                after=_text(now, column),
                cell_before=names[0].where(code, _row(old), column),
                cell_after=names[1].where(code, _row(now), column),
                keys=(_keys(code, old), _keys(code, now)),
            )
    yield from (_whole(code, row, "gone", names[0]) for row in gone)
    yield from (_whole(code, row, "new", names[1]) for row in new)


def _whole(code: str, row: Row, kind: Kind, side: Sdtm) -> RecordChange:
    said = ", ".join(
        f"{name} {_text(row, name)}" for name in SAYS[code] if _text(row, name)
    )  # fmt: skip
    said = said or "record"
    cell = side.origin(code).row(_row(row))
    keys = _keys(code, row)
    is_new = kind == "new"
    return RecordChange(
        usubjid=_text(row, "USUBJID"),
        domain=code,
        record=_named(code, row),
        kind=kind,
        column="",
        before="" if is_new else said,
        after=said if is_new else "",
        cell_before="" if is_new else cell,
        cell_after=cell if is_new else "",
        keys=({}, keys) if is_new else (keys, {}),
    )


def _left_over(code: str, sides: tuple[Sdtm, Sdtm]) -> tuple[list[Row], list[Row]]:
    """The records of each side that do not stand as they are on the other."""
    frames = [side[code] for side in sides]
    columns = sorted(
        {name for frame in frames for name in frame.columns} - _NO_FACT - {f"{code}SEQ"}
    )
    marked = [_marked(frame, code, columns) for frame in frames]
    at = ["_CONTENT", "_COUNT"]
    first, second = (
        mine.join(other.select(at), on=at, how="anti", maintain_order="left")
        for mine, other in (marked, marked[::-1])
    )
    return first.to_dicts(), second.to_dicts()


def _marked(frame: pl.DataFrame, code: str, columns: list[str]) -> pl.DataFrame:
    """Adds _CONTENT, the canonical values, and _COUNT, which of several alike it is."""
    values = [
        (_canonical_column(name) if _is_number(code, name) else pl.col(name)).fill_null(_NULL)
        if name in frame.columns
        else pl.lit(_NULL)
        for name in columns
    ]
    content = pl.concat_str(values, separator=_BLANK)
    return frame.with_columns(_CONTENT=content).with_columns(
        _COUNT=pl.int_range(pl.len()).over("_CONTENT")
    )


@cache
def _is_number(code: str, name: str) -> bool:
    """Whether a number may be written in several ways in this column."""
    kinds = {column.name: column.kind for column in SDTM[code].columns}
    return kinds.get(name) == "number" or name.endswith(("ORRES", "STRESC"))


def _canonical_column(name: str) -> pl.Expr:
    number = pl.col(name).cast(pl.Float64, strict=False)
    return pl.coalesce(number.cast(pl.String), pl.col(name))


def _canonical(code: str, row: Row, name: str) -> str:
    value = _text(row, name)
    if not _is_number(code, name):
        return value
    try:
        return str(float(value))
    except ValueError:
        return value


def _paired(
    code: str, left: tuple[list[Row], list[Row]]
) -> tuple[list[tuple[Row, Row]], list[Row], list[Row]]:
    """Pairs by one key after the other; a key that is not as often on both sides decides nothing."""
    gone, new = left
    pairs: list[tuple[Row, Row]] = []
    for key in KEYS[code]:
        if not gone or not new:
            break
        grouped = [_grouped(code, rows, key) for rows in (gone, new)]
        matched: set[int] = set()
        for values, olds in grouped[0].items():
            nows = grouped[1].get(values, [])
            if len(olds) == len(nows):
                pairs += zip(_sorted(olds), _sorted(nows), strict=True)
                matched |= {id(one) for one in (*olds, *nows)}
        gone = [row for row in gone if id(row) not in matched]
        new = [row for row in new if id(row) not in matched]
    return pairs, gone, new


def _grouped(code: str, rows: list[Row], key: tuple[str, ...]) -> dict[tuple[str, ...], list[Row]]:
    found: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        values = tuple(_canonical(code, row, name) for name in key)
        # A key of nothing but empty cells names no record.
        if not key or any(values):
            found[(_text(row, "USUBJID"), *values)].append(row)
    return found


def _sorted(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (str(row["_CONTENT"]), str(row["_COUNT"])))


def _named(code: str, row: Row) -> str:
    names = NAMED_BY.get(code, ())
    values = [_text(row, name) for name in names]
    if "VISIT" in names and not _text(row, "VISIT") and _text(row, "VISITNUM"):
        values[names.index("VISIT")] = f"visit {_text(row, 'VISITNUM')}"
    return " ".join(value for value in values if value)


def _keys(code: str, row: Row) -> dict[str, str]:
    wanted = {
        "lesion": f"{code}LNKID", "seq": f"{code}SEQ", "date": f"{code}DTC",
        "evaluator": f"{code}EVAL",
    }  # fmt: skip
    return {name: _text(row, column) for name, column in wanted.items() if _text(row, column)}


def _row(row: Row) -> int:
    return int(str(row[ROW]))


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value)
