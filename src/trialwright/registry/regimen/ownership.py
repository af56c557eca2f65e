"""Which component an expression speaks of.

Names that only "and", a comma or "combined with" part are a group. What stands behind a group
belongs to its last name if it holds a dose, else to all of the group; what stands right before a
name ("30 Gy of", "oral") belongs to that name. Clocks of weeks, cycles and durations at the end of
a list of doses belong to the whole list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from trialwright.registry.regimen.members import Mention
from trialwright.registry.regimen.phrases import Expression
from trialwright.registry.regimen.sentences import Sentence
from trialwright.registry.regimen.silence import TREATMENT, of_assessment
from trialwright.registry.regimen.units import every_of

_BEHIND = re.compile(
    r"(?:\s?\([^()]{0,30}\))?[\s,]{0,2}(?:of (?:the |study |oral |intravenous )?|doses? of |infusions? of |injections? of |administration of |tablets? of |tablets? |drug |agent |for |tab |dose |dosing |dosing of )?"
)
_AND = re.compile(
    r"[\s,/+&()®™-]{0,4}(?:(?:and/or|and|or|plus|with|in combination with|combined with|(?:in )?combination(?: with)?|together with|followed by|as well as|"
    r"then|the|both|injection|tablets?|capsules?|administration|infusions?|[+])[\s,/+&()®™-]{0,3}){0,4}"
)
_FIELDS_OF_CYCLE = ("cycle_length_days", "n_cycles", "duration_days")
_SHARED = (
    "frequency",
    "cycle_length_days",
    "n_cycles",
    "duration_days",
    "interval_range",
    "days_in_cycle",
    "n_doses",
)
_RESPECTIVELY = re.compile(r"\brespectively\b")
_EVENT_AHEAD = re.compile(
    r"\b(?:before|after|prior to|following|during|since|until|from|post|days? of)[ -](?:(?:the|each|every|start|end|completion|initiation|last|first|of|dose|"
    r"fraction|infusion|day) ){0,5}$|\b(?:start|end|completion|initiation|last dose|first dose) of (?:the )?$"
)
_OF_NEXT = re.compile(r"\b(?:with|and|plus|of|followed by|then) (?:the |an )?$")
_NEXT_IN_TIME = re.compile(r"\b(?:followed by|then|subsequently)\b")
_PASSIVE = re.compile(
    r"\b(?:is|are|was|were|will be|be|all|both|each) (?:\w+ )?(?:administered|given|infused|taken|injected)(?: \w+)? ?$|\b(?:by|via|as|through)(?: an?| the)? ?$"
)
_EACH = re.compile(r"[^.;]{0,3}\beach\b|.{0,4} of each\b")
_ROUTE_OF_LIST = re.compile(r" [\w-]{3,24} \(")
_ROUTE_AHEAD = re.compile(r" ?(?:/|or|and/or) ?| administered (?:as an? [\w-]+ )?\(?")
#: Words behind which a new agent is named.
_OPENS = re.compile(r"\b(?:of|with|receive|take|plus|given) $")
_FIRST_CYCLE = re.compile(r"cycle \d ?,? ?$")
_LONGEST_REACH = 260


@dataclass(slots=True)
class Group:
    """Names put together, and the expressions that stand behind them."""

    names: list[Mention]
    said: list[Expression] = field(default_factory=list)

    @property
    def end(self) -> int:
        """Where the last name ends."""
        return self.names[-1].span.end

    def has(self, *fields: str) -> bool:
        """Whether one of the fields is said."""
        return any(one.field in fields for one in self.said)


class Owned(NamedTuple):
    """An expression with the components that it belongs to."""

    members: tuple[str, ...]
    said: Expression


def owned(low: str, sentence: Sentence, found: Sequence[Expression]) -> list[Owned]:
    """Expressions of a sentence that names components, each with its owners."""
    subjects = [m for m in sentence.mentions if not _is_event(low, sentence.span.start, m)]
    ahead, rest = _right_before(low, subjects, found)
    rows = []
    starts = {id(mention): one.span.start for mention, one in reversed(ahead)}
    groups = _groups(low, subjects, rest, starts)
    for mention, one in ahead:
        group = next(g for g in groups if mention in g.names)
        whole = one.field in _FIELDS_OF_CYCLE or low[one.span.end : mention.span.start].endswith(
            " ("
        )
        names = tuple(dict.fromkeys(m.member for m in group.names)) if whole else (mention.member,)
        rows.append(Owned(names, one))
    loose = []
    for one in rest:
        holder = next((g for g in reversed(groups) if g.end <= one.span.start), None)
        if holder is None or one.span.start - holder.end > _LONGEST_REACH:
            loose.append(one)
        elif (_is_clock(one) and of_assessment(low, holder.end, one.span.start)) or (
            one.field == "route" and _OF_NEXT.search(low, holder.end, one.span.start)
        ):
            continue
        else:
            holder.said.append(one)
    for count in range(1, len(groups) + 1):
        rows.extend(_of_group(low, sentence, groups[:count]))
    names = tuple(dict.fromkeys(m.member for m in sentence.mentions))
    for one in loose:
        alone = len(names) == 1 and TREATMENT.search(low, sentence.span.start, sentence.span.end)
        if one.field != "cycle_length_days" and of_assessment(
            low, sentence.span.start, one.span.start
        ):
            continue
        if one.field in _FIELDS_OF_CYCLE or (alone and groups and one.span.start < groups[0].end):
            rows.append(Owned(names, one))
    return rows


def _is_event(low: str, start: int, mention: Mention) -> bool:
    """Whether the name is the event of a time, not what is given: "before the irradiation"."""
    return (
        _EVENT_AHEAD.search(low, max(start, mention.span.start - 60), mention.span.start)
        is not None
    )


def _is_clock(one: Expression) -> bool:
    return one.field in (
        "frequency",
        "duration_days",
        "interval_range",
        "days_in_cycle",
        "weeks",
        "n_doses",
        "each_cycle",
    )


def _right_before(
    low: str, names: Sequence[Mention], found: Sequence[Expression]
) -> tuple[list[tuple[Mention, Expression]], list[Expression]]:
    """Expressions that stand right before a name and belong to it."""
    ahead: list[tuple[Mention, Expression]] = []
    rest: list[Expression] = []
    begins = {m.span.start: m for m in names}
    ends = sorted(m.span.end for m in names)
    order = sorted(begins)
    chained: set[int] = set()
    for one in sorted(found, key=lambda e: -e.span.start):
        start = next((s for s in order if s >= one.span.end), None)
        if start is not None and (
            _leads(low, one, start, ends) or _is_adjective(low, one, start, chained)
        ):
            ahead.append((begins[start], one))
            mention = begins[start]
            chained.add(one.span.start)
            begins[one.span.start] = mention
            order = sorted(begins)
        else:
            rest.append(one)
    return ahead[::-1], rest[::-1]


def _is_adjective(low: str, one: Expression, start: int, chained: set[int]) -> bool:
    """Whether a frequency and a comma stand before what leads a name: "daily, oral X"."""
    return (
        one.field == "frequency"
        and start in chained
        and low[one.span.end : start] == ", "
        and _OPENS.search(low, max(0, one.span.start - 16), one.span.start) is not None
    )


def _leads(low: str, one: Expression, start: int, ends: Sequence[int]) -> bool:
    gap = low[one.span.end : start]
    if one.field == "route" and (_ROUTE_OF_LIST.fullmatch(gap) or _ROUTE_AHEAD.fullmatch(gap)):
        return True
    if len(gap) > 40 or _BEHIND.fullmatch(gap) is None:
        return False
    if "of " in gap:
        return True
    if "," in gap or "(" in gap:
        return False
    before = max((e for e in ends if e <= one.span.start), default=None)
    if before is None:
        return True
    return (one.field == "route" and low[before : one.span.start].strip(" ,(") != "") or bool(
        re.search(
            r"\b(?:and|with|without|plus|or|then|by|receive)\s*$", low[before : one.span.start]
        )
    )


def _groups(
    low: str, names: Sequence[Mention], rest: Sequence[Expression], starts: dict[int, int]
) -> list[Group]:
    groups: list[Group] = []
    for mention in names:
        start = starts.get(id(mention), mention.span.start)
        if groups:
            gap_start = groups[-1].end
            between = any(gap_start <= one.span.start < start for one in rest)
            if not between and start - gap_start <= 48 and _AND.fullmatch(low, gap_start, start):
                groups[-1].names.append(mention)
                continue
        groups.append(Group([mention]))
    return groups


def _of_group(low: str, sentence: Sentence, groups: Sequence[Group]) -> list[Owned]:
    """The expressions behind the last of the groups, with their owners."""
    group = groups[-1]
    names = list(dict.fromkeys(m.member for m in group.names))
    doses = [one for one in group.said if one.field in ("dose", "auc")]
    if len(names) > 1 and _RESPECTIVELY.search(low, group.end, sentence.span.end):
        spread = _respectively(names, group.said)
        if spread:
            return spread
    rows = []
    for one in group.said:
        owners = names
        each = "each" in low[one.span.start : one.span.end] or _EACH.match(low, one.span.end)
        if len(names) > 1 and not each and (doses or _in_bracket(low, group.end, one)):
            first = min((d.span.start for d in doses), default=one.span.start)
            before = one.field == "frequency" and one.span.start < first
            if before and not _in_bracket(low, group.end, one):
                rows.append(Owned(tuple(names), one))
                continue
            owners = (
                names[-1:]
                if one.field not in _FIELDS_OF_CYCLE or _in_bracket(low, group.end, one)
                else names
            )
        rows.append(Owned((*_parallel(low, groups, one), *owners), one))
    return rows


def _in_bracket(low: str, end: int, one: Expression) -> bool:
    """Whether the expression stands in a bracket right behind the name."""
    between = low[end : one.span.start]
    return between.lstrip(" ®™").startswith("(") and ")" not in between


def _parallel(low: str, groups: Sequence[Group], one: Expression) -> tuple[str, ...]:
    """Components of earlier groups of the list that a phrase at its end holds for as well."""
    if len(groups) < 2:
        return ()
    last = groups[-1]
    if one.field == "days_in_cycle" and _FIRST_CYCLE.search(
        low, max(0, one.span.start - 12), one.span.start
    ):
        return ()
    if one.field == "route" and _PASSIVE.search(low, last.end, one.span.start):
        return tuple(m.member for g in groups[:-1] for m in g.names if not g.has("route"))
    closing = low.rfind(")", last.end, one.span.start)
    outside = closing > low.rfind("(", last.end, one.span.start)
    if not _is_shared(last, one, outside=outside) or _in_bracket(low, last.end, one):
        return ()
    if _NEXT_IN_TIME.search(low, groups[-2].end, last.names[0].span.start):
        return ()
    found: list[str] = []
    for group in reversed(groups[:-1]):
        if not group.has("dose", "auc", "route", "frequency"):
            break
        whole_list = one.field in _FIELDS_OF_CYCLE and not group.has(one.field)
        if one.field == "duration_days" and group.has("n_doses", "days_in_cycle"):
            break
        if _has_its_own(group, one, outside=outside) and not whole_list:
            break
        found[:0] = [m.member for m in group.names]
    return tuple(found)


def _is_shared(last: Group, one: Expression, *, outside: bool) -> bool:
    """Whether a phrase behind the last name of a list can hold for the names before it."""
    if one.field == "frequency":
        days = one.value[1]
        return days is None or days >= 7 or outside
    if one.field == "days_in_cycle":
        return len(one.value) <= 3 and not _daily(last)
    return one.field in _SHARED


def _has_its_own(group: Group, one: Expression, *, outside: bool) -> bool:
    """Whether a group has the field, or another clock where a clock is meant."""
    clock = one.field in ("frequency", "days_in_cycle") and not outside
    if one.field == "frequency" and any(_is_daily_dose(said) for said in group.said):
        return True
    return group.has(one.field) or (clock and group.has("frequency", "days_in_cycle"))


def _is_daily_dose(one: Expression) -> bool:
    return one.field == "dose" and str(one.value[0]["unit"]).endswith("/day")


def _daily(group: Group) -> bool:
    return any(
        one.field == "frequency" and (one.value[1] is None or one.value[1] < 7)
        for one in group.said
    )


def _respectively(names: Sequence[str], said: Sequence[Expression]) -> list[Owned]:
    """Expressions dealt out to the names in order, where their numbers agree."""
    rows: list[Owned] = []
    for name in dict.fromkeys(one.field for one in said):
        values = [one for one in said if one.field == name]
        if name == "interval_range" and len(values[0].value) == len(names):
            for who, days in zip(names, values[0].value, strict=True):
                code = every_of(days, "day")
                rows += (
                    [Owned((who,), Expression("frequency", code, values[0].span))] if code else []
                )
        elif len(values) == len(names):
            rows += [Owned((who,), one) for who, one in zip(names, values, strict=True)]
        elif name == "dose" and len(values) == 1 and len(values[0].value) == len(names):
            rows += [
                Owned((who,), Expression("dose", [level], values[0].span))
                for who, level in zip(names, values[0].value, strict=True)
            ]
        elif len(values) == 1:
            rows.append(Owned(tuple(names), values[0]))
    return rows
