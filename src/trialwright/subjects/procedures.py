"""Procedures (PR): their kind, the lesions they treat, and surgery after response.

Rules R-141 (kind of a procedure and its lesion) and R-109 (conversion surgery).
"""

from __future__ import annotations

import polars as pl

from trialwright.core.tables import ROW, Sdtm
from trialwright.subjects.days import earliest_day, upper
from trialwright.subjects.reconcile import query

_NOT_PER_PROTOCOL = r"NOT PER PROTOCOL|NON-PROTOCOL|OFF PROTOCOL|SUBSEQUENT"
#: Words for the removal of a tumour by surgery (R-109).
_RESECTION = (
    r"RESECTION|HEPATECTOMY|LOBECTOMY|SEGMENTECTOMY|METASTASECTOMY|PNEUMONECTOMY|TRANSPLANT"
)
_SURGICAL = "STUDY TREATMENT|CONVERSION SURGERY"
#: Columns by which RELREC names a procedure and a lesion (R-141).
_PR_KEYS, _TU_KEYS = ("PRSEQ", "PRLNKID"), ("TUSEQ", "TULNKID")
_EMPTY = pl.DataFrame(schema={"USUBJID": pl.String, "LNKID": pl.String, ROW: pl.Int64})


def procedure_kind() -> pl.Expr:
    """Kind of a procedure by PRCAT, else PRSCAT (R-141): study, prior, off, or null."""
    return pl.coalesce(_kind("PRCAT"), _kind("PRSCAT"))


def _kind(column: str) -> pl.Expr:
    text = upper(column)
    return (
        pl.when(text.str.contains(_NOT_PER_PROTOCOL))
        .then(pl.lit("off"))
        .when(text.str.contains("STUDY TREATMENT", literal=True))
        .then(pl.lit("study"))
        .when(text.str.starts_with("PRIOR"))
        .then(pl.lit("prior"))
    )


def is_resection(procedures: pl.DataFrame) -> pl.Series:
    """Which procedures are resections by study decision (R-109): no other kind, and the words."""
    names = [upper(c) for c in ("PRTRT", "PRDECOD") if c in procedures.columns]
    words = pl.concat_str(names, separator=" ", ignore_nulls=True).str.contains(_RESECTION)
    category = pl.coalesce(
        pl.when(upper(column).str.contains(_SURGICAL)).then(upper(column))
        for column in ("PRCAT", "PRSCAT")
    )
    other = procedure_kind().is_in(("off", "prior")).fill_null(value=False)
    chosen = category.is_not_null() & words.fill_null(value=False) & ~other
    return procedures.select(RESECTION=chosen).to_series()


def study_procedures(sdtm: Sdtm) -> pl.DataFrame:
    """Procedures that are study treatment (R-141); a resection is surgery after it (R-109)."""
    pr = sdtm["PR"]
    return pr.filter((procedure_kind() == "study") & ~is_resection(pr))


def conversion_surgery(
    sdtm: Sdtm, treated: pl.DataFrame, cutoff: int
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """The first resection after first treatment: USUBJID, SURGDT, SURGSEQ (R-109).

    A partial date counts from the first day that it allows: from then on nothing proves that a
    response was reached without the knife.

    Parameters
    ----------
    treated
        USUBJID, TRTSDT (day number, null when never treated).
    cutoff
        Day number of the data cut-off; later surgery has not happened yet (D-08).

    Returns
    -------
    tuple
        One row per operated subject, and the queries.
    """
    pr = sdtm["PR"]
    rows = pr.filter(is_resection(pr)).with_columns(SURGDT=earliest_day("PRSTDTC"))
    rows = rows.filter((pl.col("SURGDT") <= cutoff).fill_null(value=True))
    rows = rows.join(treated.select("USUBJID", "TRTSDT"), on="USUBJID", how="left")
    after = (pl.col("SURGDT") > pl.col("TRTSDT")).fill_null(value=False)
    partial = (pl.col("PRSTDTC").str.strip_chars().str.len_chars() < 10) & after
    odd = pr.filter(
        pl.coalesce(upper("PRCAT"), upper("PRSCAT")).str.contains("CONVERSION SURGERY")
        & ~is_resection(pr)
    )
    found = (
        rows.filter(after)
        .with_columns(SURGSEQ=pl.col("PRSEQ").cast(pl.String))
        .sort("USUBJID", "SURGDT", "SURGSEQ")
        .unique("USUBJID", keep="first", maintain_order=True)
        .select("USUBJID", "SURGDT", "SURGSEQ")
    )
    return found, _surgery_queries(rows.filter(~after), rows.filter(partial), odd, found)


def _surgery_queries(
    early: pl.DataFrame, partial: pl.DataFrame, odd: pl.DataFrame, found: pl.DataFrame
) -> list[pl.DataFrame]:
    """What a person should look at in records of surgery."""
    return [
        query(
            early["USUBJID"],
            "R-109",
            "A resection does not lie after first treatment: not read as conversion surgery.",
        ),
        query(
            partial["USUBJID"],
            "R-109",
            "The date of conversion surgery is partial: the first day that it allows counts.",
        ),
        query(
            odd["USUBJID"],
            "R-109",
            "CONVERSION SURGERY without a resection in PRTRT or PRDECOD: not used.",
        ),
        query(
            found["USUBJID"],
            "R-109",
            "Conversion surgery: best overall response is fixed by the scans before it.",
            "note",
        ),
    ]


def linked_lesions(sdtm: Sdtm) -> pl.DataFrame:
    """The lesions of each procedure (R-141): PRLNKID, else RELREC to TU, else qualifier TULNKID.

    Returns
    -------
    pl.DataFrame
        Rows of PR with LNKID, null where the procedure names no lesion; a procedure that RELREC
        relates to several lesions has one row for each.
    """
    pr = sdtm["PR"]
    own = upper("PRLNKID").replace("", None)
    qualifier = upper("TULNKID") if "TULNKID" in pr.columns else pl.lit(None, pl.String)
    related = _related_lesions(sdtm).rename({"LNKID": "RELATED"}).select(ROW, "RELATED")
    rows = pr.with_columns(OWN=own).join(
        related.sort(ROW, "RELATED"), on=ROW, how="left", maintain_order="left_right"
    )
    named = rows.with_columns(LNKID=pl.coalesce("OWN", "RELATED", qualifier))
    return named.drop("OWN", "RELATED").unique(maintain_order=True)


def unresolved_links(sdtm: Sdtm) -> pl.DataFrame:
    """Relations of a procedure to a lesion (RELREC) that lead to no record: a query each (R-141)."""
    pairs = _pairs(sdtm)
    if pairs.height == 0:
        return query((), "R-141", "")
    found = _resolved(sdtm, pairs)
    lost = found.filter(pl.col(ROW).is_null() | pl.col("LNKID").is_null())
    return query(
        lost["USUBJID"],
        "R-141",
        "RELREC relates a procedure to a lesion, and one of them is not in PR or TU: not used.",
    )


def _related_lesions(sdtm: Sdtm) -> pl.DataFrame:
    """USUBJID, LNKID and the row of PR that RELREC relates."""
    pairs = _pairs(sdtm)
    if pairs.height == 0:
        return _EMPTY
    return _resolved(sdtm, pairs).drop_nulls().select("USUBJID", "LNKID", ROW).unique()


def _pairs(sdtm: Sdtm) -> pl.DataFrame:
    """Procedure and lesion that share a relation of a subject: the keys and values of both.

    A relation of whole datasets has no subject; it says that equal link ids belong together, which
    PRLNKID says already.
    """
    relations = sdtm.domains.get("RELREC")
    if relations is None or relations.height == 0:
        return pl.DataFrame()
    rows = relations.filter(pl.col("USUBJID").is_not_null()).select(
        "USUBJID",
        RELID=upper("RELID"),
        DOMAIN=upper("RDOMAIN"),
        KEY=upper("IDVAR"),
        VALUE=upper("IDVARVAL"),
    )
    mine = rows.filter((pl.col("DOMAIN") == "PR") & pl.col("KEY").is_in(_PR_KEYS))
    theirs = rows.filter((pl.col("DOMAIN") == "TU") & pl.col("KEY").is_in(_TU_KEYS))
    return mine.drop("DOMAIN").join(theirs.drop("DOMAIN"), on=["USUBJID", "RELID"], suffix="_TU")


def _resolved(sdtm: Sdtm, pairs: pl.DataFrame) -> pl.DataFrame:
    """The row of PR and the lesion of TU behind each pair, null where there is none."""
    procedures = _keyed(sdtm["PR"], _PR_KEYS).select("USUBJID", "KEY", "VALUE", ROW)
    lesions = _keyed(sdtm["TU"].with_columns(LNKID=upper("TULNKID")), _TU_KEYS)
    lesions = lesions.select("USUBJID", "LNKID", KEY_TU="KEY", VALUE_TU="VALUE").unique()
    pairs = pairs.with_columns(_folded("KEY", "VALUE"), _folded("KEY_TU", "VALUE_TU"))
    return pairs.join(procedures, on=["USUBJID", "KEY", "VALUE"], how="left").join(
        lesions, on=["USUBJID", "KEY_TU", "VALUE_TU"], how="left"
    )


def _keyed(frame: pl.DataFrame, keys: tuple[str, ...]) -> pl.DataFrame:
    """Each record once for each key that it has."""
    parts = [
        frame.with_columns(KEY=pl.lit(key), VALUE=upper(key)).with_columns(_folded("KEY", "VALUE"))
        for key in keys
    ]
    return pl.concat(parts).drop_nulls("VALUE")


def _folded(key: str, value: str) -> pl.Expr:
    """Sequence numbers as numbers, so that 1 and 1.0 are equal."""
    number = pl.col(value).cast(pl.Float64, strict=False).cast(pl.String)
    return (
        pl.when(pl.col(key).str.ends_with("SEQ")).then(number).otherwise(pl.col(value)).alias(value)
    )
