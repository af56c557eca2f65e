"""The numbers that the virtual patients of a cohort are made from, as arrays and plain numbers.

`model` fills them from a protocol and a calibrated scenario. Shares are counts of half words
(`tables.share_of_halves`), days are whole or real days, lengths are millimetres.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trialwright.response.history import Flags
from trialwright.simulate.virtual.tables import Floats, Shorts, Tables

Longs = NDArray[np.int64]


class DiseasePart(NamedTuple):
    """Lesions at baseline. O organs, K patterns of core disease, C lesion slots.

    `core` [K, O] says which organs a pattern holds; `core_pick` [K, 16] is the organ of a further
    lesion by four random bits; `share` [O] of subjects with disease in an organ outside the core.
    `below` [O] is the part of the size distribution below what can be measured, in half words.
    `organs` is O also where machine code has longer arrays.
    """

    patterns: Longs
    core: Longs
    core_pick: Longs
    share: Longs
    measurable: Flags
    node: Flags
    thorax: Flags
    liver: Flags
    log_median: Floats
    below: Longs
    size_sigma: float
    counts: Longs
    extras: Longs
    slots: int
    organs: int


class AblationPart(NamedTuple):
    """Ablation of lesions; nothing of it acts where `applies` is 0.

    `residual` [k] is the share of sessions with k lesions after which one has to be treated again.
    """

    applies: bool
    every: int
    per_session: int
    gap_days: int
    residual: Longs
    daily_hazard: float


class TumourPart(NamedTuple):
    """Killed share, decay and growth of lesions; `growth` maps to the growth that ends in PD."""

    killed_low: float
    killed_high: float
    killed_low_others: float
    killed_high_others: float
    depth_shift: float
    on_liver: bool
    liver_shift: float
    together: float
    apart: float
    complete: int
    half_life_low: float
    half_life_range: float
    pace_sigma: float
    growth: Floats
    fastest: float


class CoursePart(NamedTuple):
    """Response, progression and death. `unit` holds quantiles of a Weibull time of median 1.

    `burden` is the factor by which the hazard of death grows with the baseline diameters, in steps
    of 1/64 of the typical ones.
    """

    sensitive: int
    sensitive_response: int
    response: int
    unit: Shorts
    responder_floor: float
    responder_median: float
    other_median: float
    target: int
    not_nontarget: int
    later_low: float
    later_range: float
    death_mean_before: float
    death_mean_after: float
    typical_mm: float
    burden: Floats


class ConductPart(NamedTuple):
    """Entry, treatment, leaving; means are those of exponential days, infinite for never."""

    gap_mean: float
    delay_low: int
    delay_range: int
    never_treated: int
    withdrawal_mean: float
    lost_mean: float
    toxicity_mean: float
    physician_mean: float
    longest_days: int
    therapy_without_pd: int
    therapy_after_pd: int
    local_therapy: int
    stays: int


class ScanPart(NamedTuple):
    """When scans are made and how they are read.

    `due` [V] counts from enrolment or first treatment, a scan lies at most `window` days before;
    `shift` [65536] is the days that a scan comes
    after its due date, `MISSED` where it is not made; `unevaluable` [65536] the lesions, one bit
    each, that a scan does not show; `moment` [65536] codes what else a scan is: see `moment_code`.
    `noise` [2, 65536] is the factor of a reading by the same and by another reader.
    """

    due: Longs
    window: int
    from_enrolment: bool
    shift: NDArray[np.int16]
    unevaluable: NDArray[np.int16]
    moment: NDArray[np.int16]
    noise: Shorts
    fine: int
    after_progression: int
    equivocal_first: int
    unscheduled: bool


class CohortModel(NamedTuple):
    """One cohort: the key of its words, its size and its parts."""

    key: np.uint64
    salt: np.uint64
    subjects: int
    disease: DiseasePart
    ablation: AblationPart
    tumour: TumourPart
    course: CoursePart
    conduct: ConductPart
    scan: ScanPart
    tables: Tables
