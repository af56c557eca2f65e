"""The protocol file: YAML for a person to read and edit, refused with line and column.

`protocol_text` writes, `read_protocol` reads; what was written is read back exactly.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from trialwright.core.errors import ProtocolError
from trialwright.core.terminal import shown
from trialwright.protocol.model import Protocol
from trialwright.protocol.paths import place
from trialwright.protocol.problems import Loc, Problem
from trialwright.protocol.reading import protocol_of, with_sources
from trialwright.protocol.writing import protocol_text
from trialwright.protocol.yaml_tree import Mark, Plain, YamlError, read_tree, to_plain

__all__ = ["parse_protocol", "parse_settings", "protocol_text", "read_protocol", "with_sources"]

MAX_BYTES = 4_000_000
MAX_PROBLEMS = 10
_NEXT_STEP = "correct the file, then read it again"


def read_protocol(path: Path | str) -> Protocol:
    """Read a protocol file.

    Raises
    ------
    ProtocolError
        When the file cannot be opened, is larger than `MAX_BYTES`, is not UTF-8, or is not a valid
        protocol; the message names up to `MAX_PROBLEMS` places with line and column.
    """
    path = Path(path)
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        reason = error.strerror or "unreadable"
        raise ProtocolError(
            f"The protocol file cannot be opened: {reason}.",
            where=shown(str(path)),
            do="check the path",
        ) from None
    if size > MAX_BYTES:
        raise ProtocolError(
            f"The protocol file is too large: {size} bytes.",
            where=shown(str(path)),
            allowed=f"at most {MAX_BYTES} bytes",
            do="check that this is a protocol file",
        )
    return parse_protocol(_decoded(data, shown(path.name)), shown(path.name))


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ProtocolError(
            f"The protocol file is not UTF-8: byte 0x{data[error.start]:02X}.",
            where=f"{name}, line {line}",
            allowed="UTF-8 text",
            do="save the file as UTF-8",
        ) from None


def parse_protocol(text: str, name: str = "protocol.yaml") -> Protocol:
    """The protocol written in a text.

    Parameters
    ----------
    text
        YAML as `protocol_text` writes it.
    name
        File name for messages.

    Raises
    ------
    ProtocolError
        As `read_protocol`.
    """
    if len(text) > MAX_BYTES:
        raise ProtocolError(
            "The protocol is too large.", where=name, allowed=f"at most {MAX_BYTES} characters"
        )
    try:
        node = read_tree(text)
    except YamlError as problem:
        where = f"{name}, {_line_column(problem.mark)}"
        raise ProtocolError(
            _sentence(problem.what), where=where, allowed=problem.allowed, do=_NEXT_STEP
        ) from None
    if node is None:
        raise ProtocolError(
            "The protocol file is empty.",
            where=name,
            allowed='a mapping that starts with "trialwright_protocol: 1"',
            do="draft a protocol from a record first",
        )
    plain = to_plain(node, Protocol)
    protocol, problems = protocol_of(plain.data)
    problems = [*plain.problems, *problems]
    if protocol is None or problems:
        raise _refused(problems, plain, name)
    return protocol


def _refused(problems: Iterable[Problem], plain: Plain, name: str) -> ProtocolError:
    """One error for all problems, in the order of the file."""
    found = sorted({(_mark(problem, plain), problem.what, problem.allowed) for problem in problems})
    if len(found) == 1:
        mark, what, allowed = found[0]
        where = f"{name}, {_line_column(mark)}"
        return ProtocolError(_sentence(what), where=where, allowed=allowed, do=_NEXT_STEP)
    lines = [
        f"{_line_column(mark)}: {what}{_briefly(what, allowed)}"
        for mark, what, allowed in found[:MAX_PROBLEMS]
    ]
    more = len(found) - MAX_PROBLEMS
    lines += [f"and {more} more"] if more > 0 else []
    where = "\n           ".join([name, *lines])
    return ProtocolError(
        f"The protocol file has {len(found)} problems.", where=where, do=_NEXT_STEP
    )


def _briefly(what: str, allowed: str) -> str:
    """What is allowed, where a list of many problems has the room for it."""
    if not allowed or "did you mean" in what:
        return ""
    return f" Allowed: {textwrap.shorten(allowed, 160, placeholder=' ...')}."


def _mark(problem: Problem, plain: Plain) -> Mark:
    """Where a problem stands: its key or its value, else the nearest thing around it."""
    if problem.on_key and problem.loc in plain.keys:
        return plain.keys[problem.loc]
    loc: Loc = problem.loc
    while loc not in plain.values:
        loc = loc[:-1]
    return plain.values[loc]


def _line_column(mark: Mark) -> str:
    return f"line {mark[0] + 1}, column {mark[1] + 1}"


def _sentence(text: str) -> str:
    """The text as a sentence; a path at its start keeps its spelling."""
    head = text.partition(" ")[0]
    return text if "." in head or "_" in head else text[:1].upper() + text[1:]


def parse_settings(settings: Iterable[str]) -> dict[str, object]:
    """Values by path from texts such as `endpoints.OS.origin=enrolment`.

    The value is read as in the protocol file: `30`, `true`, `[[24, 6], [52, 12]]`, `null` to take a
    value away.

    Raises
    ------
    ProtocolError
        For a text without "=", a path that names no field, and a value that is not YAML. Whether
        the field allows the value is checked by `settle`.
    """
    return dict(_setting(text) for text in settings)


def _setting(text: str) -> tuple[str, Any]:
    path, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not path:
        raise ProtocolError(
            f'The setting "{text}" is not of the form path=value.',
            where="settings",
            allowed="path=value, such as endpoints.OS.origin=enrolment",
        )
    try:
        node = read_tree(value)
    except YamlError as problem:
        raise ProtocolError(
            f"The value of {path} cannot be read: {problem.what}",
            where=f'settings, "{text}"',
            allowed=problem.allowed,
        ) from None
    return path, None if node is None else to_plain(node, _annotation(path)).data


def _annotation(path: str) -> object:
    """Type of the value at a path; members that a protocol may have are taken as there."""
    above, _, name = path.rpartition(".")
    empty = Protocol(id="settings", title="settings")
    here = place(empty, path)
    if here.kind == "member":
        return here.part
    parent = place(empty, above).part if above else Protocol
    return parent.model_fields[name].annotation if parent is not None else None
