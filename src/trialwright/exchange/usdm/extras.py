"""What the model has no place for: values, their order, sources and findings beside the objects.

Our extension attributes stand on the object that they belong to: those of a component on its
intervention, of an outcome on its endpoint, of an arm or a cohort there, all others on the study
design. Their names begin with `urn:trialwright:`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from trialwright.exchange.usdm.ids import URN, Ids, extension_of
from trialwright.exchange.usdm.leaves import leaves_of, orders_of
from trialwright.exchange.usdm.models import (
    Element,
    ExtensionAttribute,
    InterventionalStudyDesign,
    StudyVersion,
    Wrapper,
)
from trialwright.exchange.usdm.natives import natives
from trialwright.protocol.base import Finding, Source
from trialwright.protocol.check import check_protocol
from trialwright.protocol.model import Protocol

VALUE, ORDER, SOURCE, FINDING = "value", "order", "source", "finding"
_SOURCE_TEXTS = ("path", "kind", "quote", "reason", "text")
_SOURCE_NUMBERS = ("start", "end")
_Held = TypeVar("_Held", bound=Element)
Extras = dict[str, tuple[ExtensionAttribute, ...]]


def with_extras(ids: Ids, written: Wrapper, protocol: Protocol) -> Wrapper:
    """The study with all that its own places do not give back."""
    found: dict[str, list[ExtensionAttribute]] = {}
    for path, attribute in _all(ids, written, protocol):
        found.setdefault(_owner(path), []).append(attribute)
    extras = {owner: tuple(held) for owner, held in found.items()}
    version = _placed(written.study.versions[0], extras)
    study = written.study.model_copy(update={"versions": (version,)})
    return written.model_copy(update={"study": study})


def _all(
    ids: Ids, written: Wrapper, protocol: Protocol
) -> Iterator[tuple[str, ExtensionAttribute]]:
    held, given = leaves_of(protocol), natives(written, [])
    for path in dict.fromkeys((*held, *given)):
        value = held.get(path)
        if value != given.get(path) or (path in held) != (path in given):
            yield path, _value(ids, path, value)
    for path, order in orders_of(protocol).items():
        # Also where the places say the same: it names the members that somebody takes out.
        yield "", _with_path(ids, ORDER, path, json.dumps(order, ensure_ascii=False))
    for number, source in enumerate(protocol.sources):
        yield source.path, _source(ids, number, source)
    for finding in check_protocol(protocol):
        yield finding.path, _finding(ids, finding)


def orders_in(values: Iterable[str]) -> dict[str, list[str]]:
    """Ids of members by their list, in the order in which paths name them."""
    found: dict[str, list[str]] = {}
    for path in values:
        head, _, rest = path.partition(".")
        name = rest.partition(".")[0]
        if head in {"arms", "cohorts", "regimen", "endpoints"} and name not in found.setdefault(
            head, []
        ):
            found[head].append(name)
    return found


def _owner(path: str) -> str:
    """The member of a path, "" for the study design."""
    head, _, rest = path.partition(".")
    member = rest.partition(".")[0]
    return f"{head}.{member}" if member and head in orders_in([path]) else ""


def _value(ids: Ids, path: str, value: Any) -> ExtensionAttribute:
    """A value as JSON; `null` where the place of the model says more than the protocol."""
    return _with_path(ids, VALUE, path, json.dumps(value, ensure_ascii=False))


def _with_path(ids: Ids, name: str, path: str, text: str) -> ExtensionAttribute:
    return ids.extension(name, text, ids.extension("path", path))


def _source(ids: Ids, number: int, source: Source) -> ExtensionAttribute:
    data = source.model_dump(exclude_none=True)
    inside = [ids.extension(key, data[key]) for key in _SOURCE_TEXTS if key in data]
    inside += [ids.extension(key, number=data[key]) for key in _SOURCE_NUMBERS if key in data]
    return ids.extension(SOURCE, None, *inside, number=number)


def _finding(ids: Ids, finding: Finding) -> ExtensionAttribute:
    inside = (ids.extension(key, getattr(finding, key)) for key in ("code", "severity", "path"))
    return ids.extension(FINDING, finding.message, *inside)


def _placed(version: StudyVersion, extras: Extras) -> StudyVersion:
    design = version.study_designs[0]
    interventions = _given(version.study_interventions, "regimen", extras)
    objectives = tuple(
        one.model_copy(update={"endpoints": _given(one.endpoints, "endpoints", extras)})
        for one in design.objectives
    )
    people = design.population.model_copy(
        update={"cohorts": _given(design.population.cohorts, "cohorts", extras)}
    )
    arms = _given(design.arms, "arms", extras)
    placed = {
        f"{head}.{one.name}"
        for head, held in (
            ("regimen", interventions), ("arms", arms), ("cohorts", people.cohorts),
            ("endpoints", tuple(end for one in objectives for end in one.endpoints)),
        )
        for one in held
    }  # fmt: skip
    rest = [one for owner, held in extras.items() if owner not in placed for one in held]
    own = (*design.extension_attributes, *rest)
    design = design.model_copy(
        update={"objectives": objectives, "population": people, "arms": arms,
                "extension_attributes": own}
    )  # fmt: skip
    return version.model_copy(
        update={"study_interventions": interventions, "study_designs": (design,)}
    )


def _given(held: tuple[_Held, ...], head: str, extras: Extras) -> tuple[_Held, ...]:
    return tuple(
        one.model_copy(
            update={
                "extension_attributes": (
                    *one.extension_attributes,
                    *extras.get(f"{head}.{getattr(one, 'name', '')}", ()),
                )
            }
        )
        for one in held
    )


def with_own_names(wrapper: Wrapper, remarks: list[str]) -> Wrapper:
    """The study with the names by which our extension attributes know its members.

    A name is the id of a member, which its values and sources are filed under. One that somebody
    changed is a remark; the words for readers are the label.
    """

    def own(held: tuple[_Held, ...], head: str) -> tuple[_Held, ...]:
        found = []
        for one in held:
            here = {
                path.split(".")[1]
                for path in (_text(said, "path") for said in one.extension_attributes)
                if path.startswith(f"{head}.")
            }
            name = getattr(one, "name", "")
            if len(here) == 1 and name not in here:
                known = here.pop()
                remarks.append(
                    f'{one.id}.name: changed from "{known}" in the file, but not taken up'
                )
                found.append(one.model_copy(update={"name": known}))
            else:
                found.append(one)
        return tuple(found)

    version = wrapper.study.versions[0]
    design = version.study_designs[0]
    objectives = tuple(
        one.model_copy(update={"endpoints": own(one.endpoints, "endpoints")})
        for one in design.objectives
    )
    people = design.population.model_copy(
        update={"cohorts": own(design.population.cohorts, "cohorts")}
    )
    design = design.model_copy(
        update={"objectives": objectives, "population": people, "arms": own(design.arms, "arms")}
    )
    version = version.model_copy(
        update={"study_interventions": own(version.study_interventions, "regimen"),
                "study_designs": (design,)}
    )  # fmt: skip
    study = wrapper.study.model_copy(update={"versions": (version,)})
    return wrapper.model_copy(update={"study": study})


def extras_in(version: StudyVersion, design: InterventionalStudyDesign) -> list[ExtensionAttribute]:
    """Our extension attributes of a study, those of members first."""
    holders: list[Element] = [
        *version.study_interventions, *design.arms, *design.population.cohorts,
        *(end for one in design.objectives for end in one.endpoints), design,
    ]  # fmt: skip
    return [
        one for holder in holders for one in holder.extension_attributes if one.url.startswith(URN)
    ]


def values_in(extras: Iterable[ExtensionAttribute], name: str) -> dict[str, Any]:
    """Values or orders by path; `None` is a value that is absent."""
    return {
        _text(one, "path"): json.loads(one.value_string or "null")
        for one in extras
        if one.url == f"{URN}{name}"
    }


def sources_in(extras: Iterable[ExtensionAttribute]) -> list[Mapping[str, Any]]:
    """The sources as plain data, in the order in which the protocol had them."""
    found = [one for one in extras if one.url == f"{URN}{SOURCE}"]
    ordered = sorted(found, key=lambda one: (one.value_integer is None, one.value_integer or 0))
    return [_source_data(one) for one in ordered]


def _source_data(one: ExtensionAttribute) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key in _SOURCE_TEXTS:
        held = extension_of(one.extension_attributes, key)
        if held is not None:
            data[key] = held.value_string
    for key in _SOURCE_NUMBERS:
        held = extension_of(one.extension_attributes, key)
        if held is not None:
            data[key] = held.value_integer
    return data


def _text(one: ExtensionAttribute, name: str) -> str:
    held = extension_of(one.extension_attributes, name)
    return (held.value_string or "") if held else ""
