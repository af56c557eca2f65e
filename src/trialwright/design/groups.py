"""How many subjects are planned: in all, or in each cohort."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.core.errors import DesignError
from trialwright.design.base import require_subjects
from trialwright.protocol.model import Cohort, Protocol
from trialwright.protocol.paths import source_of, sources_by_path


@dataclass(frozen=True, slots=True)
class Group:
    """Subjects that are evaluated together, and who says how many.

    `id` is "all" or the id of a cohort; `source` is "record", "inferred", "default", "user",
    "given" (on the command line) or "equal share" (of the total, assumed).
    """

    id: str
    name: str
    subjects: int
    source: str


def planned_groups(protocol: Protocol, subjects: int | None) -> tuple[Group, ...]:
    """The groups of a protocol with their sizes.

    Parameters
    ----------
    protocol
        A protocol; `design.enrollment` and the enrolment of cohorts are read.
    subjects
        Total number of subjects, given by a person; it goes before `design.enrollment`. Cohorts
        without a number of their own share what the others leave, equally.

    Raises
    ------
    DesignError
        When no number is there, when it is below 1, or when cohorts contradict the total.
    """
    if subjects is not None:
        require_subjects(subjects)
    total = subjects if subjects is not None else protocol.design.enrollment
    if protocol.cohorts:
        return _cohorts(protocol, protocol.cohorts, total, given=subjects is not None)
    if total is None:
        raise DesignError(
            "The protocol gives no number of subjects.",
            where=f"protocol {protocol.id}, design.enrollment",
            allowed="a whole number of 1 or more",
            do="give `--n`, or set design.enrollment in the protocol file",
        )
    source = "given" if subjects is not None else _source(protocol, "design.enrollment")
    return (Group("all", "All subjects", total, source),)


def _cohorts(
    protocol: Protocol, cohorts: tuple[Cohort, ...], total: int | None, *, given: bool
) -> tuple[Group, ...]:
    known = sum(cohort.enrollment or 0 for cohort in cohorts)
    without = [cohort.id for cohort in cohorts if cohort.enrollment is None]
    if without and (total is None or total - known < len(without)):
        raise _no_share(protocol, without, total, known)
    if given and not without and total != known:
        raise DesignError(
            "The cohorts do not add up to the number of subjects.",
            where=f'protocol {protocol.id}: cohorts {known} in all, given "{total}"',
            allowed=f"{known}",
            do="leave `--n` out, or change the cohorts in the protocol file",
        )
    shares = _equal_shares((total or 0) - known, without)
    return tuple(
        Group(
            cohort.id,
            cohort.name,
            cohort.enrollment or shares[cohort.id],
            _source(protocol, f"cohorts.{cohort.id}.enrollment")
            if cohort.enrollment
            else "equal share",
        )
        for cohort in cohorts
    )


def _equal_shares(rest: int, ids: list[str]) -> dict[str, int]:
    """Shares that differ by at most one, the first cohorts being the larger ones."""
    each, over = divmod(rest, len(ids)) if ids else (0, 0)
    return {name: each + (i < over) for i, name in enumerate(ids)}


def _no_share(protocol: Protocol, without: list[str], total: int | None, known: int) -> DesignError:
    paths = ", ".join(f"cohorts.{name}.enrollment" for name in without)
    has = "no total" if total is None else f"total {total}, {known} in the other cohorts"
    return DesignError(
        "The protocol gives no number of subjects for its cohorts.",
        where=f"protocol {protocol.id}, {paths}; {has}",
        allowed="whole numbers of 1 or more",
        do="give `--n` for all cohorts together, or set the cohorts in the protocol file",
    )


def _source(protocol: Protocol, path: str) -> str:
    source = source_of(sources_by_path(protocol), path)
    return source.kind if source is not None else "user"
