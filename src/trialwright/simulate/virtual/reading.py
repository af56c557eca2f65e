"""One scan of one subject: when it is made, what it does not show, how lesions are read."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from trialwright.simulate.virtual.choose import choose
from trialwright.simulate.virtual.parts import CohortModel
from trialwright.simulate.virtual.tables import exp_of, looked_up
from trialwright.simulate.virtual.words import Each, Place, Words, high, low, words_at

#: Shift of a scan that is not made.
MISSED = 10_000
#: Bit of the first lesion that is followed, not measured, in the mask of lesions not shown.
OTHERS_BIT, OTHERS_BITS = 5, 3
VANISHED_MM, SMALL_MM, LARGEST_MM, NORMAL_NODE_MM = 2.0, 5.0, 300.0, 6.0
#: Scans closer than this to another one are not made; below 14 days they would be one (R-059).
MIN_GAP = 21
#: Default for a lesion too small to measure, in tenths of a millimetre (R-022).
SMALL_TENTHS = 50
_LEAST_TENTHS = 10
FIRST_NOISE = 3
#: `VirtualTrials.depth` without a later sum of diameters.
NO_DEPTH = 32_767


class Scan(NamedTuple):
    """A planned scan: days after its due date, lesions not shown (bits), and its moment.

    `apart` is the days that the abdomen is scanned after the thorax, `later` the days from the due
    date to an unscheduled scan (0 none), `estimate` whether tiny lesions get no number, `other`
    whether another reader reads (0 or 1).
    """

    shift: Each
    hidden: Each
    apart: Each
    estimate: Each
    other: Each
    later: Each
    words: Words


class Tumour(NamedTuple):
    """What the size of one lesion follows from: start in mm, killed share, pace, node or not."""

    start: Each
    killed: Each
    pace: Each
    node: Each


def moment_code(apart: int, estimate: int, other: int, later: int) -> int:
    """One number for what else a scan is; `scan_at` takes it apart."""
    return apart | estimate << 3 | other << 4 | later << 5


def scan_at(m: CohortModel, place: Place, purpose: Each) -> Scan:
    """The scan of a purpose: `SCHEDULED` or `UNSCHEDULED` plus the number of its due date."""
    words = words_at(place, purpose)
    moment = np.int64(m.scan.moment[low(words.b)])
    return Scan(
        shift=np.int64(m.scan.shift[low(words.a)]),
        hidden=np.int64(m.scan.unevaluable[high(words.a)]),
        apart=moment & 7,
        estimate=((moment >> 3) & 1) > 0,
        other=(moment >> 4) & 1,
        later=moment >> 5,
        words=words,
    )


def is_made(scan: Scan, day: Each, start: Each, until: Each) -> Each:
    """Whether the scan of a due date is made on that day: not missed, and while in sight."""
    return (scan.shift < MISSED) & (day > start) & (day <= until)


def days_apart(scan: Scan, day: Each, until: Each) -> Each:
    """Days until the abdomen is scanned: that happens in sight too."""
    return np.minimum(scan.apart, np.maximum(until - day, 0))


def latest_further(due: Each, scan: Scan, until: Each) -> Each:
    """Last day of a further scan before a due date: apart from it and from its scan."""
    return np.minimum(due + np.minimum(scan.shift, 0) - MIN_GAP, until)


def true_mm(m: CohortModel, tumour: Tumour, growth: Each, decay: Each, days: Each) -> Each:
    """True diameter that many days after first treatment.

    S(t) = S0 [(1 - q) exp(g t) + q exp(-d t)]: regrowth of what survives and decay of what is
    killed (Stein et al., Clin Cancer Res 2011;17:907-917). A node keeps a normal short axis.
    """
    time = np.maximum(days, 0)
    living = exp_of(np.minimum(growth * tumour.pace * time, 5.0), m.tables)
    dying = exp_of(decay * time * -1.0, m.tables)
    mm = tumour.start * ((1.0 - tumour.killed) * living + tumour.killed * dying)
    return choose(tumour.node, np.maximum(mm, np.minimum(tumour.start, NORMAL_NODE_MM)), mm)


def baseline_tenths(m: CohortModel, tumour: Tumour, noise: Each, fine: Each) -> Each:
    """Baseline diameter as read: at least what makes the lesion measurable (R-001, R-003)."""
    mm = tumour.start * looked_up(m.scan.noise, (0, noise))
    least = choose(tumour.node, 15.0, 10.0)
    return in_tenths(np.minimum(np.maximum(mm, least), LARGEST_MM), fine)


def read_tenths(m: CohortModel, lesion: Each, noise: Each, how: Each) -> Each:
    """Diameter as read: 0 when gone (R-021), 5 mm when too small (R-022), else with an error.

    `lesion` holds the true diameter, node or not, and whether the site reads tenths; `noise` is a
    half word; `how` says whether tiny lesions get no number, and which reader reads.
    """
    mm, node, fine = lesion
    estimate, other = how
    read = np.minimum(mm * looked_up(m.scan.noise, (other, noise)), LARGEST_MM)
    tenths = np.maximum(in_tenths(read, fine), _LEAST_TENTHS)
    extranodal = np.logical_not(node)
    tenths = choose(extranodal & estimate & (read < SMALL_MM), SMALL_TENTHS, tenths)
    return choose(extranodal & (mm < VANISHED_MM), 0, tenths)


def in_tenths(mm: Each, fine: Each) -> Each:
    """Tenths of a millimetre; whole millimetres unless the site reads finer, halves upwards."""
    return np.int64(choose(fine, np.floor(mm * 10.0 + 0.5), 10.0 * np.floor(mm + 0.5)))
