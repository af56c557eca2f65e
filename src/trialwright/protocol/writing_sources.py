"""The sources of a protocol as YAML text: one compact mapping for each value."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from trialwright.protocol.base import Source
from trialwright.protocol.model import Protocol
from trialwright.protocol.paths import Place, place, sources_by_path
from trialwright.protocol.settle import value_text
from trialwright.protocol.yaml_text import WIDTH, escaped, flow, folded, quoted
from trialwright.protocol.yaml_tree import Scalar

#: Between the members of a remembered list: each on a line of its own.
_NEXT = ",\n      "


def source_lines(protocol: Protocol) -> list[str]:
    """The sources, the later one of two for one path, in their order; none gives no lines."""
    latest = sources_by_path(protocol)
    return [line for source in latest.values() for line in _source(protocol, source)]


def _source(protocol: Protocol, source: Source) -> list[str]:
    """One source: kind and value first, then quote and reason, one line where it fits."""
    data = source.model_dump(exclude_none=True, exclude={"path", "kind", "text"})
    if source.start is not None and source.end is not None:
        data["at"] = [data.pop("start"), data.pop("end")]
    parts: list[tuple[str, str]] = [("kind", source.kind)]
    if source.text is not None:
        parts.append(_text_part(source.text, place(protocol, source.path)))
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
        return folded(f"    {key}: ", quoted(value) + piece[-1], "      ")
    return [f"    {piece}"]


def _text_part(text: str, here: Place) -> tuple[str, str]:
    """The remembered value: as a value where it is short, compact JSON, else as it can be kept.

    A list of members or a member is kept whole: after an edit inside, the rest has its source.
    """
    try:
        remembered = json.loads(text)
    except ValueError:
        return "text", flow(text)
    one = here.kind in {"leaf", "part"}
    if one and len(text) > WIDTH // 2 and text == value_text(here.value):
        return "digest", flow(digest(text))
    compact = json.dumps(remembered, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    if compact != text or not _reads_back(remembered):
        return "text", flow(text)
    members = remembered if here.kind == "members" and isinstance(remembered, list) else ()
    said = [escaped(json.dumps(each, sort_keys=True, ensure_ascii=False)) for each in members]
    if said:
        return "is", f"[{_NEXT.join(said)}]"
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
