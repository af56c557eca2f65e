"""The groups of the registry: one for the arm, or one for each cohort."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from trialwright.core.errors import DataError
from trialwright.core.results import Result
from trialwright.endpoints.disposition import Disposition
from trialwright.endpoints.population import ALL
from trialwright.exchange.registry_results.cited import Node
from trialwright.exchange.registry_results.told import Told
from trialwright.protocol.model import Protocol

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Group:
    """A group: the subset of the results that it stands for, its title and description."""

    subset: str
    title: str
    description: str


def key_of(code: str, subset: str) -> str:
    """Key of a result for a subset."""
    return code if subset == ALL else f"{code}.{subset}"


def found(results: Mapping[str, Result], code: str, group: Group, kind: type[R]) -> R | None:
    """The result of a group, `None` when the analysis has none of this kind."""
    result = results.get(key_of(code, group.subset))
    return result if isinstance(result, kind) else None


def needed(results: Mapping[str, Result], code: str, group: Group, kind: type[R]) -> R:
    """The result of a group that every analysis has."""
    result = found(results, code, group, kind)
    if result is None:
        message = f"no result {key_of(code, group.subset)}"
        raise KeyError(message)
    return result


def groups_of(protocol: Protocol, results: Mapping[str, Result]) -> tuple[Group, ...]:
    """One group for the arm; for a trial with cohorts one for each.

    Raises
    ------
    DataError
        When enrolled subjects belong to no cohort: they would be missing from every number.
    """
    if not protocol.cohorts:
        return (_arm(protocol),)
    treatment = _treatment(protocol)
    groups = tuple(Group(one.id, one.name, treatment) for one in protocol.cohorts)
    everybody = needed(results, "DISPOSITION", Group(ALL, "", ""), Disposition).enrolled
    placed = sum(needed(results, "DISPOSITION", one, Disposition).enrolled for one in groups)
    if placed != everybody:
        raise DataError(
            f"{everybody - placed} of {everybody} enrolled subjects belong to no cohort.",
            where="DM.ARMCD",
            allowed=", ".join(one.subset for one in groups),
            do="give the cohort of each enrolled subject, as the protocol names it",
        )
    return groups


def group_notes(protocol: Protocol) -> tuple[Told, ...]:
    """What the groups do not show apart."""
    place = "groups"
    if protocol.cohorts:
        return ()
    if protocol.design.basket or protocol.design.multi_cohort:
        why = "the protocol names no cohorts, so they cannot be shown apart"
        return (Told("left out", place, why),)
    if len(protocol.arms or ()) > 1:
        why = f"{len(protocol.arms or ())} arms are registered, and the results are not by arm"
        return (Told("left out", place, why),)
    return ()


def _arm(protocol: Protocol) -> Group:
    arms = protocol.arms or ()
    if len(arms) == 1:
        said = arms[0].description or _treatment(protocol)
        return Group(ALL, arms[0].name, said)
    return Group(ALL, "All Participants", _treatment(protocol))


def _treatment(protocol: Protocol) -> str:
    names = dict.fromkeys(one.name for one in protocol.regimen)
    return "; ".join(names) or protocol.title


def group_nodes(groups: tuple[Group, ...], prefix: str) -> list[Node]:
    """The groups with their identifiers, `FG000` and so on."""
    return [
        {"id": identifier(prefix, at), "title": one.title, "description": one.description}
        for at, one in enumerate(groups)
    ]


def identifier(prefix: str, at: int) -> str:
    """`OG003` for the fourth group."""
    return f"{prefix}{at:03d}"


def per_group(
    groups: tuple[Group, ...], prefix: str, made: Callable[[Group], dict[str, Node]]
) -> list[Node]:
    """An entry for each group, with its identifier first."""
    return [{"groupId": identifier(prefix, at), **made(group)} for at, group in enumerate(groups)]
