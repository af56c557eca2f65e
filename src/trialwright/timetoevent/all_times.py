"""Every time to event of a trial beside those of the main analysis (C-B, D-03, E-06, E-11)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from trialwright.protocol.model import Protocol
from trialwright.protocol.rules import DataOrigin
from trialwright.protocol.settled import SettledAnalysis, SettledResponse, origin_of
from trialwright.response.best_overall import best_overall
from trialwright.response.history import Ints
from trialwright.timetoevent.decisions import (
    ORIGIN_COLUMN,
    OS_KINDS,
    PFS_KINDS,
    Decisions,
    days,
    origin_days,
)
from trialwright.timetoevent.parameters import decide_parameters, not_applicable, parameters_of
from trialwright.timetoevent.sensitivity import with_other_same_day
from trialwright.timetoevent.study import Start, Study
from trialwright.vocabulary.recist import NEVER, NO_DAY

_Rules = tuple[SettledResponse, SettledAnalysis]


def with_all_times(
    protocol: Protocol, decisions: Decisions, milestones: pl.DataFrame, rules: _Rules
) -> Decisions:
    """The decisions with every sensitivity analysis, other origin and further time.

    Parameters
    ----------
    decisions
        With the times of the main analysis.
    milestones
        Dates of each subject in array order.
    """
    study = Study(
        course=decisions.course,
        clinical=days(milestones, "CLPDDT", NEVER),
        last_alive=days(milestones, "LSTALVDT", NO_DAY),
        last_dose=days(milestones, "TRTEDT", NO_DAY),
        response_start=decisions.headline.start_day,
        response_visit=decisions.headline.start,
        cutoff=decisions.cutoff,
        response_rule=rules[0],
        analysis=rules[1],
    )
    other = {
        "PFS": _other_origin(protocol, PFS_KINDS, rules[1].pfs_origin),
        "OS": _other_origin(protocol, OS_KINDS, rules[1].os_origin),
    }
    failure = any(one.kind == "TTF" for one in protocol.endpoints)
    parameters = parameters_of(study, other, failure=failure)
    origins = _origins(protocol, decisions, milestones, rules, other)
    return replace(
        decisions,
        times=decisions.times | decide_parameters(study, parameters, origins),
        parameters={one.paramcd: one for one in parameters},
        not_applicable=not_applicable(parameters, origins),
    )


def _other_origin(protocol: Protocol, kinds: tuple[str, ...], default: DataOrigin) -> DataOrigin:
    """The origin to compare with: first treatment for enrolment, enrolment for the others."""
    return "first_dose" if origin_of(protocol, kinds, default) == "enrolment" else "enrolment"


def _origins(
    protocol: Protocol,
    decisions: Decisions,
    milestones: pl.DataFrame,
    rules: _Rules,
    other: dict[str, DataOrigin],
) -> dict[Start, Ints]:
    """The day of each start, `NO_DAY` for a subject whom it never had."""
    main = origin_of(protocol, PFS_KINDS, rules[1].pfs_origin)
    to_response = origin_days(protocol, milestones, ("TTR",), main)
    to_failure = origin_days(protocol, milestones, ("TTF",), main)
    responded = decisions.headline.start >= 0
    treated = days(milestones, "TRTSDT", NO_DAY) != NO_DAY
    return {
        "PFS": decisions.times["PFS"].origin,
        "OS": decisions.times["OS"].origin,
        "PFS_OTHER": _since(milestones, other["PFS"]),
        "OS_OTHER": _since(milestones, other["OS"]),
        "DOR": decisions.headline.start_day,
        "DOR_SAME": _response_otherwise(decisions, rules[0]),
        "TTR": np.where(responded, to_response, NO_DAY).astype(np.int32),
        "TTF": np.where(treated, to_failure, NO_DAY).astype(np.int32),
    }


def _since(milestones: pl.DataFrame, origin: DataOrigin) -> Ints:
    enrolled = days(milestones, "ENRLDT", NO_DAY) != NO_DAY
    return np.where(enrolled, days(milestones, ORIGIN_COLUMN[origin], NO_DAY), NO_DAY).astype(
        np.int32
    )


def _response_otherwise(decisions: Decisions, rule: SettledResponse) -> Ints:
    """Start of response when the day of new therapy is read the other way (C-04b)."""
    follow, sequence = decisions.follow, decisions.sequence
    if not (sequence.live & (sequence.day == follow.new_therapy[:, None])).any():
        return decisions.headline.start_day
    confirmed = rule.confirmation == "required"
    found = best_overall(sequence, follow, with_other_same_day(rule), confirmed=confirmed)
    return found.start_day
