"""Components of a protocol from the interventions of a USDM study."""

from __future__ import annotations

from typing import Any

from trialwright.exchange.usdm import terms
from trialwright.exchange.usdm.ids import extension_of
from trialwright.exchange.usdm.models import (
    Administration,
    InterventionalStudyDesign,
    Quantity,
    StudyIntervention,
    StudyVersion,
)
from trialwright.exchange.usdm.words import member_ids, said_by, word_of
from trialwright.exchange.usdm.write_treatment import LOADING
from trialwright.schedule.frequency import interval_of

Values = dict[str, Any]


def regimen_values(
    version: StudyVersion, design: InterventionalStudyDesign, remarks: list[str]
) -> Values:
    """Values of the components that the design names, by path."""
    values: Values = {}
    chosen = set(design.study_intervention_ids)
    held = [one for one in version.study_interventions if one.id in chosen]
    names = member_ids(version.study_interventions)
    for one in held:
        path = f"regimen.{names[one.id]}"
        values[f"{path}.name"] = one.label or one.name
        kind = _component_kind(one)
        values |= {f"{path}.kind": kind} if kind else {}
        given = _administrations(one, remarks)
        values |= {f"{path}.{name}": value for name, value in given.items()}
    left = [one.name for one in version.study_interventions if one.id not in chosen]
    remarks += [f"StudyIntervention {name}: in no study design" for name in left]
    return values


def _component_kind(one: StudyIntervention) -> str | None:
    if one.type.code_system == terms.OWN:
        return None if one.type.code == terms.NOT_STATED[0] else one.type.code
    kind: str | None = word_of(terms.COMPONENT, one.type)
    return kind or terms.COMPONENT_TYPES.get(one.type.code, "other")


def _administrations(one: StudyIntervention, remarks: list[str]) -> Values:
    """Doses, route, frequency and duration; where administrations differ, the first counts."""
    first: list[tuple[Administration, int]] = []
    usual: list[Administration] = []
    for held in one.administrations:
        mark = extension_of(held.extension_attributes, LOADING)
        if mark is not None:
            first.append((held, mark.value_integer or 1))
        else:
            usual.append(held)
    values: Values = {}
    levels = [level for held in usual if (level := _level(held, remarks))]
    values |= {"dose": levels} if levels else {}
    loading = [level for held, _ in first if (level := _level(held, remarks))]
    values |= {"loading_dose": {"dose": loading, "doses": first[0][1]}} if loading else {}
    for held in usual[:1]:
        values |= _how(held)
    said = [_how(held) for held in usual]
    if any(other != said[0] for other in said):
        remarks.append(f"{one.id}: its administrations differ beside the dose; the first is read")
    return values


def _how(held: Administration) -> Values:
    values: Values = {}
    if held.route is not None:
        values["route"] = said_by(terms.ROUTE, held.route.standard_code)
    if held.frequency is not None:
        frequency = said_by(terms.FREQUENCY, held.frequency.standard_code)
        values["frequency"] = frequency
        interval = interval_of(frequency)
        values |= {"interval_days": interval} if interval else {}
    quantity = held.duration.quantity
    if isinstance(quantity, Quantity) and quantity.unit is not None:
        days = quantity.unit.standard_code.code == terms.DAYS[0]
        if days and quantity.value.is_integer() and quantity.value >= 1:
            values["duration_days"] = int(quantity.value)
    return values


def _level(held: Administration, remarks: list[str]) -> Values | None:
    if held.dose is None:
        return None
    if held.dose.unit is None or held.dose.value <= 0:
        remarks.append(f"{held.id}: a dose needs a unit and a value above 0")
        return None
    return {"value": held.dose.value, "unit": said_by(terms.UNIT, held.dose.unit.standard_code)}
