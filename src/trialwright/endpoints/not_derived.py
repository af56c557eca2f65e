"""A registered endpoint that the product does not derive: said in words, never dropped."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.core.display import Table
from trialwright.core.results import Json
from trialwright.protocol.rules import EndpointDefinition


@dataclass(frozen=True, slots=True, kw_only=True)
class NotDerived:
    """A registered endpoint without an estimate, with the reason and what to do instead."""

    definition: EndpointDefinition
    reason: str

    @property
    def key(self) -> str:
        """Id of the registered endpoint."""
        return self.definition.id

    def table(self) -> Table:
        """Describe what is registered and why there is no number."""
        frame = self.definition.time_frame
        return Table(
            title=f"{self.definition.measure}: not derived",
            columns=("", "As registered"),
            rows=(
                ("Endpoint", self.definition.measure),
                ("Role", self.definition.role),
                *((("Time frame", frame),) if frame else ()),
                ("Result", "none"),
            ),
            footnotes=(self.reason,),
        )

    def to_json(self) -> dict[str, Json]:
        """The registered words and the reason."""
        return {
            "key": self.key,
            "endpoint": self.definition.measure,
            "kind": self.definition.kind,
            "role": self.definition.role,
            "status": "not derived",
            "reason": self.reason,
        }
