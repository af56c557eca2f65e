"""The hidden course of a subject: response, growth, progression, death.

Times are days from first treatment (from enrolment for a subject who is never treated). Death that
follows progression is later than it, so progression-free survival cannot exceed survival: an
illness-death process (Fix and Neyman, Human Biology 1951;23:205-241; Meller, Beyersmann, Rufibach,
Stat Med 2019;38:3961-3974).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from trialwright.simulate.virtual import purposes
from trialwright.simulate.virtual.choose import choose, up_to
from trialwright.simulate.virtual.disease import Disease, Lesions
from trialwright.simulate.virtual.parts import CohortModel, CoursePart, TumourPart
from trialwright.simulate.virtual.tables import LN2, exp_of, looked_up, phi_of
from trialwright.simulate.virtual.words import HALVES, Each, Place, half, high, low, words_at

#: First sign of progression.
NEW, TARGET, NONTARGET, LOCAL = 0, 1, 2, 3
#: Steps of the map of growth in either direction, and where it ends; see `growth_map`.
MAP_STEPS, MOST_KILLED, DECAY_SCALE = 64, 0.98, 4.0
_BURDEN_STEPS = 64
#: Largest share below one that a half word can look up.
_ALMOST_ONE = 1 - 1 / 131_072
_SHORTEST, _SHORTEST_LOCAL, _SHORTEST_LIFE = 2.0, 30.0, 3.0


class Growing(NamedTuple):
    """Rows of lesion slots, to be filled: killed share and relative growth."""

    killed: Each
    pace: Each


class Course(NamedTuple):
    """What will happen to a subject, seen by nobody yet.

    `cause` is the first sign of `progression`, `doubtful` whether its first sight is called equivocal; `growth` and `decay` are daily rates shared by the
    lesions; `death` may lie beyond every cut-off.
    """

    responder: Each
    complete: Each
    progression: Each
    cause: Each
    growth: Each
    decay: Each
    death: Each
    doubtful: Each


def draw_course(
    m: CohortModel, place: Place, lesions: Lesions, disease: Disease, out: Growing
) -> Course:
    """Draw response, the rates of all lesions, progression with its first sign, and death."""
    c = m.course
    words = words_at(place, purposes.COURSE)
    killed = words_at(place, purposes.KILLED)
    pace = words_at(place, purposes.PACE)
    limit = choose(high(pace.a) < c.sensitive, c.sensitive_response, c.response)
    responder = (low(words.a) < limit) & (disease.targets > 0)
    complete = responder & (low(pace.a) < m.tumour.complete)
    # In machine code only targets, which stand first, have growth of their own.
    for slot in range(up_to(disease.targets, m.disease.slots)):
        z = looked_up(m.tables.normal, low(killed.a)) * m.tumour.together
        z = z + looked_up(m.tables.normal, half(killed, 2 + slot)) * m.tumour.apart
        out.killed[slot] = _killed_share(m, lesions.organ[slot], z, responder, complete)
        score = looked_up(m.tables.normal, half(pace, 2 + slot)) * m.tumour.pace_sigma
        out.pace[slot] = exp_of(score, m.tables)
    slow_to_fast = high(killed.a) * (1 / 65_536)
    half_life = m.tumour.half_life_low + m.tumour.half_life_range * slow_to_fast
    decay = LN2 / half_life
    day = _progression_day(c, high(words.a), responder)
    cause = _first_sign(c, low(words.b), disease)
    later = c.later_low + c.later_range * (high(words.b) * (1 / 65_536))
    crossing = day * choose(cause == TARGET, 1.0, later)
    growth = _growth(m, lesions, out, decay, (disease.targets, crossing))
    cause = choose((cause == TARGET) & (growth >= m.tumour.fastest), NEW, cause)
    if m.ablation.applies:
        rate = np.maximum(disease.ablated * m.ablation.daily_hazard, 1e-12)
        local = looked_up(m.tables.exponential, low(words.c)) / rate
        by_margin = (disease.ablated > 0) & (local < day)
        day = choose(by_margin, np.maximum(local, _SHORTEST_LOCAL), day)
        cause = choose(by_margin, LOCAL, cause)
    death = _death_day(m, high(words.c), low(words.d), disease.mm, day)
    doubtful = high(words.d) < m.scan.equivocal_first
    return Course(responder, complete, day, cause, growth, decay, death, doubtful)


def _killed_share(m: CohortModel, organ: Each, z: Each, responder: Each, complete: Each) -> Each:
    """Share of a lesion that treatment kills; a component on the liver kills more there (R-102)."""
    t: TumourPart = m.tumour
    sign = choose(m.disease.liver[np.maximum(organ, 0)], 1.0, -1.0)
    depth = choose(responder, t.depth_shift, 0.0)
    low_end = choose(responder, t.killed_low, t.killed_low_others)
    high_end = choose(responder, t.killed_high, t.killed_high_others)
    share = low_end + (high_end - low_end) * phi_of(z + depth, m.tables)
    if t.on_liver:
        score = looked_up(m.tables.normal, np.int64(np.minimum(share, _ALMOST_ONE) * HALVES))
        share = phi_of(score + t.liver_shift * sign, m.tables)
    return choose(complete, 1.0, share)


def _progression_day(c: CoursePart, u: Each, responder: Each) -> Each:
    """A Weibull time; that of responders starts at the floor, when their response can be seen."""
    median = choose(responder, c.responder_median, c.other_median)
    floor = choose(responder, c.responder_floor, 0.0)
    return np.maximum(floor + looked_up(c.unit, u) * median, _SHORTEST)


def _first_sign(c: CoursePart, u: Each, disease: Disease) -> Each:
    """First sign of progression; a subject without such lesions progresses by a new one."""
    worse = (u >= c.not_nontarget) & disease.worsens
    grows = (u < c.target) & (disease.targets > 0)
    return choose(grows, TARGET, choose(worse, NONTARGET, NEW))


def _growth(m: CohortModel, lesions: Lesions, out: Growing, decay: Each, aim: Each) -> Each:
    """Daily growth under which the sum of the targets is PD on the day of crossing (R-032).

    Read from the map of one lesion with the mean killed share; relative growth of single lesions
    moves the day a little.
    """
    targets, crossing = aim
    total = lesions.size[0] * 0.0
    gone = total
    for slot in range(up_to(targets, m.disease.slots)):
        mine = choose(lesions.target[slot], lesions.size[slot], 0.0)
        total = total + mine
        gone = gone + mine * out.killed[slot]
    killed = np.minimum(gone / np.maximum(total, 1.0), MOST_KILLED)
    x = killed * (MAP_STEPS / MOST_KILLED)
    scaled = decay * crossing
    y = scaled / (scaled + DECAY_SCALE) * MAP_STEPS
    i = np.minimum(np.int64(x), MAP_STEPS - 1)
    j = np.minimum(np.int64(y), MAP_STEPS - 1)
    at = i * (MAP_STEPS + 1) + j
    fx = x - i
    fy = y - j
    here = m.tumour.growth[at] * (1.0 - fy) + m.tumour.growth[at + 1] * fy
    above = at + MAP_STEPS + 1
    next_ = m.tumour.growth[above] * (1.0 - fy) + m.tumour.growth[above + 1] * fy
    return np.minimum((here * (1.0 - fx) + next_ * fx) / crossing, m.tumour.fastest)


def _death_day(m: CohortModel, before_u: Each, after_u: Each, mm: Each, progression: Each) -> Each:
    """Death: a constant hazard before progression, then one that grows with the burden."""
    c = m.course
    before = looked_up(m.tables.exponential, before_u) * c.death_mean_before
    steps = mm * (_BURDEN_STEPS / c.typical_mm)
    faster = c.burden[np.minimum(np.int64(steps), len(c.burden) - 1)]
    after = looked_up(m.tables.exponential, after_u) * c.death_mean_after / faster
    return choose(before < progression, np.maximum(before, _SHORTEST_LIFE), progression + after)
