"""What the detectors look at, and what they say.

A detector is a function from a `View` to remarks; `table.DETECTORS` gives it its code and severity.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from trialwright.protocol.base import Severity, Source
from trialwright.protocol.model import Component, Protocol
from trialwright.protocol.paths import source_of, sources_by_path
from trialwright.protocol.rules import EndpointDefinition
from trialwright.vocabulary.agents import AGENTS, Agent

SURVIVAL = frozenset({"OS", "OS_RATE"})
#: Times that end with progression, relapse or death, read from scans.
PROGRESSION = frozenset(
    {"PFS", "PFS_RATE", "TTP", "TTF", "DFS", "DFS_RATE", "RFS", "RFS_RATE", "EFS", "EFS_RATE"}
)
TIME_TO_EVENT = SURVIVAL | PROGRESSION
LANDMARKS = frozenset({"PFS_RATE", "OS_RATE", "DFS_RATE", "RFS_RATE", "EFS_RATE"})
RESPONSE = frozenset({"ORR", "CR_RATE", "DCR", "CBR", "DOR", "TTR"})
PROPORTIONS = frozenset({"ORR", "CR_RATE", "DCR", "CBR"})
SAFETY = frozenset({"AE", "SAE", "DLT", "MTD_RP2D"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What a detector says about one path.

    Attributes
    ----------
    values
        The proposal: values by path, empty when only a person can settle it.
    reason, rule
        Why the proposal, and the domain rule behind it.
    severity
        Other severity than that of the detector.
    quoted
        Path whose source has the words of the record, `path` itself when empty.
    """

    path: str
    message: str
    values: Mapping[str, object] = field(default_factory=dict)
    reason: str | None = None
    rule: str | None = None
    severity: Severity | None = None
    quoted: str = ""


@dataclass(frozen=True)
class View:
    """A protocol with the questions that several detectors ask."""

    protocol: Protocol

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """Sources by path."""
        return sources_by_path(self.protocol)

    def source(self, path: str) -> Source | None:
        """The source that covers a path."""
        return source_of(self.sources, path)

    def decided_by_person(self, path: str) -> bool:
        """Whether a person wrote the value at `path`."""
        source = self.source(path)
        return source is not None and source.kind == "user"

    def endpoints(self, kinds: Collection[str]) -> tuple[EndpointDefinition, ...]:
        """Endpoints of some kinds, in the order of the protocol."""
        return tuple(one for one in self.protocol.endpoints if one.kind in kinds)

    @property
    def primary(self) -> tuple[EndpointDefinition, ...]:
        """Primary endpoints."""
        return tuple(one for one in self.protocol.endpoints if one.role == "primary")

    @property
    def single_arm(self) -> bool:
        """Whether the protocol says that there is one arm only."""
        design = self.protocol.design
        return design.single_arm is True or (design.single_arm is None and design.arms == 1)

    @property
    def randomised(self) -> bool:
        """Whether subjects are allocated at random."""
        return self.protocol.design.allocation == "RANDOMIZED" and not self.single_arm

    @property
    def phase_one(self) -> bool:
        """Whether the trial has a phase 1 part."""
        return bool({"EARLY_PHASE1", "PHASE1"} & set(self.protocol.design.phases or ()))

    @property
    def has_cohorts(self) -> bool:
        """Whether the trial is analysed in several cohorts."""
        protocol = self.protocol
        flagged = protocol.design.multi_cohort or protocol.design.basket
        return bool(flagged) or len(protocol.cohorts or ()) > 1

    @property
    def reads_scans(self) -> bool:
        """Whether an endpoint depends on scans."""
        return bool(self.endpoints(RESPONSE | PROGRESSION))

    def doses(self) -> Iterator[Component]:
        """Components of which a dose is given: drugs, and what is infused into an organ."""
        for one in self.protocol.regimen:
            infused = one.reach == "liver" or one.route in {"intra-arterial", "intra-tumoral"}
            if one.kind == "drug" or infused:
                yield one

    def ablations(self) -> Iterator[Component]:
        """Components that are applied to single lesions."""
        return (one for one in self.protocol.regimen if one.reach == "lesion")

    def speaks_of(self, *words: str) -> bool:
        """Whether title, conditions or metastatic sites contain one of the words."""
        population = self.protocol.population
        texts = (self.protocol.title, *(population.conditions or ()))
        said = " ".join((*texts, *(population.metastatic_sites or ()))).casefold()
        return any(word in said for word in words)


def agent_of(component: Component) -> Agent | None:
    """What is known about the agent of a component: by its id, else by its name."""
    if component.id in AGENTS:
        return AGENTS[component.id]
    name = component.name.casefold()
    return next(
        (one for one in AGENTS.values() if name in {one.name.casefold(), *one.synonyms}), None
    )


def names(members: Collection[EndpointDefinition] | Collection[Component]) -> str:
    """Identifiers in a sentence: "ORR, DCR and PFS"."""
    ids = [one.id for one in members]
    return " and ".join(filter(None, [", ".join(ids[:-1]), *ids[-1:]]))
