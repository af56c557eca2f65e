"""The three example trials with a few subjects, derived once for all tests of what leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from support.virtual_models import simulated_roughly
from support.virtual_trials import protocol_of, scenario_of, with_subjects
from trialwright.adam.derive import derive
from trialwright.core.tables import Adam, Sdtm
from trialwright.exchange.datasets.from_adam import adam_groups
from trialwright.exchange.datasets.from_sdtm import sdtm_groups
from trialwright.exchange.datasets.model import ItemGroup
from trialwright.protocol.model import Protocol

MADE = date(2027, 1, 15)


@dataclass(frozen=True)
class Leaving:
    """A trial and its datasets for the transport format by standard."""

    protocol: Protocol
    sdtm: Sdtm
    adam: Adam
    groups: dict[str, tuple[ItemGroup, ...]]


@cache
def leaving(trial: str) -> Leaving:
    """Two subjects a cohort of an example trial."""
    protocol = protocol_of(trial)
    sdtm = simulated_roughly(protocol, with_subjects(scenario_of(trial), 2), seed=5)
    adam = derive(protocol, sdtm)
    groups = {"adam": adam_groups(adam), "sdtm": sdtm_groups(sdtm)}
    return Leaving(protocol, sdtm, adam, groups)
