"""The lesions of all subjects as dense arrays: the one input of the response engine.

Shapes: S subjects, V time points after baseline, L lesions. Intake fills them through
`response.adapter`, the simulator may fill them directly; the rules never see a data frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int32]
Codes: TypeAlias = NDArray[np.int8]
Flags: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class LesionHistory:
    """What was seen of each lesion at each time point.

    Attributes
    ----------
    role
        `Role` codes [S, L].
    node
        Whether the lesion is a lymph node [S, L].
    zone
        Whether the lesion is an ablation zone, which is never disease by itself (R-104) [S, L].
    baseline
        Baseline diameter of targets in tenths of a millimetre, 0 elsewhere [S, L].
    state
        `LesionState` codes [S, V, L].
    size
        Diameter of a lesion in tenths of a millimetre, of non-target and new lesions where one was
        recorded; 0 where absent, merged, not evaluable or without a number [S, V, L].
    resolved
        Whether a target counts as gone: 0 mm, a node below 10 mm, a merged lesion whose parent
        is gone (R-026, R-031) [S, V, L].
    day
        Day number of the scan of the lesion, `NO_DAY` where it was not seen [S, V, L].
    first_day, last_day
        First and last scan of the time point [S, V].
    visits
        Number of time points of each subject [S]; entries of `state` behind it mean nothing.
    marker
        Tumour marker at the time point (R-040): 0 not used, 1 normal, 2 above, 3 not measured
        [S, V].
    convinced
        What a written argument of the reader says of a time point with missing targets (R-035):
        `Response.PR` or `Response.SD`, `Response.NA` without one [S, V].
    """

    role: Codes
    node: Flags
    zone: Flags
    baseline: Ints
    state: Codes
    size: Ints
    resolved: Flags
    day: Ints
    first_day: Ints
    last_day: Ints
    visits: Ints
    marker: Codes
    convinced: Codes

    @property
    def shape(self) -> tuple[int, int, int]:
        """Subjects, time points, lesions."""
        subjects, visits, lesions = self.state.shape
        return subjects, visits, lesions

    @property
    def live(self) -> Flags:
        """Which time points exist [S, V]."""
        # The subjects stay neighbours in memory, see `layout`.
        live: Flags = (np.arange(self.state.shape[1])[:, None] < self.visits).T
        return live
