"""Every design that answers a one-sided question about a rate."""

from __future__ import annotations

from collections.abc import Callable

from trialwright.design.base import Design, Hypotheses
from trialwright.design.simon_two_stage import simon_minimax, simon_optimal
from trialwright.design.single_stage import smallest_single_stage, stable_single_stage

#: Search by name of the design. Adding a design is one file and one line here.
DESIGNS: dict[str, Callable[[Hypotheses], Design]] = {
    "single_stage": smallest_single_stage,
    "single_stage_stable": stable_single_stage,
    "simon_optimal": simon_optimal,
    "simon_minimax": simon_minimax,
}
