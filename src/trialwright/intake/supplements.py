"""Supplemental qualifiers: each record of SUPPxx becomes a value in a column of its parent.

A qualifier and a column of the parent with the same name are the same thing (recist11.md section
14): they complete each other and may not disagree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Origin
from trialwright.intake.cells import listed, quoted, refuse_malformed
from trialwright.vocabulary.sdtm import Domain

_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
_KEY = "_KEY"
_VALUE = "_QVAL"
_SUPP_ROW = "_SUPP_ROW"
_READER = "_READER"
#: How a note says that a qualifier found no record.
DANGLING = "belongs to no record of"


@dataclass(frozen=True, slots=True)
class Parent:
    """A domain that has qualifiers: its form, its frame, and the two files."""

    domain: Domain
    frame: pl.DataFrame
    file: Origin
    supplement: Origin

    def refusal(self, what: str, rows: list[str], allowed: str = "", do: str = "") -> DataError:
        """A refusal that lists rows of the file with the qualifiers."""
        return DataError(what, where=listed(rows), allowed=allowed, do=do)


def merge_supplements(parent: Parent, records: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """Add the qualifiers as columns of the parent.

    A record is tied by IDVAR and IDVARVAL: the sequence number, or a link id that several records
    share. Numbers are compared as numbers, texts in upper case. An empty IDVAR ties to the subject,
    for DM only. Two evaluators may use the same link ids (R-130): QEVAL says whose record it is.

    Parameters
    ----------
    parent
        The domain with its frame.
    records
        Rows of SUPPxx.

    Returns
    -------
    tuple
        The frame with its new columns, a note for each record that found no parent, and one for
        link ids that several evaluators share.

    Raises
    ------
    DataError
        A qualifier without IDVAR or with an impossible name, two values for one cell, a sequence
        number that stands twice in the parent.
    """
    _refuse_names(parent, records)
    records = records.with_columns(pl.col("IDVAR").str.to_uppercase().fill_null("USUBJID"))
    notes: list[str] = []
    frame = parent.frame
    keys = ["IDVAR", "QNAM", _READER]
    records = records.with_columns(_reader(parent, records))
    for group in records.sort(*keys, ROW).partition_by(keys, maintain_order=True):
        tied = Parent(parent.domain, frame, parent.file, parent.supplement)
        frame, dangling = _merge_group(tied, group)
        notes += dangling
    _refuse_kinds(parent, records)
    return frame, notes


def _evaluators(parent: Parent) -> list[str]:
    code = parent.domain.code
    return [name for name in (f"{code}EVAL", f"{code}EVALID") if name in parent.frame.columns]


def _reader(parent: Parent, records: pl.DataFrame) -> pl.Expr:
    """The evaluator that a record by link id names, null where it names none of the parent's."""
    if "QEVAL" not in records.columns:
        return pl.lit(None, pl.String).alias(_READER)
    frame, names = parent.frame, _evaluators(parent)
    known = {one for name in names for one in frame[name].drop_nulls().str.to_uppercase()}
    said = pl.col("QEVAL").str.to_uppercase()
    is_named = pl.col("IDVAR").str.ends_with("LNKID") & said.is_in(sorted(known))
    return pl.when(is_named).then(said).alias(_READER)


def _refuse_names(parent: Parent, records: pl.DataFrame) -> None:
    code = parent.domain.code
    fixed = {"STUDYID", "DOMAIN", "USUBJID", f"{code}SEQ"}
    columns = {name for name in parent.frame.columns if name != ROW}
    named = records.select(ROW, "IDVAR", "IDVARVAL", "QNAM").iter_rows()
    for row, idvar, value, qname in named:
        at = parent.supplement.row(row)
        if _NAME.fullmatch(qname.upper()) is None or qname.upper() in fixed:
            raise parent.refusal(
                "A qualifier has a name that no column can have.",
                [f"{at}, QNAM: {quoted(qname)}"],
                f"letters, digits and _; not {', '.join(sorted(fixed))}",
            )
        if (idvar is None or value is None) and not (code == "DM" and idvar is None):
            raise parent.refusal(
                "A qualifier does not say which record it belongs to.",
                [f"{at}, {'IDVARVAL' if idvar else 'IDVAR'}"],
                f"IDVAR {code}SEQ or a link id, and its value in IDVARVAL",
            )
        if idvar is not None and idvar.upper() not in columns:
            raise parent.refusal(
                "A qualifier is tied by a column that its parent does not have.",
                [f"{at}, IDVAR: {quoted(idvar)}"],
                f"a column of {parent.file}",
            )


def _merge_group(parent: Parent, group: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """Merge the records of one IDVAR and one QNAM."""
    idvar, qname = group["IDVAR"][0], group["QNAM"][0].upper()
    is_subject = idvar == "USUBJID"
    lookup = group.with_columns(
        (pl.lit("") if is_subject else _folded(parent.domain, idvar, "IDVARVAL")).alias(_KEY),
        pl.col("QVAL").alias(_VALUE),
        pl.col(ROW).alias(_SUPP_ROW),
    ).select("USUBJID", _KEY, _VALUE, _SUPP_ROW)
    key = pl.lit("") if is_subject else _folded(parent.domain, idvar, idvar)
    if (reader := group[_READER][0]) is not None:
        own = [pl.col(name).str.to_uppercase() == reader for name in _evaluators(parent)]
        key = pl.when(pl.any_horizontal(own)).then(key)
    frame = parent.frame.with_columns(key.alias(_KEY))
    lookup = _once(parent, lookup, qname)
    if idvar == f"{parent.domain.code}SEQ":
        _refuse_ambiguous(parent, frame, lookup)
    dangling = lookup.join(frame, on=["USUBJID", _KEY], how="anti").sort(_SUPP_ROW)
    notes = [_dangling(parent, qname, row) for row in dangling.to_dicts()]
    if reader is None and idvar.endswith("LNKID") and _evaluators(parent):
        notes += _shared(parent, frame, lookup, (idvar, qname))
    frame = frame.join(lookup, on=["USUBJID", _KEY], how="left", maintain_order="left")
    if qname in frame.columns:
        _refuse_conflicts(parent, frame, qname)
        value = pl.coalesce(qname, _VALUE)
    else:
        value = pl.col(_VALUE)
    return frame.with_columns(value.alias(qname)).drop(_KEY, _VALUE, _SUPP_ROW), notes


def _folded(domain: Domain, idvar: str, column: str) -> pl.Expr:
    """The value by which records are tied: 1 and 1.0 are equal, and so are t01 and T01."""
    kinds = {column.name: column.kind for column in domain.columns}
    if kinds.get(idvar) == "number":
        return pl.col(column).cast(pl.Float64, strict=False).cast(pl.String)
    return pl.col(column).str.to_uppercase()


def _once(parent: Parent, lookup: pl.DataFrame, qname: str) -> pl.DataFrame:
    """One record a cell; a repetition with another value is refused."""
    keys = ["USUBJID", _KEY]
    values = lookup.group_by(keys).agg(pl.col(_VALUE).n_unique().alias("n"))
    doubled = lookup.join(values.filter(pl.col("n") > 1), on=keys, how="semi").sort(_SUPP_ROW)
    if doubled.height:
        raise parent.refusal(
            f"The qualifier {qname} has two values for one record.",
            _rows(parent, doubled, qname),
            do="keep the right one",
        )
    return lookup.sort(_SUPP_ROW).unique(keys, keep="first", maintain_order=True)


def _refuse_ambiguous(parent: Parent, frame: pl.DataFrame, lookup: pl.DataFrame) -> None:
    doubled = frame.filter(pl.struct("USUBJID", _KEY).is_duplicated())
    hit = doubled.join(lookup, on=["USUBJID", _KEY], how="semi").sort(ROW)
    if hit.height:
        sequence = f"{parent.domain.code}SEQ"
        rows = hit.select(ROW, sequence).iter_rows()
        raise parent.refusal(
            "A sequence number that a qualifier refers to stands twice for one subject.",
            [f"{parent.file.cell(row, sequence)}: {quoted(value)}" for row, value in rows],
            "each sequence number once a subject",
        )


def _refuse_conflicts(parent: Parent, frame: pl.DataFrame, qname: str) -> None:
    differ = pl.col(qname).str.to_uppercase() != pl.col(_VALUE).str.to_uppercase()
    rows = frame.filter(differ.fill_null(value=False)).sort(_SUPP_ROW)
    if rows.height:
        shown = rows.select(_SUPP_ROW, _VALUE, ROW, qname).iter_rows()
        raise parent.refusal(
            f"The qualifier {qname} contradicts the column of its parent.",
            [
                f"{parent.supplement.cell(supp_row, 'QVAL')}: {quoted(value)}; "
                f"{parent.file.cell(row, qname)}: {quoted(held)}"
                for supp_row, value, row, held in shown
            ],
            do="keep the right one",
        )


def _refuse_kinds(parent: Parent, records: pl.DataFrame) -> None:
    """A qualifier that is a standard date or number keeps the form of its column."""
    names = records["QNAM"].str.to_uppercase().unique().to_list()
    for name in sorted(set(names) & set(parent.domain.names)):
        values = records.filter(pl.col("QNAM").str.to_uppercase() == name)
        refuse_malformed(
            parent.domain, values.select(pl.col("QVAL").alias(name), ROW), parent.supplement
        )


def _shared(
    parent: Parent, frame: pl.DataFrame, lookup: pl.DataFrame, names: tuple[str, str]
) -> list[str]:
    """A note on link ids that several evaluators use, where no evaluator is named."""
    keys = ["USUBJID", _KEY]
    readers = pl.struct(_evaluators(parent)).n_unique().alias("n")
    several = frame.group_by(keys).agg(readers).filter(pl.col("n") > 1)
    rows = lookup.join(several, on=keys, how="semi")[_SUPP_ROW].sort().to_list()
    if not rows:
        return []
    more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
    return [
        f"{parent.supplement.cell(rows[0], 'QEVAL')}{more}: {names[1]} by {names[0]} taken for the "
        "records of every evaluator."
    ]


def _dangling(parent: Parent, qname: str, row: dict[str, Any]) -> str:
    return (
        f"{parent.supplement.row(row[_SUPP_ROW])}: {qname} {quoted(row[_VALUE] or '')} of "
        f"{row['USUBJID']} {DANGLING} {parent.file} and was not used."
    )


def _rows(parent: Parent, frame: pl.DataFrame, qname: str) -> list[str]:
    pairs = frame.select(_SUPP_ROW, _VALUE).iter_rows()
    return [f"{parent.supplement.cell(row, qname)}: {quoted(value or '')}" for row, value in pairs]
