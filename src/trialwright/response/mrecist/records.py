"""What mRECIST takes from the records of a trial, and what a person should look at (R-120 to R-125)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Sdtm
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import SettledResponse
from trialwright.response.adapter import LesionRecords, place_lesions, read_lesions
from trialwright.response.history import Codes, Flags
from trialwright.response.lesions import with_qualifiers
from trialwright.response.local.sites import in_liver
from trialwright.response.mrecist.engine import LesionFacts
from trialwright.response.mrecist.viable import ViableRows, viable_rows
from trialwright.subjects.days import upper
from trialwright.subjects.reconcile import query
from trialwright.vocabulary.mrecist import (
    BENIGN,
    EFFUSION,
    LIVER_CANCER,
    MALIGNANT,
    NO,
    NODE_TENTHS,
    PORTA_HEPATIS,
    PORTAL_NODE_TENTHS,
    PORTAL_THROMBUS,
    TARGET_TENTHS,
    YES,
)
from trialwright.vocabulary.recist import LesionState, Role

_SIGHTS = (int(LesionState.EQUIVOCAL), int(LesionState.UNEQUIVOCAL))


@dataclass(frozen=True, slots=True, kw_only=True)
class ViableRecords:
    """The lesions of the headline evaluator with their viable diameters.

    `rows` are the viable rows as they were found; `records` has no lesions of subjects in
    `rows.unread`.
    """

    records: LesionRecords
    facts: LesionFacts
    rows: ViableRows
    queries: tuple[pl.DataFrame, ...]


def read_viable(
    protocol: Protocol, sdtm: Sdtm, milestones: pl.DataFrame, rule: SettledResponse
) -> ViableRecords:
    """Read the lesions of one reader once more, by their viable diameter, at the same time points.

    Parameters
    ----------
    sdtm
        With the records of this reader only.

    Raises
    ------
    DataError
        For what R-143 refuses, in the viable diameters and the qualifiers of mRECIST.
    """
    placed = place_lesions(protocol.id, sdtm, milestones, rule)
    table, identified = placed.delivered.table, placed.delivered.identified
    rows = viable_rows(sdtm, identified, table)
    seen = ~pl.col("USUBJID").is_in(rows.unread)
    table = replace(table, frame=table.frame.filter(seen), points=table.points.filter(seen))
    plain = replace(rule, criteria=())
    records = read_lesions(protocol, rows.sdtm, milestones, plain, table)
    facts = _facts(rows.sdtm, records)
    return ViableRecords(
        records=records,
        facts=facts,
        rows=rows,
        queries=(
            *rows.queries,
            *_baseline_queries(records, rows),
            *_pattern_queries(records, facts),
        ),
    )


def _facts(sdtm: Sdtm, records: LesionRecords) -> LesionFacts:
    shape = records.history.shape
    lesions = records.lesions.with_columns(
        PORTAL=pl.col("NODE") & pl.col("LOC").str.contains(PORTA_HEPATIS),
        FLUID=pl.col("LOC").str.contains(EFFUSION),
    )
    odd = pl.col("LOC").str.contains(f"{PORTAL_THROMBUS}|{EFFUSION}")
    nodule = (pl.col("ROLE") == int(Role.NEW)) & in_liver() & ~odd
    lesions = lesions.with_columns(NODULE=nodule)
    washout = _known_by_then(sdtm, records, "WASHOUT")
    cytology = _known_by_then(sdtm, records, "CYTOLOGY")
    return LesionFacts(
        portal=_flags(lesions, "PORTAL", shape),
        nodule=_flags(lesions, "NODULE", shape),
        washout=np.where(washout > 0, washout, 0).astype(np.int8),
        fluid=_flags(lesions, "FLUID", shape),
        proved=cytology == 1,
        names={(s, at): name for s, at, name in records.lesions["S", "L", "LNKID"].rows()},
    )


def _flags(lesions: pl.DataFrame, column: str, shape: tuple[int, int, int]) -> Flags:
    flags = np.zeros((shape[0], shape[2]), np.bool_)
    chosen = lesions.filter(pl.col(column).fill_null(value=False))
    flags[chosen["S"].to_numpy(), chosen["L"].to_numpy()] = True
    return flags


#: Words of each qualifier: those that mean 1, and those that mean 2.
_WORDS = {"WASHOUT": (YES, NO), "CYTOLOGY": (MALIGNANT, BENIGN)}


def _known_by_then(sdtm: Sdtm, records: LesionRecords, name: str) -> Codes:
    """A qualifier of TU or TR at each time point [S, V, L]: 1, 2, or 0 while nothing was said.

    1 (typical pattern, tumour cells) stays once it was seen; 2 holds until then.
    """
    said = np.zeros(records.history.state.shape, np.int8)
    found = _qualifiers(sdtm, name)
    found = found.join(records.visits, on=["USUBJID", "VISITNUM"]).filter(pl.col("TP") > 0)
    lesions = records.lesions.select("USUBJID", "LNKID", "S", "L")
    found = found.join(lesions, on=["USUBJID", "LNKID"])
    for s, tp, lesion, code in found.select("S", "TP", "L", "CODE").iter_rows():
        now = said[s, tp - 1, lesion]
        said[s, tp - 1, lesion] = code if now == 0 else min(now, code)
    for visit in range(1, records.history.shape[1]):
        before, now = said[:, visit - 1], said[:, visit]
        said[:, visit] = np.where((before == 1) | (now == 0), before, now)
    return said


def _qualifiers(sdtm: Sdtm, name: str) -> pl.DataFrame:
    """USUBJID, LNKID, VISITNUM, CODE of every record of TU and TR that has the qualifier."""
    first, second = _WORDS[name]
    codes = {**dict.fromkeys(first, 1), **dict.fromkeys(second, 2)}
    parts = []
    for code in ("TU", "TR"):
        frame = with_qualifiers(sdtm[code], name)
        rows = frame.with_columns(WORD=upper(name).replace("", None)).drop_nulls("WORD")
        _refuse_words(sdtm, rows, (code, name), tuple(codes))
        parts.append(
            rows.select(
                "USUBJID",
                LNKID=upper(f"{code}LNKID"),
                VISITNUM=pl.col("VISITNUM").cast(pl.Float64, strict=False),
                CODE=pl.col("WORD").replace_strict(codes, default=0, return_dtype=pl.Int8),
            )
        )
    return pl.concat(parts)


def _refuse_words(
    sdtm: Sdtm, rows: pl.DataFrame, where: tuple[str, str], allowed: tuple[str, ...]
) -> None:
    bad = rows.filter(~pl.col("WORD").is_in(allowed)).sort(ROW)
    if bad.height:
        code, name = where
        row = bad.row(0, named=True)
        raise DataError(
            f"{bad.height} value{'s' * (bad.height > 1)} of {name} not listed.",
            where=f'{sdtm.where(code, row[ROW], name)}: "{row[name]}"',
            allowed=", ".join(sorted(allowed)),
            do=f"correct {name}, or leave it empty where it is not known",
            records=tuple((code, at) for at in bad[ROW]),
        )


def condition_queries(protocol: Protocol) -> Iterator[pl.DataFrame]:
    """Cohorts and diseases that mRECIST is not made for (R-120)."""
    do = "use RECIST 1.1, or say in the protocol why mRECIST is right here"
    conditions = protocol.population.conditions or ()
    if not conditions and not protocol.cohorts:
        text = "The protocol names mRECIST and no disease: it is made for hepatocellular carcinoma."
        yield query(("",), "R-120", text, "error", do)
    elif conditions and all(_is_hcc(name) for name in conditions):
        return
    elif protocol.cohorts:
        for cohort in protocol.cohorts:
            if not _is_hcc(f"{cohort.id} {cohort.name}"):
                text = f"mRECIST is made for hepatocellular carcinoma; cohort {cohort.name} is not."
                yield query(("",), "R-120", text, "error", do)
    else:
        others = ", ".join(name for name in conditions if not _is_hcc(name))
        text = f"mRECIST is made for hepatocellular carcinoma; the trial is in {others}."
        yield query(("",), "R-120", text, "error", do)


def _is_hcc(text: str) -> bool:
    return re.search(LIVER_CANCER, text.replace("_", " ").upper()) is not None


def _baseline_queries(records: LesionRecords, rows: ViableRows) -> Iterator[pl.DataFrame]:
    """Targets and nodes that are none by mRECIST; derived as delivered (R-121, R-123)."""
    base = records.cells.filter(pl.col("TP") == 0).select("S", "L", "TENTHS")
    frame = records.lesions.join(base, on=["S", "L"], how="left").sort("USUBJID", "LNKID")
    target = pl.col("ROLE") == int(Role.TARGET)
    size = pl.format("{}.{}", pl.col("TENTHS") // 10, pl.col("TENTHS") % 10)
    frame = frame.with_columns(SIZE=size, AT=pl.col("LOC").fill_null("no location"))
    viable = frame.join(rows.targets, on=["USUBJID", "LNKID"], how="semi")
    portal = pl.col("LOC").str.contains(PORTA_HEPATIS).fill_null(value=False)
    least = pl.when(portal).then(PORTAL_NODE_TENTHS).otherwise(NODE_TENTHS)
    node = pl.col("NODE") & (pl.col("ROLE") != int(Role.NEW)) & (pl.col("TENTHS") > 0)
    need = pl.when(portal).then(pl.lit("20")).otherwise(pl.lit("15"))
    thrombus = target & ~pl.col("NODE") & pl.col("LOC").str.contains(PORTAL_THROMBUS)
    checks = (
        (viable.filter(pl.col("TENTHS") < TARGET_TENTHS), "R-121", "error",
         "{LNKID} ({AT}): viable diameter {SIZE} mm, a target needs 10 mm",
         "record it as a non-target lesion, or correct VLDIAM"),
        (frame.filter(thrombus), "R-123", "error",
         "{LNKID} ({AT}): tumour thrombus of a vessel is never a target",
         "record it as a non-target lesion"),
        (frame.with_columns(NEED=need).filter(node & (pl.col("TENTHS") < least)), "R-123", "warning",
         "{LNKID} ({AT}): short axis {SIZE} mm, a node is malignant from {NEED} mm",
         "remove it, or correct the short axis"),
    )  # fmt: skip
    for found, rule, severity, text, do in checks:
        for row in found.iter_rows(named=True):
            message = f"mRECIST: {text.format_map(row)}."
            yield query((row["USUBJID"],), rule, message, severity, do)  # type: ignore[arg-type]


def _pattern_queries(records: LesionRecords, facts: LesionFacts) -> Iterator[pl.DataFrame]:
    """New nodules of the liver whose pattern, or size, is not recorded (R-125)."""
    history = records.history
    seen = np.isin(history.state, _SIGHTS) & history.live[:, :, None]
    nodule = facts.nodule[:, None, :] & seen
    unsaid = (nodule & (facts.washout == 0)).any(axis=1)
    unsized = (nodule & (facts.washout > 0) & (history.size == 0)).any(axis=1)
    texts = (
        (unsaid, "no word on washout (WASHOUT): the reader's certainty stands",
         "record WASHOUT Y (arterial enhancement with washout) or N"),
        (unsized, "no size: R-125 cannot be applied in full", "record LDIAM of the nodule"),
    )  # fmt: skip
    for which, text, do in texts:
        for s, lesion in np.argwhere(which).tolist():
            message = f"mRECIST: new nodule {facts.names[s, lesion]} has {text}."
            yield query((records.subjects[s],), "R-125", message, do=do)
