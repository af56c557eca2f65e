"""Pointwise limits of a survival curve on five scales. Arrays in, numbers out.

Where S(t) is 0 or 1 Greenwood's variance says nothing, and programs differ; `Edges` declares it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray
from scipy import special

from trialwright.core.errors import DataError
from trialwright.stats.checks import require_one_of

Floats: TypeAlias = NDArray[np.float64]
BandKind: TypeAlias = Literal["loglog", "log", "plain", "logit", "arcsin"]
AtOne: TypeAlias = Literal["by_scale", "undefined", "exact"]
AtZero: TypeAlias = Literal["undefined", "exact"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """Limits where the variance is degenerate.

    Attributes
    ----------
    at_one
        S = 1: "by_scale": (1, 1) on the plain and log scales, undefined on the others;
        "undefined" on all; "exact": (1, 1) on all.
    at_zero
        S = 0: "undefined", so that a limit of a quantile which the band never reaches is not
        estimable; "exact": (0, 0).
    """

    at_one: AtOne = "by_scale"
    at_zero: AtZero = "undefined"

    def __post_init__(self) -> None:
        require_one_of("at_one", self.at_one, get_args(AtOne))
        require_one_of("at_zero", self.at_zero, get_args(AtZero))


#: The rules of the product.
DEFAULT_EDGES = Edges()


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """Pointwise limits at each time of a curve; NaN where undefined."""

    lower: Floats
    upper: Floats


def normal_quantile(conf_level: float) -> float:
    """Two-sided quantile of the normal distribution, 1.96 for 0.95.

    Raises
    ------
    DataError
        When the level is not between 0 and 1.
    """
    if 0 < conf_level < 1:
        return float(special.ndtri(0.5 + conf_level / 2))
    raise DataError(
        "This is not a confidence level.", where=f"{conf_level}", allowed="between 0 and 1"
    )


def survival_limits(
    survival: Floats, log_variance: Floats, z: float, kind: BandKind, edges: Edges = DEFAULT_EDGES
) -> Band:
    """Limits of S from S and the variance of log S, of any shape, within 0 and 1.

    Raises
    ------
    DataError
        When the scale `kind` is unknown.

    References
    ----------
    Kalbfleisch and Prentice 1980 (log-log); Borgan and Liestol, Scand J Stat 1990;17:35-41.
    """
    require_one_of("band", kind, _SCALES)
    known = (survival > 0) & (survival < 1)
    inside = np.where(known, survival, 0.5)
    half = z * np.sqrt(np.where(known, log_variance, 0.0))
    lower, upper = _SCALES[kind](inside, half)
    edge = np.full(survival.shape, np.nan)
    if edges.at_one == "exact" or (edges.at_one == "by_scale" and kind in {"plain", "log"}):
        edge[survival >= 1] = 1.0
    if edges.at_zero == "exact":
        edge[survival <= 0] = 0.0
    return Band(np.where(known, lower, edge), np.where(known, upper, edge))


def _plain(survival: Floats, half: Floats) -> tuple[Floats, Floats]:
    width = half * survival
    return np.maximum(survival - width, 0.0), np.minimum(survival + width, 1.0)


def _log(survival: Floats, half: Floats) -> tuple[Floats, Floats]:
    return survival * np.exp(-half), np.minimum(survival * np.exp(half), 1.0)


def _loglog(survival: Floats, half: Floats) -> tuple[Floats, Floats]:
    hazard = -np.log(survival)
    factor = np.exp(half / hazard)
    return np.exp(-hazard * factor), np.exp(-hazard / factor)


def _logit(survival: Floats, half: Floats) -> tuple[Floats, Floats]:
    centre, width = special.logit(survival), half / (1 - survival)
    return special.expit(centre - width), special.expit(centre + width)


def _arcsin(survival: Floats, half: Floats) -> tuple[Floats, Floats]:
    centre = np.arcsin(np.sqrt(survival))
    width = half / 2 * np.sqrt(survival / (1 - survival))
    lower, upper = np.maximum(centre - width, 0.0), np.minimum(centre + width, np.pi / 2)
    return np.sin(lower) ** 2, np.sin(upper) ** 2


#: Limits by scale: S(t) and z times the standard error of log S(t), to lower and upper limit.
_SCALES: dict[BandKind, Callable[[Floats, Floats], tuple[Floats, Floats]]] = {
    "plain": _plain,
    "log": _log,
    "loglog": _loglog,
    "logit": _logit,
    "arcsin": _arcsin,
}
