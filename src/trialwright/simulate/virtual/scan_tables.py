"""When scans are made and how they are read, as tables that a half word looks up."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from trialwright.protocol.settled import SettledResponse
from trialwright.simulate.scenario import Scenario
from trialwright.simulate.virtual.parts import ScanPart
from trialwright.simulate.virtual.reading import MISSED, OTHERS_BIT, OTHERS_BITS, moment_code
from trialwright.simulate.virtual.tables import cumulated, middles, share_of_halves, short
from trialwright.simulate.virtual.words import HALVES

_Codes: TypeAlias = NDArray[np.int16]


def scan_part(scenario: Scenario, rule: SettledResponse) -> ScanPart:
    """The numbers that scans are made from and read with; `due` holds the first due date only."""
    shares = scenario.scans
    return ScanPart(
        due=np.array(rule.due_days(rule.intervals.after(0)), np.int64),
        window=rule.window_days,
        from_enrolment=rule.response_ref == "enrolment",
        shift=_shifts(scenario, rule.window_days),
        unevaluable=_hidden(shares.not_evaluable_share),
        moment=_moments(scenario),
        noise=short(np.exp(np.outer((shares.measurement_sd, shares.between_reader_sd),
                                      ndtri(middles())))),
        fine=share_of_halves(shares.one_decimal_share),
        after_progression=share_of_halves(shares.after_progression_share),
        equivocal_first=share_of_halves(scenario.progression.equivocal_first_share),
        unscheduled=shares.unscheduled_share > 0,
    )  # fmt: skip


def _shifts(scenario: Scenario, window: int) -> _Codes:
    """Days after the due date by half word: missed, late, or in the window about the due date."""
    shares = scenario.scans
    missed, late = share_of_halves(shares.missed_share), share_of_halves(shares.late_share)
    late = min(late, HALVES - missed)
    table = np.empty(HALVES, np.int16)
    table[:missed] = MISSED
    first, last = shares.late_days
    table[missed : missed + late] = (
        window + first + np.arange(late) * (last - first + 1) // max(late, 1)
    )
    rest = HALVES - missed - late
    around = np.rint(
        shares.shift_mean_days
        + shares.shift_sd_days * ndtri((np.arange(rest) + 0.5) / max(rest, 1))
    )
    table[missed + late :] = np.clip(around, -window, window)
    return table


def _hidden(share: float) -> _Codes:
    """Bits of the lesions that a scan does not show, each with this probability, by half word."""
    bits = OTHERS_BIT + OTHERS_BITS
    masks = sorted(range(1 << bits), key=lambda mask: (-mask.bit_count(), mask))
    weights = [
        share ** mask.bit_count() * (1 - share) ** (bits - mask.bit_count()) for mask in masks
    ]
    return _spread(masks, weights)


def _moments(scenario: Scenario) -> _Codes:
    """What else a scan is, by half word: independent shares, coded by `moment_code`."""
    shares = scenario.scans
    later = _even(shares.unscheduled_share, range(21, 36))
    apart = _even(shares.two_days_share, range(1, 5))
    estimate = ((0, 1 - shares.too_small_share), (1, shares.too_small_share))
    other = ((0, 1 - shares.other_reader_share), (1, shares.other_reader_share))
    codes, weights = [], []
    for a, b, c, d in product(later, other, estimate, apart):
        codes.append(moment_code(d[0], c[0], b[0], a[0]))
        weights.append(a[1] * b[1] * c[1] * d[1])
    return _spread(codes, weights)


def _even(share: float, values: range) -> tuple[tuple[int, float], ...]:
    """0 with the rest of the share, each of the values with an equal part of it."""
    return ((0, 1 - share), *((value, share / len(values)) for value in values))


def _spread(codes: Sequence[int], weights: Sequence[float]) -> _Codes:
    """A table of half words in which each code takes its weight, to the nearest entry."""
    ends = cumulated(tuple(weights))
    return np.array(codes, np.int16)[np.searchsorted(ends, np.arange(HALVES), side="right")]
