"""The registered rate to beat: there is a test only where a person or a record gives one (T-03)."""

from __future__ import annotations

from trialwright.protocol.model import Protocol
from trialwright.protocol.paths import source_of, sources_by_path
from trialwright.protocol.rules import EndpointKind

_DECIDED_BY = frozenset({"record", "user"})
#: Kinds of endpoint that a rate to beat can be about.
_RATES: tuple[EndpointKind, ...] = ("ORR", "CR_RATE", "DCR", "CBR", "PFS_RATE", "OS_RATE")
NO_NULL = "No rate to beat is registered, so there is an interval and no test (rule T-03)."


def registered_null(protocol: Protocol, kind: EndpointKind) -> float | None:
    """The rate to beat of the endpoints of `kind`, `None` where there is nothing to test.

    `design.null_rate` belongs to the first primary rate of the protocol, and a default is no
    hypothesis.
    """
    primary = (one.kind for one in protocol.endpoints if one.role == "primary")
    first = next((one for one in primary if one in _RATES), None)
    source = source_of(sources_by_path(protocol), "design.null_rate")
    decided = source is not None and source.kind in _DECIDED_BY
    return protocol.design.null_rate if decided and first == kind else None
