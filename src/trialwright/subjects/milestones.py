"""The dates of each subject from SDTM, as day numbers, with their imputation flags.

Rules D-03 (enrolment), R-131 (first dose), R-142 and R-141 (new anticancer therapy, death,
withdrawal), D-05 and D-06 (partial dates), D-07 (last known alive), D-08 (cut-off).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from trialwright.core.dates import iso
from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Sdtm
from trialwright.protocol.settled import SettledResponse
from trialwright.subjects.clinical_progression import clinical_progression
from trialwright.subjects.cutoff import Cutoff, seen_by
from trialwright.subjects.days import day_column, upper
from trialwright.subjects.evidence import given_doses, known_deaths, last_alive, sequence_of
from trialwright.subjects.partial import impute_death, impute_new_therapy
from trialwright.subjects.procedures import (
    conversion_surgery,
    linked_lesions,
    procedure_kind,
    study_procedures,
    unresolved_links,
)
from trialwright.subjects.reconcile import query, unused

#: Codes of DM.ARMCD for subjects who never entered the trial.
_NOT_ENROLLED_ARMS = ("SCRNFAIL", "SCREEN FAILURE", "NOTASSGN", "NOT ASSIGNED")
_ENROLLED_TERMS = ("ELIGIBILITY CRITERIA MET", "ENROLLED")


@dataclass(frozen=True, slots=True)
class Milestones:
    """One row per subject of DM, sorted by USUBJID; day numbers, null for "has not happened".

    Columns: USUBJID, RFICDT, ENRLDT, TRTSDT, FDOSEDT, FPROCDT, TRTEDT, EOTDT, EOTREAS, NACTDT,
    NACTDTF, WDRAWDT, LOSTDT, CLPDDT (treatment stopped for progression, C-12), SURGDT (conversion
    surgery, R-109), DTHDT, DTHDTF, LSTALVDT; domain and sequence number of the records behind them:
    NACTDOM, NACTSEQ, DTHDOM, DTHSEQ, ALVDOM, ALVSEQ, CLPDSEQ, SURGSEQ. `unused` lists the subjects
    who came after the cut-off.
    """

    frame: pl.DataFrame
    cutoff: Cutoff
    queries: tuple[pl.DataFrame, ...]
    unused: tuple[pl.DataFrame, ...]


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
    frame = _join(frame, clinical_progression(sdtm, queries))
    frame = _fill_enrolment(frame, queries)
    later = _known_later(frame, sdtm, cutoff)
    frame = frame.join(later, on="USUBJID", how="anti", maintain_order="left")
    frame = _up_to(frame, cutoff.day, ("TRTSDT", "FDOSEDT", "FPROCDT", "ENRLDT"))
    frame = frame.with_columns(
        TRTEDT=pl.when(pl.col("TRTEDT").is_not_null()).then(
            pl.min_horizontal("TRTEDT", pl.lit(cutoff.day))
        )
    )
    deaths = known_deaths(sdtm, dm, queries)
    frame = impute_death(
        _join(frame, last_alive(sdtm, deaths, queries)), deaths, cutoff.day, queries
    )
    frame = _alive_by_death(_join(frame, deaths.select("USUBJID", "DTHDOM", "DTHSEQ")))
    frame = impute_new_therapy(frame, _new_therapy(sdtm, rule, queries), cutoff.day, queries)
    surgery, said = conversion_surgery(sdtm, frame, cutoff.day)
    frame = _join(frame, surgery)
    queries += [*said, *_doubts(frame)]
    frame = _up_to(frame, cutoff.day, ("EOTDT", "WDRAWDT", "LOSTDT", "CLPDDT"))
    gone = unused("DM", later, "D-08", "first known after the data cut-off")
    return Milestones(frame, cutoff, tuple(queries), (gone,))


def _known_later(frame: pl.DataFrame, sdtm: Sdtm, cutoff: Cutoff) -> pl.DataFrame:
    """Subjects of whom nothing is known by the cut-off: no date in DM, no enrolment, no record.

    Raises
    ------
    DataError
        When that is everybody.
    """
    known = pl.min_horizontal("RFICDT", "ENRLDT", "TRTSDT")
    later = frame.filter(known > cutoff.day).select("USUBJID")
    if later.height:
        later = later.join(seen_by(sdtm, cutoff.day), on="USUBJID", how="anti")
    if later.height == frame.height:
        raise DataError(
            "Nobody was in the trial by the data cut-off.",
            where=f"data cut-off {iso(cutoff.day)}, {cutoff.words}",
            allowed="a day on which subjects were known",
            do="correct the data cut-off",
        )
    return later


def _alive_by_death(frame: pl.DataFrame) -> pl.DataFrame:
    """A death behind the cut-off is the record that shows the subject alive until then (D-07)."""
    later = pl.col("DIESLATER")
    return frame.with_columns(
        pl.when(later).then(f"DTH{part}").otherwise(f"ALV{part}").alias(f"ALV{part}")
        for part in ("DOM", "SEQ")
    ).drop("DIESLATER")


def _doubts(frame: pl.DataFrame) -> list[pl.DataFrame]:
    """Orders of dates that a person should look at; nothing is changed."""
    early = frame.filter(pl.col("ENRLDT") > pl.col("TRTSDT"))
    after = frame.filter(pl.col("TRTEDT") > pl.col("EOTDT"))
    bare = frame.filter(
        pl.col("TRTSDT").is_not_null() & pl.col("FDOSEDT").is_null() & pl.col("FPROCDT").is_null()
    )
    stray = frame.filter(pl.col("ENRLDT").is_null() & pl.col("TRTSDT").is_not_null())
    return [
        query(stray["USUBJID"], "S-4", "Treated but not enrolled: in no analysis set.", "error"),
        query(early["USUBJID"], "D-01", "First treatment lies before enrolment."),
        query(after["USUBJID"], "A-12", "Treatment was given after the recorded end of treatment."),
        query(
            bare["USUBJID"], "R-131", "First treatment is known from DM only: no EX or PR record."
        ),
    ]


def _subjects(sdtm: Sdtm) -> pl.DataFrame:
    """DM sorted by subject; a subject named twice is refused."""
    dm = sdtm["DM"].sort("USUBJID")
    if dm.height == 0:
        raise DataError(
            "The delivery names no subject.",
            where=f"{sdtm.file('DM')}: no rows",
            allowed="one row per subject",
            do="export DM with its subjects",
        )
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
    dm = sdtm["DM"]
    arm = upper("ARMCD").is_in(_NOT_ENROLLED_ARMS)
    if "ARMNRS" in dm.columns:
        arm |= upper("ARMNRS").is_in(_NOT_ENROLLED_ARMS)
    failed = pl.concat(
        [
            ds.filter(upper("DSDECOD") == "SCREEN FAILURE").select("USUBJID"),
            dm.filter(arm).select("USUBJID"),
        ]
    ).unique()
    everyone = sdtm["DM"].select("USUBJID")
    flags = failed.with_columns(SCRNFL=pl.lit(value=True))
    return _join(_join(everyone, _earliest(met, "DSSTDTC", "ENRLDT")), flags).with_columns(
        pl.col("SCRNFL").fill_null(value=False)
    )


def _treatment(sdtm: Sdtm, dm: pl.DataFrame) -> pl.DataFrame:
    """First dose (R-131), first procedure, last treatment."""
    procedures = study_procedures(sdtm)
    doses = given_doses(sdtm)
    given = pl.concat(
        [
            doses.select("USUBJID", day_column("EXSTDTC").alias("DAY")),
            doses.select("USUBJID", day_column("EXENDTC").alias("DAY")),
            procedures.select("USUBJID", day_column("PRSTDTC").alias("DAY")),
            dm.select("USUBJID", day_column("RFXENDTC").alias("DAY")),
        ]
    ).drop_nulls()
    ends = given.group_by("USUBJID").agg(TRTEDT=pl.col("DAY").max())
    frame = dm.select("USUBJID", day_column("RFXSTDTC"), day_column("RFSTDTC"))
    frame = _join(frame, _earliest(doses, "EXSTDTC", "FDOSEDT"))
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
    """Consent stands in for a missing enrolment date (D-03); screen failures have none.

    Where disposition has enrolment records at all, a subject without one who was never treated is
    still in screening.
    """
    open_ = ~pl.col("SCRNFL") & pl.col("ENRLDT").is_null()
    if frame["ENRLDT"].is_not_null().any():
        waiting = frame.filter(open_ & pl.col("TRTSDT").is_null())
        queries.append(
            query(waiting["USUBJID"], "S-2", "No enrolment record and no treatment: not enrolled.")
        )
        open_ &= pl.col("TRTSDT").is_not_null()
    by_consent = frame.filter(open_ & pl.col("RFICDT").is_not_null())
    by_dose = frame.filter(open_ & pl.col("RFICDT").is_null() & pl.col("TRTSDT").is_not_null())
    queries += [
        query(
            by_consent["USUBJID"],
            "D-03",
            "Enrolment date is the consent date: DS has no enrolment record.",
        ),
        query(
            by_dose["USUBJID"],
            "D-03",
            "No enrolment and no consent date: the first dose stands in for enrolment.",
            "error",
        ),
    ]
    filled = pl.when(open_).then(pl.coalesce("RFICDT", "TRTSDT")).otherwise(pl.col("ENRLDT"))
    return frame.with_columns(ENRLDT=pl.when(pl.col("SCRNFL")).then(None).otherwise(filled)).drop(
        "SCRNFL"
    )


def _up_to(frame: pl.DataFrame, cutoff: int, columns: tuple[str, ...]) -> pl.DataFrame:
    """Dates behind the cut-off have not happened yet (D-08)."""
    kept = [pl.when(pl.col(c) <= cutoff).then(pl.col(c)).alias(c) for c in columns]
    return frame.with_columns(kept)


def _new_therapy(sdtm: Sdtm, rule: SettledResponse, queries: list[pl.DataFrame]) -> pl.DataFrame:
    """Start of new anticancer therapy, medication (R-142) or off-protocol procedure (R-103)."""
    both = pl.concat_str(upper("CMCAT"), upper("CMSCAT"), separator=" ", ignore_nulls=True)
    cancer = both.str.contains(r"CANCER|TUMOU?R|NEOPLAS")
    cm = sdtm["CM"].filter(both.str.contains("SUBSEQUENT") & cancer)
    queries.append(
        _unmarked_therapy(sdtm, cancer & ~both.str.contains(r"SUBSEQUENT|PRIOR|PREVIOUS"))
    )
    off = linked_lesions(sdtm).filter(procedure_kind() == "off")
    queries.append(unresolved_links(sdtm))
    palliative = upper("PRINDC").str.contains("PALLIATIVE|PAIN").fill_null(value=False) & upper(
        "PRTRT"
    ).str.contains("RADIO|^RT$|SBRT|IRRADIATION").fill_null(value=False)
    if rule.palliative_rt_ntl == "not_nact":
        who = upper("TUEVAL").replace("", None).fill_null(rule.evaluator)
        target = sdtm["TU"].filter(
            upper("TUSTRESC").str.starts_with("TARGET") & (who == rule.evaluator)
        )
        pairs = target.select("USUBJID", LNKID=upper("TULNKID"), _T=pl.lit(value=True))
        off = off.join(pairs.unique(), on=["USUBJID", "LNKID"], how="left", maintain_order="left")
        spared = palliative & pl.col("_T").is_null().all().over(ROW)
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
            frame.select(
                "USUBJID",
                START=pl.col(column).str.strip_chars(),
                NACTDOM=pl.lit(code),
                NACTSEQ=sequence_of(code),
            )
            for code, column, frame in (("CM", "CMSTDTC", cm), ("PR", "PRSTDTC", off))
        ]
    )


def _unmarked_therapy(sdtm: Sdtm, cancer: pl.Expr) -> pl.DataFrame:
    """Anticancer medication from first treatment on that is not called subsequent (R-142)."""
    first = _treatment(sdtm, sdtm["DM"]).select("USUBJID", "TRTSDT")
    given = sdtm["CM"].filter(cancer.fill_null(value=False)).join(first, on="USUBJID")
    late = given.filter(day_column("CMSTDTC") >= pl.col("TRTSDT"))
    return query(
        late["USUBJID"],
        "R-142",
        "CM holds anticancer medication during or after treatment that is called neither prior nor "
        "subsequent: it was not taken as new anticancer therapy.",
        do="set CMCAT to SUBSEQUENT ANTICANCER THERAPY where it is",
    )
