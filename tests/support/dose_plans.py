"""Plans of dosing for one virtual subject whose first day of treatment is day 0."""

from __future__ import annotations

from support.virtual_trials import protocol_of, scenario_of
from trialwright.protocol.settled import settled_response
from trialwright.simulate.exposure import Plan
from trialwright.simulate.safety import Event
from trialwright.simulate.scenario import AdverseEvent
from trialwright.simulate.setting import Setting, Subject


def plan(trial, last, *, sessions=(), holds=None, regimen=None):
    """A plan whose subject is first treated on day 0."""
    protocol = protocol_of(trial, {"regimen": regimen} if regimen else None)
    scenario, rule = scenario_of(trial), settled_response(protocol)
    truth = scenario.cohorts[0]
    setting = Setting(protocol, scenario, rule, truth, 1, 1, 0, 10_000)
    subject = Subject(setting, 0, -3, -10, -5, 0, treated=True)
    return Plan(subject=subject, sessions=sessions, last=last, holds=holds or {})


def event(
    *steps: tuple[int, int], term: str = "Rash", related: tuple[bool, ...] = (True,)
) -> Event:
    """An event from its grades by day; the last step is grade 0 or it goes on."""
    profile = AdverseEvent(term=term, soc="", any=1, grade3plus=1)
    return Event(
        profile=profile,
        grade=max(grade for _, grade in steps),
        start=steps[0][0],
        end=steps[-1][0] if steps[-1][1] == 0 else None,
        serious=False,
        related=related,
        actions=("DOSE NOT CHANGED",) * len(related),
        steps=steps,
    )
