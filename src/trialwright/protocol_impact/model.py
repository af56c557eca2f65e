"""Patients that a change of protocol affects, with the counts and estimates that reconcile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from trialwright.compared.model import ChangedResult, Count, Estimate
from trialwright.core.display import Table
from trialwright.core.results import Json


@dataclass(frozen=True, slots=True)
class Impact:
    """Patients affected by a change of protocol, with counts and estimates that reconcile."""

    subjects: int
    results: tuple[ChangedResult, ...]
    counts: tuple[Count, ...]
    estimates: tuple[Estimate, ...]
    simulated: str = ""

    @property
    def affected(self) -> tuple[str, ...]:
        """The patients with a changed result."""
        return tuple(sorted({one.usubjid for one in self.results}))

    def to_json(self) -> dict[str, Json]:
        """Every list, with the patients affected."""
        return {
            "subjects": self.subjects,
            "affected": list(self.affected),
            "results": [asdict(one) for one in self.results],
            "counts": [asdict(one) for one in self.counts],
            "estimates": [asdict(one) for one in self.estimates],
            "simulated": self.simulated or None,
        }

    def tables(self) -> tuple[Table, ...]:
        """Patients, counts and estimates."""
        said = f"{len(self.affected)} of {self.subjects} patients affected"
        changed = [one for one in self.counts if one.changed]
        return (
            Table(
                title=said,
                columns=("Patient", "Result", "Old", "New", "Why now"),
                rows=tuple(
                    (one.usubjid, one.result, one.old, one.new, one.new_reason)
                    for one in self.results
                ),
            ),
            Table(
                title="Patients by result, old -> new",
                columns=("Result", "Patients", "Changed", "Old", "New", "Moves"),
                rows=tuple(
                    (
                        one.result,
                        str(one.subjects),
                        str(one.changed),
                        _counted(one.old),
                        _counted(one.new),
                        _counted(one.moves) or "no group changes",
                    )
                    for one in changed
                ),
            ),
            Table(
                title="Estimates",
                columns=("Endpoint", "Old", "New"),
                rows=tuple(
                    (one.key, one.old or "absent", one.new or "absent")
                    for one in self.estimates
                    if one.old != one.new
                ),
            ),
        )


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())
