"""One whole trial from a scenario: SDTM with every value as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trialwright.core.errors import ScenarioError
from trialwright.core.tables import Sdtm
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import settled_response
from trialwright.simulate.calibration.calibrate import calibrate_scenario
from trialwright.simulate.calibration.fit import QUICK
from trialwright.simulate.clocks import Clock
from trialwright.simulate.consistency import check_scenario
from trialwright.simulate.dosing import treat
from trialwright.simulate.drawn import DrawnCohort, draw_trial
from trialwright.simulate.lesion_records import write_lesions
from trialwright.simulate.records import Records, date_text
from trialwright.simulate.scenario import Scenario
from trialwright.simulate.setting import Setting, Subject, enter
from trialwright.simulate.story import Story
from trialwright.simulate.subject_records import qualifier_names, write_subject
from trialwright.simulate.timeline import observe
from trialwright.simulate.truth.told import SimulatedTrial, SubjectTruth
from trialwright.simulate.tumours import tumours_of
from trialwright.simulate.virtual.model import trial_model


def simulate_trial(
    protocol: Protocol, scenario: Scenario, seed: int, clocks: Sequence[Clock] | None = None
) -> Sdtm:
    """Simulate one trial at lesion level.

    The same protocol, scenario and seed give the same records. Every subject has random streams of
    her or his own, so one subject more changes no record of the others as long as the cut-off stays
    the same (`analysis.data_cutoff` of the protocol; else it follows the last subject).

    Parameters
    ----------
    protocol
        A settled protocol: regimen and response rule give the calendars of treatment and scans.
    scenario, seed
        The assumed truth, and any integer.
    clocks
        The hidden times of each cohort, when they are known; else the scenario is calibrated,
        which takes seconds once for each cohort.

    Returns
    -------
    Sdtm
        All domains; nothing is dated after the cut-off (TS DCUTDTC). TS SIMULATD names scenario
        and seed, so that no report can take the data for collected ones.

    Raises
    ------
    ScenarioError
        When the scenario contradicts itself or the protocol.
    ProtocolError
        When an option of the response rule is still open.
    """
    return simulate_with_truth(protocol, scenario, seed, clocks).sdtm


def simulate_with_truth(
    protocol: Protocol, scenario: Scenario, seed: int, clocks: Sequence[Clock] | None = None
) -> SimulatedTrial:
    """Simulate one trial and keep what nobody in it could know.

    Parameters, errors and data are those of `simulate_trial`.
    """
    check_scenario(protocol, scenario)
    _check_cutoff(protocol, scenario)
    rule = settled_response(protocol)
    found = _calibrated(protocol, scenario) if clocks is None else clocks
    drawn = draw_trial(trial_model(protocol, scenario, found, seed))
    start = drawn.model.start
    records = Records(protocol.id)
    truth: list[SubjectTruth] = []
    _write_trial(records, (scenario, seed, start + drawn.cutoff))
    for position, (cohort, stated) in enumerate(
        zip(drawn.cohorts, scenario.cohorts, strict=True), start=1
    ):
        setting = Setting(
            protocol=protocol, scenario=scenario, rule=rule, truth=stated, position=position,
            seed=seed, start=start, cutoff=start + drawn.cutoff,
        )  # fmt: skip
        truth += (_simulate_subject(records, one, cohort) for one in _entered(setting, cohort))
    sdtm = records.frames(qualifier_names(protocol.regimen))
    return SimulatedTrial(sdtm=sdtm, drawn=drawn, truth=tuple(truth))


def _calibrated(protocol: Protocol, scenario: Scenario) -> tuple[Clock, ...]:
    """The hidden times of each cohort: the one place that says how they are found."""
    return calibrate_scenario(protocol, scenario, QUICK).clocks


def _check_cutoff(protocol: Protocol, scenario: Scenario) -> None:
    """A cut-off of the protocol has to lie after the start of accrual."""
    fixed = protocol.analysis.data_cutoff
    if fixed is not None and fixed <= scenario.start_date:
        raise ScenarioError(
            f"The scenario starts on {scenario.start_date}, at or after the data cut-off {fixed}.",
            where=f"scenario {scenario.id}, start_date; protocol, analysis.data_cutoff",
            allowed="a start before the data cut-off",
            do="change start_date of the scenario, or take the cut-off out of the protocol",
        )


def _entered(setting: Setting, cohort: DrawnCohort) -> Iterator[Subject]:
    """The subjects who enter before the cut-off."""
    people = cohort.patients
    for number, day in enumerate(people.enrolled.tolist()):
        enrolled = setting.start + day
        first_dose = enrolled + int(people.entry.delay[number])
        if enrolled <= setting.cutoff:
            treated = bool(people.entry.treated[number])
            yield enter(setting, number, (enrolled, first_dose, treated))


def _simulate_subject(records: Records, subject: Subject, cohort: DrawnCohort) -> SubjectTruth:
    tumours = tumours_of(subject, cohort)
    dosing = treat(subject, tumours, observe(subject, cohort, tumours))
    write_subject(records, Story(subject=subject, tumours=tumours, dosing=dosing))
    write_lesions(records, subject, tumours, dosing.timeline.scans)
    return SubjectTruth(subject=subject, cohort=cohort, tumours=tumours, timeline=dosing.timeline)


def _write_trial(records: Records, facts: tuple[Scenario, int, int]) -> None:
    scenario, seed, cutoff = facts
    parameters = (
        ("DCUTDTC", "Data Cutoff Date", date_text(cutoff)),
        ("SIMULATD", "Simulated Data", f"scenario {scenario.id}, seed {seed}"),
    )
    for code, name, value in parameters:
        records.add("TS", {"TSPARMCD": code, "TSPARM": name, "TSVAL": value})
