"""C-18 in machine code, the extra `fast`: the same arrays as `decide_progression`."""

from __future__ import annotations

from typing import Literal

import numpy as np

from trialwright.protocol.settled import SettledAnalysis, SettledResponse
from trialwright.response.compiled.engine import machine_code, reversed_axes
from trialwright.response.layout import pick
from trialwright.timetoevent.compiled import progression_loops
from trialwright.timetoevent.compiled.progression_loops import (
    CensoringOptions,
    Courses,
    DecisionArrays,
)
from trialwright.timetoevent.course import Course, believed_gaps
from trialwright.timetoevent.progression import Decision
from trialwright.vocabulary.recist import NEVER, NO_DAY


def compiled_progression(
    course: Course,
    response_rule: SettledResponse,
    analysis: SettledAnalysis,
    *,
    pfs_rule: Literal["FDA", "EMA"],
    death_is_event: bool = True,
) -> Decision:
    """Decide event or censoring by C-18, like `progression.decide_progression`.

    Raises
    ------
    MissingExtraError
        If numba is not installed.
    """
    q = _courses(course)
    options = CensoringOptions(
        fda=pfs_rule == "FDA",
        death_is_event=death_is_event,
        evaluable_only=analysis.lsta == "evaluable",
        exclude_same_day=response_rule.nact_same_day == "exclude",
        censor_at_surgery=response_rule.conversion_surgery == "censor",
        believed=believed_gaps(response_rule, _horizon(q) if pfs_rule == "FDA" else 0),
    )
    out = _decision_arrays(len(q.origin))
    machine_code(progression_loops)["decide_every_subject"](q, options, out)
    return Decision(origin=course.origin, **out._asdict())


def _courses(course: Course) -> Courses:
    nobody = np.full_like(course.origin, NEVER)
    given = {name: getattr(course, name) for name in Courses._fields if name != "surgery"}
    surgery = nobody if course.surgery is None else course.surgery
    return Courses(
        **{name: reversed_axes(array) for name, array in given.items()},
        surgery=reversed_axes(surgery),
    )


def _horizon(q: Courses) -> int:
    """Days from the first reference to the last assessment or origin; the scans to look up."""
    reference = pick(q.reference == NO_DAY, q.origin, q.reference)
    last = max(int((q.day * q.live).max(initial=0)), int(q.origin.max(initial=0)))
    return last - int(reference[reference != NO_DAY].min(initial=last))


def _decision_arrays(subjects: int) -> DecisionArrays:
    return DecisionArrays(
        day=np.zeros(subjects, np.int32), event=np.zeros(subjects, np.bool_),
        rule=np.zeros(subjects, np.int8), visit=np.zeros(subjects, np.int32),
        known_event=np.zeros(subjects, np.int32), allowed_gap=np.zeros(subjects, np.int32),
    )  # fmt: skip
