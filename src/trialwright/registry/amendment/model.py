"""An amendment: one place of the registered record, before and after."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from trialwright.core.results import Json
from trialwright.protocol.base import Finding, Severity
from trialwright.registry.view import Span


@dataclass(frozen=True, slots=True)
class Edit:
    """`text` takes the place of the registered words at `span`; an empty span inserts it.

    With a `line`, the text is a line of that label, which the registered form leaves empty.
    """

    span: Span
    text: str
    finding: Finding
    line: str | None = None


@dataclass(frozen=True, slots=True)
class Addition:
    """Words that a field of the registry needs, where the record has none to correct."""

    field: str
    text: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class RegistryText:
    """One line of a registry form: its label and its words, `None` where it is empty."""

    label: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a place is amended: the finding in one sentence."""

    code: str
    severity: Severity
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """One place of the registry to edit.

    Attributes
    ----------
    field
        The field of the registry: `Secondary outcome 3: Overal survival`.
    registered, proposed
        The lines of the form, before and after; the proposed lines are complete and can be pasted
        once their blanks (in square brackets) are filled in.
    reasons
        The findings that the edit answers, errors first.
    """

    field: str
    registered: tuple[RegistryText, ...]
    proposed: tuple[RegistryText, ...]
    reasons: tuple[Reason, ...]

    @property
    def blanks(self) -> int:
        """Blanks that a person has to fill in before the text can be used."""
        before = sum((line.text or "").count("[") for line in self.registered)
        return max(0, sum((line.text or "").count("[") for line in self.proposed) - before)

    def to_json(self) -> dict[str, Json]:
        """All attributes, with the number of blanks."""
        return asdict(self) | {"blanks": self.blanks}
