"""The decision rules of a protocol: registered ones, or what its subjects could do at usual rates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trialwright.design.candidates import size_pairs
from trialwright.design.questions import Question, question_of
from trialwright.design.simon_two_stage import SimonTwoStage
from trialwright.design.single_stage import single_stage_rule
from trialwright.operating.plan import LANDMARK_METHODS, Group, LandmarkRule, ResponseRule
from trialwright.protocol.model import Protocol

#: Source of a null rate that the record gives; a user's own or an inferred one is none.
REGISTERED = "registered"
#: A two-stage design belongs to a trial when it needs at least this share of its subjects.
_LEAST_SHARE = 0.8
#: Months of a primary rate whose record gives none.
_USUAL_LANDMARK = 12.0


def response_rules(protocol: Protocol, groups: Sequence[Group]) -> tuple[ResponseRule, ...]:
    """Rules on the number of responses, single-stage and two-stage, for each group.

    The single-stage rule for every null rate, and the two-stage designs for every pair of rates
    that need most of the subjects but not more. Without a registered null rate the rates are those
    of `evaluate_design`, marked as assumed. Nothing when the primary endpoint is a landmark rate.
    """
    question = question_of(protocol)
    if not question.is_quick:
        return ()
    cohorts = _apart(groups)
    found = [rule for group in cohorts for rule in _single(question, group, cohorts)]
    designs = _two_stage(question)
    found += [rule for group in cohorts for rule in _stages(question, group, cohorts, designs)]
    return tuple(found)


def landmark_rules(protocol: Protocol, groups: Sequence[Group]) -> tuple[LandmarkRule, ...]:
    """Tests of the share free of progression at the primary landmark, every method.

    Nothing when the primary endpoint is no landmark rate.
    """
    question = question_of(protocol)
    if question.is_quick:
        return ()
    months = primary_landmark(protocol) or _USUAL_LANDMARK
    cohorts = _apart(groups)
    return tuple(
        LandmarkRule(
            id=f"{_head(group, cohorts)}{method} > {100 * p0:g} % at {months:g} m",
            group=group.id,
            method=method,
            months=months,
            p0=p0,
            alpha=question.alpha,
            registered=question.grid.source == REGISTERED,
            source=question.grid.source,
            reject_at=single_stage_rule(group.subjects, p0, question.alpha).reject_at
            if method == "binomial"
            else 0,
        )
        for group in cohorts
        for p0 in question.grid.nulls
        for method in LANDMARK_METHODS
    )


def primary_landmark(protocol: Protocol) -> float | None:
    """Months of the first primary landmark rate."""
    primary = (e for e in protocol.endpoints if e.kind == "PFS_RATE" and e.role == "primary")
    return next((e.landmark_months for e in primary), None)


def _apart(groups: Sequence[Group]) -> tuple[Group, ...]:
    """Each cohort alone where there are several: they are never decided on together (T-09)."""
    return tuple(groups) if len(groups) == 1 else tuple(groups[1:])


def _head(group: Group, cohorts: Sequence[Group]) -> str:
    return "" if len(cohorts) == 1 else f"{group.id} "


def _single(question: Question, group: Group, cohorts: Sequence[Group]) -> Iterator[ResponseRule]:
    n = group.subjects
    for p0 in question.grid.nulls:
        design = single_stage_rule(n, p0, question.alpha)
        if design.reject_at <= n:
            yield ResponseRule(
                id=f"{_head(group, cohorts)}{design.reject_at}/{n} vs {100 * p0:g} %",
                group=group.id,
                design=design,
                alpha=question.alpha,
                registered=question.grid.source == REGISTERED,
                source=question.grid.source,
            )


def _two_stage(question: Question) -> tuple[SimonTwoStage, ...]:
    designs = (design for sizing in size_pairs(question) for _, design in sizing.designs)
    found = (design for design in designs if isinstance(design, SimonTwoStage))
    return tuple(dict.fromkeys(found))


def _stages(
    question: Question,
    group: Group,
    cohorts: Sequence[Group],
    designs: Sequence[SimonTwoStage],
) -> Iterator[ResponseRule]:
    for one in designs:
        if _LEAST_SHARE * group.subjects <= one.n <= group.subjects:
            stages = f"{one.r1}/{one.n1} {one.r}/{one.n}"
            yield ResponseRule(
                id=f"{_head(group, cohorts)}{stages} vs {100 * one.p0:g} %",
                group=group.id,
                design=one,
                alpha=question.alpha,
                registered=question.grid.source == REGISTERED,
                source=question.grid.source,
            )
