"""The dose levels of a component, and a loading dose before them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from trialwright.registry.regimen.context import Said
from trialwright.registry.regimen.members import Member
from trialwright.registry.view import Span

#: A value, the words that say it, and the step that leads to it where it is not said.
Value: TypeAlias = tuple[Any, Span, str | None]
#: Dose levels of one component.
MOST_LEVELS = 12
_LONGEST_QUOTE = 300
_LOADING = ("loading", "initial dose", "first dose", "followed by", "then ")


def doses(
    low: str, member: Member, held: Mapping[str, Sequence[Said]]
) -> Iterator[tuple[str, Value]]:
    """Every level of an escalation or range; a loading dose apart from the dose that follows."""
    rows = _fitting(member, held)
    if not rows:
        return
    here = _together(rows)
    if member.kind == "radiation" and held.get("fractions") and not here[0].levels:
        here = here[:1]
    levels = list({str(one): one for row in here for one in row.said.value}.values())[:MOST_LEVELS]
    first = here[0].said
    if len(here) == len(levels) == 2 and here[0].sentence == here[1].sentence:
        second = here[1].said
        between = low[max(0, first.span.start - 40) : second.span.start]
        if any(map(between.__contains__, _LOADING)):
            yield "loading_dose", ({"dose": [levels[0]], "doses": 1}, first.span, None)
            yield "dose", ([levels[1]], second.span, None)
            return
    span = Span(first.span.start, max(row.said.span.end for row in here))
    listed = len(levels) > 1 and 0 < len(span) < _LONGEST_QUOTE
    yield "dose", (levels, span if listed else first.span, None)


def _unit(row: Said) -> str:
    return str(row.said.value[0]["unit"])


def _fitting(member: Member, held: Mapping[str, Sequence[Said]]) -> list[Said]:
    """Doses whose unit fits: Gy for radiation only, AUC for carboplatin only, tablets last."""
    rows = list(held.get("dose", ()))
    if member.key == "carboplatin":
        rows = sorted([*rows, *held.get("auc", ())], key=lambda row: row.sentence)
    gray = member.kind == "radiation"
    rows = [row for row in rows if _unit(row).startswith(("Gy", "cGy")) == gray]
    weighed = [row for row in rows if not _unit(row).startswith(("tablet", "pill"))]
    return weighed or rows


def _together(rows: Sequence[Said]) -> list[Said]:
    """Doses of the first sentence; of all sentences about levels where it is about levels."""
    first = rows[0]
    if first.sentence == 0:
        return [row for row in rows if row.sentence == 0]
    unit = _unit(first).removesuffix("/day")
    same = [row for row in rows if _unit(row).removesuffix("/day") == unit]
    if first.levels:
        return [row for row in same if row.levels and _unit(row) == _unit(first)]
    return [row for row in same if row.sentence == first.sentence]
