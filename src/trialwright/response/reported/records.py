"""Reported responses in the form in which lesions are handed on (R-142), and who was measurable."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from trialwright.core.tables import Sdtm
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import SettledResponse
from trialwright.response.adapter import LesionRecords, read_lesions
from trialwright.response.history import Codes, LesionHistory
from trialwright.response.reported.time_points import ReportedResponses, read_reported
from trialwright.response.timepoint import TimePoints
from trialwright.subjects.days import upper
from trialwright.subjects.reconcile import query, unused
from trialwright.vocabulary.recist import Response, Role

#: Whether disease was measurable at baseline, as `LesionRecords.measurable` codes it.
NOT_MEASURABLE, MEASURABLE, NOT_KNOWN = 0, 1, 2


def read_reported_records(
    protocol: Protocol, sdtm: Sdtm, milestones: pl.DataFrame, rule: SettledResponse
) -> tuple[LesionRecords, TimePoints]:
    """Responses of the evaluator of `rule` as records without lesions, with their time points.

    TU and TR, where delivered, are listed as unused; TU alone still says who had a target lesion.

    Raises
    ------
    DataError
        As `read_reported`.
    """
    reported = read_reported(sdtm, milestones, rule)
    bare = {code: sdtm[code].clear() for code in ("TU", "TR")}
    empty = read_lesions(
        protocol, replace(sdtm, domains={**sdtm.domains, **bare}), milestones, rule
    )
    frame = reported.frame
    measurable = _measurable(sdtm, milestones, reported)
    records = replace(
        empty,
        history=reported.history,
        points=_points(empty, frame),
        cells=_cells(empty, frame),
        visits=frame.select("USUBJID", "VISITNUM", "TP").drop_nulls("VISITNUM"),
        measurable=measurable,
        unused=(*reported.unused, *_lesions_unused(sdtm)),
        delivered=None,
        flags=(
            *empty.local.queries,
            *reported.queries,
            *_said(sdtm, rule),
            _unknown(milestones, measurable),
        ),
    )
    return records, reported.points


def measurable_disease(records: LesionRecords) -> Codes:
    """Whether each subject had measurable disease at baseline (R-015) [S].

    0 no, 1 yes, 2 not known: lesions say it, or what was found where they were not collected.
    """
    if records.measurable is not None:
        return records.measurable
    return _targets(records.history)


def _targets(history: LesionHistory) -> Codes:
    found: Codes = (history.role == Role.TARGET).any(axis=1).astype(np.int8)
    return found


def _points(empty: LesionRecords, frame: pl.DataFrame) -> pl.DataFrame:
    """Time points after baseline in the columns of the lesion records."""
    rows = frame.select("USUBJID", "S", "TP", "VISIT", FIRST="DAY", LAST="DAY")
    return _like(empty.points, rows)


def _cells(empty: LesionRecords, frame: pl.DataFrame) -> pl.DataFrame:
    """The record behind each time point; it belongs to no lesion."""
    number = pl.col("SEQ").cast(pl.Float64, strict=False).cast(pl.Int64).cast(pl.String)
    rows = frame.select("USUBJID", "S", "TP", "DAY", SRCSEQ=number.fill_null(""))
    return _like(empty.cells, rows)


def _like(model: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with the columns and types of another frame, null where they have none."""
    return rows.select(
        (pl.col(name) if name in rows.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in model.schema.items()
    )


def _measurable(sdtm: Sdtm, people: pl.DataFrame, reported: ReportedResponses) -> Codes:
    """Measurable disease by TU where it was delivered of the subject, else by what was stated.

    NON-CR/NON-PD is said of non-target disease only and PR or SD of target lesions only (R-051,
    R-052); CR, PD and NE leave it open.
    """
    tu, names = sdtm["TU"], people["USUBJID"]
    target = tu.filter(upper("TUSTRESC").fill_null(upper("TUORRES")).str.starts_with("TARGET"))
    measured, told = (names.is_in(frame["USUBJID"].implode()).to_numpy() for frame in (target, tu))
    stated = reported.points.as_read
    shrank = ((stated == Response.PR) | (stated == Response.SD)).any(axis=1)
    persists = (stated == Response.NN).any(axis=1)
    return np.select(
        [measured, told, shrank, persists],
        [MEASURABLE, NOT_MEASURABLE, MEASURABLE, NOT_MEASURABLE],
        default=NOT_KNOWN,
    ).astype(np.int8)


def _unknown(people: pl.DataFrame, measurable: Codes) -> pl.DataFrame:
    names = people.filter(pl.Series(measurable == NOT_KNOWN))["USUBJID"]
    return query(
        names,
        "S-5",
        "Whether disease was measurable at baseline is not known: lesions were not collected. The "
        "subject stays in the efficacy evaluable set as far as its other conditions hold.",
        do="deliver TU to settle it",
    )


def _lesions_unused(sdtm: Sdtm) -> tuple[pl.DataFrame, ...]:
    reason = "responses are taken as reported, not from lesions"
    return tuple(unused(code, sdtm[code], "R-142", reason) for code in ("TU", "TR"))


def _said(sdtm: Sdtm, rule: SettledResponse) -> tuple[pl.DataFrame, ...]:
    """What the trial loses by taking responses as reported, said once."""
    known = any(sdtm[code].height for code in ("TU", "TR"))
    why = "lesions were delivered and are not used" if known else "lesions were not collected"
    flags = [
        query(
            [""],
            "R-142",
            f"Responses are taken as the reader reported them: {why}. No response was derived, and "
            "nothing can be said about sums of diameters.",
            "warning" if known else "note",
        )
    ]
    if rule.criteria:
        message = f"{', '.join(rule.criteria)} is not derived: it needs lesions."
        flags.append(query([""], "R-142", message))
    if rule.marker_for_cr != "none":
        message = "marker_for_cr has no effect on reported responses."
        flags.append(query([""], "R-142", message))
    return tuple(flags)
