"""Participant flow: who started, who completed, and why the others did not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from trialwright.core.results import Result
from trialwright.core.tables import Adam
from trialwright.endpoints.disposition import Disposition
from trialwright.endpoints.population import ALL, enrolled_subjects
from trialwright.exchange.registry_results.choices import Completed, RegistryChoices
from trialwright.exchange.registry_results.cited import Cell, Cited, Count, Node, Source
from trialwright.exchange.registry_results.groups import Group, group_nodes, needed, per_group
from trialwright.exchange.registry_results.told import Mapped
from trialwright.vocabulary.registry_results import COMPLETED_TERMS, REASON_OF, REASONS

_COMPLETED = "COMPLETED"
_DEFINITIONS: dict[Completed, str] = {
    "treatment": "Completed: received the treatment as planned, by the recorded reason for its end. "
    "Progression of the disease counts as lack of efficacy; participants still on treatment at the "
    "data cut-off are among the not completed (Other), those never treated by what became of them.",
    "follow-up": "Completed: followed for survival until death or, alive, until the data cut-off. "
    "The end of treatment does not count here.",
}
_STARTED = "Started: enrolled in the study."
_SUFFIXES = (", without PD on a scan", ", end of treatment not recorded")
#: Status of a subject who was never treated, by the column of ADSL that has its date.
_UNTREATED = {
    "DTHDT": "Death",
    "WDRAWDT": "Withdrawal by Subject",
    "LOSTDT": "Lost to Follow-up",
}
_NEVER = "Never treated"
_WHY: dict[Completed, str] = {
    "treatment": "T-1; end of treatment by DS",
    "follow-up": "T-1; survival status",
}


@dataclass(frozen=True, slots=True)
class _Part:
    """Subjects of a group with one collected reason, and the term of the registry."""

    registry: str
    collected: str
    subjects: int
    source: Source


def participant_flow(
    groups: tuple[Group, ...], results: Mapping[str, Result], adam: Adam, choices: RegistryChoices
) -> tuple[dict[str, Node], tuple[Mapped, ...]]:
    """The module, and how the reasons were mapped.

    Parameters
    ----------
    groups
        The groups of the registry.
    results
        T-1 of each group.
    adam
        ADSL, for the status of those who were never treated.
    choices
        What "completed" means.
    """
    found = {group.subset: needed(results, "DISPOSITION", group, Disposition) for group in groups}
    parts = {subset: tuple(_parts(one, adam, choices.completed)) for subset, one in found.items()}
    period: dict[str, Node] = {
        "title": "Overall Study",
        "milestones": _milestones(groups, found, parts, choices.completed),
        "dropWithdraws": _reasons(groups, parts),
    }
    module: dict[str, Node] = {
        "recruitmentDetails": choices.words.recruitmentDetails or _recruitment(adam),
        "preAssignmentDetails": choices.words.preAssignmentDetails or _before(results),
        "groups": group_nodes(groups, "FG"),
        "periods": [period],
    }
    return module, _mapped(parts.values(), _WHY[choices.completed])


def _milestones(
    groups: tuple[Group, ...],
    found: Mapping[str, Disposition],
    parts: Mapping[str, tuple[_Part, ...]],
    completed: Completed,
) -> list[Node]:
    def counted(row: str, group: Group) -> dict[str, Node]:
        one = found[group.subset]
        count = one.enrolled if row == "Enrolled" else one.treated
        return {"numSubjects": Cited(str(count), (Cell(one.key, "T-1", row),))}

    def done(group: Group) -> dict[str, Node]:
        return {"numSubjects": _sum(p for p in parts[group.subset] if p.registry == _COMPLETED)}

    return [
        {
            "type": "STARTED",
            "comment": _STARTED,
            "achievements": per_group(groups, "FG", lambda group: counted("Enrolled", group)),
        },
        {
            "type": "Received Treatment",
            "achievements": per_group(groups, "FG", lambda group: counted("Treated", group)),
        },
        {
            "type": _COMPLETED,
            "comment": _DEFINITIONS[completed],
            "achievements": per_group(groups, "FG", done),
        },
    ]


def _reasons(groups: tuple[Group, ...], parts: Mapping[str, tuple[_Part, ...]]) -> list[Node]:
    """The reasons that somebody has, in the order of the registry, with the collected words."""
    made = (_reason(reason, groups, parts) for reason in REASONS)
    return [one for one in made if one is not None]


def _reason(
    reason: str, groups: tuple[Group, ...], parts: Mapping[str, tuple[_Part, ...]]
) -> Node | None:
    mine = {
        subset: [one for one in found if one.registry == reason and one.subjects]
        for subset, found in parts.items()
    }
    words = dict.fromkeys(one.collected for found in mine.values() for one in found)
    if not words:
        return None
    counts = per_group(groups, "FG", lambda group: {"numSubjects": _sum(mine[group.subset])})
    return {"type": reason, "comment": "; ".join(words), "reasons": counts}


def _sum(parts: Iterable[_Part]) -> Cited:
    kept = tuple(parts)
    return Cited(str(sum(one.subjects for one in kept)), tuple(one.source for one in kept))


def _parts(found: Disposition, adam: Adam, completed: Completed) -> list[_Part]:
    def row(registry: str, collected: str, subjects: int, label: str) -> _Part:
        return _Part(registry, collected, subjects, Cell(found.key, "T-1", label))

    if completed == "follow-up":
        return [
            row(_COMPLETED, "Died", found.died, "Died"),
            row(_COMPLETED, "Alive, in follow-up", found.in_follow_up, "Alive, in follow-up"),
            row("Withdrawal by Subject", "Withdrew consent", found.withdrew, "Withdrew consent"),
            row("Lost to Follow-up", "Lost to follow-up", found.lost, "Lost to follow-up"),
        ]
    still = "On treatment at the data cut-off"
    return [
        *(row(registry_reason(w), w, n, f"\N{EN DASH} {w}") for w, n in found.reasons),
        row("Other", still, found.on_treatment, still),
        *_untreated(adam, found.scope.subset),
    ]


def registry_reason(words: str) -> str:
    """The reason of the registry, or COMPLETED, for the words of T-1."""
    term = words
    for suffix in _SUFFIXES:
        term = term.removesuffix(suffix)
    term = term.strip().upper()
    return _COMPLETED if term in COMPLETED_TERMS else REASON_OF.get(term, "Other")


def _untreated(adam: Adam, subset: str) -> list[_Part]:
    """Enrolled subjects who were never treated, by what became of them."""
    never = (pl.col("ENRLFL") == "Y") & pl.col("TRTSDT").is_null()
    if subset != ALL:
        never &= pl.col("COHORT") == subset
    kinds: dict[str, pl.Expr] = {}
    for column, reason in _UNTREATED.items():
        kinds[reason] = never & pl.col(column).is_not_null()
        never &= pl.col(column).is_null()
    kinds["Other"] = never
    people = enrolled_subjects(adam, subset)
    return [
        _Part(
            reason,
            _NEVER,
            people.filter(where).height,
            Count("ADSL", f"enrolled, never treated: {reason}", where),
        )
        for reason, where in kinds.items()
        if people.filter(where).height
    ]


def _recruitment(adam: Adam) -> Node:
    """The days between which participants were enrolled, as far as they are known."""
    days = enrolled_subjects(adam, ALL)["ENRLDT"].drop_nulls().sort()
    if days.is_empty():
        return "The days of enrolment were not recorded."
    return f"Participants were enrolled from {days[0]} to {days[-1]}."


def _before(results: Mapping[str, Result]) -> Node:
    """How many were screened and not enrolled (T-1)."""
    found = needed(results, "DISPOSITION", Group(ALL, "", ""), Disposition)
    left_out = found.screened - found.enrolled
    cells = [Cell(found.key, "T-1", "Screened")]
    if left_out:
        cells.append(Cell(found.key, "T-1", "Not enrolled"))
    words = f"{left_out} of them were not enrolled" if left_out else "all of them were enrolled"
    return Cited(f"{found.screened} were screened; {words}.", tuple(cells))


def _mapped(parts: Iterable[tuple[_Part, ...]], why: str) -> tuple[Mapped, ...]:
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for one in (part for found in parts for part in found):
        counts[one.collected, one.registry] += one.subjects
    return tuple(
        Mapped(
            "disposition",
            collected,
            registry,
            subjects,
            "ADSL; what became of them" if collected == _NEVER else why,
        )
        for (collected, registry), subjects in counts.items()
        if subjects
    )
