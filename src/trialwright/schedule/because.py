"""The source of a planned thing, from the sources of the protocol."""

from __future__ import annotations

from trialwright.protocol.base import Source
from trialwright.protocol.model import Protocol
from trialwright.protocol.paths import get_value, source_of, sources_by_path
from trialwright.schedule.model import Because, weakest


def because_of(protocol: Protocol, *paths: str) -> Because:
    """Why the values at these paths are as they are; paths without value are left out.

    A value without a source counts as a person's.
    """
    sources = sources_by_path(protocol)
    found = [
        _reason(path, source_of(sources, path))
        for path in paths
        if get_value(protocol, path) is not None
    ]
    return weakest(found) if found else Because("default", "first in the order of the regimen")


def usual(rule: str, reason: str) -> Because:
    """A proposal of the usual schedule, by the id of its row."""
    return Because("default", f"{reason} ({rule})")


def _reason(path: str, source: Source | None) -> Because:
    if source is None:
        return Because("user", "written in the protocol", path)
    said = [f"\u201c{source.quote}\u201d"] if source.quote and source.kind != "user" else []
    said += [source.reason] if source.reason else []
    return Because(source.kind, ", ".join(said) or "decided by a person", path)
