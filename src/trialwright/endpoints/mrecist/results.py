"""Results by mRECIST beside those by RECIST 1.1, when the protocol names it (R-120 to R-126)."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.core.display import Table
from trialwright.core.results import Json, Result
from trialwright.core.tables import Adam
from trialwright.endpoints.mrecist.compared import compare_criteria
from trialwright.endpoints.mrecist.response import estimate_viable_response, viable_scope
from trialwright.endpoints.population import ALL, Scope, subsets
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import named_criteria, settled_response

_RULES = ("R-121", "R-126")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoViable:
    """The response rate by mRECIST of a trial without viable diameters: none, and why."""

    scope: Scope
    reason: str

    @property
    def key(self) -> str:
        """`MORR`, under which the rate would stand."""
        return self.scope.key

    def table(self) -> Table:
        """Describe what is asked and why there is no number."""
        return Table(
            title="Best overall response by mRECIST: not derived",
            columns=("", "mRECIST"),
            rows=(("Role", self.scope.role), ("Result", "none")),
            number="T-7m",
            footnotes=(self.reason,),
            rules=_RULES,
        )

    def to_json(self) -> dict[str, Json]:
        """The reason."""
        return {
            "key": self.key,
            "endpoint": "objective response rate by mRECIST",
            "subset": self.scope.subset,
            "role": self.scope.role,
            "registered_as": [d.id for d in self.scope.definitions],
            "status": "not derived",
            "reason": self.reason,
            "rules": list(_RULES),
        }


def analyze_mrecist(protocol: Protocol, adam: Adam) -> tuple[Result, ...]:
    """Every result by mRECIST, for all subjects and for each cohort; none without mRECIST.

    Parameters
    ----------
    protocol
        Settled; its response rule or an endpoint names mRECIST.
    adam
        ADSL; ADRS with MBOR, MCBOR, BOR and CBOR.
    """
    if "mRECIST" not in named_criteria(protocol):
        return ()
    if not (adam["ADRS"]["PARAMCD"] == "MBOR").any():
        scope = viable_scope(protocol, "MORR", ALL)
        return (NoViable(scope=scope, reason=_reason(protocol)),)
    groups = subsets(protocol)
    return (
        *(estimate_viable_response(protocol, adam, group) for group in groups),
        *(compare_criteria(protocol, adam, group) for group in groups),
    )


def _reason(protocol: Protocol) -> str:
    if settled_response(protocol).response_source == "reported":
        return "Responses are taken as reported, and mRECIST needs the lesions (R-142)."
    return (
        "The protocol names mRECIST, and TR has no viable diameter (VLDIAM): responses are by "
        "RECIST 1.1 only (R-121)."
    )
