"""What the parts of a derivation are given, and what each of them adds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from trialwright.core.tables import Sdtm
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import SettledAnalysis
from trialwright.subjects.milestones import Milestones


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A trial as delivered, and up to its data cut-off, to be read again under another rule.

    Attributes
    ----------
    delivered
        The domains as delivered: what lies behind the cut-off still proves life (D-08).
    sdtm
        The domains up to the cut-off.
    """

    protocol: Protocol
    delivered: Sdtm
    sdtm: Sdtm
    milestones: Milestones
    analysis: SettledAnalysis


@dataclass(frozen=True, slots=True)
class Extended:
    """Datasets with what a part added to them, its flags and the records that it did not use."""

    datasets: Mapping[str, pl.DataFrame]
    queries: tuple[pl.DataFrame, ...] = ()
    unused: tuple[pl.DataFrame, ...] = ()
