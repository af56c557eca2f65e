"""Patients of the oracle as the dense arrays of the engine, and the engine's answers as rows."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as Rows

import numpy as np

from support import oracle
from support.oracle import NEW, NT, Options, Patient, Point, T
from support.oracle_times import Best, Ending
from support.rules import analysis_rule, response_rule
from trialwright.protocol.settled import SettledAnalysis, SettledResponse
from trialwright.response.best_overall import BestOverall, Follow, Sequence
from trialwright.response.history import LesionHistory
from trialwright.response.timepoint import TimePoints
from trialwright.timetoevent.progression import RULE_TEXT, Course, Decision
from trialwright.vocabulary.recist import NEVER, NO_DAY, RESPONSE_TEXT, LesionState, Response, Role

_SAME_NAME = (
    "pd_date", "tp_date", "cr_then_disease", "bor_stop_nact", "nact_same_day",
    "bor_post_treatment", "confirm_days", "sd_min_days", "max_ne_between", "sd_between_pr",
    "missing_as_ne", "window_days", "early_death_as_pd",
)  # fmt: skip
_MARKER = {"": 0, "NORMAL": 1, "ABOVE": 2, "UNMEASURED": 3}
_ROLE = {T: Role.TARGET, NT: Role.NON_TARGET, NEW: Role.NEW}


def settings(opts: Options) -> dict[str, object]:
    """The options of the oracle under the names of the protocol, `response.` left out."""
    weeks: object = opts.interval_days // 7
    if opts.calendar:
        weeks = tuple(((end or 10_000) // 7, step // 7) for end, step in opts.calendar)
    return {
        "new_node_mm": opts.new_node / 10,
        "interval_weeks": weeks,
        **{name: getattr(opts, name) for name in _SAME_NAME},
    }


def rules_of(opts: Options) -> tuple[SettledResponse, SettledAnalysis]:
    """The settled rules that say what the options of the oracle say."""
    rule = response_rule(**settings(opts))
    return rule, analysis_rule(pfs_rule=opts.pfs_rule, lsta=opts.lsta)


def history_of(patients: Rows[Patient]) -> LesionHistory:
    """The arrays of the engine, filled straight from the sights."""
    cuts = [oracle.cut(p) for p in patients]
    n, v = len(patients), max(1, *(len(c) for c in cuts))
    width = max(1, *(len(p.lesions) for p in patients))
    role, node = np.zeros((n, width), np.int8), np.zeros((n, width), np.bool_)
    baseline = np.zeros((n, width), np.int32)
    state, size = np.zeros((n, v, width), np.int8), np.zeros((n, v, width), np.int32)
    day = np.full((n, v, width), NO_DAY, np.int32)
    gone = np.zeros((n, v, width), np.bool_)
    first, last = np.full((n, v), NO_DAY, np.int32), np.full((n, v), NO_DAY, np.int32)
    for s, (patient, visits) in enumerate(zip(patients, cuts, strict=True)):
        for at, lesion in enumerate(patient.lesions):
            role[s, at], node[s, at] = _ROLE[lesion.kind], lesion.nodal
            baseline[s, at] = lesion.baseline or 0
            for i, sights in enumerate(visits):
                code, length = _state(lesion, sights)
                state[s, i, at], size[s, i, at] = code, length
                seen = sights.get(lesion.name)
                if seen is not None and seen.day is not None:
                    day[s, i, at] = seen.day
                if lesion.kind == T:
                    gone[s, i, at] = oracle.target_gone(lesion, sights)
        for i, sights in enumerate(visits):
            dates = [x.day for x in sights.values() if x.day is not None]
            first[s, i], last[s, i] = min(dates), max(dates)
    return LesionHistory(
        role=role, node=node, zone=_zones(patients, width), baseline=baseline, state=state, size=size,
        resolved=gone, day=day, first_day=first, last_day=last,
        visits=np.array([len(c) for c in cuts], np.int32),
        marker=_said(cuts, v, lambda x: _MARKER[oracle.said(oracle.MARKER, x)]),
        convinced=_said(cuts, v, lambda x: RESPONSE_TEXT.index(oracle.said(oracle.ARGUMENT, x))),
    )  # fmt: skip


def _zones(patients: Rows[Patient], width: int) -> np.ndarray:
    """Which lesions are ablation zones (R-104)."""
    rows = [[x.zone for x in p.lesions] for p in patients]
    return np.array([row + [False] * (width - len(row)) for row in rows], np.bool_)


def _said(
    cuts: list[list[dict[str, oracle.Sight]]], visits: int, code: Callable[..., int]
) -> np.ndarray:
    """A code of each time point, 0 behind the last one."""
    rows = [[code(sights) for sights in cut] for cut in cuts]
    return np.array([row + [0] * (visits - len(row)) for row in rows], np.int8)


def _state(lesion: oracle.Lesion, sights: dict[str, oracle.Sight]) -> tuple[LesionState, int]:
    """State code and diameter of one lesion at one time point."""
    seen = sights.get(lesion.name)
    size = (seen.value or 0) if seen is not None else 0
    if lesion.kind == NEW:
        said = seen.state if seen is not None else None
        return (LesionState[said] if said else LesionState.NONE), size
    if lesion.kind == NT:
        return LesionState[oracle.state_of_nontarget(lesion, sights)], size
    value = oracle.diameter(lesion, sights)
    if value is None:
        return LesionState.NE, 0
    if sights[lesion.name].tstm:
        return LesionState.TOO_SMALL, value
    return (LesionState.MEASURED if value else LesionState.ABSENT), value


def _days(values: list[int | None], missing: int) -> np.ndarray:
    return np.array([missing if v is None else v for v in values], np.int32)


def follow_of(patients: Rows[Patient]) -> Follow:
    """What ends the search for a response; nothing after the cut-off has happened (D-08)."""

    def until(name: str) -> np.ndarray:
        found = [getattr(p, name) for p in patients]
        return _days(
            [d if d is not None and d <= p.cutoff else None
             for d, p in zip(found, patients, strict=True)], NEVER
        )  # fmt: skip

    return Follow(
        reference=_days([p.ref for p in patients], NO_DAY),
        death=until("death"),
        withdrawal=until("withdrawn"),
        lost=np.full(len(patients), NEVER, np.int32),
        new_therapy=until("nact"),
        end_of_treatment=until("end_of_treatment"),
        surgery=until("surgery"),
    )


def course_of(patients: Rows[Patient], points: TimePoints, origin: list[int | None]) -> Course:
    """The course of every patient from an origin."""
    follow = follow_of(patients)
    sequence = sequence_of(points)
    return Course(
        origin=_days(origin, NO_DAY), reference=follow.reference, response=sequence.response,
        day=sequence.day, live=sequence.live, baseline=np.ones(len(patients), np.bool_),
        death=follow.death, new_therapy=follow.new_therapy, withdrawal=follow.withdrawal,
        lost=_days([p.cutoff if p.lost else None for p in patients], NEVER),
        stopped=follow.end_of_treatment,
    )  # fmt: skip


def sequence_of(points: TimePoints) -> Sequence:
    """Responses with their days."""
    live = np.arange(points.response.shape[1])[None, :] < points.visits[:, None]
    return Sequence(response=points.response, day=points.day, live=live)


def text(code: int) -> str:
    """A response code as the oracle writes it."""
    return "NN" if code == Response.NN else RESPONSE_TEXT[code]


def until_pd(points: list[Point]) -> int:
    """How many time points there are up to and including the first PD."""
    found = [p.tpr for p in points]
    return found.index("PD") + 1 if "PD" in found else len(found)


def engine_rows(points: TimePoints, s: int, count: int) -> list[tuple[object, ...]]:
    """The answers of the engine about the first time points of one subject."""
    targets, others = points.targets, points.others
    return [
        (
            text(targets.response[s, v]), text(others.response[s, v]), bool(others.new[s, v]),
            text(points.response[s, v]), text(points.as_read[s, v]), int(points.day[s, v]),
            int(targets.nadir[s, v]), int(targets.total[s, v]),
        )
        for v in range(count)
    ]  # fmt: skip


def oracle_rows(points: list[Point], count: int) -> list[tuple[object, ...]]:
    """The same answers of the oracle."""
    return [
        (p.target, p.nontarget, p.new, p.tpr, p.as_read, p.day, p.nadir or 0, p.total or 0)
        for p in points[:count]
    ]


def engine_best(best: BestOverall, s: int) -> Best:
    """The best overall response of one subject."""
    return Best(
        text(best.response[s]),
        int(best.day[s]) if best.day[s] != NO_DAY else None,
        int(best.start_day[s]) if best.start[s] >= 0 else None,
    )


def engine_ending(decision: Decision, s: int) -> Ending:
    """The time to event of one subject."""
    rule = RULE_TEXT[decision.rule[s]][0]
    return Ending(int(decision.day[s]), bool(decision.event[s]), rule)
