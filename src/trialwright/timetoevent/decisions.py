"""All decisions about all subjects: best overall response and every time to event, as arrays.

`adam` writes them as datasets and `simulate` reads them directly; nothing is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from trialwright.protocol.model import Protocol
from trialwright.protocol.rules import DataOrigin
from trialwright.protocol.settled import SettledAnalysis, SettledResponse, origin_of
from trialwright.response.best_overall import (
    BestOverall,
    Follow,
    Sequence,
    best_overall,
    in_window,
    shown_response,
)
from trialwright.response.history import Codes, Flags, Ints
from trialwright.response.timepoint import TimePoints
from trialwright.timetoevent.course import Course
from trialwright.timetoevent.parameters import Parameter
from trialwright.timetoevent.progression import Decision, decide_progression
from trialwright.timetoevent.survival import decide_survival
from trialwright.vocabulary.recist import NEVER, NO_DAY

PFS_KINDS = ("PFS", "PFS_RATE", "TTP")
OS_KINDS = ("OS", "OS_RATE")
ORIGIN_COLUMN: dict[DataOrigin, str] = {
    "enrolment": "ENRLDT",
    "first_dose": "TRTSDT",
    "first_procedure": "FPROCDT",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """Responses, best overall responses and times to event of all subjects.

    `window` marks the time points that count for the best overall response, `shown` the responses
    as listings show them (R-056), both [S, V]; `headline` is
    the best overall response that the protocol's confirmation option names; `cutoff` is a day number. `course` has no
    origin. `times` maps PARAMCD to its decision: those of the main analysis, and after
    `all_times.with_all_times` every other one with its name in `parameters` and, for each subject,
    what does not apply and why in `not_applicable`.
    """

    points: TimePoints
    sequence: Sequence
    follow: Follow
    window: Flags
    shown: Codes
    unconfirmed: BestOverall
    confirmed: BestOverall
    headline: BestOverall
    cutoff: int
    course: Course
    times: dict[str, Decision]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    not_applicable: tuple[str, ...] = ()


def decide(
    protocol: Protocol,
    points: TimePoints,
    baseline: Flags,
    milestones: pl.DataFrame,
    cutoff: int,
    rules: tuple[SettledResponse, SettledAnalysis],
) -> Decisions:
    """Decide everything that responses and dates decide.

    Parameters
    ----------
    protocol
        Settled protocol; gives the origin of each endpoint (D-03).
    points
        Time points of all subjects, in the order of `milestones`.
    baseline
        Which subjects have lesions at baseline [S]; those without any are NED (R-015), and only
        a subject without time points has no assessment (C-03).
    milestones
        Dates of each subject as day numbers; see `subjects.milestones`.
    cutoff
        Day number of the data cut-off.
    rules
        Response rule and analysis rule.
    """
    response_rule = rules[0]
    live = np.arange(points.response.shape[1])[None, :] < points.visits[:, None]
    sequence = Sequence(response=points.response, day=points.day, live=live)
    follow = follow_of(milestones, response_rule)
    best = {
        confirmed: best_overall(sequence, follow, response_rule, confirmed=confirmed)
        for confirmed in (False, True)
    }
    headline = best[response_rule.confirmation == "required"]
    # Time points of a subject without a baseline lesion say NED: nothing was found at baseline.
    assessed = baseline | live.any(axis=1)
    course = course_of(sequence, follow, assessed)
    return Decisions(
        points=points,
        sequence=sequence,
        follow=follow,
        window=in_window(sequence, follow, response_rule),
        shown=shown_response(sequence, headline, response_rule),
        unconfirmed=best[False],
        confirmed=best[True],
        headline=headline,
        cutoff=cutoff,
        course=course,
        times=_times(protocol, (course, headline), milestones, rules),
    )


def _times(
    protocol: Protocol,
    known: tuple[Course, BestOverall],
    milestones: pl.DataFrame,
    rules: tuple[SettledResponse, SettledAnalysis],
) -> dict[str, Decision]:
    """The times to event of the main analysis."""
    response_rule, analysis = rules
    origin = origin_days(protocol, milestones, PFS_KINDS, analysis.pfs_origin)
    course = replace(known[0], origin=origin)
    responders = replace(known[0], origin=known[1].start_day)
    main = analysis.pfs_rule
    return {
        "PFS": decide_progression(course, response_rule, analysis, pfs_rule=main),
        "TTP": decide_progression(
            course, response_rule, analysis, pfs_rule=main, death_is_event=False
        ),
        "DOR": decide_progression(responders, response_rule, analysis, pfs_rule=main),
        "OS": decide_survival(
            origin_days(protocol, milestones, OS_KINDS, analysis.os_origin),
            days(milestones, "DTHDT", NEVER),
            days(milestones, "LSTALVDT", NO_DAY),
        ),
    }


def days(milestones: pl.DataFrame, column: str, missing: int) -> Ints:
    """A date column as day numbers, `missing` where it is null [S]."""
    values: Ints = milestones[column].fill_null(missing).cast(pl.Int32).to_numpy()
    return values


def origin_days(
    protocol: Protocol, milestones: pl.DataFrame, kinds: tuple[str, ...], default: DataOrigin
) -> Ints:
    """Origin of each enrolled subject [S], `NO_DAY` for the others.

    A subject to whom the event of the origin never happened (no procedure, no dose) starts at the
    next earlier one, so that nobody leaves the analysis.
    """
    origin = origin_of(protocol, kinds, default)
    columns = {"first_procedure": ("FPROCDT", "TRTSDT"), "first_dose": ("TRTSDT",), "enrolment": ()}
    start = pl.coalesce(*columns[origin], "ENRLDT")
    frame = milestones.select(
        START=pl.when(pl.col("ENRLDT").is_not_null()).then(start).cast(pl.Int32)
    )
    return days(frame, "START", NO_DAY)


def follow_of(milestones: pl.DataFrame, rule: SettledResponse) -> Follow:
    """What ends the search for a response of each subject, by the options of the rule (R-060)."""
    reference = days(milestones, ORIGIN_COLUMN[rule.response_ref], NO_DAY)
    enrolled = milestones["ENRLDT"].is_not_null().to_numpy()
    return Follow(
        reference=np.where(enrolled, reference, NO_DAY).astype(np.int32),
        death=days(milestones, "DTHDT", NEVER),
        withdrawal=days(milestones, "WDRAWDT", NEVER),
        lost=days(milestones, "LOSTDT", NEVER),
        new_therapy=days(milestones, "NACTDT", NEVER),
        end_of_treatment=days(milestones, "EOTDT", NEVER),
        surgery=days(milestones, "SURGDT", NEVER),
    )


def course_of(sequence: Sequence, follow: Follow, baseline: Flags) -> Course:
    """The course of every subject, without an origin yet."""
    return Course(
        origin=np.full(len(baseline), NO_DAY, np.int32),
        reference=follow.reference,
        response=sequence.response,
        day=sequence.day,
        live=sequence.live,
        baseline=baseline,
        death=follow.death,
        new_therapy=follow.new_therapy,
        withdrawal=follow.withdrawal,
        lost=follow.lost,
        stopped=follow.end_of_treatment,
        surgery=follow.surgery,
    )
