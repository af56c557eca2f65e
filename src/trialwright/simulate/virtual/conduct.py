"""What the trial sees of a course: entry, treatment, leaving, further therapy, the end of sight.

Days are whole days from the start of accrual.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from trialwright.simulate.virtual import purposes
from trialwright.simulate.virtual.choose import choose
from trialwright.simulate.virtual.course import Course
from trialwright.simulate.virtual.disease import Disease
from trialwright.simulate.virtual.parts import CohortModel
from trialwright.simulate.virtual.tables import looked_up
from trialwright.simulate.virtual.words import Each, Place, Words, high, low, words_at
from trialwright.vocabulary.recist import NEVER

_FAR = 1e6
_SHORTEST_TREATMENT = 7
_LOCAL_FROM, _LOCAL_MOST = 14, 720.0
_WAIT_LOW, _WAIT_RANGE = 14, 47


class Entry(NamedTuple):
    """How a subject enters: days after enrolment, and habits of her or his site.

    `fine` marks diameters read in tenths of a millimetre, `stays` scans that go on under further
    therapy.
    """

    gap: Each
    delay: Each
    treated: Each
    fine: Each
    stays: Each


class Habits(NamedTuple):
    """What follows a progression that is seen: one more scan, new therapy."""

    scans_on: Each
    treated_on: Each


class Follow(NamedTuple):
    """The dated facts of a subject; `NEVER` for what does not happen before the end of sight.

    Attributes
    ----------
    start
        First treatment, or enrolment of a subject who is never treated.
    end
        Last day on which the trial can see the subject: cut-off, death, or leaving the study.
    withdrawal, lost
        Day of leaving the study.
    stop
        End of treatment without progression.
    therapy
        New therapy without progression.
    until
        Last day of a scan.
    """

    start: Each
    end: Each
    death: Each
    withdrawal: Each
    lost: Each
    stop: Each
    therapy: Each
    until: Each


def draw_entry(m: CohortModel, place: Place) -> Entry:
    """Draw the gap before the subject, the days to treatment and the habits of the site."""
    words = words_at(place, purposes.ENTRY)
    c = m.conduct
    return Entry(
        gap=looked_up(m.tables.exponential, low(words.a)) * c.gap_mean,
        delay=c.delay_low + ((high(words.a) * c.delay_range) >> 16),
        treated=high(words.b) >= c.never_treated,
        fine=low(words.c) < m.scan.fine,
        stays=high(words.c) < c.stays,
    )


def draw_habits(m: CohortModel, place: Place) -> Habits:
    """Draw what is done once progression is seen; it changes no outcome, only records."""
    words = words_at(place, purposes.ENTRY)
    return Habits(
        scans_on=low(words.d) < m.scan.after_progression,
        treated_on=high(words.d) < m.conduct.therapy_after_pd,
    )


def follow(
    m: CohortModel, place: Place, entry: Entry, disease: Disease, course: Course, days: Each
) -> Follow:
    """Let the trial run for a subject until the cut-off; `days` holds enrolment and cut-off."""
    c = m.conduct
    enrolled, cutoff = days
    start = enrolled + choose(entry.treated, entry.delay, 0)
    words = words_at(place, purposes.EVENTS)
    dies = start + np.int64(np.minimum(course.death, _FAR))
    withdraws = _after(start, looked_up(m.tables.exponential, low(words.a)) * c.withdrawal_mean, 1)
    is_lost = _after(start, looked_up(m.tables.exponential, high(words.a)) * c.lost_mean, 1)
    leaves = np.minimum(withdraws, is_lost)
    left = leaves < np.minimum(dies, cutoff)
    end = np.minimum(np.minimum(cutoff, dies), choose(left, leaves, cutoff))
    known_death = dies <= end
    sight = end - np.int64(known_death | left)
    toxicity = _after(
        start, looked_up(m.tables.exponential, low(words.b)) * c.toxicity_mean, _SHORTEST_TREATMENT
    )
    physician = _after(
        start,
        looked_up(m.tables.exponential, high(words.b)) * c.physician_mean,
        _SHORTEST_TREATMENT,
    )
    unplanned = np.minimum(toxicity, physician)
    planned = start + c.longest_days
    stop = np.minimum(unplanned, planned)
    early = entry.treated & (stop < end)
    wait = _WAIT_LOW + ((high(words.c) * _WAIT_RANGE) >> 16)
    chosen = early & (unplanned <= planned) & (low(words.c) < c.therapy_without_pd)
    therapy = choose(chosen, stop + wait, NEVER)
    therapy = np.minimum(therapy, start + off_protocol(m, words, (entry, disease, course)))
    scans_on = (therapy == NEVER) | entry.stays
    return Follow(
        start=start,
        end=end,
        death=choose(known_death, dies, NEVER),
        withdrawal=choose(left & (withdraws <= is_lost), withdraws, NEVER),
        lost=choose(left & (withdraws > is_lost), is_lost, NEVER),
        stop=choose(early, stop, NEVER),
        therapy=choose(therapy <= sight, therapy, NEVER),
        until=choose(entry.treated, choose(scans_on, sight, np.minimum(sight, therapy)), start - 1),
    )


def off_protocol(m: CohortModel, words: Words, who: tuple[Entry, Disease, Course]) -> Each:
    """Days to local therapy of a target outside the protocol, `NEVER` for none (R-103).

    `words` are those of the events.
    """
    entry, disease, course = who
    chosen = entry.treated & (low(words.d) < m.conduct.local_therapy) & (disease.targets > 0)
    moment = high(words.d) * (1 / 65_536) * 0.6 + 0.3
    days = np.int64(moment * np.minimum(course.progression, _LOCAL_MOST))
    return choose(chosen, np.maximum(_LOCAL_FROM, days), NEVER)


def stops_for_toxicity(m: CohortModel, words: Words) -> Each:
    """Whether an unplanned stop of treatment is for toxicity, not by the physician."""
    toxicity = looked_up(m.tables.exponential, low(words.b)) * m.conduct.toxicity_mean
    return toxicity <= looked_up(m.tables.exponential, high(words.b)) * m.conduct.physician_mean


def _after(start: Each, days: Each, least: int) -> Each:
    """A day that many days after the start, and at least `least`."""
    return start + np.maximum(least, np.int64(np.minimum(days, _FAR)))
