"""A protocol as YAML text for a person: model order, plain comments, absent values left out.

Every text is written so that it reads back exactly: plain where YAML cannot mistake it, in double
quotes with escapes otherwise.
"""

from __future__ import annotations

import hashlib
import json
import re
import textwrap
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from trialwright.protocol.base import Part, Source
from trialwright.protocol.model import Protocol
from trialwright.protocol.options import OPTIONS
from trialwright.protocol.paths import fields_of, get_value, plain_types, sources_by_path
from trialwright.protocol.settle import value_text
from trialwright.protocol.settled import named_criteria
from trialwright.protocol.yaml_tree import Scalar

WIDTH = 100
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_+/()%.^-]*(?: [A-Za-z0-9_+/()%.^-]+)*")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
#: Printable in JSON, but a line break, a mark or nothing at all to a YAML reader.
_UNPRINTABLE = re.compile("[\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")

_HEADER = """\
# Protocol of a trial. Edit the values: a value that you add or change counts as yours ("user").
# Keys that the product does not know are refused, with line and column.
"""
_SECTIONS = {
    "design": "Phase, arms, size, and the hypothesis that the size was chosen for.",
    "population": "Who may enter.",
    "arms": "Arms, where the record describes them.",
    "cohorts": "Cohorts that are analysed one by one.",
    "regimen": "Agents and procedures, each with its own clock.",
    "treatment": "How the components go together, and when treatment ends.",
    "endpoints": "Outcomes: measure, description and time frame are the words of the record.",
    "response": "RECIST 1.1: the choices that the criteria leave to the protocol.",
    "analysis": "Analysis sets, time origins, censoring and estimators.",
    "safety": "Adverse events: version, collection window, missing grade and relation.",
    "sources": "Where each value is from. A changed value becomes yours by itself: nothing to edit.",
}
_RULES = {option.path: option.rule for option in OPTIONS}


def protocol_text(protocol: Protocol) -> str:
    """The protocol as YAML text, the same bytes for the same protocol.

    `document.parse_protocol` gives the protocol back, provided that its sources are complete
    (`reading.with_sources`).
    """
    lines = [_HEADER.rstrip()]
    for name, field in fields_of(Protocol).items():
        value = getattr(protocol, name)
        if value is None or name == "sources":
            continue
        if field.kind == "leaf":
            lines += _entry("", name, value)
        elif field.kind == "part" or value or name == "cohorts":
            lines += _section(name, value, _unneeded(protocol, name))
    return "\n".join([*lines, *_sources(protocol)]) + "\n"


def _unneeded(protocol: Protocol, section: str) -> frozenset[str]:
    """Fields that may stay empty: they belong to criteria that the protocol does not name."""
    named = (None, *named_criteria(protocol))
    paths = [option.path for option in OPTIONS if option.criterion not in named]
    if len(named) == 1:
        paths.append("response.criteria")
    return frozenset(p.partition(".")[2] for p in paths if p.startswith(f"{section}."))


def _section(name: str, value: Any, unneeded: frozenset[str]) -> list[str]:
    title = ["", f"# {_SECTIONS[name]}"]
    if isinstance(value, tuple):
        if not value:
            return [*title, f"{name}: []"]
        members = [_member(member) for member in value]
        spaced = [line for member in members for line in (*member, "")][:-1]
        return [*title, f"{name}:", *spaced]
    still_open = [
        key
        for key in type(value).model_fields
        if key not in unneeded and getattr(value, key) is None
    ]
    if still_open:
        said = "Not decided: " + ", ".join(still_open) + "."
        title += textwrap.wrap(said, WIDTH, initial_indent="# ", subsequent_indent="#   ")
    body = list(_fields(value, "  ", name))
    return [*title, f"{name}:", *body] if body else title


def _member(member: Part) -> list[str]:
    lines = list(_fields(member, "    ", ""))
    return ["  - " + lines[0].lstrip(), *lines[1:]]


def _fields(part: Part, indent: str, section: str) -> Iterator[str]:
    data = part.model_dump(mode="json", exclude_none=True)
    for name, info in type(part).model_fields.items():
        if name in data:
            *lines, last = _entry(indent, name, data[name])
            note = _note(f"{section}.{name}", info.annotation)
            fits = note and len(last) + len(note) + 4 <= WIDTH
            yield from [*lines, f"{last}  # {note}" if fits else last]


def _note(path: str, annotation: object) -> str:
    """Rule and allowed values, where they say more than the value does."""
    allowed = [
        str(arg)
        for kind in plain_types(annotation)
        if get_origin(kind) is Literal
        for arg in get_args(kind)
    ]
    choices = " | ".join(allowed) if len(allowed) > 1 else ""
    return ", ".join(part for part in (_RULES.get(path, ""), choices) if part)


def _entry(indent: str, name: str, value: Any) -> list[str]:
    """`name: value`, over several lines where one would be too long."""
    whole = f"{indent}{name}: {flow(value)}"
    if len(whole) <= WIDTH:
        return [whole]
    if isinstance(value, str):
        return _folded(f"{indent}{name}: ", quoted(value), f"{indent}  ")
    if isinstance(value, list):
        return [f"{indent}{name}:", *(f"{indent}  - {flow(item)}" for item in value)]
    return [whole]


def flow(value: Any) -> str:
    """A plain value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(key)}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(one) for one in value) + "]"
    if isinstance(value, str):
        return value if is_plain(value) else quoted(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return json.dumps(value)


def is_plain(text: str) -> bool:
    """Whether the text can stand without quotes and is read back as this text."""
    if _DATE.fullmatch(text):
        return True
    if _PLAIN.fullmatch(text) is None:
        return False
    return Scalar((0, 0), text, quoted=False).value() == text


def quoted(text: str) -> str:
    """The text in double quotes, with escapes for what YAML would not keep."""
    return escaped(json.dumps(text, ensure_ascii=False))


def escaped(text: str) -> str:
    """JSON text with every character that YAML does not take as it is."""
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def _folded(start: str, text: str, indent: str) -> list[str]:
    """A quoted text broken at single spaces, which a YAML reader joins by single spaces again."""
    lines = [start]
    for word in re.split(r"(?<=[^ \\]) (?=[^ \\])", text):
        joined = f"{lines[-1]} {word}" if lines[-1] not in {start, indent} else lines[-1] + word
        if len(joined) <= WIDTH or lines[-1] in {start, indent}:
            lines[-1] = joined
        else:
            lines.append(indent + word)
    return lines


def _sources(protocol: Protocol) -> list[str]:
    latest = sources_by_path(protocol)
    if not latest:
        return []
    body = [line for source in latest.values() for line in _source(protocol, source)]
    return ["", f"# {_SECTIONS['sources']}", "sources:", *body]


def _source(protocol: Protocol, source: Source) -> list[str]:
    """One source: kind and value first, then quote and reason, one line where it fits."""
    data = source.model_dump(exclude_none=True, exclude={"path", "kind", "text"})
    if source.start is not None and source.end is not None:
        data["at"] = [data.pop("start"), data.pop("end")]
    parts: list[tuple[str, str]] = [("kind", source.kind)]
    if source.text is not None:
        parts.append(_text_part(source.text, get_value(protocol, source.path)))
    parts += [(name, flow(value)) for name, value in data.items()]
    lines = [f"  {flow(source.path)}: {{"]
    for key, text in parts:
        end = "}" if key == parts[-1][0] else ","
        piece = f"{key}: {text}{end}"
        if lines[-1].endswith("{"):
            lines[-1] += piece
        elif len(lines[-1]) + len(piece) < WIDTH:
            lines[-1] += f" {piece}"
        else:
            lines += _piece_lines(key, data.get(key), piece)
    return lines


def _piece_lines(key: str, value: object, piece: str) -> list[str]:
    if len(piece) + 4 > WIDTH and isinstance(value, str):
        return _folded(f"    {key}: ", quoted(value) + piece[-1], "      ")
    return [f"    {piece}"]


def _text_part(text: str, value: object) -> tuple[str, str]:
    """The remembered value: as a value where it is short, compact JSON, else as it can be kept."""
    try:
        remembered = json.loads(text)
    except ValueError:
        return "text", flow(text)
    if len(text) > WIDTH // 2 and text == value_text(value):
        return "digest", flow(digest(text))
    compact = json.dumps(remembered, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    if compact != text or not _reads_back(remembered):
        return "text", flow(text)
    return "is", escaped(json.dumps(remembered, sort_keys=True, ensure_ascii=False))


def digest(text: str) -> str:
    """What stands in the file for a long remembered value: enough to see that it was edited."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _reads_back(value: Any) -> bool:
    """Whether numbers inside are of the size and form that the reader takes as numbers."""
    if isinstance(value, list):
        return all(_reads_back(one) for one in value)
    if isinstance(value, dict):
        return all(_reads_back(one) for one in value.values())
    if isinstance(value, bool | str):
        return True
    if value is None:
        return False
    back = Scalar((0, 0), json.dumps(value), quoted=False).value()
    return type(back) is type(value) and back == value
