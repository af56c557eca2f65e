"""The specification curve: one number under every defensible set of choices (R-071, C-B).

Sorted rates with their intervals, below them the choices in force; and what each choice alone moves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trialwright.core.display import Figure, Table
from trialwright.core.format import n_pct, pct, pct_range
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.best_response import CONTROLLED, RESPONDERS
from trialwright.endpoints.population import ALL, enrolled_subjects, scope_of
from trialwright.endpoints.proportion import estimate_proportion, interval_level
from trialwright.endpoints.response_sets import response_sets
from trialwright.endpoints.specification_figure import specification_figure
from trialwright.endpoints.specifications import (
    MONTH,
    SET_AXIS,
    Derivations,
    Measure,
    Rate,
    Reading,
    Specification,
    Status,
    derivations_of,
    distinct_sets,
    specifications,
)
from trialwright.protocol.model import Protocol
from trialwright.protocol.rules import EndpointKind
from trialwright.protocol.settled import SettledAnalysis, settled_analysis
from trialwright.stats.kaplan_meier import Convention, kaplan_meier, landmark

_READ = {
    True: Reading(paramcd="CBOR", words="confirmed"),
    False: Reading(paramcd="BOR", words="unconfirmed"),
}

_RESPONSE_RATES: tuple[tuple[EndpointKind, str, tuple[str, ...]], ...] = (
    ("ORR", "Objective response rate", RESPONDERS),
    ("DCR", "Disease control rate", CONTROLLED),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What one axis alone moves the protocol's number to: lowest and highest rate."""

    axis: str
    own: str
    rule: str
    lowest: float
    highest: float
    distance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecificationCurve:
    """A rate under every specification, sorted, and the effect of each axis alone.

    `effects` begins with the axis that moves the number furthest from the protocol's.
    """

    measure: Measure
    specifications: tuple[Specification, ...]
    effects: tuple[Effect, ...]
    conf_level: float
    method: str

    @property
    def key(self) -> str:
        """`SPECIFICATION_` with the code of the measure."""
        return f"SPECIFICATION_{self.measure.code}"

    @property
    def own(self) -> Specification:
        """The protocol's specification."""
        return next(one for one in self.specifications if one.is_own)

    @property
    def range(self) -> tuple[float | None, float | None]:
        """Lowest and highest rate that can be estimated."""
        known = [one.rate.value for one in self.specifications if one.rate.value is not None]
        return (known[0], known[-1]) if known else (None, None)

    def table(self) -> Table:
        """Describe the range, and what each choice alone moves."""
        lowest, highest = self.range
        rows = [
            ("As the protocol says", "", _cell(self.own.rate), ""),
            (f"Over {len(self.specifications)} specifications", "", pct_range(lowest, highest), ""),
            *(
                (f"{one.axis} alone", one.own, pct_range(one.lowest, one.highest), one.rule)
                for one in self.effects
            ),
        ]
        return Table(
            title=f"{self.measure.name} under other defensible choices",
            columns=("", "Protocol", "%", "Rule"),
            rows=tuple(rows),
            levels=(0, 0, *(1 for _ in self.effects)),
            population=self._population(),
            footnotes=(self._summary(), *_NOTES, f"Interval: {self.method}."),
            rules=("R-071", "C-10", "S-2"),
        )

    def listing(self) -> Table:
        """Describe every specification, the lowest rate first."""
        return Table(
            title=f"{self.measure.name}: every specification",
            columns=("%", f"{interval_level(self.conf_level)}", "Differs from the protocol in"),
            rows=tuple(
                (_cell(one.rate), pct_range(one.rate.lower, one.rate.upper), _differs(one))
                for one in self.specifications
            ),
            population=self._population(),
            footnotes=(f"Interval: {self.method}.",),
        )

    def tables(self) -> tuple[Table, ...]:
        """The effects, then every specification."""
        return (self.table(), self.listing())

    def figures(self) -> tuple[Figure, ...]:
        """The curve above the choices; none with a single specification."""
        if len(self.specifications) < 2:
            return ()
        return (
            specification_figure(
                self.measure.name,
                self.specifications,
                (self._population(), self._summary(), interval_level(self.conf_level)),
            ),
        )

    def _population(self) -> str:
        own = self.own
        return f"{own.values[SET_AXIS]} (N = {own.rate.subjects}) and other analysis sets"

    def _summary(self) -> str:
        """What moves the number most, as a sentence."""
        if not self.effects or not self.effects[0].distance:
            return "No choice alone moves the number."
        most = self.effects[0]
        points = pct(most.distance)
        return f"Furthest from the protocol's number: {most.axis} alone, by {points} percentage points."

    def to_json(self) -> dict[str, Json]:
        """Every specification with its values and its rate, unrounded."""
        return {
            "key": self.key,
            "endpoint": self.measure.name,
            "method": self.method,
            "conf_level": self.conf_level,
            "lowest": self.range[0],
            "highest": self.range[1],
            "effects": [
                {
                    "option": one.axis,
                    "protocol": one.own,
                    "lowest": one.lowest,
                    "highest": one.highest,
                    "distance": one.distance,
                    "rules": one.rule,
                }
                for one in self.effects
            ],
            "specifications": [_json(one) for one in self.specifications],
        }


_NOTES = (
    "Options are crossed with each other, reading or analysis and analysis set with all of them; "
    "one that changes nobody is left out. The analysis sets are those of the protocol throughout.",
    "A range of choices, not of chance: it is no confidence interval.",
)


def describe_specifications(protocol: Protocol, adam: Adam) -> tuple[SpecificationCurve, ...]:
    """ORR, DCR and the rate without progression under every defensible specification.

    Parameters
    ----------
    protocol
        Settled.
    adam
        Datasets of `derive`; others cannot be derived again and give nothing, nor do those in
        which nobody is enrolled.

    References
    ----------
    Simonsohn, Simmons and Nelson, Nat Hum Behav 2020;4:1208-1214 (specification curve).
    """
    frames = adam.specify()
    if not frames[1].height:
        return ()
    derivations = derivations_of(*frames)
    names = dict(frames[1].select("PARAMCD", "PARAM").unique().iter_rows())
    rule = settled_analysis(protocol)
    subjects = enrolled_subjects(adam, ALL)
    if not subjects.height:
        return ()
    found = []
    for measure in (*_responses(protocol, adam, rule), _progression(protocol, names, rule)):
        made = specifications(measure, derivations, distinct_sets(subjects, measure.own_set))
        curve = measure.code == "PFS"
        found.append(
            SpecificationCurve(
                measure=measure,
                specifications=made,
                effects=_effects(made, measure, derivations),
                conf_level=rule.conf_level,
                method="Kaplan-Meier, as in T-9" if curve else "as in T-7",
            )
        )
    return tuple(found)


def _responses(protocol: Protocol, adam: Adam, rule: SettledAnalysis) -> tuple[Measure, ...]:
    measures = []
    for code, name, kinds in _RESPONSE_RATES:
        sets = response_sets(protocol, adam, scope_of(protocol, (code,), code, ALL))
        own = sets.is_confirmed

        def rate(statuses: list[Status], kinds: tuple[str, ...] = kinds) -> Rate:
            count = sum(one in kinds for one in statuses)
            made = estimate_proportion(count, len(statuses), "FAS", rule)
            return Rate(count, made.subjects, made.rate, made.lower, made.upper)

        measures.append(
            Measure(
                code=code, name=name, axis="reading", readings=(_READ[own], _READ[not own]),
                own_set=sets.headline, rate=rate,
            )
        )  # fmt: skip
    return tuple(measures)


def _progression(protocol: Protocol, names: dict[str, str], rule: SettledAnalysis) -> Measure:
    """The rate at the registered landmark, else at the last time of the protocol."""
    registered = (e.landmark_months for e in protocol.endpoints if e.kind == "PFS_RATE")
    at = next((m for m in registered if m is not None), rule.pfs_rate_months[-1])
    convention = Convention(rule.conf_level, rule.km_ci, rule.median_tie)

    def rate(statuses: list[Status]) -> Rate:
        times = [one for one in statuses if isinstance(one, tuple)]
        if not times:
            return Rate(None, 0, None, None, None)
        curve = kaplan_meier(np.array([t for t, _ in times]), np.array([e for _, e in times]))
        found = landmark(curve, at * MONTH, convention)
        if found.at_risk == 0 and found.survival > 0:
            return Rate(None, len(times), None, None, None)
        sure = found.survival in {0.0, 1.0}
        limits = (None, None) if sure else (found.lower, found.upper)
        return Rate(None, len(times), found.survival, *limits)

    codes = sorted(
        (code for code in names if code.startswith("PFS")), key=lambda c: (c != "PFS", c)
    )
    return Measure(
        code="PFS",
        name=f"{at:g}-month progression-free survival",
        axis="censoring",
        readings=tuple(
            Reading(paramcd=code, words=_words(code, names[code], rule)) for code in codes
        ),
        own_set="ENRL",
        rate=rate,
    )


def _words(code: str, name: str, rule: SettledAnalysis) -> str:
    if code == "PFS":
        return f"{rule.pfs_rule} rule"
    return (name.partition("(")[2].rstrip(")") or name).lower()


def _effects(
    made: tuple[Specification, ...], measure: Measure, derivations: Derivations
) -> tuple[Effect, ...]:
    """Each axis alone, all others as the protocol says, the largest distance first."""
    own = next(one for one in made if one.is_own)
    centre = own.rate.value
    if centre is None:
        return ()
    alone: dict[str, list[float]] = {}
    for one in made:
        if len(one.differs) == 1 and one.rate.value is not None:
            alone.setdefault(one.differs[0], []).append(one.rate.value)
    rules = {SET_AXIS: "S-2", measure.axis: "R-062" if measure.code != "PFS" else "C-10 to C-15"}
    effects = (
        Effect(
            axis=axis,
            own=own.values[axis],
            rule=rules.get(axis) or derivations.rules[axis],
            lowest=min(*values, centre),
            highest=max(*values, centre),
            distance=max(abs(value - centre) for value in values),
        )
        for axis, values in alone.items()
    )
    return tuple(sorted(effects, key=lambda one: (-one.distance, one.axis)))


def _cell(rate: Rate) -> str:
    if rate.count is None:
        return f"{pct(rate.value)} (N = {rate.subjects})"
    share = n_pct(rate.count, rate.subjects)
    return share.replace(" (", f"/{rate.subjects} (", 1)


def _differs(one: Specification) -> str:
    if one.is_own:
        return "nothing: the protocol's specification"
    return "; ".join(f"{axis}: {one.values[axis]}" for axis in one.differs)


def _json(one: Specification) -> dict[str, Json]:
    rate = one.rate
    return {
        "values": dict(one.values),
        "differs": list(one.differs),
        "own": one.is_own,
        "count": rate.count,
        "subjects": rate.subjects,
        "rate": rate.value,
        "lower": rate.lower,
        "upper": rate.upper,
    }
