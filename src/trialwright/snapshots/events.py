"""Rows of ADAE and ADLB that differ for a patient, and which patients differ anywhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from trialwright.core.tables import Adam

#: Words and numbers of records, and what holds for the trial: no results of a patient.
_NO_RESULT = frozenset({"SRCSEQ", "REASON", "WHATIF", "AESEQ", "DCUTDT"})
_EVENT = {
    "ATOXGRN": "grade", "AGR3FL": "grade 3 or above", "AESER": "serious", "ASTDT": "start",
    "TRTEMFL": "treatment-emergent", "AREL": "related", "AESICAT": "special interest",
    "POSTPRFL": "shortly after a procedure", "DLTDRVFL": "dose-limiting",
}  # fmt: skip
_LAB = {
    "ATOXGRL": "grade (low)", "ATOXGRH": "grade (high)",
    "WORSTLFL": "worst grade (low)", "WORSTHFL": "worst grade (high)",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """A value of an event or a laboratory result that differs.

    `kind` is "event" or "lab"; `seq` holds the sequence numbers of its record on both sides.
    """

    kind: str
    name: str
    before: str
    after: str
    seq: tuple[str, str]


def differing(before: Adam, after: Adam, people: set[str]) -> dict[str, dict[str, int]]:
    """How many rows of each dataset differ for each of `people`, sequence numbers aside."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for name in dict.fromkeys([*before.datasets, *after.datasets]):
        sides = [one.datasets.get(name) for one in (before, after)]
        columns = sorted({c for side in sides if side is not None for c in side.columns})
        columns = [one for one in columns if one not in _NO_RESULT]
        marked = [_marked(side, columns, people) for side in sides]
        at = ["_CONTENT", "_COUNT"]
        for mine, other in (marked, marked[::-1]):
            rows = mine.join(other.select(at), on=at, how="anti")
            for subject, count in rows.group_by("USUBJID").len().iter_rows():
                found[subject][name] = max(count, found[subject].get(name, 0))
    return {subject: dict(sorted(found[subject].items())) for subject in sorted(found)}


def _marked(frame: pl.DataFrame | None, columns: list[str], people: set[str]) -> pl.DataFrame:
    """The rows of `people` with _CONTENT and _COUNT, which of several alike it is."""
    if frame is None:
        schema = {"USUBJID": pl.String, "_CONTENT": pl.String, "_COUNT": pl.Int64}
        return pl.DataFrame(schema=schema)
    values = [
        pl.col(name).cast(pl.String).fill_null("\x00") if name in frame.columns else pl.lit("\x00")
        for name in columns
    ]
    return (
        frame.filter(pl.col("USUBJID").is_in(sorted(people)))
        .with_columns(_CONTENT=pl.concat_str(values, separator="\x1f"))
        .with_columns(_COUNT=pl.int_range(pl.len()).over("_CONTENT"))
        .select("USUBJID", "_CONTENT", pl.col("_COUNT").cast(pl.Int64))
    )


def changed_rows(
    before: Adam, after: Adam, subject: str, same: Mapping[str, str]
) -> Iterator[RowChange]:
    """The events and laboratory grades of a patient that differ.

    Parameters
    ----------
    before, after
        Both derivations.
    subject
        The patient.
    same
        AESEQ after by AESEQ before, where a changed record says so.
    """
    events = [_rows(adam, "ADAE", subject) for adam in (before, after)]
    for old, now in _pairs(events, same):
        name = _event_name(now or old)
        yield from _differences("event", name, (old, now), _EVENT)
    labs = [_rows(adam, "ADLB", subject) for adam in (before, after)]
    keyed = [_keyed(rows, ("PARAMCD", "ADT")) for rows in labs]
    for key in sorted(keyed[0].keys() | keyed[1].keys()):
        old, now = keyed[0].get(key, {}), keyed[1].get(key, {})
        either = now or old
        name = f"{either['PARAM']} {either['ADT']}"
        yield from _differences("lab", name, (old, now), _LAB)


Row = dict[str, object]


def _rows(adam: Adam, name: str, subject: str) -> list[Row]:
    frame = adam.datasets.get(name)
    return [] if frame is None else frame.filter(pl.col("USUBJID") == subject).to_dicts()


def _event_name(row: Row) -> str:
    return f"{row['AEDECOD'] or row['AETERM']} {row['ASTDT'] or ''}".strip()


def _differences(
    kind: str, name: str, sides: tuple[Row, Row], columns: Mapping[str, str]
) -> Iterator[RowChange]:
    old, now = sides
    seq = str(old.get("SRCSEQ") or ""), str(now.get("SRCSEQ") or "")
    if bool(old) != bool(now) and kind == "event":
        words = [_said(old), _said(now)]
        yield RowChange(kind=kind, name=name, before=words[0], after=words[1], seq=seq)
        return
    for column, words_of in columns.items():
        a, b = old.get(column), now.get(column)
        if a != b:
            yield RowChange(
                kind=kind,
                name=f"{name}: {words_of}",
                before="none" if a is None else str(a),
                after="none" if b is None else str(b),
                seq=seq,
            )


def _said(row: Row) -> str:
    if not row:
        return "none"
    grade = "unknown" if row["ATOXGRN"] is None else str(row["ATOXGRN"])
    emergent = "treatment-emergent" if row["TRTEMFL"] == "Y" else "not treatment-emergent"
    return f"grade {grade}, {emergent}"


def _keyed(rows: list[Row], key: tuple[str, ...]) -> dict[tuple[str, ...], Row]:
    """Rows by key; of several alike the order of their values numbers them."""
    found: dict[tuple[str, ...], Row] = {}
    for row in sorted(rows, key=lambda one: str({**one, "SRCSEQ": ""})):
        at = tuple(str(row[name]) for name in key)
        count = sum(1 for one in found if one[:-1] == at)
        found[*at, str(count)] = row
    return found


def _pairs(sides: list[list[Row]], same: Mapping[str, str]) -> list[tuple[Row, Row]]:
    """Events of both sides: by their changed records, then alike, then by term and start."""
    olds, nows = (list(rows) for rows in sides)
    pairs: list[tuple[Row, Row]] = []
    ways: tuple[Callable[[Row], str], ...] = (
        lambda row: same.get(str(row["AESEQ"]), ""),
        lambda row: str({name: row[name] for name in row if name not in _NO_RESULT}),
        lambda row: f"{row['AETERM']} {row['ASTDT']}",
        lambda row: str(row["AETERM"]),
    )
    for at, way in enumerate(ways):
        by_key = {(str(row["AESEQ"]) if at == 0 else way(row)): row for row in nows}
        for row in list(olds):
            key = way(row)
            if key and (match := by_key.pop(key, None)) is not None:
                pairs.append((row, match))
                olds.remove(row)
                nows.remove(match)
    pairs += [(row, {}) for row in olds] + [({}, row) for row in nows]
    return sorted(pairs, key=lambda pair: _event_name(pair[1] or pair[0]))
