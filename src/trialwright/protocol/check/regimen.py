"""Open questions about the regimen: order, choice of agents, and the end of treatment."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.protocol.check.components import agent_of, is_given_once
from trialwright.protocol.check.view import (
    ASSESSED,
    SURVIVAL,
    Remark,
    View,
    course_of,
    listed,
    titled,
)

#: Endpoints of trials that treat until something happens; a trial of concentrations has none.
_TO_AN_END = ASSESSED | SURVIVAL | {"DLT", "MTD_RP2D"}
#: Words of a name that stands for many drugs or regimens.
_CLASS = re.compile(
    r"chemo|therap|treatment|standard|regimen|\bdrugs?\b|\bagents?\b|choice|\bcare\b|inhibitor|"
    r"antibod|steroid|conditioning|maintenance",
    re.I,
)
_LOCAL = frozenset({"procedure", "radiation"})
#: Days that an antibody against VEGF keeps from a puncture: a week before it, a day after the sheath.
_DAYS_BEFORE, _DAYS_AFTER = 7, 1
_ENDS = {
    "progression": "disease progression",
    "toxicity": "unacceptable toxicity",
    "withdrawal": "withdrawal of consent",
    "investigator": "the decision of the investigator",
}


def sequence_missing(view: View) -> Iterator[Remark]:
    """Local treatment and drugs are combined without an order."""
    regimen = view.treatments
    ordered = view.treatment.sequence or any(one.anchors for one in regimen)
    local = [one for one in regimen if one.kind in _LOCAL and not is_given_once(one.name)]
    if ordered or not local or not any(one.kind == "drug" for one in regimen):
        return
    punctured = any(one.reach in {"liver", "lesion"} for one in local)
    known = ((one, agent_of(one)) for one in regimen)
    bleeds = next((one.name for one, agent in known if agent and "VEGF" in agent.klass), None)
    beside = f", with {bleeds} days before or after it," if bleeds else ""
    moves = f"bleeding at the puncture{beside}" if punctured else "overlapping toxicity"
    yield Remark(
        path="treatment.sequence",
        message=f"The order of {titled(local)} and the drugs is not given: the first day of "
        f"treatment, from which times are counted, and {moves} depend on it.",
        quoted=f"regimen.{local[0].id}.name",
    )


def agents_undefined(view: View) -> Iterator[Remark]:
    """Drugs are chosen by a person, without a list to choose from."""
    for one in view.regimen:
        if one.chosen_by is None or "test" in one.chosen_by or one.dose is not None:
            continue
        if _CLASS.search(one.name):  # a drug with a name leaves nothing to choose
            yield Remark(
                path=f"regimen.{one.id}.chosen_by",
                message=f"Which {one.name} is given is decided by the {one.chosen_by}, without a list "
                "of permitted regimens: patients with different chances of response are pooled in "
                "one rate. List the regimens, and record which one each patient gets.",
            )


def regimen_undefined(view: View) -> Iterator[Remark]:
    """No regimen at all, or drugs that a test chooses without a list."""
    if not view.regimen:
        yield Remark(path="regimen", message="The protocol names no agent or procedure.")
    for one in view.regimen:
        if one.chosen_by is not None and "test" in one.chosen_by and one.dose is None:
            yield Remark(
                path=f"regimen.{one.id}.chosen_by",
                message=f"The drugs of {one.name} depend on {one.chosen_by}, and no list of them is "
                "given: the regimen differs by patient and has to be recorded for each.",
            )


def discontinuation_missing(view: View) -> Iterator[Remark]:
    """Nothing says when treatment that is given again and again ends."""
    followed = view.endpoints(_TO_AN_END)
    if not followed or not view.repeated_agents or _limited(view):
        return
    if not view.treatment.until and course_of(view) is None:
        first = view.repeated_agents[0]
        yield Remark(
            path="treatment.until",
            message="When treatment ends is not said, neither by events nor by a number of cycles: "
            "duration of treatment, and who is off treatment at progression, stay open.",
            values={} if view.blood else {"treatment.until": list(_ENDS)},
            reason=None
            if view.blood
            else "usual reasons in advanced disease: progression, unacceptable toxicity, "
            "withdrawal of consent, decision of the investigator",
            quoted=f"regimen.{first.id}.name",
        )


def _limited(view: View) -> bool:
    limits = [
        one.n_cycles or one.n_doses or one.duration_days or one.fractions for one in view.regimen
    ]
    return view.treatment.max_duration_days is not None or any(limits)


def discontinuation_incomplete(view: View) -> Iterator[Remark]:
    """A usual reason to end treatment is not among those named."""
    until = view.treatment.until
    absent = [said for name, said in _ENDS.items() if until and name not in until]
    if absent:
        yield Remark(
            path="treatment.until",
            message=f"The reasons to end treatment leave out {listed(absent)}: patients who stop "
            "for it would have no recorded reason.",
        )


def max_duration_missing(view: View) -> Iterator[Remark]:
    """Treatment goes on until an event, without limit."""
    if not view.treatment.until or not view.repeated_agents or _limited(view):
        return
    if course_of(view) is None:
        usual = (
            " Two years are usual for checkpoint inhibitors." if _blocks_checkpoint(view) else ""
        )
        yield Remark(
            path="treatment.max_duration_days",
            message="No longest duration of treatment is given: who does not progress is treated on, "
            f"and supply and exposure have no limit.{usual}",
            quoted="treatment.until",
        )


def _blocks_checkpoint(view: View) -> bool:
    known = (agent_of(one) for one in view.repeated_agents)
    return any("anti-PD" in agent.klass for agent in known if agent)


def repeat_undefined(view: View) -> Iterator[Remark]:
    """A local procedure may be repeated, without a number or an interval."""
    if view.ablation is None:
        return
    for one in view.regimen:
        if one.reach != "lesion":
            continue
        if one.repeated is not False and one.n_doses is None and one.interval_days is None:
            yield Remark(
                path=f"regimen.{one.id}.repeated",
                message=f"How often {one.name} may be repeated, and how long after the session "
                "before, is not given; at least 3 weeks between sessions keep the drug days apart.",
                quoted=f"regimen.{one.id}.name",
            )


def schedule_conflict(view: View) -> Iterator[Remark]:
    """One component follows its own interval and every session of another."""
    for one in view.regimen:
        each = next((anchor for anchor in one.anchors or () if anchor.each), None)
        if one.interval_days is None or each is None:
            continue
        named = {part.id: part.name for part in view.regimen}
        event = named.get(each.event, each.event)
        yield Remark(
            path=f"regimen.{one.id}.anchors",
            message=f"{one.name} has two clocks: every {one.interval_days} days, and "
            f"{each.offset_days or 0} days {each.relation} each {event}. They collide when a "
            "session falls into a cycle; giving it on the later of both days keeps either distance.",
        )


def puncture_gap(view: View) -> Iterator[Remark]:
    """An antibody against VEGF is given on the day of a puncture, or less than a week before it."""
    punctured = {one.id: one.name for one in view.regimen if one.reach in {"liver", "lesion"}}
    for one in view.regimen:
        agent = agent_of(one)
        if agent is None or agent.klass != "anti-VEGF":
            continue
        for anchor in one.anchors or ():
            name, days = punctured.get(anchor.event), anchor.offset_days
            least = {"before": _DAYS_BEFORE, "after": _DAYS_AFTER, "concurrent": _DAYS_AFTER}
            if name is None or days is None or days >= least.get(anchor.relation, 0):
                continue
            when = f"{_days(days)} {anchor.relation}" if days else "on the day of"
            yield Remark(
                path=f"regimen.{one.id}.anchors",
                message=f"{one.name} is given {when} {name}: the wound of the puncture can bleed or heal "
                "late. Usual are at least 7 days before it, or 1 to 2 days after the sheath is out; "
                "bleeding at the puncture is then recorded as an event of special interest.",
                quoted=f"regimen.{one.id}.anchors",
            )


def _days(days: int) -> str:
    """A number of days in words: "1 day", "3 days"."""
    return f"{days} day" if days == 1 else f"{days} days"
