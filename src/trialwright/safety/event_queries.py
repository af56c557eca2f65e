"""What a person should look at in the adverse events; nothing is changed here."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from trialwright.safety.serious import CRITERIA, has_criterion, is_fatal
from trialwright.subjects.reconcile import QUERY_SCHEMA, query

#: Words of REASON that stand for a query.
RELATION_CONFLICT = "overall relation and components disagree"
DLT_OPEN = "dose-limiting toxicity still open"
_SHOWN = 5


def event_queries(adae: pl.DataFrame) -> tuple[pl.DataFrame, ...]:
    """Queries on ADAE: seriousness (A-03), fatal events (A-06), relation (A-02), terms (A-15).

    Returns
    -------
    tuple
        Frames of `QUERY_SCHEMA`.
    """
    return (*_seriousness(adae), *_fatal(adae), *_others(adae), *_terms(adae))


def _seriousness(adae: pl.DataFrame) -> Iterator[pl.DataFrame]:
    stated_no = adae.filter((pl.col("AESER") == "N") & has_criterion())
    assumed = adae.filter(pl.col("RULEID").str.contains("A-03", literal=True))
    yield query(
        stated_no["USUBJID"],
        "A-03",
        "An event meets a criterion of seriousness and is stated as not serious: counted as not "
        "serious.",
        do="correct AESER or the criterion; a planned hospital stay is no serious event",
    )
    yield query(
        assumed["USUBJID"],
        "A-03",
        "An event meets a criterion of seriousness and AESER is empty: counted as serious.",
        do="fill AESER",
    )
    if any(adae[name].is_not_null().any() for name in CRITERIA):
        is_event = (pl.col("PROGFL") != "Y").fill_null(value=True)
        bare = adae.filter((pl.col("AESER") == "Y") & is_event & ~has_criterion())
        yield query(
            bare["USUBJID"],
            "A-03",
            "A serious event has no criterion of seriousness.",
            do="give the criterion",
        )


def _fatal(adae: pl.DataFrame) -> Iterator[pl.DataFrame]:
    counted = (pl.col("PROGFL") != "Y").fill_null(value=True)
    not_serious = adae.filter(is_fatal() & counted & (pl.col("AESER") != "Y").fill_null(value=True))
    unlike = adae.filter(
        (pl.col("ATOXGRN") == 5) != (pl.col("AEOUT") == "FATAL").fill_null(value=False)
    )
    tumour = adae.filter(~counted)
    yield query(
        not_serious["USUBJID"],
        "A-03",
        "A fatal event is not stated as serious.",
        "error",
        "correct AESER, the outcome or the grade",
    )
    yield query(
        unlike["USUBJID"],
        "A-06",
        "Grade 5 and a fatal outcome do not go together in an event: either counts as fatal.",
        do="correct the grade or the outcome",
    )
    yield query(
        tumour["USUBJID"],
        "A-06",
        "Progression of the tumour is recorded as an adverse event: not counted as one.",
        do="record progression with the tumour assessments, and the cause of a death as such",
    )


def _others(adae: pl.DataFrame) -> Iterator[pl.DataFrame]:
    conflict = adae.filter(pl.col("REASON").str.contains(RELATION_CONFLICT, literal=True))
    yield query(
        conflict["USUBJID"],
        "A-02",
        "The overall relation of an event contradicts its relation to the components: related to "
        "any of them or overall counts as related.",
        do="correct the relation",
    )
    differ = adae.filter(
        (pl.col("DLTINVFL").fill_null("N") != pl.col("DLTDRVFL"))
        & (pl.col("DLTDRVFL").is_not_null())
    )
    still_open = adae.filter(pl.col("REASON").str.contains(DLT_OPEN, literal=True))
    yield query(
        differ["USUBJID"],
        "A-05",
        "The investigator and the criteria of the protocol disagree on dose-limiting toxicity: both "
        "are shown.",
        do="compare the event with the criteria of the protocol",
    )
    yield query(
        still_open["USUBJID"],
        "A-05",
        "An event goes on and is still too short for its criterion of dose-limiting toxicity: open.",
        "note",
        "follow the event until it is over or long enough",
    )


def _terms(adae: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Terms that differ in case only, and records without code, for the whole trial (A-15)."""
    shown = adae.select(PT=pl.coalesce("AEDECOD", "AETERM").str.strip_chars()).drop_nulls().unique()
    same = shown.group_by(pl.col("PT").str.to_uppercase().alias("TERM")).agg(pl.col("PT").sort())
    variants = same.filter(pl.col("PT").list.len() > 1).sort("TERM")["PT"].to_list()
    if variants:
        words = "; ".join(", ".join(group) for group in variants[:_SHOWN])
        more = f" and {len(variants) - _SHOWN} more" if len(variants) > _SHOWN else ""
        yield _note(f"Terms that differ in upper and lower case only count as one: {words}{more}.")
    bare = adae["AEDECOD"].is_null().sum()
    if bare:
        yield _note(
            f"{bare} of {adae.height} records of adverse events have no dictionary term: they stand "
            "under the reported one."
        )


def _note(message: str) -> pl.DataFrame:
    return pl.DataFrame([("", "A-15", "note", message, "")], schema=QUERY_SCHEMA, orient="row")
