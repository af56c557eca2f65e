"""Responses that a reader stated (RS), compared with the derived ones and never used (R-053)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from trialwright.adam.points import point_frame
from trialwright.adam.reading import Reading
from trialwright.adam.reasons.sentences import other_sentence, rules_fired, target_sentence
from trialwright.adam.reported.best import compare_best
from trialwright.adam.reported.points import TESTS, code_of, compare_dates, compare_points
from trialwright.adam.reported.sums import compare_sums, states_anything
from trialwright.adam.trial import Extended
from trialwright.core.tables import ROW, Sdtm
from trialwright.response.reported.stated import StatedRecords, indexed, read_stated
from trialwright.subjects.reconcile import QUERY_SCHEMA, query, unused
from trialwright.vocabulary.reported import BEST_TEST, OVERALL_TEST

#: One row per stated value that was compared.
COMPARED_SCHEMA: dict[str, pl.DataType] = {
    "USUBJID": pl.String(),
    "EVAL": pl.String(),
    "EVALID": pl.String(),
    "TESTCD": pl.String(),
    "AVISITN": pl.Int64(),
    "ADT": pl.Date(),
    "REPORTED": pl.String(),
    "DERIVED": pl.String(),
    "AGREEFL": pl.String(),
    "SEVERITY": pl.String(),
    "RULEID": pl.String(),
    "REASON": pl.String(),
    "LIKERULE": pl.String(),
    "LIKELY": pl.String(),
    "CHANGES": pl.String(),
    "SRCDOM": pl.String(),
    "SRCSEQ": pl.String(),
}
#: What was compared, as a sentence names it, and who gives it.
_NAMES = {
    "OVRLRESP": "the reader said",
    "TRGRESP": "target response: the reader said",
    "NTRGRESP": "non-target response: the reader said",
    "NEWLIND": "new lesion: the reader said",
    "RSDTC": "date of the response: the reader said",
    "BESTRESP": "Best overall response: the reader said",
    "SUMDIAM": "sum of diameters: TR says",
}
_DO = "look at the scans again; correct the lesion records, or the stated value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Stated values beside ours, columns of `COMPARED_SCHEMA`, with queries and unused records."""

    frame: pl.DataFrame
    queries: tuple[pl.DataFrame, ...] = ()
    unused: tuple[pl.DataFrame, ...] = ()


def compare_reported(sdtm: Sdtm, reading: Reading) -> Compared:
    """Compare what one reader stated with what was derived from the lesions of the same reader.

    A stated response belongs to the time point of its VISITNUM; one without a time point is listed.
    Compared are overall, target and non-target response, new lesion, best overall response, the
    date of the overall response, and the sum of diameters in TR (R-133).

    Parameters
    ----------
    sdtm
        The domains up to the data cut-off with the records of that reader.
    reading
        What was derived; reported responses are not compared with themselves.

    References
    ----------
    Rules R-053, R-054, R-133.
    """
    empty = pl.DataFrame(schema=COMPARED_SCHEMA)
    if reading.rule.response_source == "reported" or not states_anything(sdtm):
        return Compared(frame=empty)
    people = pl.DataFrame({"USUBJID": list(reading.records.subjects)})
    stated = read_stated(sdtm, people, reading.evaluator)
    placed = _placed(stated.frame, reading)
    points = compare_points(placed, reading)
    parts = [
        _shaped(points, reading),
        _shaped(compare_dates(points, reading), reading),
        _shaped(compare_best(stated.frame, points, reading), reading),
        _shaped(compare_sums(sdtm, reading), reading),
    ]
    frame = _explained(pl.concat([empty, *parts]), reading)
    return Compared(
        frame=frame,
        queries=(*stated.queries, *_flags(stated, placed), _queries(frame)),
        unused=(*stated.unused, *_dropped(stated.frame, placed, reading)),
    )


def _placed(frame: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """The records that can be compared at a time point, with S, TP and CODE."""
    visits = reading.records.visits.select(
        "USUBJID", pl.col("VISITNUM").cast(pl.Float64), pl.col("TP").cast(pl.Int32)
    ).unique()
    codes = [code_of(test, said) for test, said in frame.select("TEST", "SAID").iter_rows()]
    coded = frame.with_columns(CODE=pl.Series(codes, dtype=pl.Int8))
    return (
        indexed(coded, reading.records.subjects)
        .filter(pl.col("TEST").is_in(TESTS) & pl.col("CODE").is_not_null())
        .join(visits, on=["USUBJID", "VISITNUM"], how="inner", maintain_order="left")
        .filter(pl.col("TP") > 0)
    )


def _shaped(rows: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """Compared rows in the columns of the result."""
    differs = ~pl.col("AGREE")
    severe = pl.col("CHANGES") != ""
    severity = pl.when(differs & severe).then(pl.lit("error")).when(differs).then(pl.lit("warning"))
    source = "SRCDOM" if "SRCDOM" in rows.columns else None
    return rows.select(
        USUBJID="USUBJID",
        EVAL=pl.lit(reading.evaluator),
        EVALID=pl.lit(reading.reader.identifier or None, pl.String),
        TESTCD="TEST",
        AVISITN=pl.col("TP").cast(pl.Int64),
        ADT=pl.col("DAY").cast(pl.Int32).cast(pl.Date),
        REPORTED="REPORTED",
        DERIVED="DERIVED",
        AGREEFL=pl.when("AGREE").then(pl.lit("Y")).otherwise(pl.lit("N")),
        SEVERITY=severity,
        RULEID=pl.lit(None, pl.String),
        REASON=pl.lit(None, pl.String),
        LIKERULE=pl.when(differs & (pl.col("LIKERULE") != "")).then("LIKERULE"),
        LIKELY=pl.when(differs & (pl.col("LIKELY") != "")).then("LIKELY"),
        CHANGES=pl.when(severe).then("CHANGES"),
        SRCDOM=pl.col(source) if source else pl.lit("RS"),
        SRCSEQ=pl.col("RSSEQ").cast(pl.String),
    )


def _explained(frame: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """Differences at time points with the rules and the sentence that decided ours."""
    order = ["USUBJID", "AVISITN", "TESTCD", "SRCSEQ"]
    if not (frame["AGREEFL"] == "N").any():
        return frame.sort(order, nulls_last=True)
    told = point_frame(reading.records, reading.decisions.points).select(
        "USUBJID",
        pl.col("AVISITN").cast(pl.Int64),
        WHY=pl.concat_str(target_sentence(), other_sentence()),
        FIRED=rules_fired(),
    )
    at_point = (pl.col("AGREEFL") == "N") & (pl.col("TESTCD") != BEST_TEST)
    return (
        frame.join(told, on=["USUBJID", "AVISITN"], how="left", maintain_order="left")
        .with_columns(RULEID=pl.when(at_point).then("FIRED"), REASON=pl.when(at_point).then("WHY"))
        .select(frame.columns)
        .sort(order, nulls_last=True)
    )


def _queries(frame: pl.DataFrame) -> pl.DataFrame:
    """One query for each difference: what was said, why ours is what it is, what is likely."""
    rows = frame.filter(pl.col("AGREEFL") == "N")
    where = pl.when(pl.col("AVISITN") == 0).then(pl.lit("Baseline")).otherwise(
        pl.format("Time point {}", "AVISITN")
    )  # fmt: skip
    name = pl.col("TESTCD").replace_strict(_NAMES, return_dtype=pl.String)
    head = pl.when(pl.col("TESTCD") == BEST_TEST).then(name).otherwise(
        pl.concat_str(where.fill_null(""), pl.lit(": "), name)
    )  # fmt: skip
    said = pl.concat_str(
        head, pl.lit(" "), "REPORTED", pl.lit(", derived is "), "DERIVED", pl.lit(".")
    )
    why = pl.when(pl.col("TESTCD") == OVERALL_TEST).then(pl.format(" Why: {}.", "REASON"))
    likely = pl.when(pl.col("LIKERULE").is_null()).then(pl.lit(" No rule explains it.")).otherwise(
        pl.format(" Likely: {} ({}).", "LIKELY", "LIKERULE")
    )  # fmt: skip
    effect = pl.format(" It would change {}.", "CHANGES")
    return rows.select(
        USUBJID="USUBJID",
        RULEID=pl.lit("R-053"),
        SEVERITY="SEVERITY",
        MESSAGE=pl.concat_str(said, why.fill_null(""), likely.fill_null(""), effect.fill_null("")),
        DO=pl.lit(_DO),
    ).select(list(QUERY_SCHEMA))


def _flags(stated: StatedRecords, placed: pl.DataFrame) -> tuple[pl.DataFrame, ...]:
    """Records of RS that cannot be compared because of what they say."""
    overall = stated.frame.filter(pl.col("TEST") == OVERALL_TEST)
    odd = pl.Series(
        [code_of(OVERALL_TEST, said) is None for said in overall["SAID"]], dtype=pl.Boolean
    )
    known = placed.select("USUBJID", "TP", "TEST", "CODE").unique()
    twice = known.filter(pl.len().over("USUBJID", "TP", "TEST") > 1)
    return (
        query(
            overall.filter(odd)["USUBJID"],
            "R-077",
            "A stated response is empty or not permitted: not compared.",
        ),
        query(
            twice["USUBJID"],
            "R-053",
            "RS states one response of a time point twice with different values: both are compared.",
        ),
    )


def _dropped(
    frame: pl.DataFrame, placed: pl.DataFrame, reading: Reading
) -> tuple[pl.DataFrame, ...]:
    """Every record of RS with what became of it; one that was taken as an argument is used."""
    taken = _taken(reading)
    left = frame.join(taken, on=["USUBJID", "RSSEQ"], how="anti")
    compared = left.join(placed.select(ROW).unique(), on=ROW, how="semi")
    rest = left.join(placed.select(ROW).unique(), on=ROW, how="anti")
    test = pl.col("TEST")
    best = test == BEST_TEST
    named = test.is_in(TESTS)
    codes = pl.Series(
        [code_of(t, said) is not None for t, said in rest.select("TEST", "SAID").iter_rows()],
        dtype=pl.Boolean,
    )
    return (
        unused("RS", compared, "R-053", "stated response: compared, not used"),
        unused("RS", rest.filter(best), "R-053", "stated best response: compared, not used"),
        unused("RS", rest.filter(named & codes), "R-053", "stated response of no time point"),
        unused("RS", rest.filter(named & ~codes), "R-077", "no response that can be compared"),
        unused("RS", rest.filter(~named & ~best), "R-053", "not a response that is compared"),
    )


def _taken(reading: Reading) -> pl.DataFrame:
    """Records of RS that were used as written arguments (R-035)."""
    arguments = reading.records.arguments
    if arguments is None:
        return pl.DataFrame(schema={"USUBJID": pl.String, "RSSEQ": pl.String})
    return arguments.filter("TAKEN").select("USUBJID", RSSEQ="SEQ").unique()


def with_compared(datasets: Mapping[str, pl.DataFrame], compared: Compared) -> Extended:
    """The datasets with REPORTED, the stated values beside ours, where anything was compared."""
    order = ["USUBJID", "EVAL", "EVALID", "AVISITN", "TESTCD", "SRCSEQ"]
    stated = {"REPORTED": compared.frame.sort(order, nulls_last=True)}
    added = stated if compared.frame.height else {}
    return Extended({**datasets, **added}, compared.queries, compared.unused)
