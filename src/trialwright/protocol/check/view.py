"""What the detectors look at, and what they say.

A detector is a function from a `View` to remarks; `table.DETECTORS` gives it its code and severity.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

from trialwright.protocol.base import Severity, Source, Words
from trialwright.protocol.check.components import (
    agent_of,
    is_diagnostic,
    is_dosed,
    is_given_once,
)
from trialwright.protocol.model import (
    Component,
    Population,
    Protocol,
    TreatmentPlan,
    TrialDesign,
)
from trialwright.protocol.paths import sources_by_path
from trialwright.protocol.rules import AnalysisRule, EndpointDefinition, ResponseRule, SafetyRule

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
#: Kinds that no detector asks for.
_UNASKED = frozenset({"PK", "QOL", "BIOMARKER", "IMMUNOGENICITY", "FEASIBILITY", "OTHER"})
#: Diseases of the blood: remission is read in blood and marrow, not by RECIST.
_BLOOD = (
    "leuk", "lymphoma", "lymphoprolif", "myeloma", "myelodysplas", "myeloprolif", "myelofib",
    "macroglobulin", "hematolog", "haematolog", "aplastic", "amyloid", "(mds)", "(aml)", " mds", " aml",
)  # fmt: skip
#: Words of a title that speak of such a product.
_CELLS = (
    "chimeric antigen", "car-t", "car t", " t cells", " t-cells", "nk cells", "tumor infiltrating",
    "tumor-infiltrating", "vaccine", "stem cell infusion",
)  # fmt: skip
#: Words of a title by the course of treatment that they mean.
_COURSES = {
    "pharmacokinetic": (
        "bioequivalen", "bioavailab", "mass balance", "drug-drug interaction", "food effect",
        "healthy volunteer", "healthy subject", "healthy participant", "[14c]", "14c-",
    ),
    "transplant": ("transplant", "conditioning", "engraft", "hsct", "haploidentical"),
    "local": ("photodynamic", "neutron capture", "brachytherapy", "radiosurgery", "single dose"),
    "perioperative": (
        "adjuvant", "preoperative", "pre-operative", "perioperative", "peri-operative",
        "postoperative", "induction chemo", "consolidation", "chemoradi", "radiochemo",
        "followed by surgery", "before surgery", "prior to surgery", "window of opportunity",
    ),
    "supportive": (
        "nausea", "vomiting", "mucositis", "neuropathy", "pain", "fatigue", "prophyla", "anesthe",
        "anaesthe", "erectile", "xerostomia", "lymphedema", "dermatitis", "prevention of",
    ),
}  # fmt: skip
_FIRST_PHASES = frozenset({"EARLY_PHASE1", "PHASE1"})
_OF_A_PART = re.compile(
    r"\b(?:cohort|part|phase|stage|arm|period|substud\w+)s?\b|\bph ?[1-3i]{1,3}[abc]?\b"
)
#: One of these stands in each match of it.
_PARTS = ("cohort", "part", "ph", "stage", "arm", "period", "substud")
#: What a protocol may have, and some detectors ask about.
Trait: TypeAlias = Literal[
    "cohorts", "basket", "size", "single arm", "phase 1", "several primaries", "ablation",
    "local treatment", "procedures", "anchors", "choice", "repeated agents", "until", "prior therapy",
]  # fmt: skip
_LOCAL = frozenset({"procedure", "radiation"})
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


@dataclass(slots=True)
class View:
    """A protocol with what several detectors ask of it, each worked out once (`view_of`).

    Nothing writes to it; it is not frozen, since that would double the time to make one.

    Attributes
    ----------
    design, population, treatment, response, analysis, safety, regimen, outcomes
        The parts of the protocol; `outcomes` are all its endpoints.
    sources
        Sources by path.
    kinds, primary
        Kinds of the endpoints; the primary endpoints.
    single_arm
        Whether the protocol says that there is one arm only.
    randomised
        Whether subjects are allocated at random.
    phase_one
        Whether the trial has a phase 1 part.
    has_cohorts
        Whether the trial is analysed in several cohorts.
    subject
        Title, conditions and metastatic sites in lower case.
    blood
        Whether the disease is one of the blood, and no endpoint is read by RECIST.
    agents
        Components of which a dose is given: drugs, and what is infused into an organ.
    repeated_agents
        Drugs that are given again and again: not cells, grafts or vaccines given once.
    treatments
        Components that treat: no biopsies, scans or questionnaires.
    ablation, infused
        The first component that is applied to single lesions, and the first that treats the liver.
    traits
        What the protocol has: a detector that names a trait is called for no protocol without it.
    """

    protocol: Protocol
    design: TrialDesign
    population: Population
    treatment: TreatmentPlan
    response: ResponseRule
    analysis: AnalysisRule
    safety: SafetyRule
    regimen: tuple[Component, ...]
    outcomes: tuple[EndpointDefinition, ...]
    sources: Mapping[str, Source | Words]
    kinds: frozenset[str]
    primary: tuple[EndpointDefinition, ...]
    single_arm: bool
    randomised: bool
    phase_one: bool
    has_cohorts: bool
    subject: str
    blood: bool
    agents: tuple[Component, ...]
    repeated_agents: tuple[Component, ...]
    treatments: tuple[Component, ...]
    ablation: Component | None
    infused: Component | None
    traits: frozenset[Trait]
    _kinded: list[tuple[str, EndpointDefinition]]
    _of_kinds: dict[frozenset[str], tuple[EndpointDefinition, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def source(self, path: str) -> Source | Words | None:
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
        known = self._of_kinds
        if kinds in known:
            return known[kinds]
        found = tuple([one for kind, one in self._kinded if kind in kinds])
        known[kinds] = found
        return found

    @property
    def reads_scans(self) -> bool:
        """Whether an endpoint depends on scans: response or progression of a solid tumour."""
        return not (self.blood or ASSESSED.isdisjoint(self.kinds))

    def speaks_of(self, *words: str) -> bool:
        """Whether title, conditions or metastatic sites contain one of the words."""
        return _holds(self.subject, words)


def view_of(protocol: Protocol, words: Mapping[str, Words] | None = None) -> View:
    """Everything that detectors ask of a protocol.

    `words` are those behind its values, by path, for a protocol that has no sources yet.
    """
    design, population, regimen = protocol.design, protocol.population, protocol.regimen
    outcomes = protocol.endpoints
    kinds = [one.kind for one in outcomes]
    single_arm = design.single_arm is True or (design.single_arm is None and design.arms == 1)
    subject = _subject(protocol.title, population)
    agents = tuple([one for one in regimen if is_dosed(one)])
    reaches = [one.reach for one in regimen]
    view = View(
        protocol=protocol,
        design=design,
        population=population,
        treatment=protocol.treatment,
        response=protocol.response,
        analysis=protocol.analysis,
        safety=protocol.safety,
        regimen=regimen,
        outcomes=outcomes,
        sources=sources_by_path(protocol) if words is None else words,
        kinds=frozenset(kinds),
        primary=tuple([one for one in outcomes if one.role == "primary"]),
        single_arm=single_arm,
        randomised=design.allocation == "RANDOMIZED" and not single_arm,
        phase_one=not _FIRST_PHASES.isdisjoint(design.phases or ()),
        has_cohorts=bool(design.multi_cohort or design.basket) or len(protocol.cohorts or ()) > 1,
        subject=subject,
        blood=_holds(subject, _BLOOD) and not _by_recist(outcomes),
        agents=agents,
        repeated_agents=_repeated(agents, subject),
        treatments=tuple([one for one in regimen if not is_diagnostic(one.name)]),
        ablation=regimen[reaches.index("lesion")] if "lesion" in reaches else None,
        _kinded=[pair for pair in zip(kinds, outcomes, strict=True) if pair[0] not in _UNASKED],
        infused=regimen[reaches.index("liver")] if "liver" in reaches else None,
        traits=frozenset(),
    )
    view.traits = _traits(view)
    return view


def _traits(view: View) -> frozenset[Trait]:
    """What a protocol has: a detector that asks about it costs nothing where it is not there."""
    regimen, until = view.regimen, view.treatment.until
    traits: tuple[tuple[Trait, object], ...] = (
        ("cohorts", view.has_cohorts),
        ("basket", view.design.basket),
        ("size", view.design.enrollment),
        ("single arm", view.single_arm),
        ("phase 1", view.phase_one),
        ("several primaries", len(view.primary) > 1),
        ("ablation", view.ablation),
        ("local treatment", view.ablation or view.infused),
        ("procedures", not _LOCAL.isdisjoint([one.kind for one in regimen])),
        ("anchors", [one for one in regimen if one.anchors]),
        ("choice", not regimen or [one for one in regimen if one.chosen_by]),
        ("repeated agents", view.repeated_agents),
        ("until", until),
        ("prior therapy", view.population.prior_therapy),
    )
    return frozenset([name for name, holds in traits if holds])


def of_a_part(measure: str) -> bool:
    """Whether an outcome is one of a part or cohort, and not compared with those of another."""
    low = measure.lower()
    return _holds(low, _PARTS) and _OF_A_PART.search(low) is not None


def course_of(view: View) -> str | None:
    """What bounds treatment by its nature, or `None` when it may go on until an event.

    One of "pharmacokinetic" (doses for concentrations), "transplant", "local" (sessions of a local
    treatment), "perioperative" (before or after surgery) and "supportive" (of symptoms).
    """
    title = view.protocol.title.casefold()
    for course, words in _COURSES.items():
        if _holds(title, words):
            return course
    return None


def _subject(title: str, population: Population) -> str:
    texts = (title, *(population.conditions or ()), *(population.metastatic_sites or ()))
    return " ".join(texts).casefold()


def _holds(text: str, words: Iterable[str]) -> bool:
    return bool([word for word in words if word in text])  # half the time of `any`


def _by_recist(outcomes: Iterable[EndpointDefinition]) -> bool:
    return any("RECIST" in name for one in outcomes for name in one.criteria or ())


def _repeated(agents: tuple[Component, ...], subject: str) -> tuple[Component, ...]:
    """In a trial of a product given once, an agent that nobody knows is taken to be it."""
    repeated = tuple([one for one in agents if not is_given_once(one.name)])
    if repeated and _holds(subject, _CELLS):
        return tuple([one for one in repeated if agent_of(one) is not None])
    return repeated


def names(members: Collection[EndpointDefinition] | Collection[Component]) -> str:
    """Identifiers in a sentence: "ORR, DCR and PFS"; of many, the first and how many more."""
    return listed([one.id for one in members])


def listed(ids: Sequence[str]) -> str:
    """Words in a sentence, joined by commas and "and"; of many, the first and how many more."""
    if len(ids) == 1:
        return ids[0]
    if len(ids) > _NAMED:
        return f"{', '.join(ids[: _NAMED - 1])} and {len(ids) - _NAMED + 1} more"
    return " and ".join(filter(None, [", ".join(ids[:-1]), *ids[-1:]]))


def titled(members: Collection[Component]) -> str:
    """Names of components in a sentence, as the record spells them."""
    return listed([one.name for one in members])
