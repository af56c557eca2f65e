"""Components as interventions with administrations; arms, epochs, elements and cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from trialwright.exchange.usdm import terms
from trialwright.exchange.usdm.ids import Ids
from trialwright.exchange.usdm.models import (
    Administration,
    Code,
    Duration,
    ExtensionAttribute,
    StudyArm,
    StudyCell,
    StudyElement,
    StudyEpoch,
    StudyIntervention,
    TransitionRule,
)
from trialwright.protocol.model import Arm, Component, DoseLevel, Protocol

#: Marks an arm that stands for the whole trial where the record describes none.
PLACEHOLDER = "placeholder"
#: Marks the administration of the first doses, with their number.
LOADING = "loading-doses"
UNTIL = "Treatment ends with: "
_EPOCHS = {"screening": "Screening", "treatment": "Treatment", "follow_up": "Follow-up"}


def interventions(ids: Ids, protocol: Protocol) -> tuple[StudyIntervention, ...]:
    """One intervention a component; its name is the id of the component, its label the name."""
    control = _only_in_control(protocol)
    return tuple(
        StudyIntervention(
            id=ids.new("StudyIntervention"), name=one.id, label=one.name,
            role=ids.cdisc(terms.CONTROL if one.id in control else terms.ROLE),
            type=_component_type(ids, one),
            administrations=tuple(_administrations(ids, one, protocol)),
        )
        for one in protocol.regimen
    )  # fmt: skip


def _only_in_control(protocol: Protocol) -> frozenset[str]:
    """Components that only arms of comparison receive."""
    arms = protocol.arms or ()
    control = {name for arm in arms if arm.role == "COMPARATOR" for name in arm.components or ()}
    others = {name for arm in arms if arm.role != "COMPARATOR" for name in arm.components or ()}
    return frozenset(control - others)


def _component_type(ids: Ids, component: Component) -> Code:
    if component.kind is None:
        return ids.own(terms.NOT_STATED)
    return ids.either(terms.COMPONENT, component.kind)


def _administrations(
    ids: Ids, component: Component, protocol: Protocol
) -> Iterator[Administration]:
    """One administration for each dose level, the loading doses first."""
    loading = component.loading_dose
    for level in loading.dose if loading else ():
        number = loading.doses if loading else 1
        mark = ids.extension(LOADING, number=number)
        yield _administration(ids, component, protocol, level, (mark,))
    for dose in component.dose or (None,):
        yield _administration(ids, component, protocol, dose, ())


def _administration(
    ids: Ids,
    component: Component,
    protocol: Protocol,
    dose: DoseLevel | None,
    marks: tuple[ExtensionAttribute, ...],
) -> Administration:
    unit = ids.either(terms.UNIT, dose.unit) if dose else None
    route = ids.either(terms.ROUTE, component.route) if component.route else None
    frequency = ids.either(terms.FREQUENCY, component.frequency) if component.frequency else None
    known = ids.new("Administration")
    return Administration(
        id=known, name=known, extension_attributes=marks,
        duration=_duration(ids, component, protocol),
        dose=ids.quantity(dose.value, unit) if dose else None,
        route=ids.alias(route) if route else None,
        frequency=ids.alias(frequency) if frequency else None,
    )  # fmt: skip


def _duration(ids: Ids, component: Component, protocol: Protocol) -> Duration:
    days = component.duration_days
    if days is None:
        why = ", ".join(protocol.treatment.until or ()) or "not stated"
        return Duration(
            id=ids.new("Duration"), duration_will_vary=True, reason_duration_will_vary=why
        )
    quantity = ids.quantity(days, ids.cdisc(terms.DAYS))
    return Duration(id=ids.new("Duration"), duration_will_vary=False, quantity=quantity)


def arms(ids: Ids, protocol: Protocol) -> tuple[StudyArm, ...]:
    """The arms of the record, or one that stands for all of them."""
    described = protocol.arms or ()
    if not described:
        return (
            _arm(ids, Arm(id="ALL", name="All subjects"), (ids.extension(PLACEHOLDER, flag=True),)),
        )
    return tuple(_arm(ids, arm, ()) for arm in described)


def _arm(ids: Ids, arm: Arm, marks: tuple[ExtensionAttribute, ...]) -> StudyArm:
    kind = (
        ids.cdisc(terms.ARM_ROLE[arm.role])
        if arm.role in terms.ARM_ROLE
        else ids.own((str(arm.role), "Other arm"))
    )
    return StudyArm(
        id=ids.new("StudyArm"), name=arm.id, label=arm.name, description=arm.description,
        extension_attributes=marks, type=kind, data_origin_type=ids.cdisc(terms.DATA_ORIGIN),
        data_origin_description="Collected in this study",
    )  # fmt: skip


def epochs(ids: Ids) -> dict[str, StudyEpoch]:
    """Screening, treatment and follow-up, chained."""
    names = list(_EPOCHS)
    known = [ids.new("StudyEpoch") for _ in names]
    return {
        name: StudyEpoch(
            id=known[n], name=name.upper(), label=_EPOCHS[name], type=ids.cdisc(terms.EPOCH[name]),
            previous_id=known[n - 1] if n else None,
            next_id=known[n + 1] if n + 1 < len(known) else None,
        )
        for n, name in enumerate(names)
    }  # fmt: skip


def cells(
    ids: Ids,
    protocol: Protocol,
    held_arms: Sequence[StudyArm],
    held_epochs: Mapping[str, StudyEpoch],
    by_component: Mapping[str, str],
) -> tuple[tuple[StudyElement, ...], tuple[StudyCell, ...]]:
    """The elements and the cells of every arm in every epoch."""
    elements: list[StudyElement] = []
    found: list[StudyCell] = []
    for at, arm in enumerate(held_arms):
        described = protocol.arms[at] if protocol.arms else None
        for name, epoch in held_epochs.items():
            given = _given(described, by_component) if name == "treatment" else ()
            element = StudyElement(
                id=ids.new("StudyElement"), name=f"{arm.name} {name.upper()}",
                label=f"{arm.label}: {epoch.label}", study_intervention_ids=given,
                transition_end_rule=_until(ids, protocol) if name == "treatment" else None,
            )  # fmt: skip
            elements.append(element)
            found.append(
                StudyCell(
                    id=ids.new("StudyCell"), arm_id=arm.id, epoch_id=epoch.id,
                    element_ids=(element.id,),
                )
            )  # fmt: skip
    return tuple(elements), tuple(found)


def _given(arm: Arm | None, by_component: Mapping[str, str]) -> tuple[str, ...]:
    """Interventions of an arm; all of them where no arms are described."""
    if arm is None:
        return tuple(by_component.values())
    return tuple(by_component[one] for one in arm.components or () if one in by_component)


def _until(ids: Ids, protocol: Protocol) -> TransitionRule | None:
    until = protocol.treatment.until
    if not until:
        return None
    known = ids.new("TransitionRule")
    return TransitionRule(id=known, name=known, text=f"{UNTIL}{'; '.join(until)}")
