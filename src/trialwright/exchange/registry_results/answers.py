"""Which result answers a registered endpoint, as the parts of outcome measures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from trialwright.core.results import Result
from trialwright.endpoints.not_derived import NotDerived
from trialwright.exchange.registry_results.answers_events import (
    adverse_event_parts,
    dose_limiting_part,
)
from trialwright.exchange.registry_results.answers_landmarks import landmark_parts
from trialwright.exchange.registry_results.answers_rates import response_part, special_response_part
from trialwright.exchange.registry_results.answers_times import (
    immune_time_part,
    response_time_part,
    time_part,
)
from trialwright.exchange.registry_results.groups import Group
from trialwright.exchange.registry_results.measures import Answer, Unanswered
from trialwright.protocol.rules import EndpointDefinition, EndpointKind

_RECIST = "RECIST 1.1"
_SPECIAL = ("mRECIST", "iRECIST")
#: Kinds that no reading of scans enters.
_NO_SCANS: frozenset[EndpointKind] = frozenset({"AE", "SAE", "DLT", "OS", "OS_RATE", "MORTALITY"})
_BY_OTHERS = (
    "it is registered by {said}, and the results are by {used} (response.evaluator): derive "
    "them by the registered reader"
)
_NO_RESULT = "the analysis has no result of kind {kind}{by}: report this one by hand"


Groups: TypeAlias = "tuple[Group, ...]"
Results: TypeAlias = "Mapping[str, Result]"
_Answering: TypeAlias = Callable[[EndpointDefinition, Groups, Results], "tuple[Answer, ...]"]

#: What answers a kind of endpoint by RECIST 1.1 or without scans.
_PLAIN: dict[EndpointKind, _Answering] = {
    "ORR": response_part,
    "DCR": response_part,
    "CBR": response_part,
    "DOR": time_part,
    "PFS": time_part,
    "TTP": time_part,
    "TTF": time_part,
    "OS": time_part,
    "TTR": response_time_part,
    "PFS_RATE": landmark_parts,
    "OS_RATE": landmark_parts,
    "AE": adverse_event_parts,
    "SAE": adverse_event_parts,
    "DLT": dose_limiting_part,
}
#: The same by criteria that stand beside RECIST 1.1.
_BY_CRITERIA: dict[tuple[str, EndpointKind], _Answering] = {
    ("mRECIST", "ORR"): special_response_part,
    ("iRECIST", "ORR"): special_response_part,
    ("iRECIST", "PFS"): immune_time_part,
    ("iRECIST", "DOR"): immune_time_part,
}


def answers(
    definition: EndpointDefinition, groups: Groups, results: Results, evaluator: str
) -> tuple[Answer, ...]:
    """The outcome measures of an endpoint: one, or several with one number each.

    Parameters
    ----------
    definition
        The registered endpoint.
    groups, results
        The groups of the registry, and the analysis.
    evaluator
        Who read the scans for the results: INVESTIGATOR or INDEPENDENT ASSESSOR.
    """
    said = results.get(definition.id)
    if isinstance(said, NotDerived):
        return (Unanswered("", said.reason),)
    if definition.kind not in _NO_SCANS and _other_reader(definition, evaluator):
        words = _BY_OTHERS.format(said="independent review", used=evaluator.lower())
        if definition.assessor == "investigator":
            words = _BY_OTHERS.format(said="the investigator", used=evaluator.lower())
        return (Unanswered("", words),)
    readings = _readings(definition)
    found: list[Answer] = []
    for reading in readings:
        added = f" by {reading}" if len(readings) > 1 else ""
        found += [
            replace(part, suffix=f"{part.suffix}{added}")
            for part in _of_reading(reading, definition, groups, results)
        ]
    return tuple(found)


def _of_reading(
    reading: str, definition: EndpointDefinition, groups: Groups, results: Results
) -> tuple[Answer, ...]:
    plain = reading == _RECIST
    kind = definition.kind
    answer = _PLAIN.get(kind) if plain else _BY_CRITERIA.get((reading, kind))
    if answer is None:
        by = "" if plain else f" by {reading}"
        return (Unanswered("", _NO_RESULT.format(kind=kind, by=by)),)
    asked = definition if plain else definition.model_copy(update={"criteria": (reading,)})
    return answer(asked, groups, results)


def _other_reader(definition: EndpointDefinition, evaluator: str) -> bool:
    """Whether the endpoint names one reader and the results have the other one."""
    readers = {"investigator": "INVESTIGATOR", "independent": "INDEPENDENT ASSESSOR"}
    wanted = readers.get(definition.assessor or "")
    return wanted is not None and wanted != evaluator


def _readings(definition: EndpointDefinition) -> tuple[str, ...]:
    """The criteria that the endpoint names; RECIST 1.1 where it names none of ours."""
    said = [word.split()[0].casefold() for word in definition.criteria or () if word.split()]
    special = tuple(name for name in _SPECIAL if name.casefold() in said)
    if not special or "recist" in said:
        return (_RECIST, *special)
    return special
