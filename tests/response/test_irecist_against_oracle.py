"""The engine against the plain reading of R-085 to R-097, and what always holds."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from support.immune_histories import plain_view, random_immune
from support.oracle_irecist import event_day, immune
from support.rules import analysis_rule, response_rule
from trialwright.response.best_overall import Follow
from trialwright.response.history import LesionHistory
from trialwright.response.irecist.best import immune_best
from trialwright.response.irecist.series import ImmuneTimePoints, assess_immune
from trialwright.response.timepoint import TimePoints, assess_time_points
from trialwright.timetoevent.irecist import decide_immune_progression, event_visit
from trialwright.timetoevent.progression import Course, decide_progression
from trialwright.vocabulary.irecist import IMMUNE_TEXT, ImmuneResponse
from trialwright.vocabulary.recist import NEVER, Response

SUBJECTS = 2500


def immune_rule(**changes: object):
    return response_rule(criteria=("iRECIST",), **changes)


def assessed(seed: int, **changes: object):
    history, facts = random_immune(np.random.default_rng(seed), SUBJECTS)
    rule = immune_rule(**changes)
    points = assess_time_points(history, rule)
    return history, facts, points, assess_immune(history, points, facts, rule)


def course_of(
    history: LesionHistory,
    points: TimePoints,
    rng: np.random.Generator,
    origins: tuple[int, ...] = (-7, 0),
) -> Course:
    n = len(history.visits)

    def sometimes(chance: float) -> np.ndarray:
        return np.where(rng.random(n) < chance, rng.integers(20, 400, n), NEVER).astype(np.int32)

    return Course(
        origin=rng.choice(origins, n).astype(np.int32),
        reference=np.zeros(n, np.int32), response=points.response, day=points.day,
        live=history.live, baseline=np.ones(n, np.bool_), death=sometimes(0.3),
        new_therapy=sometimes(0.3), withdrawal=sometimes(0.2), lost=sometimes(0.05),
        stopped=sometimes(0.5),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("seed", "changes"),
    [
        (1, {}),
        (2, {"cr_then_disease": "keep", "tp_date": "first_of_tp"}),
        (3, {"cr_then_disease": "reclassify", "pd_date": "last_of_tp"}),
    ],
)
def test_engine_and_plain_reading_agree(seed: int, changes: dict[str, object]) -> None:
    """Every time point and the iUPD that counts as event, on random histories."""
    history, facts, points, found = assessed(seed, **changes)
    rng = np.random.default_rng(seed)
    course = course_of(history, points, rng, (-7, 0, 30))
    events = event_visit(found, course, immune_rule(**changes))
    reached: Counter[str] = Counter()
    for s in range(SUBJECTS):
        tps, lesions = plain_view(history, facts, points, s)
        answers = immune(tps, lesions)
        got = [IMMUNE_TEXT[c] for c in found.response[s, : len(tps)]]
        assert got == [a.response for a in answers], (s, tps)
        assert found.reset[s, : len(tps)].tolist() == [a.reset for a in answers]
        assert found.early[s, : len(tps)].tolist() == [a.early for a in answers]
        day = found.day[s, : len(tps)]
        counted = ((day >= course.origin[s]) & (day <= course.withdrawal[s])).tolist()
        dated = [type(tp)(**{**vars(tp), "day": int(d)}) for tp, d in zip(tps, day, strict=True)]
        wanted = event_day(dated, answers, counted, int(course.new_therapy[s]))
        assert (int(found.day[s, events[s]]) if events[s] >= 0 else None) == wanted
        reached.update(f"{why}" for a in answers for why in (*a.why, "reset" * a.reset) if why)
        reached.update("early" for a in answers if a.early)
    assert min(reached.values()) > 20, reached
    assert len(reached) == 9, reached


def test_without_progression_irecist_is_recist():
    """R-085: no PD at any time point, no difference at any time point."""
    _, _, points, found = assessed(11)
    calm = ~(points.response == Response.PD).any(axis=1)
    assert calm.sum() > 100
    assert np.array_equal(found.response[calm], points.response[calm])
    assert np.array_equal(found.day[calm], points.day[calm])


def test_until_the_first_progression_both_are_equal_and_it_is_iupd():
    """R-085."""
    _, _, points, found = assessed(12)
    is_pd = points.response == Response.PD
    before = np.cumsum(is_pd, axis=1) == 0
    assert np.array_equal(found.response[before], points.response[before])
    first = is_pd & (np.cumsum(is_pd, axis=1) == 1)
    assert (found.response[first] == ImmuneResponse.IUPD).all()
    assert first.sum() > 1000


def test_no_confirmation_before_its_window_and_only_after_iupd():
    """R-086: iCPD at 26 days at the earliest, in a series that has an iUPD; iCPD is final."""
    _, _, points, found = assessed(13)
    s, v = np.nonzero(found.response == ImmuneResponse.ICPD)
    first = np.r_[True, s[1:] != s[:-1]]
    s, v = s[first], v[first]
    start = found.start[s, v]
    assert (found.response[s, start] == ImmuneResponse.IUPD).all()
    assert (points.day[s, v] - points.day[s, start]).min() == 26
    later = found.response[np.cumsum(found.response == ImmuneResponse.ICPD, axis=1) > 0]
    assert set(later.tolist()) <= {ImmuneResponse.ICPD, ImmuneResponse.NE, ImmuneResponse.NA}


@pytest.mark.parametrize("pfs_rule", ["FDA", "EMA"])
def test_ipfs_is_never_earlier_than_pfs(pfs_rule: str) -> None:
    """R-093: the day of an iPFS event is that of PFS or a later one."""
    history, _, points, found = assessed(14)
    course = course_of(history, points, np.random.default_rng(14))
    rules = immune_rule(), analysis_rule()
    ipfs = decide_immune_progression(found, course, rules, pfs_rule=pfs_rule)
    pfs = decide_progression(course, rules[0], rules[1], pfs_rule=pfs_rule)
    both = ipfs.event & pfs.event
    assert (ipfs.day[both] >= pfs.day[both]).all()
    assert (ipfs.day[both] > pfs.day[both]).sum() > 50
    never = ~(points.response == Response.PD).any(axis=1)
    assert np.array_equal(ipfs.day[never], pfs.day[never])
    assert np.array_equal(ipfs.rule[never], pfs.rule[never])


def test_confirmed_response_is_never_better_than_unconfirmed():
    """R-092 with section 7."""
    history, _, _, found = assessed(15)
    n = len(history.visits)
    off = np.full(n, NEVER, np.int32)
    follow = Follow(reference=np.zeros(n, np.int32), death=off, withdrawal=off, lost=off,
                    new_therapy=off, end_of_treatment=off, surgery=off)  # fmt: skip
    best = {
        c: immune_best(found, history.live, follow, immune_rule(), confirmed=c).response
        for c in (True, False)
    }
    responders = {c: np.isin(best[c], (ImmuneResponse.ICR, ImmuneResponse.IPR)) for c in best}
    assert not (responders[True] & ~responders[False]).any()
    assert responders[True].sum() < responders[False].sum()


def test_a_subject_alone_gets_the_same_answer():
    """Other subjects, and arrays made for them, change nothing."""
    history, facts, _, found = assessed(16)
    for s in range(40):
        one = _one(history, s)
        mine = type(facts)(organ=facts.organ[s : s + 1], minimum=facts.minimum[s : s + 1],
                           grown=facts.grown[s : s + 1])  # fmt: skip
        alone: ImmuneTimePoints = assess_immune(
            one, assess_time_points(one, immune_rule()), mine, immune_rule()
        )
        assert np.array_equal(alone.response[0], found.response[s])


def _one(history: LesionHistory, s: int) -> LesionHistory:
    return LesionHistory(
        **{name: getattr(history, name)[s : s + 1] for name in LesionHistory.__slots__}
    )
