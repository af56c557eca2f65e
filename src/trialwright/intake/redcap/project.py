"""What a REDCap project says of its events and of what repeats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW
from trialwright.intake.cells import listed, quoted
from trialwright.intake.redcap.dictionary import Field
from trialwright.intake.text_table import TextTable


@dataclass(frozen=True, slots=True)
class Project:
    """The structure of a project.

    Attributes
    ----------
    fields
        In the order of the dictionary.
    missing
        Meaning of each missing data code.
    designated
        Forms by unique event name; `None` for a project without events.
    arms
        Number of the arm by unique event name.
    event_labels
        Name of an event by unique event name, where the list of events was delivered.
    repeating_events
        Events that repeat as a whole.
    repeating_forms
        (event, form) that repeats; the event is empty in a project without events.
    """

    fields: tuple[Field, ...]
    missing: Mapping[str, str] = field(default_factory=dict)
    designated: Mapping[str, frozenset[str]] | None = None
    arms: Mapping[str, str] = field(default_factory=dict)
    event_labels: Mapping[str, str] = field(default_factory=dict)
    repeating_events: frozenset[str] = frozenset()
    repeating_forms: frozenset[tuple[str, str]] = frozenset()

    @property
    def record_id(self) -> Field:
        """The field that identifies the record: the first of the dictionary."""
        return self.fields[0]

    @property
    def forms(self) -> tuple[str, ...]:
        """Names of the forms in order."""
        return tuple(dict.fromkeys(one.form for one in self.fields))

    def of_form(self, form: str) -> tuple[Field, ...]:
        """Fields of a form that have values, without the one that identifies the record."""
        return tuple(
            one for one in self.fields[1:] if one.form == form and one.kind != "descriptive"
        )

    def events_with(self, form: str) -> frozenset[str]:
        """Events at which a form is filled in; none in a project without events."""
        return frozenset(event for event, forms in (self.designated or {}).items() if form in forms)


def events_of(
    table: TextTable, forms: Sequence[str]
) -> tuple[dict[str, frozenset[str]], dict[str, str]]:
    """Forms and arm by unique event name, from the instrument-event mapping.

    Raises
    ------
    DataError
        A cell is empty, a form is not in the dictionary, or an event has two arms.
    """
    designated: dict[str, set[str]] = {}
    arms: dict[str, str] = {}
    problems = []
    for record in table.frame.iter_rows(named=True):
        arm, event, form = (record[key] or "" for key in ("ARM_NUM", "UNIQUE_EVENT_NAME", "FORM"))
        place = f"{table.origin}, row {record[ROW]}"
        if not (arm and event and form):
            problems.append(f"{place}: an empty cell")
        elif form.lower() not in forms:
            problems.append(f"{place}, column form: {quoted(form)} is not in the dictionary")
        elif arms.setdefault(event, arm) != arm:
            problems.append(f"{place}, column arm_num: {quoted(arm)}, before {arms[event]}")
        else:
            designated.setdefault(event, set()).add(form.lower())
    _refuse(problems, "instrument-event mapping", "arm_num, unique_event_name and a form")
    return {event: frozenset(found) for event, found in designated.items()}, arms


def repeating_of(
    table: TextTable, forms: Sequence[str], designated: Mapping[str, frozenset[str]] | None
) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """Events that repeat as a whole, and forms that repeat in an event.

    Raises
    ------
    DataError
        An event or a form is unknown, the form is not filled in at the event, or both the event
        and a form in it repeat.
    """
    events: set[str] = set()
    pairs: set[tuple[str, str]] = set()
    problems = []
    for record in table.frame.iter_rows(named=True):
        event, form = record.get("EVENT_NAME") or "", (record["FORM_NAME"] or "").lower()
        place = f"{table.origin}, row {record[ROW]}"
        if (designated is None) != (not event):
            problems.append(f"{place}, column event_name: {quoted(event)}")
        elif designated is not None and event not in designated:
            problems.append(f"{place}, column event_name: {quoted(event)} is no event")
        elif (form or not event) and form not in forms:
            problems.append(f"{place}, column form_name: {quoted(form)} is not in the dictionary")
        elif form and designated is not None and form not in designated[event]:
            problems.append(f"{place}, column form_name: {form} is not filled in at {event}")
        elif form:
            pairs.add((event, form))
        else:
            events.add(event)
    problems += [f"{table.origin}: {event} and {form} in it" for event, form in sorted(pairs)
                 if event in events]  # fmt: skip
    _refuse(problems, "file of repeating instruments and events", "events and forms of the project")
    return frozenset(events), frozenset(pairs)


def labels_of(table: TextTable) -> dict[str, str]:
    """Name of each event by its unique name, from the list of events."""
    pairs = table.frame.select("UNIQUE_EVENT_NAME", "EVENT_NAME").rows()
    return {unique: label for unique, label in pairs if unique and label}


def _refuse(problems: Sequence[str], what: str, allowed: str) -> None:
    if problems:
        raise DataError(
            f"The {what} cannot be read.",
            where=listed(problems),
            allowed=allowed,
            do="download dictionary and mapping files of the project again, at the same time",
        )
