"""Who died and who was seen alive when, each with the record that says so (D-05, D-07, R-142)."""

from __future__ import annotations

import polars as pl

from trialwright.core.tables import ROW, Sdtm
from trialwright.subjects.days import day_column, upper
from trialwright.subjects.reconcile import query

#: Dates that prove that a subject was alive (D-07); disposition and status are filtered apart.
_EVIDENCE = (
    ("SV", "SVSTDTC"), ("SV", "SVENDTC"), ("TR", "TRDTC"), ("TU", "TUDTC"), ("EX", "EXSTDTC"),
    ("EX", "EXENDTC"), ("PR", "PRSTDTC"), ("CM", "CMSTDTC"), ("AE", "AESTDTC"), ("LB", "LBDTC"),
    ("RS", "RSDTC"), ("VS", "VSDTC"), ("EG", "EGDTC"), ("DM", "RFICDTC"), ("DM", "RFXSTDTC"),
    ("DM", "RFXENDTC"),
)  # fmt: skip


def sequence_of(code: str) -> pl.Expr:
    """Sequence number of a record as text, null where the domain has none."""
    return pl.lit(None, pl.String) if code == "DM" else pl.col(f"{code}SEQ").cast(pl.String)


def given_doses(sdtm: Sdtm) -> pl.DataFrame:
    """Doses that were given: not a dose of 0, not one marked as not done (S-3)."""
    ex = sdtm["EX"]
    nothing = (pl.col("EXDOSE").cast(pl.Float64, strict=False) == 0).fill_null(value=False)
    return ex.filter(~nothing & _happened(ex, "EX"))


def _happened(frame: pl.DataFrame, code: str) -> pl.Expr:
    """Records of what was done: a visit or sample marked as not done is only a planned date.

    A lesion that was not assessed is another matter: its date is that of the scan.
    """
    said = pl.lit(value=True)
    for column, word in ((f"{code}OCCUR", "N"), (f"{code}STAT", "NOT DONE")):
        if column in frame.columns and code != "TR":
            said &= (upper(column) != word).fill_null(value=True)
    return said


def last_alive(sdtm: Sdtm, deaths: pl.DataFrame, queries: list[pl.DataFrame]) -> pl.DataFrame:
    """Latest complete date of any evidence of life (D-07): LSTALVDT, ALVDOM, ALVSEQ.

    The last survival contact is what the site collected as last alive: later evidence replaces it,
    with a query unless the subject is among the `deaths`.
    """
    alive = (upper("SSTESTCD") == "SURVSTAT") & (upper("SSSTRESC") == "ALIVE")
    event = ~upper("DSDECOD").is_in(("DEATH", "LOST TO FOLLOW-UP"))
    done = {code: sdtm[code].filter(_happened(sdtm[code], code)) for code, _ in _EVIDENCE}
    done["EX"] = given_doses(sdtm)
    contacts = sdtm["SS"].filter(alive)
    sources = [(code, column, done[code]) for code, column in _EVIDENCE]
    sources += [("SS", "SSDTC", contacts), ("DS", "DSSTDTC", sdtm["DS"].filter(event))]
    latest = _latest(sources)
    told = contacts.group_by("USUBJID").agg(CONTACT=day_column("SSDTC").max())
    replaced = latest.join(told, on="USUBJID").filter(pl.col("CONTACT") < pl.col("LSTALVDT"))
    replaced = replaced.join(deaths, on="USUBJID", how="anti", maintain_order="left")
    queries.append(
        query(
            replaced["USUBJID"],
            "D-07",
            "The last survival contact lies before later evidence of life, which counts.",
            "note",
            "update the survival status",
        )
    )
    return latest


def _latest(sources: list[tuple[str, str, pl.DataFrame]]) -> pl.DataFrame:
    """The latest complete date of each subject with its record."""
    parts = [
        frame.select(
            "USUBJID",
            LSTALVDT=day_column(column),
            ALVDOM=pl.lit(code),
            ALVSEQ=sequence_of(code),
        )
        for code, column, frame in sources
    ]
    order = ("LSTALVDT", "ALVDOM", "ALVSEQ")
    return (
        pl.concat(parts)
        .drop_nulls("LSTALVDT")
        .sort("USUBJID", *order)
        .unique("USUBJID", keep="last", maintain_order=True)
    )


def known_deaths(sdtm: Sdtm, dm: pl.DataFrame, queries: list[pl.DataFrame]) -> pl.DataFrame:
    """Text of the date of death and its record: DM, else disposition, else subject status.

    Returns USUBJID, `_ROW` (of DM), DTHDTC, DTHDOM, DTHSEQ. A death that is told without any date
    cannot be an event: it is a query, and the subject stays alive until last seen.
    """
    died = upper("DSDECOD") == "DEATH"
    dead = (upper("SSTESTCD") == "SURVSTAT") & (upper("SSSTRESC") == "DEAD")
    found = dm.select("USUBJID", ROW, DM=pl.col("DTHDTC").str.strip_chars())
    found = _joined(found, _first_date(sdtm["DS"].filter(died), "DS", "DSSTDTC"))
    found = _joined(found, _first_date(sdtm["SS"].filter(dead), "SS", "SSDTC"))
    differ = found.filter(pl.col("DM").str.slice(0, 10) != pl.col("DS").str.slice(0, 10))
    contact = found.filter(
        pl.col("DM").is_null() & pl.col("DS").is_null() & pl.col("SS").is_not_null()
    )
    undated = found.filter(
        pl.coalesce("DM", "DS", "SS").is_null()
        & pl.col("USUBJID").is_in(_told_dead(sdtm).implode())
    )
    queries += [
        query(
            differ["USUBJID"], "R-142", "Dates of death in DM and DS differ: DM counts.", "error"
        ),
        query(
            contact["USUBJID"],
            "R-142",
            "Date of death is the day of the contact that told it (SS).",
        ),
        query(
            undated["USUBJID"],
            "D-05",
            "Death is told without a date (DTHFL, AEOUT or grade 5): no event until a date is given.",
            "error",
        ),
    ]
    domain = (
        pl.when(pl.col("DM").is_not_null()).then(pl.lit("DM"))
        .when(pl.col("DS").is_not_null()).then(pl.lit("DS"))
        .otherwise(pl.lit("SS"))
    )  # fmt: skip
    return found.select(
        "USUBJID",
        ROW,
        DTHDTC=pl.coalesce("DM", "DS", "SS"),
        DTHDOM=domain,
        DTHSEQ=pl.when(domain == "DS").then("DSSEQ").when(domain == "SS").then("SSSEQ"),
    ).drop_nulls("DTHDTC")


def _joined(frame: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    return frame.join(other, on="USUBJID", how="left", maintain_order="left")


def _first_date(frame: pl.DataFrame, code: str, column: str) -> pl.DataFrame:
    """The earliest date text of each subject with its sequence number."""
    return (
        frame.select("USUBJID", pl.col(column).alias(code), sequence_of(code).alias(f"{code}SEQ"))
        .drop_nulls(code)
        .sort("USUBJID", code, f"{code}SEQ")
        .unique("USUBJID", keep="first", maintain_order=True)
    )


def _told_dead(sdtm: Sdtm) -> pl.Series:
    """Subjects whom a flag or a fatal event calls dead."""
    flagged = sdtm["DM"].filter(upper("DTHFL") == "Y")["USUBJID"]
    fatal = (upper("AEOUT") == "FATAL") | upper("AETOXGR").is_in(("5", "GRADE 5"))
    events = sdtm["AE"].filter(fatal.fill_null(value=False))["USUBJID"]
    return pl.concat([flagged, events]).unique().sort()
