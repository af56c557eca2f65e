"""The schedule of activities as activities, encounters and timelines.

The main timeline holds screening, the laid out visits and the end of treatment; where treatment
goes on until an event, a decision leads back into it. Follow-up is a timeline of its own, since its
days count from the end of treatment. Visits that count from enrolment are on the main timeline by
their own fixed reference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trialwright.exchange.usdm import terms
from trialwright.exchange.usdm.ids import Ids
from trialwright.exchange.usdm.models import (
    Activity,
    ConditionAssignment,
    Encounter,
    Instance,
    Procedure,
    ScheduledActivityInstance,
    ScheduledDecisionInstance,
    ScheduleTimeline,
    ScheduleTimelineExit,
    StudyEpoch,
    Timing,
)
from trialwright.protocol.model import Protocol
from trialwright.schedule.model import ActivitySchedule, Visit


@dataclass(frozen=True, slots=True)
class Calendar:
    """What the study design takes over."""

    activities: tuple[Activity, ...]
    encounters: tuple[Encounter, ...]
    timelines: tuple[ScheduleTimeline, ...]


def calendar_of(
    ids: Ids,
    protocol: Protocol,
    plan: ActivitySchedule,
    epochs: Mapping[str, StudyEpoch],
    by_component: Mapping[str, str],
) -> Calendar:
    """The schedule of activities of a protocol in the terms of the model."""
    used = {planned.activity for visit in plan.visits for planned in visit.planned}
    shown = [one for one in plan.activities if one.id in used]
    known = {one.id: ids.new("Activity") for one in shown}
    chain = list(known.values())
    procedures = {one.id for one in protocol.regimen if one.kind == "procedure"}
    activities = tuple(
        Activity(
            id=known[one.id], name=one.id, label=one.name,
            previous_id=chain[n - 1] if n else None,
            next_id=chain[n + 1] if n + 1 < len(chain) else None,
            defined_procedures=(
                (_procedure(ids, one.name, by_component[one.id]),) if one.id in procedures else ()
            ),
        )
        for n, one in enumerate(shown)
    )  # fmt: skip
    writer = _Timelines(ids, epochs, known)
    return Calendar(activities, *writer.write(plan))


def _procedure(ids: Ids, name: str, intervention: str) -> Procedure:
    known = ids.new("Procedure")
    return Procedure(
        id=known, name=known, label=name, procedure_type="Treatment",
        code=ids.own((name, name)), study_intervention_id=intervention,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Timelines:
    """Writes encounters and timelines with shared identifiers."""

    ids: Ids
    epochs: Mapping[str, StudyEpoch]
    activities: Mapping[str, str]

    def write(
        self, plan: ActivitySchedule
    ) -> tuple[tuple[Encounter, ...], tuple[ScheduleTimeline, ...]]:
        after = [one for one in plan.visits if one.anchor == "end_of_treatment" and one.offset]
        before = [one for one in plan.visits if one not in after]
        visits = [*before, *after]
        instances = {one.id: self.ids.new("ScheduledActivityInstance") for one in visits}
        timings = {one.id: self.ids.new("Timing") for one in visits}
        encounters = self._encounters(visits, timings)
        met = {visit.id: one.id for visit, one in zip(visits, encounters, strict=True)}
        follow = self.ids.new("ScheduleTimeline") if after else None
        made = _Made(instances, timings, met)
        main = self._timeline(self.ids.new("ScheduleTimeline"), "MAIN", before, made, plan, follow)
        if follow is None:
            return encounters, (main,)
        return encounters, (main, self._timeline(follow, "FOLLOW_UP", after, made, plan, None))

    def _encounters(
        self, visits: Sequence[Visit], timings: Mapping[str, str]
    ) -> tuple[Encounter, ...]:
        known = [self.ids.new("Encounter") for _ in visits]
        return tuple(
            Encounter(
                id=known[n], name=one.id, label=one.name,
                extension_attributes=(self.ids.extension("why", str(one.because)),),
                type=self.ids.cdisc(terms.VISIT), scheduled_at_id=timings[one.id],
                previous_id=known[n - 1] if n else None,
                next_id=known[n + 1] if n + 1 < len(known) else None,
            )
            for n, one in enumerate(visits)
        )  # fmt: skip

    def _timeline(
        self,
        known: str,
        name: str,
        visits: Sequence[Visit],
        made: _Made,
        plan: ActivitySchedule,
        follow: str | None,
    ) -> ScheduleTimeline:
        leave = ScheduleTimelineExit(id=self.ids.new("ScheduleTimelineExit"))
        main = name == "MAIN"
        decision = self._decision(visits, made, plan) if main and plan.open_ended else None
        instances: list[Instance] = []
        for n, visit in enumerate(visits):
            following = made.instances[visits[n + 1].id] if n + 1 < len(visits) else None
            last = following is None
            if decision is not None and n == len(visits) - 2:
                following = decision.id
            instances.append(
                ScheduledActivityInstance(
                    id=made.instances[visit.id], name=visit.id, label=visit.name,
                    default_condition_id=following, epoch_id=self.epochs[visit.epoch].id,
                    timeline_id=follow if last else None,
                    timeline_exit_id=leave.id if last else None,
                    activity_ids=tuple(self.activities[one.activity] for one in visit.planned),
                    encounter_id=made.encounters[visit.id],
                )
            )  # fmt: skip
            if decision is not None and n == len(visits) - 2:
                instances.append(decision)
        return ScheduleTimeline(
            id=known, name=name, label="Main timeline" if main else "Follow-up",
            main_timeline=main,
            entry_condition="Subject gives consent" if main else "Treatment has ended",
            entry_id=made.instances[visits[0].id], exits=(leave,),
            timings=self._timings(visits, made), instances=tuple(instances),
        )  # fmt: skip

    def _decision(
        self, visits: Sequence[Visit], made: _Made, plan: ActivitySchedule
    ) -> ScheduledDecisionInstance | None:
        """Treatment goes on with the second cycle's pattern, or ends."""
        treated = [one for one in visits if one.id.startswith("C") and one.epoch == "treatment"]
        if len(visits) < 2 or not treated:
            return None
        again = next((one for one in treated if one.id.startswith("C2")), treated[-1])
        length = plan.cycle_days
        every = f", each cycle of {length} days" if length else ""
        target = ConditionAssignment(
            id=self.ids.new("ConditionAssignment"), condition_target_id=made.instances[again.id],
            condition=f"No reason to end treatment: the visits go on in the same way{every}",
        )  # fmt: skip
        return ScheduledDecisionInstance(
            id=self.ids.new("ScheduledDecisionInstance"), name="GOES_ON",
            label="Treatment goes on or ends", epoch_id=self.epochs["treatment"].id,
            default_condition_id=made.instances[visits[-1].id], condition_assignments=(target,),
        )  # fmt: skip

    def _timings(self, visits: Sequence[Visit], made: _Made) -> tuple[Timing, ...]:
        first: dict[str, Visit] = {}
        for visit in sorted(visits, key=lambda one: one.offset < 0):
            first.setdefault(visit.anchor, visit)
        return tuple(self._timing(visit, first, made) for visit in visits)

    def _timing(self, visit: Visit, first: Mapping[str, Visit], made: _Made) -> Timing:
        """Relative to the first visit of the same anchor, which is fixed itself."""
        reference = first[visit.anchor]
        fixed = reference is visit
        days = visit.offset - reference.offset
        kind = terms.FIXED if fixed else terms.AFTER if days >= 0 else terms.BEFORE
        early, late = visit.early, visit.late
        window = bool(early or late)
        return Timing(
            id=made.timings[visit.id], name=visit.id, label=visit.name,
            type=self.ids.cdisc(kind), value=f"P{abs(visit.offset if fixed else days)}D",
            value_label=f"day {visit.day_words()}", relative_to_from=self.ids.cdisc(terms.START_TO_START),
            relative_from_scheduled_instance_id=made.instances[visit.id],
            relative_to_scheduled_instance_id=None if fixed else made.instances[reference.id],
            window_lower=f"P{early}D" if window else None,
            window_upper=f"P{late}D" if window else None,
            window_label=visit.window_words() or visit.day_words() if window else None,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Made:
    """Identifiers of instances, timings and encounters by visit."""

    instances: Mapping[str, str]
    timings: Mapping[str, str]
    encounters: Mapping[str, str]
