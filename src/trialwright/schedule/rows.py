"""The usual activities that a trial has, and their marks at each kind of visit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from trialwright.protocol.model import Component, Protocol
from trialwright.schedule.because import usual
from trialwright.schedule.model import Activity, Planned
from trialwright.schedule.scans import why_no_scans
from trialwright.vocabulary.activities import USUAL, Need, Point, UsualActivity
from trialwright.vocabulary.agents import AGENTS, KNOWN

#: Before the ids of usual activities; no component has a dot in its id.
USUAL_ID = "usual."
_DIGESTIVE = re.compile(
    r"\b(?:colo(?:n|rectal)|rect(?:al|um|o)|bowel|hepat|liver|bile\b|biliar|cholangio|gallbladder|"
    r"pancrea|gastr|stomach|o?esophag)",
    re.IGNORECASE,
)
_WHY_NOT: dict[Need, str] = {
    "checkpoint": "no antibody against PD-1, PD-L1 or CTLA-4 in the regimen",
    "digestive": "no tumour of liver, bowel, stomach, pancreas or bile ducts among the conditions",
    "quality_of_life": "quality of life is no outcome",
    "ablation": "nothing is ablated",
}
_IMMUNE = ("anti-PD", "anti-CTLA")


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of the usual schedule that apply, and why the others do not."""

    rows: tuple[UsualActivity, ...]
    left_out: tuple[str, ...]

    def at(self, point: Point, cycle: int) -> tuple[Planned, ...]:
        """What is usually done at a kind of visit in a cycle, from 1."""
        return tuple(
            Planned(f"{USUAL_ID}{row.id}", row.at[point], usual(row.rule, "usual schedule"))
            for row in self.rows
            if point in row.at
            and (point not in {"cycle", "during"} or (cycle - 1) % row.every_cycles == 0)
        )

    @property
    def scanned(self) -> bool:
        """Whether tumours are read on scans."""
        return any(row.needs == "scans" for row in self.rows)

    def activities(self) -> Iterator[Activity]:
        """The rows as activities."""
        for row in self.rows:
            yield Activity(f"{USUAL_ID}{row.id}", row.name)


def rows_of(protocol: Protocol) -> Rows:
    """The rows that apply to a protocol."""
    absent: dict[Need | None, str] = {
        need: why for need, why in _WHY_NOT.items() if not _has(protocol, need)
    }
    unscanned = why_no_scans(protocol)
    absent |= {"scans": unscanned} if unscanned else {}
    kept = tuple(row for row in USUAL if row.needs not in absent)
    left_out = tuple(
        f"Not planned: {row.name} ({row.rule}), {absent[row.needs]}."
        for row in USUAL
        if row.needs in absent
    )
    return Rows(kept, left_out)


def _has(protocol: Protocol, need: Need) -> bool:
    if need == "checkpoint":
        return any(klass_of(one).startswith(_IMMUNE) for one in protocol.regimen)
    if need == "ablation":
        return any(one.reach == "lesion" and one.kind == "procedure" for one in protocol.regimen)
    if need == "quality_of_life":
        return any(one.kind == "QOL" for one in protocol.endpoints)
    population = protocol.population
    said = (*(population.conditions or ()), *(population.primary_tumours or ()), protocol.title)
    return any(_DIGESTIVE.search(one) for one in said)


def klass_of(component: Component) -> str:
    """Class of the agent of a component, "" when it is not known."""
    agent = AGENTS.get(component.id)
    if agent is not None:
        return agent.klass
    name = component.name.casefold()
    return next((klass for klass, groups in KNOWN for group in groups if name in group), "")
