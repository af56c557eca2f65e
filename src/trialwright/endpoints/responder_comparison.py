"""Survival of responders and others, without the time that a responder had to survive (T-11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from trialwright.core.display import Table
from trialwright.core.errors import ProtocolError
from trialwright.core.format import DAYS_PER_MONTH, p_value, pct, rounded
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.population import ALL, SET_LABELS, Scope, scope_of, subsets
from trialwright.endpoints.refusals import RESPONDERS
from trialwright.endpoints.survival_summary import months_cell
from trialwright.endpoints.time_records import time_records
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import SettledAnalysis, settled_analysis
from trialwright.stats.follow_up import FollowUp, follow_up
from trialwright.stats.kaplan_meier import Convention, KaplanMeier, landmark, quantile
from trialwright.stats.log_rank import LogRank, LogRankConvention
from trialwright.stats.responder_questions import (
    STATES,
    SimonMakuchConvention,
    landmark_analysis,
    mantel_byar,
    simon_makuch,
)

ComparisonMethod: TypeAlias = Literal["naive", "landmark", "mantel_byar", "simon_makuch"]
_TEST = LogRankConvention("log_rank")
_Responses: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponderComparison:
    """Two groups or states with what the method gives for each, and its test.

    `rows` are (what, without response, with response) as texts; `numbers` the same unrounded.
    `p_value` is two-sided, `None` where the method tests nothing.
    """

    scope: Scope
    method: ComparisonMethod
    subjects: int
    rows: tuple[tuple[str, str, str], ...]
    p_value: float | None
    notes: tuple[str, ...]
    numbers: dict[str, Json]

    @property
    def key(self) -> str:
        """`RESPONDERS`, with the cohort behind it."""
        return self.scope.key

    def table(self) -> Table:
        """Describe both groups and the test."""
        test = () if self.p_value is None else (("Two-sided p", p_value(self.p_value), ""),)
        return Table(
            title=f"Overall survival by response, {_NAMES[self.method]}{self.scope.suffix}",
            columns=("", "Without response", "With response"),
            rows=(*self.rows, *test),
            number="T-10",
            population=self.scope.population(SET_LABELS["ENRL"], self.subjects),
            footnotes=(*self.notes, _MEANING),
            rules=("T-11", "T-10"),
        )

    def to_json(self) -> dict[str, Json]:
        """Numbers unrounded, times in days."""
        return {
            "key": self.key,
            "endpoint": "overall survival by response",
            "method": _NAMES[self.method],
            "denominator": "ENRL",
            "subjects": self.subjects,
            "p_value": self.p_value,
            "groups": self.numbers,
            "notes": list(self.notes),
        }


_NAMES: dict[ComparisonMethod, str] = {
    "naive": "naive groups",
    "landmark": "landmark analysis",
    "mantel_byar": "Mantel-Byar test",
    "simon_makuch": "Simon-Makuch curves",
}
_MEANING = (
    "Response goes with a better course of the disease: a difference does not show that the "
    "treatment prolongs life."
)


def compare_responders(
    protocol: Protocol,
    adam: Adam,
    method: ComparisonMethod = "naive",
    *,
    landmark_months: float | None = None,
    subset: str = ALL,
) -> ResponderComparison:
    """Compare the survival of responders and others.

    Parameters
    ----------
    protocol
        Settled.
    adam
        ADTTE with OS, and DOR, which starts at the first response.
    method
        "landmark", "mantel_byar" or "simon_makuch"; "naive" groups are refused.
    landmark_months
        Months after the origin at which the groups of a landmark analysis are formed; fixed before
        the data are seen.
    subset
        `ALL` or the id of a cohort.

    Raises
    ------
    RefusedError
        For the naive comparison (T-11).
    ProtocolError
        For another method or cohort, or a landmark analysis without its time.
    DataError
        When nobody can be compared.

    References
    ----------
    Anderson, Cain and Gelber, J Clin Oncol 1983;1:710-719; Mantel and Byar, JASA 1974;69:81-86;
    Simon and Makuch, Stat Med 1984;3:35-44; rule T-11.
    """
    if method == "naive":
        raise RESPONDERS.error("compare_responders, method naive")
    if method not in _METHODS:
        raise ProtocolError(
            "There is no such comparison of responders.",
            where=f'method "{method}"',
            allowed=", ".join(get_args(ComparisonMethod)[1:]),
        )
    if subset not in subsets(protocol):
        raise ProtocolError(
            "There is no such cohort.",
            where=f'subset "{subset}"',
            allowed=", ".join(subsets(protocol)),
        )
    rule = settled_analysis(protocol)
    data, response = _followed(adam, subset, rule)
    return _METHODS[method](
        scope_of(protocol, (), "RESPONDERS", subset), (data, response), rule, landmark_months
    )


def _followed(adam: Adam, subset: str, rule: SettledAnalysis) -> tuple[FollowUp, _Responses]:
    """Overall survival in days, and the day of response from the same origin (NaN for none)."""
    records = time_records(adam, subset, "OS")
    frame = adam["ADTTE"]
    start = frame.filter(pl.col("PARAMCD") == "OS").select("USUBJID", ORIGIN="STARTDT")
    first = frame.filter(pl.col("PARAMCD") == "DOR").select("USUBJID", FIRST="STARTDT")
    elapsed = (pl.col("FIRST") - pl.col("ORIGIN")).dt.total_days() + int(rule.plus_one_day)
    known = start.join(first, on="USUBJID").select("USUBJID", elapsed.alias("DAYS"))
    days = dict(known.iter_rows())
    response = np.array([days.get(name, np.nan) for name in records.usubjid], np.float64)
    return follow_up(records.days, records.event), response


def _landmark(
    scope: Scope,
    known: tuple[FollowUp, _Responses],
    rule: SettledAnalysis,
    at_months: float | None,
) -> ResponderComparison:
    if at_months is None:
        raise ProtocolError(
            "A landmark analysis needs the time at which the groups are formed.",
            where="compare_responders, landmark_months",
            allowed="months after the origin, such as those of the first scan",
            do="give the time that was fixed before the data were seen",
        )
    day = at_months * float(DAYS_PER_MONTH)
    found = landmark_analysis(*known, day, _TEST)
    left = found.excluded
    notes = (
        f"Groups as they stood {at_months:g} months after the origin, followed from then on: median "
        f"and rates count from there. Not compared: {left.events} who had died and {left.censored} "
        f"whose follow-up had ended by then ({left.responders} of both had responded); {found.later} "
        "responded later and count as without response.",
    )
    sizes = (int((~found.responded).sum()), int(found.responded.sum()))
    curves = found.curves
    return _compared(scope, "landmark", (sizes, curves), (rule, found.test, notes))


def _simon_makuch(
    scope: Scope,
    known: tuple[FollowUp, _Responses],
    rule: SettledAnalysis,
    _: float | None,
) -> ResponderComparison:
    found = simon_makuch(*known, SimonMakuchConvention(gap="carry"))
    notes = (
        "Each patient is on the curve without response until the response, and enters the other one "
        "then.",
        *((f"Caution: {found.caution}.",) if found.caution else ()),
    )
    responded = int((~np.isnan(known[1])).sum())
    sizes = (known[0].rows, responded)
    curves = (found.without, found.responded)
    return _compared(scope, "simon_makuch", (sizes, curves), (rule, None, notes))


def _mantel_byar(
    scope: Scope,
    known: tuple[FollowUp, _Responses],
    rule: SettledAnalysis,  # noqa: ARG001
    _: float | None,
) -> ResponderComparison:
    found = mantel_byar(*known, _TEST)
    place = [found.groups.index(state) for state in STATES]
    rows = (
        ("Deaths in the state", *(f"{int(found.events[i])}" for i in place)),
        ("Deaths expected", *(rounded(float(found.expected[i]), 1) for i in place)),
    )
    without, responded = (
        {"deaths": int(found.events[i]), "expected": float(found.expected[i])} for i in place
    )
    return ResponderComparison(
        scope=scope,
        method="mantel_byar",
        subjects=known[0].rows,
        rows=tuple((what, low, high) for what, low, high in rows),
        p_value=None if found.test is None else found.test.p_value,
        notes=(
            "A responder counts as without response until the response.",
            *((f"No test: {found.note}.",) if found.note else ()),
        ),
        numbers={"without": dict(without), "responded": dict(responded)},
    )


_Shown: TypeAlias = "tuple[tuple[int, int], tuple[KaplanMeier | None, KaplanMeier | None]]"


def _compared(
    scope: Scope,
    method: ComparisonMethod,
    shown: _Shown,
    how: tuple[SettledAnalysis, LogRank | None, tuple[str, ...]],
) -> ResponderComparison:
    """Median and rates of both curves."""
    (sizes, curves), (rule, test, notes) = shown, how
    texts, numbers = zip(*(_read_off(curve, rule) for curve in curves), strict=True)
    labels = ("Median, months", *(f"Rate at {m:g} months, %" for m in rule.os_rate_months))
    rows = [("Patients", f"{sizes[0]}", f"{sizes[1]}")]
    rows += list(zip(labels, *texts, strict=True))
    counted = ({"subjects": n, **dict(one)} for n, one in zip(sizes, numbers, strict=True))
    without, responded = counted
    return ResponderComparison(
        scope=scope,
        method=method,
        subjects=sizes[0] if method == "simon_makuch" else sum(sizes),
        rows=tuple(rows),
        p_value=None if test is None or test.test is None else test.test.p_value,
        notes=notes,
        numbers={"without": without, "responded": responded},
    )


def _read_off(
    curve: KaplanMeier | None, rule: SettledAnalysis
) -> tuple[tuple[str, ...], dict[str, Json]]:
    """Texts and numbers of one curve; nothing for a group with nobody."""
    if curve is None:
        return ("nobody", *("" for _ in rule.os_rate_months)), {"median_days": None}
    convention = Convention(rule.conf_level, rule.km_ci, rule.median_tie)
    median = quantile(curve, 0.5, convention)
    days = [each * float(DAYS_PER_MONTH) for each in rule.os_rate_months]
    found = [landmark(curve, each, convention) for each in days]
    rates = [None if one.at_risk == 0 and one.survival > 0 else one.survival for one in found]
    plain: list[Json] = list(rates)
    texts = (months_cell(median), *(pct(one) for one in rates))
    return texts, {"median_days": median.value, "rates": plain}


_Method: TypeAlias = Callable[
    [Scope, tuple[FollowUp, _Responses], SettledAnalysis, "float | None"], ResponderComparison
]
_METHODS: dict[str, _Method] = {
    "landmark": _landmark,
    "mantel_byar": _mantel_byar,
    "simon_makuch": _simon_makuch,
}
