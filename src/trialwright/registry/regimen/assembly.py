"""The entries of a component: one, or one for each arm or period that differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trialwright.registry.regimen.context import Said
from trialwright.registry.regimen.doses import MOST_LEVELS, Value
from trialwright.registry.regimen.members import Member
from trialwright.registry.regimen.values import values_of
from trialwright.registry.view import Span

_MOST_PARTS = 4
_FIRST_PERIODS = ("neoadjuvant", "neo-adjuvant", "induction", "run-in", "lead-in", "before surgery")
_LAST_PERIODS = ("adjuvant", "maintenance", "consolidation", "after surgery")

#: Fields in which two arms or periods can differ so that each becomes an entry.
#: Fields that a value said of no arm in particular fills in every entry.
_GENERAL = ("route", "frequency", "interval_days", "cycle_length_days", "duration_days")
_TELLING = (
    "dose", "frequency", "days_in_cycle", "n_cycles", "route", "n_doses", "duration_days",
)  # fmt: skip


@dataclass(slots=True)
class Entry:
    """The values of a component in one arm or period."""

    label: str | None
    values: dict[str, Value] = field(default_factory=dict)
    span: Span | None = None


def entries_of(
    low: str, member: Member, said: Sequence[Said], periods: Mapping[str, Span]
) -> list[Entry]:
    """The entries of a component: one, or one for each arm or period with values of its own.

    Parameters
    ----------
    periods
        Periods of treatment that the text names the component in, with the words.
    """
    by_label: dict[str | None, list[Said]] = {}
    for row in said:
        by_label.setdefault(row.period or row.label, []).append(row)
    if None in by_label and "later" in by_label:
        by_label = {None: by_label[None], **by_label}
    found: list[Entry] = []
    general: dict[str, Value] = {}
    for label, rows in by_label.items():
        entry = Entry(label, values_of(low, member, rows))
        if label is None:
            general = entry.values.copy()
        if entry.values:
            _add(found, entry)
    if len(found) == 1 and _is_extension(found[0].label):
        found = [Entry(None), *found]
    elif len(found) > 1:
        found = _labelled(found)
    for other in found if len(found) > 1 else ():
        for name in _GENERAL if other.label != "later" else ("route",):
            if name in general:
                other.values.setdefault(name, general[name])
    return _with_periods(found or [Entry(None)], periods)


def _with_periods(found: list[Entry], periods: Mapping[str, Span]) -> list[Entry]:
    """Two entries where the text names a component in an early and in a late period."""
    early = next((one for one in periods if half_of(one) == "before"), None)
    late = next((one for one in periods if half_of(one) == "after"), None)
    if len(found) != 1 or early is None or late is None:
        return found
    only = found[0]
    if only.label is None or half_of(only.label) == "before":
        only.label = only.label or early
        return [only, Entry(late, span=periods[late])]
    return [Entry(early, span=periods[early]), only]


def _add(found: list[Entry], entry: Entry) -> None:
    """Put an entry to the one that it does not contradict, or behind the others."""
    same = next((e for e in found if not _differs(e, entry)), None)
    if same is None and str(entry.label).startswith("cohort"):
        same = _of_levels(found, entry)
    if same is None:
        found.extend([entry] if len(found) < _MOST_PARTS else [])
        return
    for name, value in entry.values.items():
        same.values.setdefault(name, value)
    if same.label is None or (same.label == "later" and half_of(entry.label)):
        same.label = entry.label


def _labelled(found: list[Entry]) -> list[Entry]:
    """Entries of arms and periods; what is said of none of them holds for all."""
    if any(_is_later(entry.label) for entry in found):
        return found
    return [entry for entry in found if entry.label is not None] or found[:1]


def _of_levels(found: Sequence[Entry], entry: Entry) -> Entry | None:
    """The entry of an earlier cohort that differs in its dose only; it takes the dose as a level."""
    for other in found:
        both = [n for n in _TELLING if n in other.values and n in entry.values and n != "dose"]
        same = all(other.values[n][0] == entry.values[n][0] for n in both)
        if same and "dose" in other.values and "dose" in entry.values:
            levels, span, reason = other.values["dose"]
            more = [one for one in entry.values["dose"][0] if one not in levels]
            other.values["dose"] = ([*levels, *more][:MOST_LEVELS], span, reason)
            return other
    return None


def _differs(one: Entry, other: Entry) -> bool:
    """Whether two entries contradict each other in a telling field, both of them labelled."""
    later = _is_later(one.label) or _is_later(other.label)
    if (one.label is None or other.label is None) and not later:
        return False
    if _is_extension(one.label) != _is_extension(other.label):
        return True
    if {half_of(one.label), half_of(other.label)} == {"before", "after"}:
        return True
    telling = _TELLING
    both = [name for name in telling if name in one.values and name in other.values]
    return any(one.values[name][0] != other.values[name][0] for name in both)


def half_of(label: str | None) -> str | None:
    """Whether a period comes before or after the main step of treatment."""
    if label is None:
        return None
    if label.startswith(_FIRST_PERIODS):
        return "before"
    return "after" if label.startswith(_LAST_PERIODS) else None


def _is_extension(label: str | None) -> bool:
    """Whether a label names treatment that goes on behind the planned one."""
    return label is not None and label.startswith(("long", "extension"))


def _is_later(label: str | None) -> bool:
    """Whether a label says that the regimen follows another one of the same component."""
    return label is not None and label.startswith(
        ("later", "beginning", "starting", "long", "extension")
    )
