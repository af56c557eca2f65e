"""What a careful reviewer asks of a protocol: findings from its values alone."""

from trialwright.protocol.check.table import (
    DETECTORS,
    check_protocol,
    notes_on_options,
    questions,
)

__all__ = ["DETECTORS", "check_protocol", "notes_on_options", "questions"]
