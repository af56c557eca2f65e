"""One whole trial from a scenario: SDTM with every value as text."""

from __future__ import annotations

from dataclasses import replace

from trialwright.core.dates import day_number
from trialwright.core.errors import ScenarioError
from trialwright.core.tables import Sdtm
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import SettledResponse, settled_response
from trialwright.simulate.ablation import expected_hazard
from trialwright.simulate.accrual import data_cutoff, enrolment_days
from trialwright.simulate.clocks import calibrate
from trialwright.simulate.consistency import check_scenario
from trialwright.simulate.events import draw_subject
from trialwright.simulate.exposure import Dose, Plan, delays, dosing
from trialwright.simulate.lesion_records import write_lesions
from trialwright.simulate.records import Records, date_text
from trialwright.simulate.safety import (
    AtRisk,
    Event,
    draw_events,
    holds_of,
    stop_candidates,
    with_withdrawal,
)
from trialwright.simulate.scenario import CohortTruth, Scenario
from trialwright.simulate.setting import Setting, Subject, enter
from trialwright.simulate.subject_records import Story, qualifier_names, write_subject
from trialwright.simulate.timeline import Timeline, observe
from trialwright.simulate.tumours import Tumours


def simulate_trial(protocol: Protocol, scenario: Scenario, seed: int) -> Sdtm:
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
    check_scenario(protocol, scenario)
    rule = settled_response(protocol)
    entries = enrolment_days(scenario, seed)
    cutoff = _cutoff(protocol, scenario, data_cutoff(scenario, entries))
    records = Records(protocol.id)
    _write_trial(records, (scenario, seed, cutoff))
    for position, truth in enumerate(scenario.cohorts, start=1):
        setting = _setting(protocol, scenario, (rule, truth), (position, seed, cutoff))
        for number, enrolled in enumerate(entries[truth.id]):
            if enrolled <= cutoff:
                _simulate_subject(records, enter(setting, number, enrolled))
    return records.frames(qualifier_names(protocol.regimen))


def _cutoff(protocol: Protocol, scenario: Scenario, planned: int) -> int:
    """The cut-off of the protocol, else the one that the follow-up of the scenario gives."""
    fixed = protocol.analysis.data_cutoff
    if fixed is None:
        return planned
    if fixed <= scenario.start_date:
        raise ScenarioError(
            f"The scenario starts on {scenario.start_date}, at or after the data cut-off {fixed}.",
            where=f"scenario {scenario.id}, start_date; protocol, analysis.data_cutoff",
            allowed="a start before the data cut-off",
            do="change start_date of the scenario, or take the cut-off out of the protocol",
        )
    return day_number(fixed)


def _setting(
    protocol: Protocol,
    scenario: Scenario,
    cohort: tuple[SettledResponse, CohortTruth],
    numbers: tuple[int, int, int],
) -> Setting:
    rule, truth = cohort
    position, seed, cutoff = numbers
    ablates = any(one.reach == "lesion" for one in protocol.regimen)
    hazard = expected_hazard(scenario) if ablates else 0.0
    return Setting(
        protocol=protocol,
        scenario=scenario,
        rule=rule,
        truth=truth,
        clock=calibrate(scenario, truth, rule, hazard),
        position=position,
        seed=seed,
        cutoff=cutoff,
    )


def _simulate_subject(records: Records, subject: Subject) -> None:
    tumours, course = draw_subject(subject)
    timeline = observe(subject, tumours, course)
    doses, events, timeline = _treat(subject, tumours, timeline)
    story = Story(
        subject=subject, tumours=tumours, timeline=timeline, doses=doses, events=events
    )  # fmt: skip
    write_subject(records, story)
    write_lesions(records, subject, tumours, timeline.scans)


def _treat(
    subject: Subject, tumours: Tumours, timeline: Timeline
) -> tuple[tuple[Dose, ...], tuple[Event, ...], Timeline]:
    """Dose by the plan, draw events, then dose again around the interruptions they cause."""
    if not subject.treated:
        return (), (), timeline
    last = _last_dosing_day(timeline)
    regimen = subject.setting.protocol.regimen
    waits = delays(subject, last)
    plan = Plan(
        subject=subject, sessions=timeline.sessions, last=last,
        holds={at: waits for at in range(len(regimen)) if regimen[at].reach != "lesion"},
    )  # fmt: skip
    planned = dosing(plan)
    local = {at for at, one in enumerate(regimen) if one.reach in {"liver", "lesion"}}
    risk = AtRisk(
        subject=subject,
        last_dose=max(dose.end for dose in planned),
        end=timeline.end,
        procedures=tuple(sorted({one.start for one in planned if one.component in local})),
        organs=frozenset(one.organ.id for one in tumours.lesions),
    )
    events = draw_events(risk)
    timeline = _explained(timeline, events)
    events = with_withdrawal(events, timeline.stop)
    extra = holds_of(events, len(regimen))
    holds = {at: (*plan.holds.get(at, ()), *extra[at]) for at in range(len(regimen))}
    plan = Plan(subject=subject, sessions=timeline.sessions, last=last, holds=holds)
    return dosing(plan), events, timeline


def _last_dosing_day(timeline: Timeline) -> int:
    """Treatment is given before the day of its end, and up to the cut-off while it goes on."""
    return timeline.stop[0] - 1 if timeline.stop is not None else timeline.end


def _explained(timeline: Timeline, events: tuple[Event, ...]) -> Timeline:
    """A stop for an adverse event without such an event was the physician's decision."""
    stop = timeline.stop
    if stop is None or stop[1] != "ADVERSE EVENT" or stop_candidates(events, stop):
        return timeline
    return replace(timeline, stop=(stop[0], "PHYSICIAN DECISION"))


def _write_trial(records: Records, facts: tuple[Scenario, int, int]) -> None:
    scenario, seed, cutoff = facts
    parameters = (
        ("DCUTDTC", "Data Cutoff Date", date_text(cutoff)),
        ("SIMULATD", "Simulated Data", f"scenario {scenario.id}, seed {seed}"),
    )
    for code, name, value in parameters:
        records.add("TS", {"TSPARMCD": code, "TSPARM": name, "TSVAL": value})
