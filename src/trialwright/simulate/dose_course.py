"""One component of one subject day by day: is it given, at which dose level, until when.

Adverse events ask for holds, reductions and stops (`Order`); the site may let the whole treatment
wait (`Hold`). What the doses then show is what an event did: a hold between two doses, over before
the next was due, changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Effect: TypeAlias = Literal["DRUG INTERRUPTED", "DOSE REDUCED", "DRUG WITHDRAWN"]
_PAUSED: Effect = "DRUG INTERRUPTED"
_REDUCED: Effect = "DOSE REDUCED"
_STOPPED: Effect = "DRUG WITHDRAWN"
_RANK: dict[Effect, int] = {_PAUSED: 0, _REDUCED: 1, _STOPPED: 2}
#: Later than any day of a trial.
NEVER = 10**7


@dataclass(frozen=True, slots=True)
class Hold:
    """Days from `start` to before `end` on which a component is not given."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What one adverse event asks of one component; `event` is its position, days are the first.

    `hold` ends on the first day on which the event allows a dose, `NEVER` when none does.
    """

    event: int
    hold: Hold | None = None
    reduce: int | None = None
    stop: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a protocol says beside the grades: see `protocol.modification.DoseModification`.

    `levels` is the number of dose levels; `stops_below` whether a reduction below the last of them
    ends the component, else it asks for nothing.
    """

    levels: int = 1
    stops_below: bool = False
    max_delay: int | None = None
    reduce_after: int | None = None


@dataclass(slots=True)
class DoseCourse:
    """The state of one component from dose to dose; days must be asked for in order.

    Attributes
    ----------
    waits
        Weeks in which the whole treatment waits.
    last
        Last day on which a dose may be given.
    level
        Dose level, 0 the first.
    begun
        Whether a dose was given: a first dose that comes late is no interruption.
    stopped
        Day on which an event stopped the component, `None` while it goes on.
    effects
        What each event did to the doses, by position.
    """

    waits: Sequence[Hold]
    orders: Sequence[Order]
    limits: Limits
    last: int
    level: int = 0
    begun: bool = False
    stopped: int | None = None
    effects: dict[int, Effect] = field(default_factory=dict)
    _held: dict[int, int] = field(default_factory=dict)
    _asked: set[int] = field(default_factory=set)
    _spans: tuple[tuple[Hold, Order | None], ...] = field(init=False)

    def __post_init__(self) -> None:
        """Gather what can stand in the way of a dose."""
        waits = ((wait, None) for wait in self.waits)
        holds = ((one.hold, one) for one in self.orders if one.hold is not None)
        self._spans = (*waits, *holds)

    def release(self, due: int) -> int | None:
        """The day on which a dose that is due is given, `None` when the component stops first."""
        day, holding = self._free(due)
        most = self.limits.max_delay
        if self._told_to_stop(day):
            return None
        if holding and most is not None and day - due > most and due + most <= self.last:
            late = [one.event for one in holding if _end(one) - due > most]
            self._stop(due + most, late or [holding[-1].event])
        if holding and self.begun and due <= self.last:
            self._note([one.event for one in holding], _PAUSED)
            self._held.update({one.event: due for one in holding if one.event not in self._held})
        return None if self.stopped is not None else day

    def give(self, day: int) -> int | None:
        """The dose level of a dose on that day, `None` when reductions end the component."""
        asking = [
            one.event
            for one in self.orders
            if one.event not in self._asked and self._reduces(one, day)
        ]
        self._asked.update(asking)
        self.begun = True
        if not asking:
            return self.level
        if self.level + 1 < self.limits.levels:
            self.level += 1
            self._note(asking, _REDUCED)
        elif self.limits.stops_below:
            self._stop(day, asking)
            return None
        return self.level

    def close(self) -> None:
        """A stop that was asked for after the last dose, while the treatment went on."""
        self._told_to_stop(self.last)

    def _told_to_stop(self, day: int) -> bool:
        """Whether an event before that day has ended the component for good."""
        asking = [one for one in self.orders if one.stop is not None and one.stop <= day]
        first = min((one.stop for one in asking if one.stop is not None), default=NEVER)
        if self.stopped is None and first <= self.last:
            self._stop(first, [one.event for one in asking if one.stop == first])
        return self.stopped is not None

    def _free(self, due: int) -> tuple[int, list[Order]]:
        """The first day without wait or hold, and the holds that stood in the way."""
        day, holding, moved = due, list[Order](), True
        while moved:
            moved = False
            for span, order in self._spans:
                if span.start <= day < span.end:
                    day, moved = span.end, True
                    holding += [order] if order is not None else []
        return day, holding

    def _reduces(self, one: Order, day: int) -> bool:
        """By its grade, or because too many holds have changed the doses up to now."""
        if one.reduce is not None and one.reduce <= day:
            return True
        after = self.limits.reduce_after
        if after is None or one.event not in self._held:
            return False
        dues = sorted(set(self._held.values()))
        return dues.index(self._held[one.event]) + 1 >= after

    def _stop(self, day: int, events: Sequence[int]) -> None:
        self.stopped = day
        self._note(events, _STOPPED)

    def _note(self, events: Sequence[int], effect: Effect) -> None:
        for event in events:
            before = self.effects.get(event)
            if before is None or _RANK[before] < _RANK[effect]:
                self.effects[event] = effect


def _end(order: Order) -> int:
    return order.hold.end if order.hold is not None else 0
