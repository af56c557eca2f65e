"""The dates of each subject from SDTM, as day numbers, with their imputation flags.

Rules D-03 (enrolment), R-131 (first dose), R-142 and R-141 (new anticancer therapy, death,
withdrawal), D-05 and D-06 (partial dates), D-07 (last known alive), D-08 (cut-off).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Sdtm
from trialwright.protocol.settled import SettledResponse
from trialwright.subjects.cutoff import Cutoff
from trialwright.subjects.days import day_column, upper
from trialwright.subjects.partial import impute_death, impute_new_therapy
from trialwright.subjects.reconcile import query

#: Codes of DM.ARMCD for subjects who never entered the trial.
_NOT_ENROLLED_ARMS = ("SCRNFAIL", "SCREEN FAILURE", "NOTASSGN")
_ENROLLED_TERMS = ("ELIGIBILITY CRITERIA MET", "ENROLLED")
_NOT_PER_PROTOCOL = r"NOT PER PROTOCOL|NON-PROTOCOL|OFF PROTOCOL|SUBSEQUENT"
#: Dates that prove that a subject was alive (D-07); disposition is filtered separately.
_EVIDENCE = (
    ("SV", "SVSTDTC"), ("SV", "SVENDTC"), ("TR", "TRDTC"), ("TU", "TUDTC"), ("EX", "EXSTDTC"),
    ("EX", "EXENDTC"), ("PR", "PRSTDTC"), ("CM", "CMSTDTC"), ("AE", "AESTDTC"), ("LB", "LBDTC"),
    ("RS", "RSDTC"), ("DM", "RFICDTC"), ("DM", "RFXSTDTC"), ("DM", "RFXENDTC"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Milestones:
    """One row per subject of DM, sorted by USUBJID; day numbers, null for "has not happened".

    Columns: USUBJID, RFICDT, ENRLDT, TRTSDT, FDOSEDT, FPROCDT, TRTEDT, EOTDT, EOTREAS, NACTDT,
    NACTDTF, WDRAWDT, LOSTDT, DTHDT, DTHDTF, LSTALVDT.
    """

    frame: pl.DataFrame
    cutoff: Cutoff
    queries: tuple[pl.DataFrame, ...]


def derive_milestones(sdtm: Sdtm, cutoff: Cutoff, rule: SettledResponse) -> Milestones:
    """Derive the dates of every subject.

    Parameters
    ----------
    sdtm
        Domains as delivered, not yet truncated at the cut-off: what lies behind it still proves
        that the subject was alive then.
    cutoff
        The data cut-off.
    rule
        Decides whether palliative radiotherapy of a non-target lesion is new therapy (R-103).
    """
    queries: list[pl.DataFrame] = []
    dm = _subjects(sdtm)
    frame = dm.select("USUBJID", RFICDT=day_column("RFICDTC"))
    frame = _join(frame, _enrolment(sdtm))
    frame = _join(frame, _treatment(sdtm, dm))
    frame = _join(frame, _disposition(sdtm))
    frame = _fill_enrolment(frame, queries)
    frame = _up_to(frame, cutoff.day, ("TRTSDT", "FDOSEDT", "FPROCDT", "ENRLDT"))
    frame = frame.with_columns(pl.min_horizontal("TRTEDT", pl.lit(cutoff.day)).alias("TRTEDT"))
    alive = _last_alive(sdtm)
    frame = impute_death(_join(frame, alive), _deaths(sdtm, dm), cutoff.day, queries)
    frame = impute_new_therapy(frame, _new_therapy(sdtm, rule, queries), cutoff.day, queries)
    frame = _up_to(frame, cutoff.day, ("EOTDT", "WDRAWDT", "LOSTDT"))
    return Milestones(frame, cutoff, tuple(queries))


def _subjects(sdtm: Sdtm) -> pl.DataFrame:
    """DM sorted by subject; a subject named twice is refused."""
    dm = sdtm["DM"].sort("USUBJID")
    twice = dm.filter(pl.col("USUBJID").is_duplicated())
    if twice.height:
        row = twice.sort(ROW).row(1, named=True)
        raise DataError(
            "One subject stands in DM more than once.",
            where=sdtm.where("DM", row[ROW], "USUBJID") + f': "{row["USUBJID"]}"',
            allowed="one row per subject",
            do="remove the second row, or give the subjects different identifiers",
        )
    return dm


def _join(frame: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    return frame.join(other, on="USUBJID", how="left", maintain_order="left")


def _earliest(frame: pl.DataFrame, column: str, name: str) -> pl.DataFrame:
    """The earliest complete date of each subject."""
    return (
        frame.select("USUBJID", day_column(column).alias(name))
        .drop_nulls()
        .group_by("USUBJID")
        .agg(pl.col(name).min())
    )


def _enrolment(sdtm: Sdtm) -> pl.DataFrame:
    """Enrolment by disposition (D-03), and who failed screening."""
    ds = sdtm["DS"]
    met = ds.filter(upper("DSDECOD").is_in(_ENROLLED_TERMS))
    failed = pl.concat(
        [
            ds.filter(upper("DSDECOD") == "SCREEN FAILURE").select("USUBJID"),
            sdtm["DM"].filter(upper("ARMCD").is_in(_NOT_ENROLLED_ARMS)).select("USUBJID"),
        ]
    ).unique()
    everyone = sdtm["DM"].select("USUBJID")
    flags = failed.with_columns(SCRNFL=pl.lit(value=True))
    return _join(_join(everyone, _earliest(met, "DSSTDTC", "ENRLDT")), flags).with_columns(
        pl.col("SCRNFL").fill_null(value=False)
    )


def _study_procedures(sdtm: Sdtm) -> pl.DataFrame:
    """Procedures that are study treatment (R-141): by category, else by subcategory."""
    return sdtm["PR"].filter(procedure_kind() == "study")


def procedure_kind() -> pl.Expr:
    """Kind of a procedure by PRCAT, else PRSCAT (R-141): study, prior, off, or null."""
    return pl.coalesce(_kind("PRCAT"), _kind("PRSCAT"))


def linked_lesion(procedures: pl.DataFrame) -> pl.Expr:
    """The lesion that a procedure names: PRLNKID, else the qualifier TULNKID (R-141)."""
    if "TULNKID" not in procedures.columns:
        return upper("PRLNKID")
    return upper("PRLNKID").fill_null(upper("TULNKID"))


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


def _treatment(sdtm: Sdtm, dm: pl.DataFrame) -> pl.DataFrame:
    """First dose (R-131), first procedure, last treatment."""
    procedures = _study_procedures(sdtm)
    given = pl.concat(
        [
            sdtm["EX"].select("USUBJID", day_column("EXSTDTC").alias("DAY")),
            sdtm["EX"].select("USUBJID", day_column("EXENDTC").alias("DAY")),
            procedures.select("USUBJID", day_column("PRSTDTC").alias("DAY")),
            dm.select("USUBJID", day_column("RFXENDTC").alias("DAY")),
        ]
    ).drop_nulls()
    ends = given.group_by("USUBJID").agg(TRTEDT=pl.col("DAY").max())
    frame = dm.select("USUBJID", day_column("RFXSTDTC"), day_column("RFSTDTC"))
    frame = _join(frame, _earliest(sdtm["EX"], "EXSTDTC", "FDOSEDT"))
    frame = _join(frame, _earliest(procedures, "PRSTDTC", "FPROCDT"))
    return _join(
        frame.with_columns(
            TRTSDT=pl.coalesce("RFXSTDTC", "RFSTDTC", pl.min_horizontal("FDOSEDT", "FPROCDT"))
        ).drop("RFXSTDTC", "RFSTDTC"),
        ends,
    )


def _disposition(sdtm: Sdtm) -> pl.DataFrame:
    """End of treatment with its reason, withdrawal of consent, loss to follow-up (R-142)."""
    ds = sdtm["DS"].with_columns(
        upper("DSDECOD"), upper("DSSCAT").fill_null(""), DAY=day_column("DSSTDTC")
    )
    treatment = ds.filter(pl.col("DSSCAT") == "STUDY TREATMENT").drop_nulls("DAY")
    stop = (
        treatment.sort("DAY", "DSDECOD")
        .group_by("USUBJID", maintain_order=True)
        .agg(EOTDT=pl.col("DAY").last(), EOTREAS=pl.col("DSDECOD").last())
    )
    rest = ds.filter(pl.col("DSSCAT") != "STUDY TREATMENT")
    left = rest.filter(pl.col("DSDECOD") == "WITHDRAWAL BY SUBJECT")
    lost = rest.filter(pl.col("DSDECOD") == "LOST TO FOLLOW-UP")
    everyone = sdtm["DM"].select("USUBJID")
    return _join(
        _join(_join(everyone, stop), _earliest(left, "DSSTDTC", "WDRAWDT")),
        _earliest(lost, "DSSTDTC", "LOSTDT"),
    )


def _fill_enrolment(frame: pl.DataFrame, queries: list[pl.DataFrame]) -> pl.DataFrame:
    """Consent stands in for a missing enrolment date (D-03); screen failures have none."""
    failed = pl.col("SCRNFL")
    by_consent = frame.filter(~failed & pl.col("ENRLDT").is_null() & pl.col("RFICDT").is_not_null())
    by_dose = frame.filter(
        ~failed
        & pl.col("ENRLDT").is_null()
        & pl.col("RFICDT").is_null()
        & pl.col("TRTSDT").is_not_null()
    )
    queries.append(
        query(
            by_consent["USUBJID"],
            "D-03",
            "Enrolment date is the consent date: DS has no enrolment record.",
        )
    )
    queries.append(
        query(
            by_dose["USUBJID"],
            "D-03",
            "No enrolment and no consent date: the first dose stands in for enrolment.",
            "error",
        )
    )
    enrolment = pl.coalesce("ENRLDT", "RFICDT", "TRTSDT")
    return frame.with_columns(ENRLDT=pl.when(failed).then(None).otherwise(enrolment)).drop("SCRNFL")


def _up_to(frame: pl.DataFrame, cutoff: int, columns: tuple[str, ...]) -> pl.DataFrame:
    """Dates behind the cut-off have not happened yet (D-08)."""
    kept = [pl.when(pl.col(c) <= cutoff).then(pl.col(c)).alias(c) for c in columns]
    return frame.with_columns(kept)


def _last_alive(sdtm: Sdtm) -> pl.DataFrame:
    """Latest complete date of any evidence of life (D-07)."""
    parts = [
        sdtm[code].select("USUBJID", day_column(column).alias("LSTALVDT"))
        for code, column in _EVIDENCE
    ]
    alive = sdtm["SS"].filter((upper("SSTESTCD") == "SURVSTAT") & (upper("SSSTRESC") == "ALIVE"))
    parts.append(alive.select("USUBJID", day_column("SSDTC").alias("LSTALVDT")))
    events = sdtm["DS"].filter(~upper("DSDECOD").is_in(("DEATH", "LOST TO FOLLOW-UP")))
    parts.append(events.select("USUBJID", day_column("DSSTDTC").alias("LSTALVDT")))
    return pl.concat(parts).drop_nulls().group_by("USUBJID").agg(pl.col("LSTALVDT").max())


def _deaths(sdtm: Sdtm, dm: pl.DataFrame) -> pl.DataFrame:
    """Text of the date of death: DM, else disposition, else subject status (R-142)."""
    ds = sdtm["DS"].filter(upper("DSDECOD") == "DEATH")
    ss = sdtm["SS"].filter((upper("SSTESTCD") == "SURVSTAT") & (upper("SSSTRESC") == "DEAD"))
    found = dm.select("USUBJID", ROW, _DTH=pl.col("DTHDTC").str.strip_chars())
    found = _join(found, ds.group_by("USUBJID").agg(_DS=pl.col("DSSTDTC").min()))
    found = _join(found, ss.group_by("USUBJID").agg(_SS=pl.col("SSDTC").min()))
    return found.select("USUBJID", ROW, DTHDTC=pl.coalesce("_DTH", "_DS", "_SS")).drop_nulls()


def _new_therapy(sdtm: Sdtm, rule: SettledResponse, queries: list[pl.DataFrame]) -> pl.DataFrame:
    """Start of new anticancer therapy, medication (R-142) or off-protocol procedure (R-103)."""
    both = pl.concat_str(upper("CMCAT"), upper("CMSCAT"), separator=" ", ignore_nulls=True)
    cm = sdtm["CM"].filter(
        both.str.contains("SUBSEQUENT") & both.str.contains(r"CANCER|TUMOU?R|NEOPLAS")
    )
    off = sdtm["PR"].filter(procedure_kind() == "off")
    palliative = upper("PRINDC").str.contains("PALLIATIVE|PAIN").fill_null(value=False) & upper(
        "PRTRT"
    ).str.contains("RADIO|^RT$|SBRT|IRRADIATION").fill_null(value=False)
    if rule.palliative_rt_ntl == "not_nact":
        target = sdtm["TU"].filter(upper("TUSTRESC").str.starts_with("TARGET"))
        pairs = target.select("USUBJID", LNKID=upper("TULNKID"), _T=pl.lit(value=True))
        off = off.with_columns(LNKID=linked_lesion(off))
        off = off.join(pairs.unique(), on=["USUBJID", "LNKID"], how="left", maintain_order="left")
        spared = palliative & pl.col("_T").is_null()
        queries.append(
            query(
                off.filter(spared)["USUBJID"],
                "R-103",
                "Palliative radiotherapy of a non-target lesion is not new anticancer therapy.",
                "note",
            )
        )
        off = off.filter(~spared)
    return pl.concat(
        [
            cm.select("USUBJID", START=pl.col("CMSTDTC").str.strip_chars()),
            off.select("USUBJID", START=pl.col("PRSTDTC").str.strip_chars()),
        ]
    )
