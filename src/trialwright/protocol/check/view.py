"""What the detectors look at, and what they say.

A detector is a function from a `View` to remarks; `table.DETECTORS` gives it its code and severity.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from types import MappingProxyType
from typing import NamedTuple

from trialwright.protocol.base import Severity, Source
from trialwright.protocol.model import Component, Protocol
from trialwright.protocol.paths import sources_by_path
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
#: What is read from scans, or from blood and marrow.
ASSESSED = RESPONSE | PROGRESSION
#: Times and responses for which a scan before treatment is the reference.
MEASURED = RESPONSE | frozenset({"PFS", "PFS_RATE", "TTP"})
#: Diseases of the blood: remission is read in blood and marrow, not by RECIST.
_BLOOD = (
    "leuk", "lymphoma", "lymphoprolif", "myeloma", "myelodysplas", "myeloprolif", "myelofib",
    "macroglobulin", "hematolog", "haematolog", "aplastic", "amyloid", "(mds)", "(aml)", " mds", " aml",
)  # fmt: skip
#: Interventions that are given once, or not to treat: no cycle, no end of treatment to plan.
_ONCE = re.compile(
    r"\bc?car(?:[- ]?t)?\b|\bcar\d|car[- ]|t[- ]cells?\b|nk cells?|stem cell|transplant|vaccin|graft|lymphocytes|"
    r"cell (?:therapy|infusion)|progenitor|autologous|allogeneic|\bhs?ct\b|conditioning"
)
#: Words of a title that speak of such a product.
_CELLS = (
    "chimeric antigen", "car-t", "car t", " t cells", " t-cells", "nk cells", "tumor infiltrating",
    "tumor-infiltrating", "vaccine", "stem cell infusion",
)  # fmt: skip
_DIAGNOSTIC = re.compile(
    r"biops|specimen|collection|sampling|imaging|tomograph|resonance|\bpet\b|\bmri\b|\bct\b|scan\b|"
    r"questionnaire|survey|assessment|aspirat|echocardio|radiograph|ultraso|laborator|biomarker|"
    r"interview|quality[- ]of[- ]life|scintigra|endoscop|test\b|testing\b|sequencing"
)
#: What stands for no treatment, or for treatment that each centre gives in its own way.
_NOT_DOSED = re.compile(
    r"placebo|\bsham\b|observation|saline|standard[- ]of[- ]care|best supportive|no intervention"
)
#: Outcomes of one part or cohort, which are not compared with those of another.
OF_A_PART = re.compile(r"\b(?:cohort|part|phase|stage|arm|substud\w+)s?\b", re.I)
#: Members that a sentence names; more are counted.
_NAMED = 4


class Remark(NamedTuple):
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
    values: Mapping[str, object] = MappingProxyType({})
    reason: str | None = None
    rule: str | None = None
    severity: Severity | None = None
    quoted: str = ""


@dataclass(frozen=True)
class View:
    """A protocol with the questions that several detectors ask."""

    protocol: Protocol
    _picked: dict[frozenset[str], tuple[EndpointDefinition, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """Sources by path."""
        return sources_by_path(self.protocol)

    def source(self, path: str) -> Source | None:
        """The source that covers a path."""
        sources = self.sources
        while path:
            found = sources.get(path)
            if found is not None:
                return found
            path = path.rpartition(".")[0]
        return None

    def decided_by_person(self, path: str) -> bool:
        """Whether a person wrote the value at `path`."""
        source = self.source(path)
        return source is not None and source.kind == "user"

    def endpoints(self, kinds: frozenset[str]) -> tuple[EndpointDefinition, ...]:
        """Endpoints of some kinds, in the order of the protocol."""
        found = self._picked.get(kinds)
        if found is None:
            there = not kinds.isdisjoint(self._kinds)
            members = self.protocol.endpoints if there else ()
            found = tuple([one for one in members if one.kind in kinds])
            self._picked[kinds] = found
        return found

    @cached_property
    def _kinds(self) -> frozenset[str]:
        return frozenset([one.kind for one in self.protocol.endpoints])

    @cached_property
    def primary(self) -> tuple[EndpointDefinition, ...]:
        """Primary endpoints."""
        return tuple(one for one in self.protocol.endpoints if one.role == "primary")

    @cached_property
    def single_arm(self) -> bool:
        """Whether the protocol says that there is one arm only."""
        design = self.protocol.design
        return design.single_arm is True or (design.single_arm is None and design.arms == 1)

    @cached_property
    def randomised(self) -> bool:
        """Whether subjects are allocated at random."""
        return self.protocol.design.allocation == "RANDOMIZED" and not self.single_arm

    @cached_property
    def phase_one(self) -> bool:
        """Whether the trial has a phase 1 part."""
        return bool({"EARLY_PHASE1", "PHASE1"} & set(self.protocol.design.phases or ()))

    @cached_property
    def has_cohorts(self) -> bool:
        """Whether the trial is analysed in several cohorts."""
        protocol = self.protocol
        flagged = protocol.design.multi_cohort or protocol.design.basket
        return bool(flagged) or len(protocol.cohorts or ()) > 1

    @cached_property
    def reads_scans(self) -> bool:
        """Whether an endpoint depends on scans: response or progression of a solid tumour."""
        return bool(self.endpoints(ASSESSED)) and not self.blood

    @cached_property
    def blood(self) -> bool:
        """Whether the disease is one of the blood, and no endpoint is read by RECIST."""
        if not self.speaks_of(*_BLOOD):
            return False
        named = (name for one in self.protocol.endpoints for name in one.criteria or ())
        return not any("RECIST" in name for name in named)

    @cached_property
    def agents(self) -> tuple[Component, ...]:
        """Components of which a dose is given: drugs, and what is infused into an organ."""
        return tuple(one for one in self.protocol.regimen if _is_dosed(one))

    @cached_property
    def repeated_agents(self) -> tuple[Component, ...]:
        """Drugs that are given again and again: not cells, grafts or vaccines given once.

        In a trial of such a product, an agent that nobody knows is taken to be it.
        """
        once = self.speaks_of(*_CELLS)
        return tuple(
            one
            for one in self.agents
            if not is_given_once(one.name) and not (once and agent_of(one) is None)
        )

    @cached_property
    def treatments(self) -> tuple[Component, ...]:
        """Components that treat: no biopsies, scans or questionnaires."""
        return tuple(one for one in self.protocol.regimen if not is_diagnostic(one.name))

    def ablations(self) -> Iterator[Component]:
        """Components that are applied to single lesions."""
        return (one for one in self.protocol.regimen if one.reach == "lesion")

    @cached_property
    def subject(self) -> str:
        """Title, conditions and metastatic sites in lower case."""
        population = self.protocol.population
        texts = (self.protocol.title, *(population.conditions or ()))
        return " ".join((*texts, *(population.metastatic_sites or ()))).casefold()

    def speaks_of(self, *words: str) -> bool:
        """Whether title, conditions or metastatic sites contain one of the words."""
        return any(word in self.subject for word in words)


def _is_dosed(one: Component) -> bool:
    if _NOT_DOSED.search(one.name.casefold()):
        return False
    infused = one.reach == "liver" or one.route in {"intra-arterial", "intra-tumoral"}
    return (one.kind == "drug" or infused) and not is_diagnostic(one.name)


@lru_cache(maxsize=8_192)
def is_given_once(name: str) -> bool:
    """Whether a component is given once by its nature: cells, a graft, a vaccine."""
    return _ONCE.search(name.casefold()) is not None


@lru_cache(maxsize=8_192)
def is_diagnostic(name: str) -> bool:
    """Whether a component looks at the patient instead of treating: a scan, a biopsy, a test."""
    return _DIAGNOSTIC.search(name.casefold()) is not None


def agent_of(component: Component) -> Agent | None:
    """What is known about the agent of a component: by its id, else by its name."""
    return AGENTS.get(component.id) or _agents_by_name().get(component.name.casefold())


@cache
def _agents_by_name() -> dict[str, Agent]:
    known = ((one, (one.name.casefold(), *one.synonyms)) for one in reversed(AGENTS.values()))
    return {name: one for one, called in known for name in called}


def names(members: Collection[EndpointDefinition] | Collection[Component]) -> str:
    """Identifiers in a sentence: "ORR, DCR and PFS"; of many, the first and how many more."""
    return listed([one.id for one in members])


def listed(ids: Sequence[str]) -> str:
    """Words in a sentence, joined by commas and "and"; of many, the first and how many more."""
    if len(ids) > _NAMED:
        return f"{', '.join(ids[: _NAMED - 1])} and {len(ids) - _NAMED + 1} more"
    return " and ".join(filter(None, [", ".join(ids[:-1]), *ids[-1:]]))


def titled(members: Collection[Component]) -> str:
    """Names of components in a sentence, as the record spells them."""
    return listed([one.name for one in members])
