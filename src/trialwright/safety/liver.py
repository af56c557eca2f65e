"""Liver safety: peaks of each patient for eDISH, and candidates for Hy's law (rule A-14)."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from trialwright.safety.exact import ratio_above

TRANSAMINASES, BILIRUBIN, ALKALINE = ("ALT", "AST"), "BILI", "ALP"
LIVER_TESTS = (*TRANSAMINASES, BILIRUBIN, ALKALINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class HysLaw:
    """Limits of a candidate, as decimal text, and the days that may lie between its two peaks.

    The rule names no time between the rise of a transaminase and of bilirubin: the protocol does
    (`safety.hys_law_days`).
    """

    window_days: int
    transaminase: str = "3"
    bilirubin: str = "2"
    alkaline: str = "2"
    rule: str = "A-14"

    @property
    def words(self) -> str:
        """The definition, for a footnote."""
        return (
            f"ALT or AST > {self.transaminase} x ULN and bilirubin > {self.bilirubin} x ULN within "
            f"{self.window_days} days of each other, ALP < {self.alkaline} x ULN on those days "
            f"or not measured ({self.rule}; the days between them by safety.hys_law_days)."
        )


def liver_results(adlb: pl.DataFrame) -> pl.DataFrame:
    """Liver tests on treatment with exact reference values.

    Returns
    -------
    pl.DataFrame
        Rows of ADLB of ALT, AST, bilirubin and ALP on treatment, with `ULN` and `BASEREF` (the
        baseline where it was above its limit, else the ULN) as text, `R2REF` the value as a
        multiple of `BASEREF`, and `POST` (shortly after a procedure).
    """
    rows = adlb.filter(
        pl.col("PARAMCD").is_in(LIVER_TESTS)
        & (pl.col("ONTRTFL") == "Y")
        & pl.col("AVAL").is_not_null()
    )
    abnormal = (pl.col("BASE") > pl.col("BNRHI")).fill_null(value=False)
    reference = pl.when(abnormal).then("BASE").otherwise("ANRHI")
    return rows.with_columns(
        ULN=pl.col("ANRHI").cast(pl.String),
        BASEREF=reference.cast(pl.String),
        ABNBASE=abnormal,
        R2REF=pl.col("AVAL") / reference,
        POST=(pl.col("POSTPRFL") == "Y").fill_null(value=False),
    )


def liver_peaks(adlb: pl.DataFrame) -> pl.DataFrame:
    """The highest value of each liver test of each patient on treatment.

    Returns
    -------
    pl.DataFrame
        One row per subject and test: USUBJID, PARAMCD, `PEAKULN` (x ULN), `PEAKREF` (x baseline
        where that was above its limit, else x ULN), `ABNBASE`, and of the peak by ULN `ADT`, `AVAL`,
        `AVALU`, `POST` and `PROCDT`. A value without ULN has no `PEAKULN`.

    References
    ----------
    Rule A-14.
    """
    rows = liver_results(adlb).sort("USUBJID", "PARAMCD", "ADT", "SRCSEQ")
    top = rows.sort("R2ANRHI", descending=True, nulls_last=True, maintain_order=True)
    return (
        top.group_by("USUBJID", "PARAMCD", maintain_order=True)
        .agg(
            PEAKULN=pl.col("R2ANRHI").first(),
            PEAKREF=pl.col("R2REF").max(),
            ABNBASE=pl.col("ABNBASE").first(),
            ADT=pl.col("ADT").first(),
            AVAL=pl.col("AVAL").first(),
            AVALU=pl.col("AVALU").first(),
            POST=pl.col("POST").first(),
            PROCDT=pl.col("PROCDT").first(),
        )
        .sort("USUBJID", "PARAMCD")
    )


def hys_law(adlb: pl.DataFrame, definition: HysLaw) -> pl.DataFrame:
    """Candidates for Hy's law: the first pair of a transaminase and bilirubin of each patient.

    A pair away from every procedure goes before one shortly after a procedure, where a peak is
    expected.

    Parameters
    ----------
    adlb
        ADLB; only results on treatment count.
    definition
        Limits and window.

    Returns
    -------
    pl.DataFrame
        One row per candidate and reference: USUBJID, `REFERENCE` ("ULN"; "baseline" where multiples
        of an abnormal baseline were taken), `TEST`, `TESTDT`, `TESTX` (multiple), `BILIDT`,
        `BILIX`, `ALPX` (highest multiple of those two days, null when not measured), `POST` (a
        procedure shortly before either), `WHY`.

    References
    ----------
    Rule A-14. No other cause is a judgement of the investigator.
    """
    rows = liver_results(adlb)
    parts = [
        _candidates(rows, definition, name, column, ratio)
        for name, column, ratio in (("ULN", "ULN", "R2ANRHI"), ("baseline", "BASEREF", "R2REF"))
    ]
    return pl.concat(parts).sort("USUBJID", "REFERENCE")


def _candidates(
    rows: pl.DataFrame, chosen: HysLaw, name: str, column: str, ratio: str
) -> pl.DataFrame:
    """The first pair of each subject that no raised ALP explains."""
    rows = rows.with_columns(X=pl.col(ratio)).sort("USUBJID", "ADT", "PARAMCD", "SRCSEQ")
    rises = _above(rows, TRANSAMINASES, column, chosen.transaminase)
    bilirubin = _above(rows, (BILIRUBIN,), column, chosen.bilirubin)
    pairs = rises.select("USUBJID", TEST="PARAMCD", TESTDT="ADT", TESTX="X", P1="POST").join(
        bilirubin.select("USUBJID", BILIDT="ADT", BILIX="X", P2="POST"),
        on="USUBJID",
        maintain_order="left_right",
    )
    apart = (pl.col("TESTDT") - pl.col("BILIDT")).dt.total_days().abs()
    pairs = pairs.filter(apart <= chosen.window_days)
    alkaline = rows.filter(pl.col("PARAMCD") == ALKALINE)
    below = ratio_above(alkaline[column], alkaline["AVALC"], f"1/{chosen.alkaline}")
    alkaline = alkaline.with_columns(BELOW=below).group_by("USUBJID", "ADT").agg(
        ALP=pl.col("X").max(), BELOW=pl.col("BELOW").all()
    )  # fmt: skip
    for day, suffix in (("TESTDT", "1"), ("BILIDT", "2")):
        that = alkaline.rename({"ADT": day, "ALP": f"ALP{suffix}", "BELOW": f"BELOW{suffix}"})
        pairs = pairs.join(that, on=["USUBJID", day], how="left", maintain_order="left")
    open_ = pl.all_horizontal(pl.col(f"BELOW{at}").fill_null(value=True) for at in (1, 2))
    pairs = pairs.filter(open_).with_columns(POST=pl.col("P1") | pl.col("P2"))
    pairs = pairs.sort("USUBJID", "POST", maintain_order=True)
    found = pairs.unique("USUBJID", keep="first", maintain_order=True).with_columns(
        REFERENCE=pl.lit(name), ALPX=pl.max_horizontal("ALP1", "ALP2")
    )
    return found.select(
        "USUBJID", "REFERENCE", "TEST", "TESTDT", "TESTX", "BILIDT", "BILIX", "ALPX", "POST",
        WHY=_why(name),
    )  # fmt: skip


def _above(rows: pl.DataFrame, tests: tuple[str, ...], column: str, multiple: str) -> pl.DataFrame:
    mine = rows.filter(pl.col("PARAMCD").is_in(tests))
    above = ratio_above(mine["AVALC"], mine[column], multiple)
    return mine.filter(above.fill_null(value=False))


def _why(name: str) -> pl.Expr:
    unit = "ULN" if name == "ULN" else "baseline (ULN where baseline was normal)"
    alkaline = pl.format("ALP {} x", pl.col("ALPX").round(1, mode="half_away_from_zero")).fill_null(
        "ALP not measured"
    )
    told = pl.format(
        "{} {} x {} on {}, bilirubin {} x on {}, {}",
        "TEST", pl.col("TESTX").round(1, mode="half_away_from_zero"), pl.lit(unit), pl.col("TESTDT").cast(pl.String),
        pl.col("BILIX").round(1, mode="half_away_from_zero"), pl.col("BILIDT").cast(pl.String), alkaline,
    )  # fmt: skip
    after = pl.when("POST").then(pl.lit("; shortly after a procedure")).otherwise(pl.lit(""))
    return pl.concat_str(told, after)
