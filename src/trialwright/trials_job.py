"""Many trials as files: every number, and one page that shows them.

Beside the sums of all trials the page draws the first trial of each scenario, patient by patient.
"""

from __future__ import annotations

from trialwright.adam.derive import derive
from trialwright.core.display import Figure
from trialwright.endpoints.depth_course import sum_courses
from trialwright.operating.many import ManyTrials
from trialwright.operating.results.spaghetti import courses_of, spaghetti_figure
from trialwright.protocol.settled import settled_response
from trialwright.report.operating_page import study_page
from trialwright.simulate.scenario import Scenario
from trialwright.simulate.trial import simulate_trial

PAGE = "report.html"


def trials_files(done: ManyTrials) -> dict[str, str | bytes]:
    """The operating characteristics of finished trials, with their page.

    Raises
    ------
    DataError
        Trials are missing.
    """
    files = done.files()
    totals = done.part.totals
    if totals is None:
        return files
    sums = {one.id: (_sums(done, one),) for one in done.order.scenarios}
    return {**files, PAGE: study_page(done.work, totals, sums)}


def _sums(done: ManyTrials, scenario: Scenario) -> Figure:
    """The sums of diameters of trial 0."""
    protocol = done.order.protocol
    adam = derive(protocol, simulate_trial(protocol, scenario, done.order.seed))
    depths = sum_courses(adam, adam["ADSL"], settled_response(protocol))
    return spaghetti_figure(courses_of(depths), f"{scenario.title}, trial 0")
