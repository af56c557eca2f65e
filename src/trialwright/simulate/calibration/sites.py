"""Response of the lesions inside and outside the liver, each taken alone (R-102)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from trialwright.response.history import Flags
from trialwright.simulate.virtual.desk import ReadingDesk, Readings
from trialwright.simulate.virtual.model import TrialModel, with_scans_until
from trialwright.simulate.virtual.outcomes import VirtualTrials
from trialwright.simulate.virtual.parts import CohortModel
from trialwright.simulate.virtual.patients import Patients, draw_patients, enrol, some_of
from trialwright.simulate.virtual.scanning import make_scans
from trialwright.vocabulary.recist import Response

#: Subjects with a confirmed response at a site, and treated subjects with a target there.
SiteCounts = Mapping[str, tuple[int, int]]


def site_counts(model: TrialModel, trials: range, block: VirtualTrials) -> SiteCounts:
    """Confirmed responses by site of the subjects of a block with one cohort.

    Scans after the first progression of the subject, wherever it was, do not count (R-057).
    Non-target and new lesions are those of the subject: they end the search at that progression.
    """
    cohort = model.cohorts[0]
    enrolled = enrol(cohort, trials, model.ramps[0])
    cutoff = np.repeat(block.cutoff.astype(np.int64), cohort.subjects)
    m = with_scans_until(cohort, model.response, int((cutoff - enrolled.day).max(initial=0)))
    people = draw_patients(m, enrolled, cutoff)
    until = np.minimum(people.follow.until, block.pd_scan.ravel())
    liver = m.disease.liver[np.maximum(people.lesions.organ, 0)]
    return {
        name: _responders(model, m, people._replace(follow=people.follow._replace(until=until)), at)
        for name, at in (("hepatic", liver), ("extrahepatic", ~liver))
    }


def _responders(
    model: TrialModel, m: CohortModel, people: Patients, site: Flags
) -> tuple[int, int]:
    targets = people.lesions.target & site
    count = targets.sum(axis=0)
    there = people._replace(
        lesions=people.lesions._replace(target=targets),
        disease=people.disease._replace(targets=count),
    )
    who = np.flatnonzero((count > 0) & people.entry.treated)
    if not len(who):
        return 0, 0
    some = some_of(there, who)
    readings = Readings.empty(len(some.enrolled))
    desk = ReadingDesk(model, readings)
    desk.take(some, make_scans(m, some, some.follow.until), np.arange(len(some.enrolled)))
    desk.finish()
    best = readings.confirmed
    return int(((best == Response.CR) | (best == Response.PR)).sum()), len(some.enrolled)
