"""Differences as text for a terminal."""

from __future__ import annotations

import textwrap
from itertools import groupby

from trialwright.core.terminal import visible
from trialwright.protocol.diff.change import WEIGHT_WORDS, Change, ProtocolDiff, Weight

WIDTH = 100
_SHORT = 160
_COUNTED: dict[Weight, str] = {
    "results": "change results",
    "conduct": "change conduct",
    "wording": "wording only",
    "none": "without effect",
}


def diff_text(diff: ProtocolDiff) -> str:
    """Every change by group: what, old -> new, what it means, and who decided it."""
    lines = [summary(diff)]
    for group, changes in groupby(diff.changes, key=lambda one: one.group):
        lines += ["", group.upper()]
        lines += [line for change in changes for line in _lines(change)]
    return visible("\n".join(lines)) + "\n"


def summary(diff: ProtocolDiff) -> str:
    """`old -> new: 2 change results, 1 change conduct, 3 wording only; 1 the same, decided anew`."""
    names = f"{diff.old_id} -> {diff.new_id}"
    if not diff.changes:
        return f"{names}: no difference"
    counts = [f"{len(diff.of_weight(weight))} {words}" for weight, words in _COUNTED.items()]
    return f"{names}: {', '.join(counts)}; {len(diff.source_changes)} with another source only"


def _lines(change: Change) -> list[str]:
    said = f"{change.what}: {_short(change.old)} -> {_short(change.new)}"
    if change.kind == "added":
        said = f"new {change.what}: {change.new}"
    elif change.kind == "removed":
        said = f"no {change.what} any more: {change.old}"
    elif change.kind == "renamed":
        said = f"{change.what} is renamed: {change.old} -> {change.new}"
    elif change.kind == "source":
        said = f"{change.what}: {_short(change.new)}"
    head = "source only" if change.kind == "source" else WEIGHT_WORDS[change.weight]
    lines = _wrap(f"{said} [{head}]", "  ", "    ")
    lines += _wrap(change.meaning, "    ", "    ")
    who = f"{change.path}: {change.old_source or 'absent'} -> {change.new_source or 'absent'}"
    return lines + ([f"    {who}"] if change.kind != "renamed" else [f"    {change.path}"])


def _short(text: str | None) -> str:
    if text is None:
        return "(open)"
    return textwrap.shorten(text, _SHORT, placeholder=" ...") if len(text) > _SHORT else text


def _wrap(text: str, first: str, later: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=later, break_on_hyphens=False
    )
