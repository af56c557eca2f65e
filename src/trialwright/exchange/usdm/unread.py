"""What of a file is not in the protocol that was read from it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from trialwright.exchange.usdm.leaves import leaves_of, orders_of, tree_of
from trialwright.exchange.usdm.models import plain_json
from trialwright.exchange.usdm.nodes import Nodes, nodes_of
from trialwright.exchange.usdm.structure import REFERENCES, classes
from trialwright.exchange.usdm.writing import usdm_of
from trialwright.protocol.model import Protocol

#: Attributes that values of a protocol are taken from, by class.
_TAKEN: Mapping[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "StudyIdentifier": "text",
        "StudyTitle": "text",
        "InterventionalStudyDesign": "studyPhase characteristics model intentTypes blindingSchema",
        "StudyArm": "name label description type",
        "Indication": "label",
        "StudyDesignPopulation": "plannedEnrollmentNumber plannedSex plannedAge",
        "StudyCohort": "name label plannedEnrollmentNumber",
        "StudyIntervention": "name label type",
        "Administration": "dose route frequency duration",
        "Endpoint": "name text description level",
        "EligibilityCriterion": "category",
        "EligibilityCriterionItem": "name text",
        "TransitionRule": "text",
        "Quantity": "value unit",
        "AliasCode": "standardCode",
    }.items()
}
#: Attributes that hold the objects which are read, or say what they are.
_HELD: Mapping[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "Wrapper": "study usdmVersion systemName systemVersion",
        "Study": "name versions",
        "StudyVersion": "studyIdentifiers studyDesigns titles eligibilityCriterionItems "
        "organizations studyInterventions",
        "StudyIdentifier": "scopeId",
        "StudyTitle": "type",
        "Organization": "name type identifierScheme identifier",
        "InterventionalStudyDesign": "name label studyType arms studyCells epochs elements "
        "indications studyInterventionIds objectives population eligibilityCriteria",
        "StudyCell": "armId epochId elementIds",
        "StudyElement": "name label studyInterventionIds transitionEndRule",
        "StudyEpoch": "name label type previousId nextId",
        "Indication": "name description",
        "StudyDesignPopulation": "name label cohorts criterionIds",
        "StudyIntervention": "administrations",
        "Administration": "name",
        "Duration": "quantity durationWillVary",
        "Objective": "name level endpoints",
        "EligibilityCriterion": "name identifier criterionItemId nextId previousId",
        "Range": "minValue maxValue isApproximate",
        "Code": "code codeSystem codeSystemVersion decode",
        "TransitionRule": "name",
    }.items()
}
_COMMON = frozenset({"id", "instanceType"})
_MOST = 200


def unread_attributes(nodes: Nodes) -> list[str]:
    """Attributes with a value that reading does not look at, with how often they stand there.

    An object inside an attribute that is not read is not counted apart.
    """
    counts: Counter[str] = Counter()
    hidden: set[int] = set()
    for at, node in enumerate(nodes.nodes):
        if node.parent in hidden or (node.parent is not None and _is_unread(nodes, at)):
            hidden.add(at)
            continue
        read = _read(node.cls)
        for name in classes()[node.cls]:
            if name not in read | _COMMON and node.data.get(name) not in (None, [], ""):
                counts[f"{node.cls}.{name}"] += 1
    return [
        f"{name} is not read ({count} object{'s' * (count > 1)})" for name, count in counts.items()
    ]


def _read(cls: str) -> frozenset[str]:
    return _TAKEN.get(cls, frozenset()) | _HELD.get(cls, frozenset())


def _is_unread(nodes: Nodes, at: int) -> bool:
    node = nodes.nodes[at]
    above = nodes.nodes[node.parent or 0]
    name = node.place.removeprefix(above.place).lstrip(".").partition("[")[0].partition(".")[0]
    return name not in _read(above.cls)


def edited_places(document: Any, protocol: Protocol) -> list[str]:
    """Places of a file of ours that somebody changed and that no value of the protocol took up.

    The file is compared with the export of the protocol as it was and as it is now.
    """
    before = plain_json(usdm_of(_before(protocol)))
    written = _flat(before)
    now = _flat(plain_json(usdm_of(protocol)))
    there = _flat(_with_our_ids(document, before))
    found = [
        place
        for place in dict.fromkeys((*there, *written))
        if there.get(place) not in (written.get(place), now.get(place))
        or (place in there) not in ((place in written), (place in now))
    ]
    told = [f"{place}: changed in the file, but not taken up" for place in found[:_MOST]]
    more = len(found) - _MOST
    return [*told, f"{more} further places"] if more > 0 else told


def _with_our_ids(document: Any, written: Any) -> Any:
    """A file with our ids: by class and order, where a program gave new ids to every object.

    Also in a class of which some objects were taken out: ours are counted without a gap.
    """
    theirs, ours = _ids_by_class(document), _ids_by_class(written)
    shared = {one for held in theirs.values() for one in held} & {
        one for held in ours.values() for one in held
    }
    names: dict[str, str] = {}
    for cls, held in theirs.items():
        new = ours.get(cls, [])
        if not shared or (len(held) == len(new) and set(held) != set(new)):
            names |= dict(zip(held, new, strict=False))
    return _renamed(document, names, "")


def _ids_by_class(document: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node in nodes_of(document).nodes:
        if node.id and node.cls != "Study":
            found.setdefault(node.cls, []).append(node.id)
    return found


def _renamed(held: Any, names: Mapping[str, str], key: str) -> Any:
    if isinstance(held, dict):
        unnamed = "name" in held and held["name"] == held.get("id")  # it is named by its id
        return {
            name: _renamed(one, names, "id" if unnamed and name == "name" else name)
            for name, one in held.items()
        }
    if isinstance(held, list):
        return [_renamed(one, names, key) for one in held]
    refers = key == "id" or key in REFERENCES
    return names.get(held, held) if refers and isinstance(held, str) else held


def _before(protocol: Protocol) -> Protocol:
    """The protocol with every value as its source says that it was."""
    values = leaves_of(protocol)
    sources = []
    for source in protocol.sources:
        replaced = _replaced(source.reason or "") if source.kind == "user" else None
        if replaced is not None and source.path in values:
            values[source.path] = replaced
        else:
            sources.append(source)
    tree = tree_of(values, orders_of(protocol)) | {"id": protocol.id}
    before = Protocol.model_validate_json(json.dumps(tree), strict=True)
    return before.model_copy(
        update={"sources": tuple(sources), "record_sha256": protocol.record_sha256}
    )


def _replaced(reason: str) -> Any:
    """The value that a person's value replaced, from the note of its source."""
    _, found, rest = reason.rpartition("replaces ")
    if not found:
        return None
    try:
        value, _ = json.JSONDecoder().raw_decode(rest)
    except ValueError:
        return None
    return value


def _flat(document: Any) -> dict[str, Any]:
    return dict(_leaves(document, ""))


def _leaves(held: Any, place: str) -> Iterator[tuple[str, Any]]:
    """Plain values by place, those aside that reading takes; members are named by their id."""
    if isinstance(held, dict):
        taken = _TAKEN.get(str(held.get("instanceType")), frozenset())
        for name, one in held.items():
            if name not in taken and name != "extensionAttributes":
                yield from _leaves(one, f"{place}.{name}".lstrip("."))
    elif isinstance(held, list):
        for at, one in enumerate(held):
            # A list of plain values names objects; their order says nothing.
            known = one.get("id", at) if isinstance(one, dict) else one
            yield from _leaves(one, f"{place}[{known}]")
    elif held is not None and not place.endswith((".id", "systemVersion")):
        yield place, held
