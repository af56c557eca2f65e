"""Design facts of a record: phase, arms, allocation, masking, centres, size, hypothesis.

Each rule takes a value only from words that say it about this trial; words about other trials
(background, published results) and two different values both lead to silence.
"""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.registry.design.allocation import allocation
from trialwright.registry.design.arms import arms
from trialwright.registry.design.compared import compared
from trialwright.registry.design.enrollment import enrollment, sum_of_cohorts
from trialwright.registry.design.hypothesis import hypothesis
from trialwright.registry.design.phases import phases
from trialwright.registry.design.purpose import purpose
from trialwright.registry.design.run_in import run_in
from trialwright.registry.design.setting import setting
from trialwright.registry.facts import Fact, Reading
from trialwright.registry.registered import registered_facts


def design_facts(reading: Reading) -> Iterator[Fact]:
    """Facts below `design`, `arms` and `cohorts`; of two for one path the first is surer."""
    said = [
        *phases(reading),
        *allocation(reading),
        *arms(reading),
        *setting(reading),
        *enrollment(reading),
        *hypothesis(reading),
        *purpose(reading),
        *run_in(reading),
    ]
    said += compared(reading, said)
    said += sum_of_cohorts(said)
    yield from said
    if reading.record.further:
        yield from registered_facts(reading, {fact.path for fact in said}, ("design", "arms"))
