"""Local therapy of lesions on study: what it does to their assessment (R-029, R-102 to R-104)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from trialwright.core.tables import Sdtm
from trialwright.protocol.model import Protocol
from trialwright.response.history import LesionHistory
from trialwright.subjects.days import earliest_day, upper
from trialwright.subjects.milestones import linked_lesion, procedure_kind
from trialwright.subjects.reconcile import query
from trialwright.vocabulary.recist import NO_DAY, LesionState, Role

#: Procedures that destroy the lesion they are applied to.
_ABLATION = r"ABLATION|\bMWA\b|\bRFA\b|MICROWAVE|RADIOFREQUENCY|CRYO"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalTherapy:
    """Procedures on single lesions: S, L, ROLE, DAY, KIND ("off", or "ablation" by protocol)."""

    frame: pl.DataFrame
    queries: tuple[pl.DataFrame, ...]


def local_therapy(protocol: Protocol, sdtm: Sdtm, lesions: pl.DataFrame) -> LocalTherapy:
    """Read PR: which lesion was treated when, by protocol or not (R-141)."""
    pr = sdtm["PR"].with_columns(
        KIND=procedure_kind(),
        LNKID=linked_lesion(sdtm["PR"]),
        DAY=earliest_day("PRSTDTC"),
        NAME=upper("PRTRT"),
    )
    names = [c.name.strip().upper() for c in protocol.regimen if c.reach == "lesion"]
    ablation = pl.col("NAME").str.contains(_ABLATION) | pl.col("NAME").is_in(names)
    linked = pr.filter(pl.col("LNKID").is_not_null())
    linked = linked.join(
        lesions.select("USUBJID", "LNKID", "S", "L", "ROLE"), on=["USUBJID", "LNKID"]
    )
    unnamed = pr.filter((pl.col("KIND") == "off") & pl.col("LNKID").is_null())
    unknown = linked.filter(pl.col("KIND").is_null())
    kind = (
        pl.when(pl.col("KIND") == "off")
        .then(pl.lit("off"))
        .when((pl.col("KIND") == "study") & ablation)
        .then(pl.lit("ablation"))
    )
    frame = linked.with_columns(KIND=kind).filter(
        pl.col("KIND").is_not_null() & pl.col("DAY").is_not_null()
    )
    target_ablated = frame.filter(
        (pl.col("KIND") == "ablation") & (pl.col("ROLE") == int(Role.TARGET))
    )
    return LocalTherapy(
        frame=frame.select("S", "L", "ROLE", "DAY", "KIND").sort("S", "L", "DAY"),
        queries=(
            query(unnamed["USUBJID"], "R-141", "Local therapy off protocol names no lesion: none is guessed."),
            query(unknown["USUBJID"], "R-141", "A procedure on a lesion has no known category: not used."),
            query(target_ablated["USUBJID"], "R-104", "A target lesion was ablated as study treatment: not evaluable from then on.", "note"),
        ),
    )  # fmt: skip


def apply_local_therapy(history: LesionHistory, local: LocalTherapy) -> LesionHistory:
    """Mark treated targets not evaluable and ablation zones as such.

    A target is NE at every time point whose scan of it lies on or after the procedure, whatever
    was recorded (R-029). A non-target ablated by protocol becomes a zone: growth in it is not
    progression (R-104); local tumour progression is recorded as a new lesion (R-106).
    """
    if local.frame.height == 0:
        return history
    state, size = history.state.copy(), history.size.copy()
    zone, gone = history.zone.copy(), history.resolved.copy()
    for s, lesion, role, day, kind in local.frame.iter_rows():
        scans = history.day[s, :, lesion]
        after = np.where(scans > NO_DAY, scans, history.last_day[s]) >= day
        if role == Role.TARGET:
            state[s, after, lesion] = LesionState.NE
            size[s, after, lesion] = 0
            gone[s, after, lesion] = False
        elif kind == "ablation" and role == Role.NON_TARGET:
            zone[s, lesion] = True
            grew = np.isin(
                state[s, :, lesion],
                (LesionState.INCREASED, LesionState.EQUIVOCAL, LesionState.UNEQUIVOCAL),
            )
            state[s, after & grew, lesion] = LesionState.PRESENT
    return replace(history, state=state, size=size, zone=zone, resolved=gone)
