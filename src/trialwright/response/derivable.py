"""Options that the rules allow and this version cannot derive: refused, never ignored."""

from __future__ import annotations

from trialwright.core.errors import ProtocolError
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import SettledResponse

#: Options that have one value only for now, with that value.
_ONLY: dict[str, object] = {}


def require_derivable(protocol: Protocol, rule: SettledResponse) -> None:
    """Refuse a response rule whose options this version cannot derive.

    Raises
    ------
    ProtocolError
        Naming the options, their values and the ones that can be derived.
    """
    asked = {name: getattr(rule, name) for name in _ONLY}
    beyond = [name for name, value in asked.items() if value != _ONLY[name]]
    if not beyond:
        return
    raise ProtocolError(
        f"This version cannot derive responses with {', '.join(beyond)} as set.",
        where="; ".join(f"protocol {protocol.id}, response.{n}: {asked[n]}" for n in beyond),
        allowed="; ".join(f"response.{name}: {_said(_ONLY[name])}" for name in beyond),
        do="set the option to the value that can be derived, or derive these responses by hand",
    )


def _said(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
