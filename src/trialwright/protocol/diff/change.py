"""A difference between two protocols."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal, TypeAlias

from trialwright.core.results import Json
from trialwright.protocol.base import SourceKind

Group: TypeAlias = Literal[
    "design", "population", "arms and cohorts", "treatment", "schedule", "endpoints",
    "response rules", "analysis", "safety",
]  # fmt: skip
GROUPS: tuple[Group, ...] = (
    "design", "population", "arms and cohorts", "treatment", "schedule", "endpoints",
    "response rules", "analysis", "safety",
)  # fmt: skip
#: What a change touches: the numbers, what is done with patients, words and display only, nothing.
Weight: TypeAlias = Literal["results", "conduct", "wording", "none"]
ChangeKind: TypeAlias = Literal["value", "added", "removed", "renamed", "source"]

WEIGHT_WORDS: Mapping[Weight, str] = {
    "results": "changes results",
    "conduct": "changes conduct",
    "wording": "wording only",
    "none": "no effect",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference.

    Attributes
    ----------
    path
        Where it stands in the new protocol; in the old one for what was removed.
    kind
        "value", "added", "removed", "renamed" (same content under another name or id), or "source"
        (the same value, decided by somebody else).
    weight
        The most that it changes.
    what
        The value in words.
    old, new
        Both values in words, `None` where there is none.
    meaning
        What it means and for whom.
    old_source, new_source
        Who decided each value.
    """

    group: Group
    path: str
    kind: ChangeKind
    weight: Weight
    what: str
    old: str | None
    new: str | None
    meaning: str
    old_source: SourceKind | None = None
    new_source: SourceKind | None = None

    def to_json(self) -> dict[str, Json]:
        """All attributes."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ProtocolDiff:
    """Every difference of two protocols, by group in the order of `GROUPS`."""

    old_id: str
    new_id: str
    changes: tuple[Change, ...]

    def of_weight(self, weight: Weight) -> tuple[Change, ...]:
        """The changes of one weight that are no changes of source."""
        return tuple(c for c in self.changes if c.weight == weight and c.kind != "source")

    @property
    def source_changes(self) -> tuple[Change, ...]:
        """The same value, decided by somebody else."""
        return tuple(c for c in self.changes if c.kind == "source")

    def to_json(self) -> dict[str, Json]:
        """Both ids, the counts and every change."""
        return {
            "old": self.old_id,
            "new": self.new_id,
            "counts": {
                **{weight: len(self.of_weight(weight)) for weight in WEIGHT_WORDS},
                "source": len(self.source_changes),
            },
            "changes": [change.to_json() for change in self.changes],
        }
