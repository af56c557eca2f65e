"""What a careful reviewer asks of a protocol: findings from its values alone."""

from trialwright.protocol.check.table import DETECTORS, check_protocol

__all__ = ["DETECTORS", "check_protocol"]
