"""A USDM v4 file as a protocol.

In a file of ours the places of the model and our extension attributes together give the protocol
back. Where somebody changed a value in its place, that place wins, and the value counts as a
person's. In a file of others the places are all there is. What was not read is listed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from trialwright.core.errors import ProtocolError
from trialwright.core.terminal import shown
from trialwright.exchange.usdm.extras import (
    ORDER,
    VALUE,
    extras_in,
    orders_in,
    sources_in,
    values_in,
    with_own_names,
)
from trialwright.exchange.usdm.ids import Ids
from trialwright.exchange.usdm.leaves import tree_of
from trialwright.exchange.usdm.models import Wrapper
from trialwright.exchange.usdm.natives import natives
from trialwright.exchange.usdm.nodes import Nodes, Problem, nodes_of
from trialwright.exchange.usdm.rules import FORM
from trialwright.exchange.usdm.unread import edited_places, unread_attributes
from trialwright.exchange.usdm.writing import native
from trialwright.protocol.base import Source
from trialwright.protocol.document import with_sources
from trialwright.protocol.model import Protocol
from trialwright.protocol.problems import problems_of
from trialwright.protocol.settle import value_text

MAX_BYTES = 50_000_000
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Imported:
    """A protocol read from a USDM file; `remarks` says what of the file is not in it."""

    protocol: Protocol
    remarks: tuple[str, ...]


def read_usdm(path: Path) -> Imported:
    """Read a USDM v4 JSON file.

    Raises
    ------
    ProtocolError
        When the file cannot be opened, is too large, is not JSON, or breaks the form of a USDM
        file (rules U-01 to U-08 and U-27); the message names up to ten places.
    """
    return parse_usdm(file_bytes(path), shown(path.name))


def file_bytes(path: Path) -> bytes:
    """The bytes of a file of at most `MAX_BYTES`.

    Raises
    ------
    ProtocolError
        When it cannot be opened or is too large.
    """
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        reason = error.strerror or "unreadable"
        raise ProtocolError(
            f"The USDM file cannot be opened: {reason}.",
            where=shown(str(path)),
            do="check the path",
        ) from None
    if size > MAX_BYTES:
        raise ProtocolError(
            f"The USDM file is too large: {size} bytes.", where=shown(str(path)),
            allowed=f"at most {MAX_BYTES} bytes",
        )  # fmt: skip
    return data


def parse_usdm(data: bytes | str, name: str = "usdm.json") -> Imported:
    """The protocol in the text of a USDM file; `name` is for messages.

    Raises
    ------
    ProtocolError
        As `read_usdm`.
    """
    document = json_of(data, name)
    nodes = nodes_of(document)
    problems = [one for rule in FORM for one in rule.problems(nodes)]
    if problems:
        raise _refused(problems, name)
    remarks: list[str] = []
    wrapper = with_own_names(_wrapper(document, remarks, name), remarks)
    version = wrapper.study.versions[0]
    extras = extras_in(version, version.study_designs[0])
    given = natives(wrapper, remarks)
    try:
        protocol = _ours(given, extras, remarks) if extras else _foreign(given, name)
    except ValidationError as error:
        raise _not_a_protocol(error, given, name) from None
    except (ValueError, TypeError) as error:
        raise ProtocolError(
            "An extension attribute of trialwright holds no value of a protocol.",
            where=f"{name}: {error}", do="export the protocol again",
        ) from None  # fmt: skip
    remarks += [f"{place}: no attribute of USDM v4" for place in nodes.unknown]
    remarks += _left(document, nodes, protocol, extras != [])
    return Imported(protocol, tuple(dict.fromkeys(remarks)))


def json_of(data: bytes | str, name: str) -> Any:
    """JSON with every key once.

    Raises
    ------
    ProtocolError
        For text that is not UTF-8 or not JSON, and for a key that stands twice.
    """
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except RecursionError:
        reason = "it is nested too deep"
    except ValueError as error:
        reason = str(error)
    raise ProtocolError(
        "The USDM file is not JSON.", where=f"{name}: {reason}", allowed="UTF-8 JSON",
        do="export it again",
    )  # fmt: skip


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        message = f'the key "{twice}" stands twice in one object'
        raise ValueError(message)
    return found


def _no_number(word: str) -> None:
    message = f"{word} is no JSON number"
    raise ValueError(message)


def _refused(problems: list[Problem], name: str) -> ProtocolError:
    lines = [f"{one.place or 'the file'}: {one.message} ({one.rule})" for one in problems[:_SHOWN]]
    more = len(problems) - _SHOWN
    lines += [f"and {more} more (trialwright usdm check lists them)"] if more > 0 else []
    count = f"{len(problems)} place{'s' * (len(problems) > 1)}"
    return ProtocolError(
        f"The file breaks the form of USDM v4 in {count}.",
        where="\n           ".join([name, *lines]),
        allowed=problems[0].allowed,
        do="correct the file, then read it again",
    )


def _wrapper(document: dict[str, Any], remarks: list[str], name: str) -> Wrapper:
    """The first interventional design of the first version; others are remarks."""
    versions = document["study"]["versions"]
    remarks += [f"versions[{n}]: only the first version is read" for n in range(1, len(versions))]
    designs = versions[0].get("studyDesigns") or []
    kept = [one for one in designs if one["instanceType"] == "InterventionalStudyDesign"]
    if not kept:
        raise ProtocolError(
            "The study has no interventional design.",
            where=f"{name}: study.versions[0].studyDesigns",
            allowed="an InterventionalStudyDesign",
            do="give the file of an interventional trial",
        )
    remarks += [
        f'design "{one["name"]}": only the first interventional design is read'
        for one in designs
        if one is not kept[0]
    ]
    version = {**versions[0], "studyDesigns": kept[:1]}
    study = {**document["study"], "versions": [version]}
    return Wrapper.model_validate({**document, "study": study})


def _ours(given: Mapping[str, Any], extras: list[Any], remarks: list[str]) -> Protocol:
    """The places of the model under our extension attributes, changed places on top."""
    held, orders = values_in(extras, VALUE), values_in(extras, ORDER)
    values = {**given, **held}
    order = {**orders_in(given), **orders}
    sources = tuple(
        Source.model_validate_json(json.dumps(one), strict=True) for one in sources_in(extras)
    )
    expected = natives(native(Ids(), _as_written(values, order, sources)), [])
    for path in dict.fromkeys((*given, *expected)):
        if given.get(path) != expected.get(path):
            values[path] = given.get(path)
    remarks += _taken_out(values, orders, sources)
    return with_sources(_validated(values, order).model_copy(update={"sources": sources}))


def _taken_out(
    values: Mapping[str, Any], orders: Mapping[str, list[str]], sources: Iterable[Source]
) -> Iterator[str]:
    """Members and values that the file still names or gives a source for, and has no more."""
    steps = [path.split(".") for path, value in values.items() if value is not None]
    there = {".".join(held[:n]) for held in steps for n in range(1, len(held) + 1)}
    gone = [f"{head}.{one}" for head, names in orders.items() for one in names]
    gone = [member for member in gone if member not in there]
    yield from (f"{member}: taken out of the file, and of the protocol" for member in gone)
    above = tuple(f"{member}." for member in gone)
    for source in sources:
        lost = source.text not in {None, "null"} and source.path not in there
        if lost and not source.path.startswith(above):
            yield f"{source.path}: taken out of the file, and of the protocol; it was {source.text}"


def _as_written(
    values: Mapping[str, Any], order: Mapping[str, list[str]], sources: Iterable[Source]
) -> Protocol:
    """The protocol as it was exported: where a source remembers another value, that one."""
    before = dict(values)
    for source in sources:
        if source.path in before and source.text is not None:
            with suppress(ValueError):
                before[source.path] = json.loads(source.text)
    try:
        return _validated(before, order)
    except ValidationError:
        return _validated(values, order)


def _foreign(given: Mapping[str, Any], name: str) -> Protocol:
    """The places of the model alone; an outcome gets the kind OTHER, since its words decide it."""
    values = dict(given)
    for path in given:
        if path.startswith("endpoints.") and path.endswith(".measure"):
            values[path.removesuffix("measure") + "kind"] = "OTHER"
    protocol = _validated(values, orders_in(values))
    reason = f"read from the USDM file {name}"
    sources = tuple(
        Source(path=path, kind="user", reason=reason, text=value_text(value))
        for path, value in values.items()
        if path != "id" and value is not None
    )
    return with_sources(protocol.model_copy(update={"sources": sources}))


def _validated(values: Mapping[str, Any], orders: Mapping[str, list[str]]) -> Protocol:
    tree = {"trialwright_protocol": 1, **tree_of(values, orders)}
    tree["id"] = values.get("id")
    if values.get("record_sha256") is not None:
        tree["record_sha256"] = values["record_sha256"]
    return Protocol.model_validate_json(json.dumps(tree), strict=True)


def _not_a_protocol(error: ValidationError, given: Mapping[str, Any], name: str) -> ProtocolError:
    found = problems_of(error, tree_of(given, {}))
    return ProtocolError(
        "The study is read, but its values are not those of a protocol.",
        where="\n           ".join([name, *(one.what for one in found[:_SHOWN])]),
        allowed="; ".join(dict.fromkeys(one.allowed for one in found[:3] if one.allowed)),
        do="correct the file, then read it again",
    )


def _left(document: Any, nodes: Nodes, protocol: Protocol, ours: bool) -> list[str]:  # noqa: FBT001
    if ours:
        return edited_places(document, protocol)
    return unread_attributes(nodes)
