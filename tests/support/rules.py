"""Settled rules for tests: every default, with what the test changes."""

from __future__ import annotations

from trialwright.protocol.model import Protocol
from trialwright.protocol.options import OPTIONS
from trialwright.protocol.settle import settle
from trialwright.protocol.settled import (
    SettledAnalysis,
    SettledResponse,
    SettledSafety,
    settled_analysis,
    settled_response,
    settled_safety,
)


def protocol(**changes: object) -> Protocol:
    """A protocol with every option at its default; `response__confirm_days=1` changes one."""
    values: dict[str, object] = {option.path: option.default for option in OPTIONS}
    values |= {name.replace("__", ".", 1): value for name, value in changes.items()}
    return settle(Protocol(id="test", title="Test"), values)


def response_rule(**changes: object) -> SettledResponse:
    """The response rule, `response_rule(confirm_days=21)`."""
    return settled_response(protocol(**{f"response__{k}": v for k, v in changes.items()}))


def analysis_rule(**changes: object) -> SettledAnalysis:
    """The analysis rule."""
    return settled_analysis(protocol(**{f"analysis__{k}": v for k, v in changes.items()}))


def safety_rule(**changes: object) -> SettledSafety:
    """The safety rule, `safety_rule(missing_grade=2)`."""
    return settled_safety(protocol(**{f"safety__{k}": v for k, v in changes.items()}))
