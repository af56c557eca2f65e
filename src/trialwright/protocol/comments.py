"""Comments of the protocol file: what a value is, and what is open where a value would stand."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Literal, get_args, get_origin

from trialwright.protocol.base import Finding, Part
from trialwright.protocol.check import check_protocol
from trialwright.protocol.model import Component, Protocol
from trialwright.protocol.options import OPTIONS
from trialwright.protocol.paths import fields_of, plain_types
from trialwright.protocol.phrases import dosing_words, endpoint_words
from trialwright.protocol.rules import EndpointDefinition
from trialwright.protocol.settle import plain
from trialwright.protocol.words import WORDS
from trialwright.protocol.yaml_text import WIDTH, flow

_RULES = {option.path: option.rule for option in OPTIONS}


def value_comment(section: str, name: str, annotation: object) -> str:
    """What the value of a field is, with its rule and what else it may be."""
    words = WORDS.get(section, {}).get(name, "")
    if words == name:
        words = ""
    rule = _RULES.get(f"{section}.{name}")
    allowed = [
        str(arg)
        for kind in plain_types(annotation)
        if get_origin(kind) is Literal
        for arg in get_args(kind)
    ]
    choices = " | ".join(allowed) if 1 < len(allowed) < 8 else ""
    said = f"{words} ({rule})" if rule else words
    return ": ".join(part for part in (said, choices) if part)


def member_comment(member: Part) -> list[str]:
    """One line that says a whole component or endpoint: `200 mg intravenous every 3 weeks`."""
    if isinstance(member, Component):
        said = dosing_words(member) or "dose and schedule are not said"
        return _comment(f"{member.name}: {said}", "  ")
    if isinstance(member, EndpointDefinition):
        return _comment(endpoint_words(member), "  ")
    return []


def open_comments(protocol: Protocol) -> Mapping[str, list[str]]:
    """Open errors and warnings by the path at which they are shown, as comment lines.

    Notes are left out: a field without a value stands under "Not decided".
    """
    found: dict[str, list[str]] = {}
    for finding in check_protocol(protocol):
        if finding.severity != "note":
            place, indent = _shown_at(protocol, finding.path)
            found.setdefault(place, []).extend(_comment(_question(finding), indent))
    return found


def _shown_at(protocol: Protocol, path: str) -> tuple[str, str]:
    """The nearest field, member or section that the file has for a path, and its indent."""
    section, *rest = path.split(".")
    field = fields_of(Protocol)[section]
    if field.part is None or not rest:
        return section, ""
    if field.kind == "part":
        known = rest[0] in field.part.model_fields
        return (f"{section}.{rest[0]}", "  ") if known else (section, "")
    members = getattr(protocol, section) or ()
    if rest[0] not in {one.id for one in members}:
        return section, ""
    if len(rest) > 1 and rest[1] in field.part.model_fields:
        return ".".join((section, *rest[:2])), "    "
    return f"{section}.{rest[0]}", "  "


def _question(finding: Finding) -> str:
    message = finding.message
    if finding.severity == "warning":
        message = message.partition(". ")[0].removesuffix(".") + "."
    said = f"open ({finding.severity}): {message}"
    beside = f"{finding.path.rpartition('.')[0]}."
    proposed = ", ".join(
        f"{path.removeprefix(beside)} = {flow(plain(value))}"
        for path, value in (finding.proposal or {}).items()
    )
    return f"{said} Proposed: {proposed}." if proposed else said


def _comment(text: str, indent: str) -> list[str]:
    """A comment over as many lines as it needs; what YAML would not take becomes a space."""
    clean = "".join(char if char.isprintable() else " " for char in text)
    start = f"{indent}# "
    lines = textwrap.wrap(
        clean,
        WIDTH,
        initial_indent=start,
        subsequent_indent=f"{start}  ",
        break_on_hyphens=False,
    )
    return lines or [start.rstrip()]
