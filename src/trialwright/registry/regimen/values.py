"""The value of each field of a component from the expressions that were given to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from trialwright.registry.regimen.clocks import clock, dosing_days
from trialwright.registry.regimen.context import OF_WHOLE, Said
from trialwright.registry.regimen.doses import Value, doses
from trialwright.registry.regimen.members import Member
from trialwright.registry.regimen.phrases import Expression
from trialwright.registry.view import Span

_PAUSED = "days of treatment and of pause"
#: Most characters from the days of treatment to the end of the pause behind them.
_LONGEST_PAUSE = 80
_OR_ROUTE = re.compile(r" ?(?:\([^()]{1,8}\) ?)?(?:/|or|and/or) ?")


def values_of(low: str, member: Member, rows: Sequence[Said]) -> dict[str, Value]:
    """The values of a component in one arm or period, by field of the protocol."""
    held: dict[str, list[Said]] = {}
    for row in rows:
        held.setdefault(row.said.field, []).append(row)
    drug = member.kind in ("drug", "radiation")
    values: dict[str, Value] = dict(doses(low, member, held)) if drug else {}
    values.update(clock(low, held))
    if not drug and (member.agent is None or member.agent.reach != "liver"):
        values.pop("days_in_cycle", None)
    used, days = dosing_days(held, values)
    if days is not None:
        values["days_in_cycle"] = days
    told = values.get("cycle_length_days")
    if "days_off" in held and (told is None or told[2] == OF_WHOLE):
        values.update(_with_pause(held, values))
    if "cycle_on_off" in held and "cycle_length_days" not in values:
        cycle = held["cycle_on_off"][0].said
        values["cycle_length_days"] = (cycle.value, cycle.span, _PAUSED)
    if member.kind == "drug" or (member.agent is not None and member.agent.reach == "liver"):
        values.update(_routes(low, held.get("route", ())))
    values.update(_ranges(held, used, cycles=drug))
    values.update(_counts(held, values, fractions=member.kind == "radiation"))
    return values


def _with_pause(
    held: Mapping[str, Sequence[Said]], values: Mapping[str, Value]
) -> Iterator[tuple[str, Value]]:
    """The cycle of "days 1 to 14 followed by 7 days off"."""
    days, off = held.get("days_in_cycle", ()), held["days_off"][0]
    if len(days) != 1 or len(held["days_off"]) != 1 or days[0].sentence != off.sentence:
        return
    last = len(days[0].said.value)
    if values.get("days_in_cycle", ((),))[0] == list(range(1, last + 1)) and last > 1:
        span = Span(days[0].said.span.start, off.said.span.end)
        if 0 < len(span) <= _LONGEST_PAUSE:
            yield "cycle_length_days", (last + off.said.value, span, _PAUSED)


def _ranges(
    held: Mapping[str, Sequence[Said]], used: Expression | None, *, cycles: bool
) -> Iterator[tuple[str, Value]]:
    """Cycles and duration; the start of a range beside its end."""
    for name in ("n_cycles", "duration_days") if cycles else ("duration_days",):
        if name not in held or held[name][0].said is used:
            continue
        several = (row.said for row in held[name] if max(row.said.value) > 1)
        one = next(several, held[name][0].said)
        least, most = min(one.value), max(one.value)
        yield name, (most, one.span, None)
        if least < most:
            yield f"{name}_min", (least, one.span, None)


def _counts(
    held: Mapping[str, Sequence[Said]], values: Mapping[str, Value], *, fractions: bool
) -> Iterator[tuple[str, Value]]:
    """Doses, fractions, a span of weeks, a single dose."""
    if "n_doses" in held:
        one = held["n_doses"][0].said
        yield "n_doses", (one.value, one.span, None)
    if "fractions" in held and fractions:
        one = held["fractions"][0].said
        yield "fractions", (max(one.value), one.span, None)
    if "weeks" in held and "duration_days" not in values:
        one = held["weeks"][0].said
        first, last = one.value
        count = last - first + 1
        yield "duration_days", (count * 7, one.span, f"weeks {first} to {last} are {count} weeks")
    if "once" in held and "frequency" not in values and "n_doses" not in held:
        one = held["once"][0].said
        yield "n_doses", (1, one.span, None)
        yield "frequency", ("ONCE", one.span, None)


def _routes(low: str, rows: Sequence[Said]) -> Iterator[tuple[str, Value]]:
    """The first route; two of them where "or" joins them or the line has one of each."""
    if not rows:
        return
    first = rows[0].said
    for row in rows[1:]:
        other = row.said
        if other.value == first.value:
            continue
        gap = low[first.span.end : other.span.start]
        joined = _OR_ROUTE.fullmatch(gap) is not None
        if joined or row.sentence == rows[0].sentence == 0:
            span = Span(first.span.start, other.span.end) if joined else first.span
            yield "route", (f"{first.value} or {other.value}", span, None)
            return
    yield "route", (first.value, first.span, None)
