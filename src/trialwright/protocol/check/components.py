"""What a component of the regimen is, by its name: a drug that is known, a graft, a scan."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from trialwright.protocol.model import Component
from trialwright.vocabulary.agents import AGENTS, Agent

#: Interventions that are given once, or not to treat: no cycle, no end of treatment to plan.
_ONCE = re.compile(
    r"\bc?car(?:[- ]?t)?\b|\bcar\d|car[- ]|t[- ]cells?\b|nk cells?|stem cell|transplant|vaccin|graft|lymphocytes|"
    r"cell (?:therapy|infusion)|progenitor|autologous|allogeneic|\bhs?ct\b|conditioning"
)
_DIAGNOSTIC = re.compile(
    r"biops|specimen|collection|sampling|imaging|tomograph|resonance|\bpet\b|\bmri\b|\bct\b|scan\b|"
    r"questionnaire|survey|assessment|aspirat|echocardio|radiograph|ultraso|laborator|biomarker|"
    r"interview|quality[- ]of[- ]life|scintigra|endoscop|test\b|testing\b|sequencing"
)
#: What stands for no treatment, or for treatment that each centre gives in its own way.
_NOT_DOSED = re.compile(
    r"placebo|\bsham\b|observation|saline|standard[- ]of[- ]care|best supportive|no intervention"
)
_LOCAL_ROUTES = frozenset({"intra-arterial", "intra-tumoral"})


def is_dosed(one: Component) -> bool:
    """Whether a dose of a component is given: a drug, or what is infused into an organ."""
    given = one.kind == "drug" or one.reach == "liver" or one.route in _LOCAL_ROUTES
    return given and not is_diagnostic(one.name) and not _is_not_dosed(one.name)


@lru_cache(maxsize=8_192)
def _is_not_dosed(name: str) -> bool:
    """Whether a component is no treatment, or one that each centre gives in its own way."""
    return _NOT_DOSED.search(name.casefold()) is not None


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
    return AGENTS.get(component.id) or _agent_named(component.name)


@lru_cache(maxsize=8_192)
def _agent_named(name: str) -> Agent | None:
    return _agents_by_name().get(name.casefold())


@cache
def _agents_by_name() -> dict[str, Agent]:
    known = ((one, (one.name.casefold(), *one.synonyms)) for one in reversed(AGENTS.values()))
    return {name: one for one, called in known for name in called}
