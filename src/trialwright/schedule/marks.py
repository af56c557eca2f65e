"""How the doses of a session are shown in a schedule."""

from __future__ import annotations

from collections.abc import Sequence

from trialwright.protocol.model import Component, DoseLevel
from trialwright.schedule.frequency import DAILY

_A_DAY = {2: "twice daily", 3: "three times daily", 4: "four times daily"}


def mark_of(
    component: Component, dose: tuple[DoseLevel, ...] | None, days: int, *, loading: bool
) -> str:
    """What the table shows: dose, administrations a day, number of days."""
    words = [dose_words(dose)] if dose else []
    a_day = DAILY.get((component.frequency or "").strip().upper(), 1)
    words += [_A_DAY[a_day]] if a_day in _A_DAY else []
    words += ["loading"] if loading else []
    words += [f"for {days} days"] if days > 1 else []
    return ", ".join(words) or "X"


def dose_words(dose: Sequence[DoseLevel]) -> str:
    """Dose levels in words: `80 mg`, `80, 120, 160 mg`."""
    units = dict.fromkeys(level.unit for level in dose)
    if len(units) == 1:
        return f"{', '.join(f'{level.value:g}' for level in dose)} {next(iter(units))}"
    return ", ".join(f"{level.value:g} {level.unit}" for level in dose)
