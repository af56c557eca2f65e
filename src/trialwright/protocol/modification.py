"""What toxicity does to the dose of a component: hold, reduce, stop, by grade of a related event."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, TypeAlias

from pydantic import Field

from trialwright.protocol.base import Part

Grade: TypeAlias = Annotated[int, Field(ge=1, le=5)]


class TermRule(Part):
    """Other grades for the events of some terms; what is absent is as for all other terms.

    A term stands for every event whose name contains it.
    """

    terms: Annotated[tuple[str, ...], Field(min_length=1)]
    hold_from_grade: Grade | None = None
    resume_at_grade: Annotated[int, Field(ge=0, le=4)] | None = None
    reduce_from_grade: Grade | None = None
    stop_from_grade: Grade | None = None


class DoseModification(Part):
    """What an adverse event that is related to a component does to its next doses.

    Attributes
    ----------
    hold_from_grade, resume_at_grade
        Not given from this grade on, until the event is at most of the second grade.
    reduce_from_grade, reduce_after_holds
        One dose level lower from this grade on; from this number of holds on. Levels are the doses
        of the component below its first; below the lowest it stops.
    stop_from_grade
        Stopped for good; the other components go on.
    max_delay_days
        A component that a hold would delay by more days is stopped.
    reducible
        False for antibodies, which are held or stopped only.
    exceptions
        Grades for single terms.
    """

    hold_from_grade: Grade | None = None
    resume_at_grade: Annotated[int, Field(ge=0, le=4)] | None = None
    reduce_from_grade: Grade | None = None
    reduce_after_holds: int | None = Field(None, ge=1)
    stop_from_grade: Grade | None = None
    max_delay_days: int | None = Field(None, ge=1)
    reducible: bool | None = None
    exceptions: tuple[TermRule, ...] | None = None

    @property
    def reduces(self) -> bool:
        """Whether anything lowers the dose."""
        grades = [one.reduce_from_grade for one in self.exceptions or ()]
        own = (self.reduce_from_grade, self.reduce_after_holds)
        return any(one is not None for one in (*own, *grades))

    def rule_of(self, term: str) -> DoseModification:
        """The rule for the events of a term, without exceptions."""
        name = term.casefold()
        own: dict[str, object] = {}
        for one in self.exceptions or ():
            if any(word.casefold() in name for word in one.terms):
                own = one.model_dump(exclude_none=True, exclude={"terms"})
                break
        return self.model_copy(update={**own, "exceptions": None})


def broken_rules(rule: DoseModification, *, lower_levels: int) -> Iterator[tuple[str, str]]:
    """What cannot be in a rule, and what is allowed.

    Parameters
    ----------
    rule
        Of one component.
    lower_levels
        Dose levels of the component below its first.
    """
    for one in (rule, *(rule.rule_of(terms.terms[0]) for terms in rule.exceptions or ())):
        hold, resume = one.hold_from_grade, one.resume_at_grade
        if (hold is None) != (resume is None):
            yield "has a grade to hold or to resume without the other", "both grades, or neither"
        elif hold is not None and resume is not None and resume >= hold:
            yield f"resumes at grade {resume} what grade {hold} holds", f"a grade below {hold}"
        stop = one.stop_from_grade
        for name, grade in (("holds", hold), ("reduces", one.reduce_from_grade)):
            if stop is not None and grade is not None and grade > stop:
                yield (
                    f"{name} from grade {grade}, but stops from grade {stop}",
                    (f"at most grade {stop}"),
                )
        reduces = one.reduce_from_grade is not None or one.reduce_after_holds is not None
        if reduces and one.reducible is False:
            yield "reduces a dose that is not reducible", "reducible: true, or no reduction"
        elif reduces and not lower_levels:
            yield "reduces a dose that has one level", "lower levels after the first dose"


def modification_words(rule: DoseModification) -> str:
    """The rule in one line: `held from grade 3 until grade 1, stopped from grade 4`."""
    more = [
        f"reduced from hold {rule.reduce_after_holds} on" if rule.reduce_after_holds else "",
        f"stopped when delayed by more than {rule.max_delay_days} days"
        if rule.max_delay_days
        else "",
        "never reduced" if rule.reducible is False else "",
        *(f"{' or '.join(one.terms)}: {_grades(one)}" for one in rule.exceptions or ()),
    ]
    return "; ".join(part for part in (_grades(rule), *more) if part)


def _grades(rule: DoseModification | TermRule) -> str:
    until = f" until grade {rule.resume_at_grade}" if rule.resume_at_grade is not None else ""
    said = [
        f"held from grade {rule.hold_from_grade}{until}" if rule.hold_from_grade else "",
        f"reduced from grade {rule.reduce_from_grade}" if rule.reduce_from_grade else "",
        f"stopped from grade {rule.stop_from_grade}" if rule.stop_from_grade else "",
    ]
    return ", ".join(part for part in said if part)
