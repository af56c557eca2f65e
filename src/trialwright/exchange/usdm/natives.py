"""The values of a protocol that the places of a USDM study hold, by path.

The same function reads our files and those of others. What a place holds but cannot be a value of a
protocol is a remark.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trialwright.exchange.usdm import terms
from trialwright.exchange.usdm.ids import extension_of
from trialwright.exchange.usdm.models import (
    AliasCode,
    InterventionalStudyDesign,
    Quantity,
    Range,
    StudyArm,
    StudyDesignPopulation,
    StudyVersion,
    Wrapper,
)
from trialwright.exchange.usdm.natives_regimen import regimen_values
from trialwright.exchange.usdm.words import member_ids, unknown, word_of
from trialwright.exchange.usdm.write_population import CRITERIA, as_template
from trialwright.exchange.usdm.write_treatment import PLACEHOLDER, UNTIL

Values = dict[str, Any]
_NUMBERS = frozenset({"min_prior_lines", "min_age_years", "max_age_years", "max_ecog"})


def natives(wrapper: Wrapper, remarks: list[str]) -> Values:
    """Plain values by path of the protocol; what is not understood is added to `remarks`."""
    version = wrapper.study.versions[0]
    design = version.study_designs[0]
    values: Values = {"id": _identifier(version, wrapper.study.name)}
    values |= _title(version)
    values |= _design(design, remarks)
    values |= _population(version, design, remarks)
    values |= _arms(version, design)
    values |= _cohorts(design.population, remarks)
    values |= regimen_values(version, design, remarks)
    values |= _until(design, remarks)
    values |= _endpoints(design, remarks)
    return values


def _identifier(version: StudyVersion, name: str) -> str:
    return version.study_identifiers[0].text if version.study_identifiers else name


def _title(version: StudyVersion) -> Values:
    official = [one for one in version.titles if one.type.code == terms.OFFICIAL_TITLE[0]]
    titles = official or list(version.titles)
    return {"title": titles[0].text} if titles else {}


def _design(design: InterventionalStudyDesign, remarks: list[str]) -> Values:
    values: Values = {}
    if design.study_phase is not None:
        phase = word_of(terms.PHASE, design.study_phase.standard_code)
        _take(values, "design.phases", list(phase) if phase else None, design.study_phase, remarks)
    if design.model.code in {terms.SINGLE_GROUP[0], terms.PARALLEL[0]}:
        values["design.single_arm"] = design.model.code == terms.SINGLE_GROUP[0]
    elif design.model.code_system != terms.OWN:
        remarks.append(unknown("model", design.model))
    for code in design.characteristics:
        centres = word_of(terms.CENTRES, code)
        if code.code == terms.RANDOMIZED[0]:
            values["design.allocation"] = "RANDOMIZED"
        elif centres:
            values["design.centres"] = centres
        else:
            remarks.append(unknown("characteristics", code))
    if design.blinding_schema is not None:
        word = word_of(terms.MASKING, design.blinding_schema.standard_code)
        _take(values, "design.masking", word, design.blinding_schema, remarks)
    for code in design.intent_types:
        purpose = word_of(terms.PURPOSE, code)
        if purpose and "design.primary_purpose" not in values:
            values["design.primary_purpose"] = purpose
        else:
            remarks.append(unknown("intentTypes", code))
    return values


def _take(values: Values, path: str, word: object, alias: AliasCode, remarks: list[str]) -> None:
    if word is None:
        remarks.append(unknown(path, alias.standard_code))
    else:
        values[path] = word


def _population(
    version: StudyVersion, design: InterventionalStudyDesign, remarks: list[str]
) -> Values:
    people = design.population
    values: Values = {}
    number = _whole(people.planned_enrollment_number, "plannedEnrollmentNumber", remarks)
    if number:
        values["design.enrollment"] = number
    if design.indications:
        names = [one.label or one.description or one.name for one in design.indications]
        values["population.conditions"] = names
    if people.planned_sex:
        values |= _sex(people, remarks)
    if people.planned_age is not None:
        values["population.min_age_years"] = _years(people.planned_age.min_value, remarks)
        values["population.max_age_years"] = _years(people.planned_age.max_value, remarks)
    return {k: v for k, v in values.items() if v is not None} | dict(
        _criteria(version, design, remarks)
    )


def _sex(people: StudyDesignPopulation, remarks: list[str]) -> Values:
    words = {word_of(terms.SEX, code) for code in people.planned_sex}
    if None in words:
        remarks.append(unknown("plannedSex", people.planned_sex[0]))
        return {}
    return {"population.sex": words.pop() if len(words) == 1 else "ALL"}


def _whole(held: Quantity | Range | None, place: str, remarks: list[str]) -> int | None:
    if held is None:
        return None
    if isinstance(held, Quantity) and held.value.is_integer() and held.value >= 1:
        return int(held.value)
    remarks.append(f"{place}: no whole number of subjects from 1")
    return None


def _years(held: Quantity, remarks: list[str]) -> int | None:
    unit = held.unit.standard_code if held.unit else None
    if unit is not None and unit.code == terms.YEARS[0] and held.value.is_integer():
        return int(held.value)
    remarks.append("plannedAge: no whole number of years")
    return None


def _criteria(
    version: StudyVersion, design: InterventionalStudyDesign, remarks: list[str]
) -> Iterator[tuple[str, Any]]:
    """Criteria in our words; every other criterion is a remark."""
    items = {one.id: one for one in version.eligibility_criterion_items}
    for criterion in design.eligibility_criteria:
        item = items[criterion.criterion_item_id]
        value = _criterion(item.name, item.text)
        if value is None or criterion.category.code != terms.INCLUSION[0]:
            remarks.append(f"{criterion.id}: criterion not read: {item.text}")
        else:
            yield f"population.{item.name}", value


def _criterion(name: str, text: str) -> str | int | bool | None:
    before, _, after = CRITERIA.get(name, "").partition("{}")
    text = as_template(text) if name == "min_prior_lines" else text
    if not before or not (text.startswith(before) and text.endswith(after)):
        return None
    said = text[len(before) : len(text) - len(after)]
    if name == "measurable_disease":
        return {"yes": True, "no": False}.get(said)
    if name not in _NUMBERS:
        return said
    return int(said) if said.isascii() and said.isdigit() else None


def _arms(version: StudyVersion, design: InterventionalStudyDesign) -> Values:
    values: Values = {}
    held = [
        one for one in design.arms if extension_of(one.extension_attributes, PLACEHOLDER) is None
    ]
    names, components = member_ids(held), member_ids(version.study_interventions)
    if held:
        values["design.arms"] = len(held)
    for arm in held:
        path = f"arms.{names[arm.id]}"
        values[f"{path}.name"] = arm.label or arm.name
        role = _arm_role(arm)
        given = [components[one] for one in _given(design, arm) if one in components]
        values |= {f"{path}.role": role} if role else {}
        values |= {f"{path}.description": arm.description} if arm.description is not None else {}
        values |= {f"{path}.components": given} if given else {}
    return values


def _arm_role(arm: StudyArm) -> str | None:
    if arm.type.code in terms.COMPARATOR_TYPES:
        return "COMPARATOR"
    role: str | None = word_of(terms.ARM_ROLE, arm.type)
    known = role is not None or arm.type.code == terms.ARM_ROLE[None][0]
    return role if known else "OTHER"


def _given(design: InterventionalStudyDesign, arm: StudyArm) -> list[str]:
    """Interventions of an arm over all its cells, each once."""
    elements = {one.id: one for one in design.elements}
    found = [
        intervention
        for cell in design.study_cells
        if cell.arm_id == arm.id
        for element in cell.element_ids
        for intervention in elements[element].study_intervention_ids
    ]
    return list(dict.fromkeys(found))


def _cohorts(people: StudyDesignPopulation, remarks: list[str]) -> Values:
    values: Values = {}
    names = member_ids(people.cohorts)
    for cohort in people.cohorts:
        path = f"cohorts.{names[cohort.id]}"
        values[f"{path}.name"] = cohort.label or cohort.name
        number = _whole(cohort.planned_enrollment_number, cohort.id, remarks)
        if number:
            values[f"{path}.enrollment"] = number
    return values


def _until(design: InterventionalStudyDesign, remarks: list[str]) -> Values:
    rules = [one.transition_end_rule for one in design.elements if one.transition_end_rule]
    said = [rule.text for rule in rules if rule.text.startswith(UNTIL)]
    other = [rule for rule in rules if not rule.text.startswith(UNTIL)]
    remarks += [f"{rule.id}: end of an element not read: {rule.text}" for rule in other]
    return {"treatment.until": said[0][len(UNTIL) :].split("; ")} if said else {}


def _endpoints(design: InterventionalStudyDesign, remarks: list[str]) -> Values:
    values: Values = {}
    held = [end for objective in design.objectives for end in objective.endpoints]
    names = member_ids(held)
    for end in held:
        role = word_of(terms.ENDPOINT, end.level)
        if role is None:
            remarks.append(f"{end.id}: {unknown('level', end.level)}")
            continue
        path = f"endpoints.{names[end.id]}"
        values |= {f"{path}.role": role, f"{path}.measure": end.text}
        values |= {f"{path}.description": end.description} if end.description is not None else {}
    return values
