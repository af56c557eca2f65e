"""Epochs, visits, activities and timelines of USDM v4."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from trialwright.exchange.usdm.models_base import Code, Element, Ids, Named


class StudyEpoch(Named):
    """A period of the study."""

    type: Code
    previous_id: str | None = None
    next_id: str | None = None
    instance_type: Literal["StudyEpoch"] = "StudyEpoch"


class Encounter(Named):
    """A visit."""

    type: Code
    previous_id: str | None = None
    next_id: str | None = None
    scheduled_at_id: str | None = None
    instance_type: Literal["Encounter"] = "Encounter"


class Procedure(Named):
    """A procedure that an activity consists of."""

    procedure_type: str
    code: Code
    study_intervention_id: str | None = None
    instance_type: Literal["Procedure"] = "Procedure"


class Activity(Named):
    """What is done at visits."""

    previous_id: str | None = None
    next_id: str | None = None
    defined_procedures: tuple[Procedure, ...] = ()
    instance_type: Literal["Activity"] = "Activity"


class ScheduleTimelineExit(Element):
    """The end of a timeline."""

    instance_type: Literal["ScheduleTimelineExit"] = "ScheduleTimelineExit"


class Timing(Named):
    """When an instance is, relative to another one."""

    type: Code
    value: str
    value_label: str
    relative_to_from: Code
    relative_from_scheduled_instance_id: str
    relative_to_scheduled_instance_id: str | None = None
    window_lower: str | None = None
    window_upper: str | None = None
    window_label: str | None = None
    instance_type: Literal["Timing"] = "Timing"


class ScheduledActivityInstance(Named):
    """Activities at one point of a timeline."""

    default_condition_id: str | None = None
    epoch_id: str | None = None
    timeline_id: str | None = None
    timeline_exit_id: str | None = None
    activity_ids: Ids = ()
    encounter_id: str | None = None
    instance_type: Literal["ScheduledActivityInstance"] = "ScheduledActivityInstance"


class ConditionAssignment(Element):
    """Where a timeline goes on when a condition holds."""

    condition: str
    condition_target_id: str
    instance_type: Literal["ConditionAssignment"] = "ConditionAssignment"


class ScheduledDecisionInstance(Named):
    """A point of a timeline at which it goes on in several ways."""

    default_condition_id: str | None = None
    epoch_id: str | None = None
    condition_assignments: tuple[ConditionAssignment, ...] = ()
    instance_type: Literal["ScheduledDecisionInstance"] = "ScheduledDecisionInstance"


Instance: TypeAlias = Annotated[
    ScheduledActivityInstance | ScheduledDecisionInstance, Field(discriminator="instance_type")
]


class ScheduleTimeline(Named):
    """A chain of instances with their timings."""

    main_timeline: bool
    entry_condition: str
    entry_id: str
    exits: tuple[ScheduleTimelineExit, ...] = ()
    timings: tuple[Timing, ...] = ()
    instances: tuple[Instance, ...] = ()
    instance_type: Literal["ScheduleTimeline"] = "ScheduleTimeline"
