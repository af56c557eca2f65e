"""Which component of the protocol a recorded treatment is (EXTRT, PRTRT).

A record is matched by the identifier or name of a component, then by the other names of the agent;
whole words inside a longer text count ("Camrelizumab for injection"). A cytotoxic drug that the
protocol does not name belongs to the one component whose drugs are chosen for the patient.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trialwright.protocol.model import Component
from trialwright.schedule.planned import is_chosen
from trialwright.vocabulary.agents import AGENTS, KNOWN

_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Match:
    """Components of one recorded treatment by position, and the drug where it is not the component.

    `parts` is empty for a treatment that the protocol does not have, and has several members for a
    record of a combination.
    """

    parts: tuple[int, ...]
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """Every name of every component, and of the drugs that may be chosen for a patient."""

    components: Mapping[str, int]
    drugs: Mapping[str, str]
    chosen: int | None

    def match(self, treatment: str) -> Match:
        """The component of a recorded treatment.

        Parameters
        ----------
        treatment
            EXTRT or PRTRT as collected.
        """
        said = _plain(treatment)
        found = _inside(said, self.components)
        if found:
            return Match(tuple(sorted({self.components[name] for name in found})))
        drugs = sorted({self.drugs[name] for name in _inside(said, self.drugs)})
        if drugs and self.chosen is not None:
            return Match((self.chosen,), " + ".join(drugs))
        return Match(())


def names_of(regimen: Sequence[Component]) -> Names:
    """The names by which records of the regimen are found; a name of two components is of none."""
    owners: dict[str, set[int]] = {}
    for at, component in enumerate(regimen):
        for name in _all_names(component):
            owners.setdefault(name, set()).add(at)
    open_ = [at for at, one in enumerate(regimen) if is_chosen(one)]
    drugs = {
        _plain(name): group[0]
        for klass, groups in KNOWN
        if klass == "cytotoxic"
        for group in groups
        for name in group
    }
    return Names(
        {name: min(who) for name, who in owners.items() if name and len(who) == 1},
        drugs,
        open_[0] if len(open_) == 1 else None,
    )


def _all_names(component: Component) -> set[str]:
    names = {_plain(component.id), _plain(component.name)}
    for key, agent in AGENTS.items():
        known = {_plain(key), _plain(agent.name), *map(_plain, agent.synonyms)}
        if names & known:
            names |= known
    return names


def _plain(text: str) -> str:
    """Lower case, words parted by single blanks."""
    return _WORDS.sub(" ", text.casefold()).strip()


def _inside(text: str, names: Mapping[str, object]) -> list[str]:
    """Names that stand in the text as whole words and are not part of a longer one that does."""
    padded = f" {text} "
    found = [name for name in names if f" {name} " in padded]
    return [n for n in found if not any(n != m and f" {n} " in f" {m} " for m in found)]
