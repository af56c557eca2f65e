"""Who may enter: population, cohorts, indications and criteria."""

from __future__ import annotations

from trialwright.exchange.usdm import terms
from trialwright.exchange.usdm.ids import Ids
from trialwright.exchange.usdm.models import (
    EligibilityCriterion,
    EligibilityCriterionItem,
    Indication,
    Range,
    StudyCohort,
    StudyDesignPopulation,
)
from trialwright.protocol.model import Population, Protocol

#: Criterion by field of the population; `{}` stands for the value.
CRITERIA = {
    "line_of_therapy": "Line of therapy: {}",
    "min_prior_lines": "At least {} earlier lines of treatment",
    "prior_therapy": "Earlier treatment: {}",
    "biomarker": "Biomarker: {}",
    "measurable_disease": "Measurable disease required: {}",
    "min_age_years": "Age at least {} years",
    "max_age_years": "Age at most {} years",
    "max_ecog": "ECOG performance status at most {}",
}
NOT_STATED = "not-stated"
_MANY, _ONE = " earlier lines of ", " earlier line of "


def criteria(
    ids: Ids, population: Population
) -> tuple[tuple[EligibilityCriterion, ...], tuple[EligibilityCriterionItem, ...]]:
    """The criteria that the protocol states, chained, with their texts."""
    stated = [
        (name, _criterion(name, value))
        for name in CRITERIA
        if (value := getattr(population, name)) is not None
    ]
    known = [ids.new("EligibilityCriterion") for _ in stated]
    items = tuple(
        EligibilityCriterionItem(id=ids.new("EligibilityCriterionItem"), name=name, text=text)
        for name, text in stated
    )
    held = tuple(
        EligibilityCriterion(
            id=known[n], name=name, category=ids.cdisc(terms.INCLUSION), identifier=str(n + 1),
            criterion_item_id=items[n].id, previous_id=known[n - 1] if n else None,
            next_id=known[n + 1] if n + 1 < len(known) else None,
        )
        for n, (name, _) in enumerate(stated)
    )  # fmt: skip
    return held, items


def _criterion(name: str, value: object) -> str:
    text = CRITERIA[name].format(_word(value))
    return text.replace(_MANY, _ONE) if value == 1 else text


def as_template(text: str) -> str:
    """A criterion as its template has it, which is in the plural."""
    return text.replace(_ONE, _MANY)


def _word(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def indications(ids: Ids, population: Population) -> tuple[Indication, ...]:
    """The conditions; whether they are rare is required by the model and not stated."""
    return tuple(
        Indication(
            id=(known := ids.new("Indication")), name=known, label=condition,
            is_rare_disease=False, extension_attributes=(ids.extension(NOT_STATED, "isRareDisease"),),
        )
        for condition in population.conditions or ()
    )  # fmt: skip


def population_of(
    ids: Ids, protocol: Protocol, criterion_ids: tuple[str, ...]
) -> StudyDesignPopulation:
    """The planned number, sex, age and cohorts of subjects."""
    people, enrollment = protocol.population, protocol.design.enrollment
    return StudyDesignPopulation(
        id=ids.new("StudyDesignPopulation"), name="POPULATION", label="Study population",
        includes_healthy_subjects=False,
        planned_enrollment_number=ids.quantity(enrollment) if enrollment else None,
        planned_sex=(ids.cdisc(terms.SEX[people.sex]),) if people.sex else (),
        criterion_ids=criterion_ids, planned_age=_age(ids, people),
        cohorts=tuple(
            StudyCohort(
                id=ids.new("StudyCohort"), name=one.id, label=one.name,
                includes_healthy_subjects=False,
                planned_enrollment_number=(
                    ids.quantity(one.enrollment) if one.enrollment else None
                ),
            )
            for one in protocol.cohorts or ()
        ),
    )  # fmt: skip


def _age(ids: Ids, people: Population) -> Range | None:
    """The range of ages where both ends are known; one end alone is a criterion."""
    low, high = people.min_age_years, people.max_age_years
    if low is None or high is None or low > high:
        return None
    return Range(
        id=ids.new("Range"), is_approximate=False,
        min_value=ids.quantity(low, ids.cdisc(terms.YEARS)),
        max_value=ids.quantity(high, ids.cdisc(terms.YEARS)),
    )  # fmt: skip
