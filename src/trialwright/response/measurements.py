"""TR records as lesion states and lengths: one cell per lesion, visit and date (R-133 to R-140)."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Sdtm
from trialwright.response.doubts import earlier_scan, part_queries, record_queries
from trialwright.response.evaluators import of_evaluator
from trialwright.response.lengths import lengths
from trialwright.response.lesion_cells import lesion_cells
from trialwright.response.lesions import Lesions, with_qualifiers
from trialwright.subjects.days import day_column, upper
from trialwright.subjects.reconcile import query, unused
from trialwright.vocabulary.recist import (
    ABSENT_WORDS,
    LONG_AXIS_TESTS,
    MERGED_REASONS,
    NE_WORDS,
    NEW_WORDS,
    NODE_WORDS,
    NON_TARGET_WORDS,
    SHORT_AXIS_TESTS,
    TOO_SMALL_TENTHS,
    TOO_SMALL_WORDS,
    LesionState,
    Role,
)

_STATE_TESTS = ("TUMSTATE", "LNSTATE")
_KEY = ("USUBJID", "LNKID", "VISITNUM")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurements:
    """What TR says, for one evaluator.

    Attributes
    ----------
    cells
        One row per lesion (or fragment) and VISITNUM: USUBJID, LNKID, VISITNUM, DAY, STATE (code),
        TENTHS, AXIS, REASON, HOW (method of the scan), SRCSEQ (numbers with blanks between), CERTAIN
        (whether a new lesion was given a state).
    visits
        One row per USUBJID and VISITNUM with a dated record: VISIT, FIRST, LAST (day numbers).
    long_axis
        Records of target nodes that have a long axis at a visit and no short one.
    """

    cells: pl.DataFrame
    visits: pl.DataFrame
    long_axis: pl.DataFrame
    unused: tuple[pl.DataFrame, ...]
    queries: tuple[pl.DataFrame, ...]


def read_measurements(sdtm: Sdtm, lesions: Lesions, evaluator: str) -> Measurements:
    """Read TR into one cell per lesion and visit.

    Raises
    ------
    DataError
        For what R-143 refuses, naming file, row, column and value.
    """
    source = with_qualifiers(sdtm["TR"], "TSTM", "MERGEDTO", "PDREAS")
    read = of_evaluator("TR", source, evaluator)
    rows = read.frame.with_columns(
        LNKID=upper("TRLNKID"),
        TEST=upper("TRTESTCD"),
        TEXT=upper("TRORRES").replace("", None),
        UNIT=upper("TRORRESU").replace("", None),
        STAT=upper("TRSTAT").replace("", None),
        WHY=upper("TRREASND"),
        TSTM=(upper("TSTM") == "Y").fill_null(value=False),
        DAY=day_column("TRDTC"),
        VISITNUM=pl.col("VISITNUM").cast(pl.Float64),
    )
    _refuse_missing_visit(sdtm, rows)
    rows = _with_lesions(rows, lesions)
    long_axis = _long_axis_only(rows)
    rows, dropped, queries = _known(sdtm, rows)
    rows = _typed_lengths(sdtm, rows)
    rows = rows.with_columns(EARLIER=earlier_scan())
    cells = lesion_cells(sdtm, rows.filter(~pl.col("EARLIER")))
    dated = rows.filter(pl.col("DAY").is_not_null())
    visits = dated.group_by("USUBJID", "VISITNUM").agg(
        VISIT=pl.col("VISIT").drop_nulls().sort().first(),
        FIRST=pl.col("DAY").min(),
        LAST=pl.col("DAY").max(),
    )
    return Measurements(
        cells=cells,
        visits=visits,
        long_axis=long_axis,
        unused=(
            *read.unused,
            *dropped,
            unused("TR", rows.filter("EARLIER"), "R-059", "an earlier scan of the same visit"),
        ),
        queries=(*read.queries, *queries, *record_queries(rows), *part_queries(rows, lesions)),
    )


def _refuse_missing_visit(sdtm: Sdtm, rows: pl.DataFrame) -> None:
    bad = rows.filter(pl.col("VISITNUM").is_null())
    if bad.height:
        row = bad.sort(ROW).row(0, named=True)
        raise DataError(
            f"{bad.height} measurements belong to no visit.",
            where=f"{sdtm.where('TR', row[ROW], 'VISITNUM')}: empty",
            allowed="a visit number; decimals for unscheduled visits (R-131)",
            do="fill VISITNUM",
            records=tuple(("TR", at) for at in bad[ROW]),
        )


def _long_axis_only(rows: pl.DataFrame) -> pl.DataFrame:
    """Long axes of target nodes at visits without a short axis (R-133)."""
    target_node = (pl.col("ROLE") == int(Role.TARGET)) & pl.col("NODE")
    long_axis = pl.col("TEST").is_in(LONG_AXIS_TESTS)
    given = pl.col("TEXT").is_not_null() & ~pl.col("TEXT").is_in(list(NE_WORDS))
    found = rows.filter(target_node & long_axis & given & pl.col("STAT").is_null())
    short = rows.filter(pl.col("TEST").is_in(SHORT_AXIS_TESTS)).select(_KEY)
    return found.join(short, on=_KEY, how="anti", nulls_equal=True, maintain_order="left")


def refuse_long_axis(sdtm: Sdtm, rows: pl.DataFrame) -> None:
    """Refuse target nodes that were measured by their long axis only (R-133, R-143).

    Raises
    ------
    DataError
        Naming the first such record.
    """
    if rows.height == 0:
        return
    row = rows.sort(ROW).row(0, named=True)
    raise DataError(
        f"{rows.height} target node{'s have' if rows.height > 1 else ' has'} a long axis only.",
        where=f"{sdtm.where('TR', row[ROW], 'TRTESTCD')}: {row['TEST']} (lesion {row['LNKID']}, "
        f"subject {row['USUBJID']})",
        allowed="LPERP, the short axis, for a lymph node",
        do="add the short axis, or record it as NOT DONE",
    )


def _known(
    sdtm: Sdtm, rows: pl.DataFrame
) -> tuple[pl.DataFrame, list[pl.DataFrame], list[pl.DataFrame]]:
    """Records with a lesion of TU and a usable date; the rest goes to the reconciliation."""
    stranger = ~pl.col("USUBJID").is_in(sdtm["DM"]["USUBJID"].implode())
    unknown = pl.col("LESION").is_null()
    node = pl.col("NODE").fill_null(value=False)
    undated, text = pl.col("DAY").is_null(), pl.col("TRDTC").is_not_null()
    done = (pl.col("STAT") != "NOT DONE").fill_null(value=True)
    tests = (
        pl.when(node)
        .then(pl.col("TEST").is_in(SHORT_AXIS_TESTS))
        .otherwise(pl.col("TEST").is_in(LONG_AXIS_TESTS))
    )
    other = ~tests & ~pl.col("TEST").is_in(_STATE_TESTS)
    reasons = (
        (stranger, "R-143", "subject not in DM"),
        (unknown, "R-143", "TR record without its lesion in TU"),
        (undated & text, "R-143", "partial scan date"),
        (undated & ~text & done, "R-143", "no scan date"),
        (other & node & pl.col("TEST").is_in(LONG_AXIS_TESTS), "R-133", "long axis of a node"),
        (other, "R-133", "another size test than the one that counts"),
    )
    dropped, taken = [], pl.lit(value=False)
    for which, rule, reason in reasons:
        dropped.append(unused("TR", rows.filter(which & ~taken), rule, reason))
        taken = taken | which
    flags = [
        query(dropped[1]["USUBJID"], "R-143", "A measurement has no lesion in TU."),
        query(dropped[2]["USUBJID"], "R-143", "A scan date is partial: record unused."),
    ]
    return rows.filter(~taken), dropped, flags


def _with_lesions(rows: pl.DataFrame, lesions: Lesions) -> pl.DataFrame:
    """Add the lesion of TU that a record belongs to; fragments and joint names have an OWNER."""
    joint = lesions.merged.filter(pl.col("LNKID").str.contains("/", literal=True))
    pairs = pl.concat([lesions.split, joint]).rename({"PARENT": "OWNER"})
    rows = rows.join(pairs, on=["USUBJID", "LNKID"], how="left", maintain_order="left")
    rows = rows.with_columns(OWNER=pl.coalesce("OWNER", "LNKID"))
    owner = lesions.frame.select(
        "USUBJID", "ROLE", "NODE", "PREEXIST", OWNER=pl.col("LNKID"), LESION=pl.lit(value=True)
    )
    return rows.join(owner, on=["USUBJID", "OWNER"], how="left", maintain_order="left")


def _typed_lengths(sdtm: Sdtm, rows: pl.DataFrame) -> pl.DataFrame:
    """Lengths in tenths of a millimetre, states of size records, refusals (R-143)."""
    is_size = pl.col("TEST").is_in((*LONG_AXIS_TESTS, *SHORT_AXIS_TESTS))
    table = lengths(rows.filter(is_size))
    rows = rows.join(
        table, on=["TEXT", "UNIT"], how="left", nulls_equal=True, maintain_order="left"
    )
    words = (*ABSENT_WORDS, *TOO_SMALL_WORDS, *NE_WORDS)
    number = is_size & pl.col("TEXT").is_not_null() & ~pl.col("TEXT").is_in(words)
    done = (pl.col("STAT") != "NOT DONE").fill_null(value=True)
    _refuse_lengths(sdtm, rows.filter(number & done & (pl.col("PROBLEM") != "")))
    _refuse_status(sdtm, rows)
    merged = pl.col("WHY").is_in(list(MERGED_REASONS)) | pl.col("MERGEDTO").is_not_null()
    small = pl.col("TEXT").is_in(list(TOO_SMALL_WORDS)) | (
        pl.col("TSTM") & (pl.col("TEXT").is_null() | (pl.col("TENTHS") == TOO_SMALL_TENTHS))
    )
    state = (
        pl.when(~done & merged).then(int(LesionState.MERGED))
        .when(~done).then(int(LesionState.NE))
        .when(pl.col("TEXT").is_in(list(NE_WORDS))).then(int(LesionState.NE))
        .when(small).then(int(LesionState.TOO_SMALL))
        .when(pl.col("TEXT").is_null()).then(int(LesionState.NE))
        .when(merged & (pl.col("TENTHS") == 0)).then(int(LesionState.MERGED))
        .when(pl.col("TEXT").is_in(list(ABSENT_WORDS)) | (pl.col("TENTHS") == 0))
        .then(int(LesionState.ABSENT))
        .otherwise(int(LesionState.MEASURED))
    )  # fmt: skip
    tenths = (
        pl.when(state == int(LesionState.TOO_SMALL)).then(TOO_SMALL_TENTHS)
        .when(state == int(LesionState.MEASURED)).then(pl.col("TENTHS"))
        .otherwise(0)
    )  # fmt: skip
    return rows.with_columns(
        SIZE=is_size,
        STATE=pl.when(is_size).then(state).otherwise(_state_of_words(sdtm, rows)).cast(pl.Int8),
        TENTHS=pl.when(is_size).then(tenths).otherwise(0).cast(pl.Int32),
    )


def _state_of_words(sdtm: Sdtm, rows: pl.DataFrame) -> pl.Expr:
    """State of TUMSTATE and LNSTATE records by role (R-134, R-139, R-140); others refused."""
    test, role = pl.col("TEST"), pl.col("ROLE")
    target = {**dict.fromkeys(ABSENT_WORDS, LesionState.ABSENT),
              **dict.fromkeys(NE_WORDS, LesionState.NE)}  # fmt: skip
    tables = (
        (test == "LNSTATE", {**NODE_WORDS, **dict.fromkeys(NE_WORDS, LesionState.NE)}),
        ((test == "TUMSTATE") & (role == int(Role.NEW)), NEW_WORDS),
        ((test == "TUMSTATE") & (role == int(Role.NON_TARGET)), NON_TARGET_WORDS),
        ((test == "TUMSTATE") & (role == int(Role.TARGET)), target),
    )
    found = pl.lit(None, pl.Int8)
    for which, words in tables:
        codes = {word: int(state) for word, state in words.items()}
        read = pl.col("TEXT").replace_strict(codes, default=None, return_dtype=pl.Int8)
        found = pl.when(which).then(read).otherwise(found)
        done = (pl.col("STAT") != "NOT DONE").fill_null(value=True)
        strict = which & (role != int(Role.TARGET))
        _refuse_states(
            sdtm,
            rows.filter(strict & done & pl.col("TEXT").is_not_null() & read.is_null()),
            ", ".join(sorted(words)),
        )
    empty = (pl.col("STAT") == "NOT DONE").fill_null(value=False) | pl.col("TEXT").is_null()
    return pl.when(empty).then(int(LesionState.NE)).otherwise(found)


def _refuse_lengths(sdtm: Sdtm, bad: pl.DataFrame) -> None:
    if bad.height == 0:
        return
    rows = bad.sort(ROW).head(10).to_dicts()
    shown = "; ".join(
        f'{sdtm.where("TR", r[ROW], _column_of(r["PROBLEM"]))}: "{r["TRORRES"]}" '
        f'"{r["TRORRESU"] or ""}" ({r["PROBLEM"]})'
        for r in rows
    )
    raise DataError(
        f"{bad.height} diameter{'s' * (bad.height > 1)} cannot be read.",
        where=shown,
        allowed="a plain decimal number up to 1000 mm, not finer than 0.1 mm, with TRORRESU mm or "
        "cm; or ABSENT, TOO SMALL TO MEASURE, NE",
        do="correct the values or units in TR",
        records=tuple(("TR", at) for at in bad[ROW]),
    )


def _column_of(problem: str) -> str:
    return "TRORRESU" if problem.startswith(("unit", "no unit")) else "TRORRES"


def _refuse_states(sdtm: Sdtm, bad: pl.DataFrame, allowed: str) -> None:
    if bad.height == 0:
        return
    row = bad.sort(ROW).row(0, named=True)
    raise DataError(
        f"{bad.height} lesion state{'s' * (bad.height > 1)} not listed.",
        where=f'{sdtm.where("TR", row[ROW], "TRORRES")}: "{row["TRORRES"]}" ({row["TRTESTCD"]} of '
        f"lesion {row['LNKID']}, subject {row['USUBJID']})",
        allowed=allowed,
        do="correct the state in TR",
        records=tuple(("TR", at) for at in bad[ROW]),
    )


def _refuse_status(sdtm: Sdtm, rows: pl.DataFrame) -> None:
    bad = rows.filter(pl.col("STAT").is_not_null() & (pl.col("STAT") != "NOT DONE"))
    if bad.height:
        row = bad.sort(ROW).row(0, named=True)
        raise DataError(
            "A completion status is not listed.",
            where=f'{sdtm.where("TR", row[ROW], "TRSTAT")}: "{row["TRSTAT"]}"',
            allowed="NOT DONE, or empty",
            do="correct TRSTAT",
            records=tuple(("TR", at) for at in bad[ROW]),
        )
