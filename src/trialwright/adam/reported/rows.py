"""What a reader stated, in the words of the datasets: reported responses and written arguments.

Rules R-142, R-077, R-055, R-035. The datasets are made as from lesions; this module gives them the
sentences and the source of what was stated.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from trialwright.adam.reading import Reading
from trialwright.vocabulary.recist import RESPONSE_TEXT
from trialwright.vocabulary.reported import EVALUATOR_WORDS

#: How the sentence of a time point says that an argument was taken.
ARGUED = "by the reader's written argument"
#: Columns of ADRS that only lesions can fill.
_LESION_COLUMNS = ("TRGRESP", "NTRGRESP", "NEWLFL")


def as_stated(datasets: Mapping[str, pl.DataFrame], reading: Reading) -> dict[str, pl.DataFrame]:
    """Give ADRS and ADTTE the words and sources of reported responses; others are returned as is.

    Parameters
    ----------
    datasets
        ADRS and ADTTE as derived.
    reading
        The reading that they were derived from.
    """
    if reading.rule.response_source != "reported":
        return {**datasets, "ADRS": _quoted(datasets["ADRS"], reading)}
    return {
        **datasets,
        "ADRS": _responses(datasets["ADRS"], reading),
        "ADTTE": datasets["ADTTE"].with_columns(_source()),
    }


def _quoted(adrs: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """ADRS with the words of each written argument that was taken (R-035)."""
    arguments = reading.records.arguments
    if arguments is None or not arguments["TAKEN"].any():
        return adrs
    quote = pl.format('{} "{}" (RS {})', pl.lit(ARGUED), "TEXT", pl.col("SEQ").fill_null("?"))
    quotes = (
        arguments.filter("TAKEN")
        .group_by("USUBJID", "TP")
        .agg(quote.first().alias("QUOTE"))
        .select("USUBJID", AVISITN=pl.col("TP").cast(adrs.schema["AVISITN"]), QUOTE="QUOTE")
    )
    rows = adrs.join(quotes, on=["USUBJID", "AVISITN"], how="left", maintain_order="left")
    told = pl.col("REASON").str.replace(ARGUED, pl.col("QUOTE"), literal=True)
    hit = (pl.col("PARAMCD") == "OVR") & pl.col("QUOTE").is_not_null()
    return rows.with_columns(REASON=pl.when(hit).then(told).otherwise("REASON")).select(
        adrs.columns
    )


def _source() -> pl.Expr:
    """A time point is a record of RS, not of TR."""
    return pl.when(pl.col("SRCDOM") == "TR").then(pl.lit("RS")).otherwise("SRCDOM").alias("SRCDOM")


def _responses(adrs: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """ADRS with the sentence of each stated response."""
    order, key = adrs.columns, ["USUBJID", "AVISITN"]
    told = _told(reading).with_columns(pl.col("AVISITN").cast(adrs.schema["AVISITN"]))
    rows = adrs.join(told, on=key, how="left", maintain_order="left")
    overall = pl.col("PARAMCD") == "OVR"
    swapped = [
        pl.when(overall).then(f"{name}_SAID").otherwise(name).alias(name)
        for name in ("REASON", "RULEID", "SRCSEQ", "ASREAD")
    ]
    at_point = pl.col("SRCSEQ_SAID").is_not_null() & ~overall
    rows = rows.with_columns(swapped).with_columns(
        _source(),
        *(pl.when(~overall).then(name).alias(name) for name in _LESION_COLUMNS),
        SRCSEQ=pl.when(at_point).then("SRCSEQ_SAID").otherwise("SRCSEQ"),
    )
    what_if = [pl.lit(None, adrs.schema[name]).alias(name) for name in ("WHATIF",) if name in order]
    by_reader = pl.when(overall | at_point).then(pl.lit("RS")).otherwise("SRCDOM")
    return rows.with_columns(*what_if, SRCDOM=by_reader).select(order)


def _told(reading: Reading) -> pl.DataFrame:
    """The sentence, rules and record of each time point."""
    points, records = reading.decisions.points, reading.records
    frame = records.points.join(
        records.cells.select("S", "TP", SEQ="SRCSEQ"), on=["S", "TP"], how="left"
    ).sort("S", "TP")
    s, v = frame["S"].to_numpy(), frame["TP"].to_numpy() - 1
    text = np.array(RESPONSE_TEXT)
    frame = frame.with_columns(
        SHOWN=pl.Series(text[reading.decisions.shown[s, v]]),
        FINAL=pl.Series(text[points.response[s, v]]),
        SAID=pl.Series(text[points.as_read[s, v]]),
        AFTERCR=pl.Series(points.after_cr[s, v]),
        RECLASS=pl.Series(points.reclassified[s, v]),
        POSTPD=pl.Series(points.post_pd[s, v]),
    )
    by = EVALUATOR_WORDS.get(reading.evaluator, reading.evaluator.lower())
    record = pl.when(pl.col("SEQ") != "").then(pl.format(" (RS {})", "SEQ")).otherwise(pl.lit(""))
    same = pl.col("FINAL") == pl.col("SAID")
    plain = pl.format("{} as reported by {}{}", "SAID", pl.lit(by), record.fill_null(""))
    turned = pl.format("{}: {}, {}", "FINAL", plain, _because())
    carried = pl.when(pl.col("SHOWN") != pl.col("FINAL")).then(
        pl.format("; {} is shown while the response lasts", "SHOWN")
    )
    return frame.select(
        "USUBJID",
        AVISITN="TP",
        REASON_SAID=pl.when(same).then(plain).otherwise(turned) + carried.fill_null(""),
        RULEID_SAID=_rules(),
        SRCSEQ_SAID="SEQ",
        ASREAD_SAID="SAID",
    )


def _because() -> pl.Expr:
    """Why a stated response is not the one that counts (R-055)."""
    return (
        pl.when("RECLASS")
        .then(
            pl.lit("but the next time point shows disease that would be PR: this CR counts as PR")
        )
        .otherwise(pl.lit("which is disease after complete response"))
    )


def _rules() -> pl.Expr:
    parts = [
        pl.lit("R-077 R-142"),
        pl.when(pl.col("AFTERCR") | pl.col("RECLASS")).then(pl.lit("R-055")),
        pl.when(pl.col("SHOWN") != pl.col("FINAL")).then(pl.lit("R-056")),
        pl.when("POSTPD").then(pl.lit("R-057")),
    ]
    return pl.concat_str(parts, separator=" ", ignore_nulls=True)
