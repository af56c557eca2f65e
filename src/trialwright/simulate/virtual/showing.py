"""What a scan shows of a subject, as the states that the response engine takes.

The functions take arrays or single numbers alike; the machine code is made from the same text.
"""

from __future__ import annotations

import numpy as np

from trialwright.simulate.virtual.choose import choose
from trialwright.simulate.virtual.course import LOCAL, NEW, NONTARGET, Course
from trialwright.simulate.virtual.disease import Disease
from trialwright.simulate.virtual.reading import OTHERS_BIT, OTHERS_BITS, SMALL_TENTHS
from trialwright.simulate.virtual.words import Each
from trialwright.vocabulary.recist import LesionState

_ABSENT, _MEASURED = np.int8(LesionState.ABSENT), np.int8(LesionState.MEASURED)
_TOO_SMALL, _NE = np.int8(LesionState.TOO_SMALL), np.int8(LesionState.NE)
_PRESENT, _UNRECORDED = np.int8(LesionState.PRESENT), np.int8(LesionState.NONE)
_EQUIVOCAL, _UNEQUIVOCAL = np.int8(LesionState.EQUIVOCAL), np.int8(LesionState.UNEQUIVOCAL)
#: Short axis below which a node is normal, in tenths of a millimetre (R-026).
_NORMAL_NODE = 100


def is_shown(hidden: Each, slot: int) -> Each:
    """Whether a scan shows the target of a slot."""
    return (hidden >> slot) & 1 == 0


def target_state(tenths: Each, node: Each, shown: Each) -> Each:
    """State of a target: measured, gone (R-021), too small (R-022) or not evaluable."""
    small = (tenths == SMALL_TENTHS) & np.logical_not(node)
    state = choose(tenths == 0, _ABSENT, choose(small, _TOO_SMALL, _MEASURED))
    return choose(shown, state, _NE)


def is_gone(tenths: Each, node: Each, shown: Each) -> Each:
    """Whether a target counts as gone: nothing left, a node below 10 mm (R-026, R-031)."""
    return shown & (tenths < choose(node, _NORMAL_NODE, 1))


def others_state(disease: Disease, course: Course, hidden: Each, seen: tuple[Each, Each]) -> Each:
    """State of the lesions that are followed, as one (R-040): present, gone, worse, or not seen.

    They go with the targets and worsen together; while an ablation zone is followed, something is
    present (R-104). `seen` holds the number of scans since progression, this one included, and
    whether a target has vanished, shown or not.
    """
    since, vanished = seen
    number = disease.others
    bits = np.uint8((1 << np.minimum(number, OTHERS_BITS)) - 1)
    unseen = ((hidden >> OTHERS_BIT) & bits) > 0
    gone = vanished & course.complete & (disease.ablated == 0)
    state = choose(gone, _ABSENT, _PRESENT)
    worse = (course.cause == NONTARGET) & (since > 0)
    state = choose(worse, _worse(course, since), state)
    return choose(number > 0, choose(unseen, _NE, state), _UNRECORDED)


def new_state(course: Course, since: Each) -> Each:
    """State of the lesion that appears at progression, none before it (R-045)."""
    return choose(is_new(course) & (since > 0), _worse(course, since), _UNRECORDED)


def shown_from(start: Each, course: Course) -> Each:
    """First day on which a scan shows progression."""
    return start + np.int64(np.ceil(course.progression))


def is_new(course: Course) -> Each:
    """Whether a new lesion, or one at an ablation margin, is the first sign of progression."""
    return (course.cause == NEW) | (course.cause == LOCAL)


def _worse(course: Course, since: Each) -> Each:
    """Doubtful on its first scan now and then, later beyond doubt (R-045, R-046)."""
    return choose(course.doubtful & (since == 1), _EQUIVOCAL, _UNEQUIVOCAL)
