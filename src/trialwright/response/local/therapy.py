"""Local therapy of single lesions: which, when, of what kind (R-100, R-102, R-103, R-141).

What a therapy off protocol does to the assessment of a lesion is decided here (R-029); ablation
by the protocol is read in `ablation` and `rebaseline`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from trialwright.core.dates import iso
from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Sdtm
from trialwright.protocol.model import Protocol
from trialwright.response.history import Flags, LesionHistory
from trialwright.response.lengths import length_problem
from trialwright.response.lesions import with_qualifiers
from trialwright.subjects.days import day_column, earliest_day, upper
from trialwright.subjects.procedures import is_resection, linked_lesions, procedure_kind
from trialwright.subjects.reconcile import query
from trialwright.vocabulary.recist import NO_DAY, LesionState, Role

#: Procedures that destroy the lesion they are applied to.
_ABLATION = r"ABLATION|\bMWA\b|\bRFA\b|MICROWAVE|RADIOFREQUENCY|CRYO|ELECTROPORATION"
#: Words of PRIORLOC for a lesion that was never treated locally.
_NEVER = ("NONE", "N", "NO")


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalTherapy:
    """What is known of the local therapy of each lesion.

    Attributes
    ----------
    frame
        Procedures on known lesions with a date: USUBJID, LNKID, S, L, ROLE, DAY, KIND ("off", or
        "ablation" by the protocol).
    sessions
        Every study ablation with a date, its lesion known or not: USUBJID, S, DAY.
    tissue
        New lesions that TU groups with another lesion: USUBJID, LNKID, S, L, GRPID, MARGIN (tenths
        of a millimetre from the ablation margin, null when not given).
    listing
        Local therapy for people, before and on study: USUBJID, LNKID, ROLE, LOC, KIND, TRT, DAY,
        PROG (growth shown after it), SRCDOM, SRCSEQ.
    """

    frame: pl.DataFrame
    sessions: pl.DataFrame
    tissue: pl.DataFrame
    listing: pl.DataFrame
    queries: tuple[pl.DataFrame, ...]


def local_therapy(protocol: Protocol, sdtm: Sdtm, lesions: pl.DataFrame) -> LocalTherapy:
    """Read PR and the qualifiers of TU: which lesion was treated when, by protocol or not (R-141).

    Raises
    ------
    DataError
        For a distance from the ablation margin (MARGINMM) that is no length.
    """
    names = [c.name.strip().upper() for c in protocol.regimen if c.reach == "lesion"]
    ablation = pl.col("NAME").str.contains(_ABLATION) | pl.col("NAME").is_in(names)
    pr = linked_lesions(sdtm)
    pr = pr.with_columns(
        pl.Series("RESECTION", is_resection(pr)),
        KIND=procedure_kind(),
        DAY=earliest_day("PRSTDTC"),
        NAME=upper("PRTRT"),
    ).with_columns(KIND=_fine_kind(ablation))
    index = lesions.select("USUBJID", "LNKID", "S", "L", "ROLE", "LOC")
    linked = pr.join(index, on=["USUBJID", "LNKID"], how="inner", maintain_order="left")
    details = _details(sdtm, lesions)
    known = linked.filter(pl.col("KIND").is_in(("off", "ablation")) & pl.col("DAY").is_not_null())
    subjects = lesions.select("USUBJID", "S").unique()
    sessions = pr.filter((pl.col("KIND") == "ablation") & pl.col("DAY").is_not_null())
    grouped = details.filter((pl.col("ROLE") == int(Role.NEW)) & pl.col("GRPID").is_not_null())
    return LocalTherapy(
        frame=known.select("USUBJID", "LNKID", "S", "L", "ROLE", "DAY", "KIND").sort(
            "S", "L", "DAY"
        ),
        sessions=sessions.join(subjects, on="USUBJID").select("USUBJID", "S", "DAY"),
        tissue=grouped.select("USUBJID", "LNKID", "S", "L", "GRPID", "MARGIN").sort("S", "L"),
        listing=_listing(linked, details),
        queries=_queries(pr, linked, known, details),
    )


def _fine_kind(ablation: pl.Expr) -> pl.Expr:
    """Study procedures told apart: ablation, surgery, other; the other kinds as they are."""
    kind = pl.col("KIND")
    return (
        pl.when(pl.col("RESECTION")).then(pl.lit("surgery"))
        .when((kind == "study") & ablation).then(pl.lit("ablation"))
        .otherwise(kind)
    )  # fmt: skip


def _details(sdtm: Sdtm, lesions: pl.DataFrame) -> pl.DataFrame:
    """The lesions with what TU adds: GRPID, MARGIN, PRIORLOC, PROGLOC, of the same reader."""
    reader = ("TUEVAL", "TUEVALID")
    tu = with_qualifiers(sdtm["TU"], "MARGINMM", "PRIORLOC", "PROGLOC").with_columns(
        LNKID=upper("TULNKID")
    )
    tu = tu.filter(upper("TUTESTCD") == "TUMIDENT")
    tenths = _margins(sdtm, tu)
    mine = lesions.select("USUBJID", "LNKID", "S", "L", "ROLE", "LOC", "TUSEQ", ROW).join(
        tu.select(ROW, *reader), on=ROW, how="left", maintain_order="left"
    )
    told = (
        tu.with_columns(tenths)
        .sort(ROW)
        .group_by("USUBJID", "LNKID", *reader)
        .agg(
            GRPID=upper("TUGRPID").replace("", None).drop_nulls().first(),
            MARGIN=pl.col("MARGIN").drop_nulls().first(),
            PRIORLOC=upper("PRIORLOC").replace("", None).drop_nulls().first(),
            PROGLOC=upper("PROGLOC").drop_nulls().first(),
            SEEN=day_column("TUDTC").min(),
        )
    )
    key = ["USUBJID", "LNKID", *reader]
    return mine.join(told, on=key, how="left", nulls_equal=True, maintain_order="left")


def _margins(sdtm: Sdtm, tu: pl.DataFrame) -> pl.Series:
    """Distances from the ablation margin in tenths of a millimetre (R-106)."""
    values: list[int | None] = []
    for row, text in tu.select(ROW, upper("MARGINMM")).iter_rows():
        problem = length_problem(text, "MM") if text else ""
        if problem:
            raise DataError(
                f"A distance from the ablation margin cannot be read: {problem}.",
                where=f'{sdtm.where("TU", row, "MARGINMM")}: "{text}"',
                allowed="millimetres as a plain number, not finer than 0.1 mm (R-106)",
                do="correct MARGINMM, or leave it empty for new tissue at the ablation zone",
            )
        values.append(round(float(text) * 10) if text else None)
    return pl.Series("MARGIN", values, dtype=pl.Int32)


_KIND_TEXT = {
    "ablation": "ABLATION", "off": "OFF PROTOCOL", "prior": "PRIOR", "surgery": "SURGERY",
    "study": "STUDY TREATMENT",
}  # fmt: skip


def _listing(linked: pl.DataFrame, details: pl.DataFrame) -> pl.DataFrame:
    """One row for each procedure on a lesion, and for prior therapy that only TU tells (R-100)."""
    shown = ("USUBJID", "LNKID", "ROLE", "LOC", "KIND", "TRT", "DAY", "PROG", "SRCDOM", "SRCSEQ")
    progressed = details.select("USUBJID", "LNKID", PROG="PROGLOC")
    by_pr = linked.join(progressed, on=["USUBJID", "LNKID"], how="left", maintain_order="left")
    by_pr = by_pr.filter(pl.col("KIND").is_not_null()).select(
        "USUBJID", "LNKID", "ROLE", "LOC", "DAY",
        KIND=pl.col("KIND").replace_strict(_KIND_TEXT),
        TRT="NAME",
        PROG=pl.when(pl.col("KIND") == "prior").then("PROG"),
        SRCDOM=pl.lit("PR"),
        SRCSEQ=pl.col("PRSEQ").cast(pl.String),
    )  # fmt: skip
    prior = by_pr.filter(pl.col("KIND") == "PRIOR").select("USUBJID", "LNKID")
    by_tu = _prior_in_tu(details).join(prior, on=["USUBJID", "LNKID"], how="anti").select(
        "USUBJID", "LNKID", "ROLE", "LOC",
        DAY=pl.lit(None, pl.Int32),
        KIND=pl.lit("PRIOR"),
        TRT="PRIORLOC",
        PROG="PROGLOC",
        SRCDOM=pl.lit("TU"),
        SRCSEQ=pl.col("TUSEQ").cast(pl.String),
    )  # fmt: skip
    rows = pl.concat([by_pr.select(shown), by_tu.select(shown)])
    return rows.sort("USUBJID", "LNKID", "DAY", "KIND", "SRCSEQ", nulls_last=False)


def _prior_in_tu(details: pl.DataFrame) -> pl.DataFrame:
    return details.filter(pl.col("PRIORLOC").is_not_null() & ~pl.col("PRIORLOC").is_in(_NEVER))


def _queries(
    pr: pl.DataFrame, linked: pl.DataFrame, known: pl.DataFrame, details: pl.DataFrame
) -> tuple[pl.DataFrame, ...]:
    """What a person should look at: links that lead nowhere and what was treated."""
    lesion, kind, role = pl.col("LNKID"), pl.col("KIND"), pl.col("ROLE")
    bare = pr.filter((kind == "off") & lesion.is_null())
    lost = pr.filter((kind == "ablation") & lesion.is_null())
    stray = pr.filter(kind.is_in(("off", "ablation", "prior")) & lesion.is_not_null()).join(
        linked, on=["USUBJID", "LNKID"], how="anti"
    )
    unknown = linked.filter(kind.is_null())
    undated = linked.filter(kind.is_in(("off", "ablation")) & pl.col("DAY").is_null())
    partial = known.filter(pl.col("PRSTDTC").str.strip_chars().str.len_chars() < len("2024-01-31"))
    target = known.filter((kind == "off") & (role == int(Role.NON_TARGET)))
    late = known.filter((kind == "ablation") & (role == int(Role.NEW)))
    silent = details.filter(
        pl.col("PRIORLOC").is_null() & (pl.col("PROGLOC") != "Y").fill_null(value=True)
    )
    prior = linked.filter((kind == "prior") & (role == int(Role.TARGET))).join(
        silent, on=["USUBJID", "LNKID"], how="semi"
    )
    return (
        query(bare["USUBJID"], "R-141", "Local therapy off protocol names no lesion: none is guessed."),
        query(lost["USUBJID"], "R-141", "A study ablation names no lesion: which lesion is an ablation zone is not known."),
        query(stray["USUBJID"], "R-141", "Local therapy names a lesion that is not among those read: no lesion is marked as treated."),
        query(unknown["USUBJID"], "R-141", "A procedure on a lesion has no known category: not used."),
        query(undated["USUBJID"], "R-141", "Local therapy of a lesion has no date: not used.", "error"),
        query(partial["USUBJID"], "R-141", "The date of local therapy of a lesion is partial: the first day that it allows counts."),
        *_named(target, "R-103", "LOCAL_TX: non-target {} was treated off protocol on {}: what the reader records of it still counts."),
        *_named(late, "R-108", "New lesion {} was ablated on {}: that undoes no progression by it."),
        query(prior["USUBJID"], "R-008", "PR says that a target lesion was treated before study, TU does not (PRIORLOC) and growth since then is not recorded (PROGLOC)."),
    )  # fmt: skip


def _named(rows: pl.DataFrame, rule: str, text: str) -> list[pl.DataFrame]:
    """One query a procedure, with its lesion and date."""
    pairs = rows.select("USUBJID", "LNKID", "DAY").unique().sort("USUBJID", "LNKID", "DAY")
    return [query((name,), rule, text.format(les, iso(day))) for name, les, day in pairs.rows()]


def since(history: LesionHistory, s: int, lesion: int, day: int) -> Flags:
    """Time points whose scan of the lesion is dated on or after a day (R-029) [V]."""
    scans = history.day[s, :, lesion]
    found: Flags = np.where(scans > NO_DAY, scans, history.last_day[s]) >= day
    return found


def without_treated(history: LesionHistory, local: LocalTherapy, kind: str) -> LesionHistory:
    """Targets treated in a way are not evaluable from then on, whatever was recorded (R-029)."""
    rows = local.frame.filter((pl.col("KIND") == kind) & (pl.col("ROLE") == int(Role.TARGET)))
    if rows.height == 0:
        return history
    state, size, gone = history.state.copy(), history.size.copy(), history.resolved.copy()
    for s, lesion, day in rows.select("S", "L", "DAY").iter_rows():
        after = since(history, s, lesion, day)
        state[s, after, lesion] = LesionState.NE
        size[s, after, lesion] = 0
        gone[s, after, lesion] = False
    return replace(history, state=state, size=size, resolved=gone)
