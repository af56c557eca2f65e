"""Outcome measures: one for each registered endpoint in its order, in its registered words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from trialwright.core.results import Result
from trialwright.endpoints.refusals import Refused
from trialwright.exchange.registry_results.answers import answers
from trialwright.exchange.registry_results.choices import RegistryChoices
from trialwright.exchange.registry_results.cited import Node
from trialwright.exchange.registry_results.groups import Group, group_nodes
from trialwright.exchange.registry_results.measures import Part, Unanswered
from trialwright.exchange.registry_results.told import Told
from trialwright.protocol.model import Protocol
from trialwright.protocol.phrases import origin_words
from trialwright.protocol.rules import DataOrigin, EndpointDefinition
from trialwright.protocol.settled import origin_of, settled_analysis, settled_response
from trialwright.timetoevent.decisions import OS_KINDS, PFS_KINDS

_TYPES = {"primary": "PRIMARY", "secondary": "SECONDARY"}


def outcome_measures(
    protocol: Protocol,
    groups: tuple[Group, ...],
    results: Mapping[str, Result],
    choices: RegistryChoices,
) -> tuple[dict[str, Node], tuple[Told, ...]]:
    """The module, and what has no number with the reason.

    Title, description and time frame are the registered ones; where an endpoint needs several
    numbers each has a title of its own, which begins with the registered one.

    Parameters
    ----------
    protocol
        The registered endpoints.
    groups, results
        The groups of the registry, and the analysis.
    choices
        When a measure without results is expected.
    """
    evaluator = settled_response(protocol).evaluator
    nodes: list[dict[str, Node]] = []
    told: list[Told] = []
    for definition in protocol.endpoints:
        elsewhere = _other_start(definition, protocol)
        for part in elsewhere or answers(definition, groups, results, evaluator):
            place = f"outcomeMeasures[{len(nodes)}]: {definition.measure}{part.suffix}"
            if isinstance(part, Unanswered):
                told += _unanswered(place, part.reason, choices)
                nodes.append(_not_posted(definition, part, choices))
            else:
                nodes.append(_posted(definition, part, groups))
        if not definition.time_frame:
            place = f"outcomeMeasures: {definition.measure}: timeFrame"
            told.append(Told("missing", place, "none is registered"))
        told += _beside(definition, results)
    return {"outcomeMeasures": [*nodes]}, (*told, *_same_titles(nodes))


def _other_start(definition: EndpointDefinition, protocol: Protocol) -> tuple[Unanswered, ...]:
    """Not posted: a time or rate that is registered from another start than the curve has (D-03)."""
    used = _start_of_curve(definition, protocol)
    if used is None or definition.origin in {None, used}:
        return ()
    reason = (
        f"it is registered from {origin_words(definition.origin)}, and the curve starts at "
        f"{origin_words(used)}, as another registered endpoint asks: report this one by hand"
    )
    return (Unanswered("", reason),)


def _start_of_curve(definition: EndpointDefinition, protocol: Protocol) -> DataOrigin | None:
    """Where the one curve of PFS or of OS starts, `None` for endpoints without it."""
    analysis = settled_analysis(protocol)
    if definition.kind in PFS_KINDS:
        return origin_of(protocol, PFS_KINDS, analysis.pfs_origin)
    if definition.kind in OS_KINDS:
        return origin_of(protocol, OS_KINDS, analysis.os_origin)
    return None


def _same_titles(nodes: list[dict[str, Node]]) -> Iterator[Told]:
    """Measures that a reader cannot tell apart."""
    titles = Counter(str(one["title"]) for one in nodes)
    for title, number in titles.items():
        if number > 1:
            why = f"{number} measures have this title: give each its own in the protocol"
            yield Told("missing", f"outcomeMeasures: {title}: title of its own", why)


def _unanswered(place: str, reason: str, choices: RegistryChoices) -> list[Told]:
    told = [Told("NOT_POSTED", place, reason)]
    if not choices.words.anticipatedPostingDate:
        why = "not known: give it in the file of words"
        told.append(Told("missing", f"{place}: anticipatedPostingDate", why))
    return told


def _beside(definition: EndpointDefinition, results: Mapping[str, Result]) -> list[Told]:
    """Questions that the words of the endpoint ask beside the posted number, and its readers."""
    told = [
        Told("left out", f"{definition.measure}: {one.refusal.asked.lower()}", one.refusal.reason)
        for one in results.values()
        if isinstance(one, Refused) and one.definition == definition
    ]
    if definition.assessor == "both":
        why = "registered by both readers; posted is the one that the protocol names"
        told.append(Told("left out", f"{definition.measure}: the other reader", why))
    return told


def _head(definition: EndpointDefinition, suffix: str) -> dict[str, Node]:
    said: dict[str, Node] = (
        {"description": definition.description} if definition.description else {}
    )
    return {"type": _TYPES[definition.role], "title": f"{definition.measure}{suffix}", **said}


def _frame(definition: EndpointDefinition) -> dict[str, Node]:
    return {"timeFrame": definition.time_frame} if definition.time_frame else {}


def _posted(
    definition: EndpointDefinition, part: Part, groups: tuple[Group, ...]
) -> dict[str, Node]:
    return {
        **_head(definition, part.suffix),
        "populationDescription": part.population,
        "reportingStatus": "POSTED",
        **_frame(definition),
        "groups": group_nodes(groups, "OG"),
        **part.nodes(groups),
    }


def _not_posted(
    definition: EndpointDefinition, part: Unanswered, choices: RegistryChoices
) -> dict[str, Node]:
    expected = choices.words.anticipatedPostingDate
    return {
        **_head(definition, part.suffix),
        "reportingStatus": "NOT_POSTED",
        **({"anticipatedPostingDate": expected} if expected else {}),
        **_frame(definition),
    }
