"""YAML text to plain data, with the line and column of every key and value.

Only what a protocol needs is accepted: one document of mappings, lists and scalars. Anchors,
aliases and tags are refused, so a file is never larger inside than it looks. Scalars stay text
until the model says what they are: `5.0` is a number for a rate and text for a version.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args, get_origin

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from trialwright.protocol.base import Part
from trialwright.protocol.paths import plain_types
from trialwright.protocol.problems import Loc, Problem

MAX_DEPTH = 12

_INT = re.compile(r"[-+]?\d{1,18}")
_FLOAT = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}

Mark: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Scalar:
    """A scalar as written; `quoted` text is text whatever it looks like."""

    mark: Mark
    raw: str
    quoted: bool

    def value(self) -> bool | int | float | str | None:
        """The scalar by its looks (YAML 1.2); dates and everything unusual stay text."""
        if self.quoted:
            return self.raw
        if self.raw in _WORDS:
            return _WORDS[self.raw]
        if _INT.fullmatch(self.raw):
            return int(self.raw)
        return float(self.raw) if _FLOAT.fullmatch(self.raw) else self.raw


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping: each key with its own mark."""

    mark: Mark
    items: list[tuple[Scalar, Node]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    mark: Mark
    items: list[Node] = field(default_factory=list)


Node: TypeAlias = Scalar | Mapping | Sequence


class YamlError(Exception):
    """The text is not YAML that a protocol may be written in; carries what, mark and advice."""

    def __init__(self, what: str, mark: Mark, allowed: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.mark = mark
        self.allowed = allowed


def read_tree(text: str) -> Node | None:
    """Parse one YAML document, `None` when it is empty.

    Raises
    ------
    YamlError
        For broken syntax, a second document, an anchor, alias or tag, a key that is not plain text,
        or lists and mappings deeper than `MAX_DEPTH`.
    """
    try:
        return _build(_events(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = (mark.line, mark.column) if mark is not None else (0, 0)
        raise YamlError(*_syntax(error, text, at)) from None
    except ReaderError as error:
        before = text[: error.position]
        at = (before.count("\n"), len(before) - before.rfind("\n") - 1)
        what = f"the character U+{ord(text[error.position]):04X} is not allowed in YAML."
        raise YamlError(what, at, "printable text") from None
    except (YAMLError, ValueError, OverflowError, IndexError):
        raise YamlError("the text cannot be read as YAML.", (0, 0), "YAML 1.2") from None


def _syntax(error: MarkedYAMLError, text: str, at: Mark) -> tuple[str, Mark, str]:
    """What a syntax error says to somebody who knows no YAML grammar."""
    lines = text.splitlines()
    line = lines[at[0]] if at[0] < len(lines) else ""
    if "\t" in line[: at[1] + 1] and not line[: at[1]].strip():
        return "a tab stands where only spaces may indent.", at, "spaces"
    said = str(error.problem or "unreadable").replace("<stream end>", "the end of the file")
    if said.startswith("expected <block end>"):
        what = "YAML syntax: this does not continue what stands above it."
        return what, at, "the indentation of its neighbours; quotes and brackets closed"
    hints = {
        "mapping values": 'one "key: value" a line; text with ": " in quotes',
        "unexpected end": "a closing quote",
        "cannot start any token": "quotes around text that starts with a special character",
    }
    hint = next((text for part, text in hints.items() if part in said), "valid YAML")
    return f"YAML syntax: {said}.", at, hint


def _events(text: str) -> Iterator[Any]:
    yaml = YAML(typ="safe", pure=True)
    documents = 0
    for event in yaml.parse(text):
        mark = (event.start_mark.line, event.start_mark.column)
        documents += isinstance(event, DocumentStartEvent)
        if documents > 1:
            raise YamlError("a second document starts here.", mark, "one protocol a file")
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None) is not None:
            raise YamlError("anchors (&) and aliases (*) are refused.", mark, "plain values")
        if getattr(event, "tag", None) is not None:
            raise YamlError(f'the tag "{event.tag}" is refused.', mark, "values without tags")
        yield event


def _build(events: Iterator[Any]) -> Node | None:
    """Assemble the nodes with a stack, so that no depth of nesting can overflow."""
    root: Node | None = None
    stack: list[Mapping | Sequence] = []
    keys: list[Scalar | None] = []
    for event in events:
        mark = (event.start_mark.line, event.start_mark.column)
        if isinstance(event, MappingEndEvent | SequenceEndEvent):
            stack.pop()
            keys.pop()
            continue
        node = _node(event, mark)
        if node is None:
            continue
        if stack:
            keys[-1] = _attach(stack[-1], keys[-1], node)
        root = root or node
        if not isinstance(node, Scalar):
            stack.append(node)
            keys.append(None)
            if len(stack) > MAX_DEPTH:
                raise YamlError("lists and mappings are nested too deeply.", mark)
    return root


def _node(event: Any, mark: Mark) -> Node | None:
    if isinstance(event, ScalarEvent):
        return Scalar(mark, event.value, event.style not in {None, ""})
    if isinstance(event, MappingStartEvent):
        return Mapping(mark)
    return Sequence(mark) if isinstance(event, SequenceStartEvent) else None


def _attach(parent: Mapping | Sequence, key: Scalar | None, node: Node) -> Scalar | None:
    """Add a node to its parent; gives the key that waits for a value, if any."""
    if isinstance(parent, Sequence):
        parent.items.append(node)
    elif key is not None:
        parent.items.append((key, node))
    elif isinstance(node, Scalar):
        return node
    else:
        raise YamlError("a key must be plain text.", node.mark, '"key: value"')
    return None


@dataclass(frozen=True, slots=True)
class Plain:
    """Plain data with the marks of its values and keys, and the problems met on the way."""

    data: Any
    values: dict[Loc, Mark]
    keys: dict[Loc, Mark]
    problems: list[Problem]


def to_plain(node: Node, annotation: object) -> Plain:
    """Plain data of a node, read with the eyes of the model.

    An empty value ("key:" or null) is an absent value; of a repeated key the first counts and the
    repetition is a problem.

    Parameters
    ----------
    annotation
        Type of the value in the model, which decides whether `5.0` is a number or text.
    """
    result = Plain(None, {}, {}, [])
    return Plain(
        _convert(node, annotation, (), result), result.values, result.keys, result.problems
    )


def _convert(node: Node, annotation: object, loc: Loc, out: Plain) -> Any:
    out.values[loc] = node.mark
    if isinstance(node, Scalar):
        value = node.value()
        return node.raw if value is not None and wants_text(annotation) else value
    if isinstance(node, Sequence):
        inner = _item_type(annotation)
        return [_convert(item, inner, (*loc, at), out) for at, item in enumerate(node.items)]
    data: dict[str, Any] = {}
    for key, child in node.items:
        here = (*loc, key.raw)
        if here in out.keys:
            first = out.keys[here][0] + 1
            out.problems.append(Problem(here, f'the key "{key.raw}" stands twice, first in line {first}.', "one value a key", on_key=True))  # fmt: skip
            out.keys[here] = key.mark
            continue
        out.keys[here] = key.mark
        value = _convert(child, _field_type(annotation, key.raw), here, out)
        if value is not None:
            data[key.raw] = value
    return data


def wants_text(annotation: object) -> bool:
    """Whether only text is allowed here, so that `5.0` or `true` means these letters."""
    kinds = [kind for kind in plain_types(annotation) if not _is_nested(kind)]
    return bool(kinds) and all(
        kind is str
        or (get_origin(kind) is Literal and all(isinstance(arg, str) for arg in get_args(kind)))
        for kind in kinds
    )


def _is_nested(kind: object) -> bool:
    """Whether a kind is never written as a scalar."""
    is_part = isinstance(kind, type) and issubclass(kind, Part)
    return is_part or get_origin(kind) in {tuple, list, dict}


def _item_type(annotation: object) -> object:
    for kind in plain_types(annotation):
        if get_origin(kind) is tuple:
            return get_args(kind)[0]
    return None


def _field_type(annotation: object, key: str) -> object:
    for kind in plain_types(annotation):
        if isinstance(kind, type) and issubclass(kind, Part):
            for name, field in kind.model_fields.items():
                if key == (field.alias or name):
                    return field.annotation
        elif get_origin(kind) is dict:
            return get_args(kind)[1]
    return None
