"""Registered outcomes: `measure, description, time frame`, several of them joined by `|`."""

from __future__ import annotations

from trialwright.registry.outcomes.blocks import outcome_blocks
from trialwright.registry.outcomes.model import Outcome
from trialwright.registry.outcomes.split import split_fields, split_outcome, split_outcomes

__all__ = ["Outcome", "outcome_blocks", "split_fields", "split_outcome", "split_outcomes"]
