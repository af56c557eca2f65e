"""Numbers that somebody asks for by name, given where they mean something and refused elsewhere."""

from __future__ import annotations

from trialwright.core.errors import ProtocolError
from trialwright.core.tables import Adam
from trialwright.endpoints.hypothesis import registered_null
from trialwright.endpoints.landmark_rate import estimate_landmark_rate, estimate_survival_rate
from trialwright.endpoints.objective_response import estimate_objective_response
from trialwright.endpoints.refusals import HAZARD_RATIO, P_VALUE, has_control
from trialwright.protocol.model import Protocol
from trialwright.protocol.rules import EndpointKind


def hazard_ratio(protocol: Protocol) -> float:
    """The hazard ratio of a trial.

    Raises
    ------
    RefusedError
        Without a randomised control group (T-10); the error names what to use instead.
    ProtocolError
        With one: arms are not compared by this program.
    """
    if not has_control(protocol):
        raise HAZARD_RATIO.error(f"protocol {protocol.id}, design")
    raise ProtocolError(
        "Arms are not compared: this program analyses trials without a control group.",
        where=f"protocol {protocol.id}, design.allocation",
        do="compare the arms with a program for randomised trials",
    )


def p_value_against_null(protocol: Protocol, adam: Adam, kind: EndpointKind) -> float | None:
    """The one-sided p-value of a rate against the registered one.

    Parameters
    ----------
    kind
        ORR, PFS_RATE or OS_RATE.

    Returns
    -------
    float or None
        `None` where the rate has no variance (0, 1 or not estimable at the landmark, T-07).

    Raises
    ------
    RefusedError
        When no rate to beat is registered for this endpoint (T-03).
    ProtocolError
        When endpoints of the kind are not tested.
    """
    estimators = {"PFS_RATE": estimate_landmark_rate, "OS_RATE": estimate_survival_rate}
    if kind not in {"ORR", *estimators}:
        raise ProtocolError(
            "Endpoints of this kind are not tested.",
            where=f'kind "{kind}"',
            allowed="ORR, PFS_RATE, OS_RATE",
        )
    if registered_null(protocol, kind) is None:
        raise P_VALUE.error(f"protocol {protocol.id}, {kind}, design.null_rate")
    if kind == "ORR":
        return estimate_objective_response(protocol, adam).p_value
    test = estimators[kind](protocol, adam).test
    return None if test is None else test.p_value
