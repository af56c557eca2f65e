"""Two readings compared: best response, progression, time points (R-072, table T-20)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from statistics import median

import polars as pl

from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.best_response import RESPONDERS
from trialwright.endpoints.concordance.data import (
    CATEGORIES,
    ReadingName,
    best_of,
    cross,
    first_progressions,
    matched,
    subjects_read,
    time_points,
)
from trialwright.endpoints.population import SET_FLAGS
from trialwright.endpoints.proportion import Proportion, estimate_proportion
from trialwright.endpoints.subject_rows import short_name
from trialwright.protocol.rules import AnalysisSet
from trialwright.protocol.settled import SettledAnalysis
from trialwright.stats.agreement import Kappa, Weights, cohen_kappa

Counts = tuple[tuple[int, ...], ...]
#: Categories that have a place in the order of response.
ORDERED = len(CATEGORIES) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class BestAgreement:
    """Best overall response of both readings in the subjects that both read.

    Attributes
    ----------
    counts
        Subjects by category of the first reading (rows) and of the second (columns).
    agreement
        Subjects with the same category.
    kappas
        Unweighted over all categories; linear and quadratic without the subjects that are NE for
        one of the two.
    rates
        ORR of the first and of the second reading.
    """

    confirmed: bool
    counts: Counts
    agreement: Proportion
    kappas: tuple[Kappa, ...]
    rates: tuple[Proportion, Proportion]

    @property
    def ratio(self) -> float | None:
        """ORR of the first reading by that of the second, `None` when the second is 0."""
        first, second = self.rates
        return first.count / second.count if second.count else None

    def to_json(self) -> dict[str, Json]:
        """The counts, agreement, kappas and rates, unrounded."""
        return {
            "confirmed": self.confirmed,
            "counts": [list(row) for row in self.counts],
            "agreement": self.agreement.to_json(),
            "kappa": [_kappa_json(one) for one in self.kappas],
            "orr": [rate.to_json() for rate in self.rates],
            "orr_ratio": self.ratio,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Discordant:
    """A subject with different best overall responses: what each reading says, and why."""

    usubjid: str
    subject: str
    confirmed: bool
    responses: tuple[str, str]
    reasons: tuple[str, str]

    def to_json(self) -> dict[str, Json]:
        """Both responses with their reasons."""
        return {
            "usubjid": self.usubjid,
            "confirmed": self.confirmed,
            "responses": list(self.responses),
            "reasons": list(self.reasons),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressionDifference:
    """A subject whose first PD differs; each side is (date, time point) or `None`.

    `days` is the first reading's date minus the second's, `None` when one has no PD; `same_visit`
    says that both call the same visit PD.
    """

    usubjid: str
    subject: str
    first: tuple[date, int] | None
    second: tuple[date, int] | None
    days: int | None
    same_visit: bool
    reasons: tuple[str, str]

    def to_json(self) -> dict[str, Json]:
        """Dates and time points of both."""
        sides = (self.first, self.second)
        return {
            "usubjid": self.usubjid,
            "dates": [side[0].isoformat() if side else None for side in sides],
            "time_points": [side[1] if side else None for side in sides],
            "days": self.days,
            "same_visit": self.same_visit,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Progressions:
    """First PD of both readings: subjects by who called PD, and differences of the dates in days."""

    both: int
    first_only: int
    second_only: int
    neither: int
    days: tuple[int, ...]
    differing: tuple[ProgressionDifference, ...]

    @property
    def median_days(self) -> float | None:
        """Median difference of the dates (first minus second) where both called PD."""
        return float(median(self.days)) if self.days else None

    def to_json(self) -> dict[str, Json]:
        """Counts, differences and the subjects who differ."""
        return {
            "both": self.both,
            "first_only": self.first_only,
            "second_only": self.second_only,
            "neither": self.neither,
            "days": list(self.days),
            "median_days": self.median_days,
            "differing": [one.to_json() for one in self.differing],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PointAgreement:
    """Responses by time point at the visits that both readings have."""

    counts: Counts
    unmatched: tuple[int, int]

    @property
    def matched(self) -> int:
        """Time points of both."""
        return sum(map(sum, self.counts))

    @property
    def agreeing(self) -> int:
        """Time points with the same response."""
        return sum(row[at] for at, row in enumerate(self.counts))

    def to_json(self) -> dict[str, Json]:
        """Counts of time points."""
        return {
            "counts": [list(row) for row in self.counts],
            "matched": self.matched,
            "agreeing": self.agreeing,
            "unmatched": list(self.unmatched),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PairConcordance:
    """Everything about two readings.

    `one_only` are the subjects of the set that one of the two did not read; `neither` counts those
    that nobody read. `best` is the confirmed and the unconfirmed best overall response.
    """

    readings: tuple[ReadingName, ReadingName]
    subjects: int
    one_only: tuple[tuple[str, ...], tuple[str, ...]]
    neither: int
    best: tuple[BestAgreement, BestAgreement]
    discordant: tuple[Discordant, ...]
    progressions: Progressions
    points: PointAgreement

    def to_json(self) -> dict[str, Json]:
        """Every number of the pair, unrounded."""
        return {
            "readings": [one.words for one in self.readings],
            "subjects": self.subjects,
            "read_by_one_only": [list(names) for names in self.one_only],
            "read_by_neither": self.neither,
            "best_overall_response": [best.to_json() for best in self.best],
            "discordant": [one.to_json() for one in self.discordant],
            "progression": self.progressions.to_json(),
            "time_points": self.points.to_json(),
        }


def _kappa_json(kappa: Kappa) -> dict[str, Json]:
    return {
        "weights": kappa.weights,
        "subjects": kappa.subjects,
        "value": kappa.value,
        "standard_error": kappa.standard_error,
        "lower": kappa.lower,
        "upper": kappa.upper,
        "conf_level": kappa.conf_level,
        "observed": kappa.observed,
        "expected": kappa.expected,
        "note": kappa.note or None,
    }


def compare_pair(
    adam: Adam,
    readings: tuple[ReadingName, ReadingName],
    people: pl.DataFrame,
    analysis_set: AnalysisSet,
    rule: SettledAnalysis,
) -> PairConcordance:
    """Compare two readings in the subjects of an analysis set that both read.

    Parameters
    ----------
    readings
        First and second reading.
    people
        Rows of ADSL.
    analysis_set
        The main set of the response rate.
    rule
        Level and method of the intervals.
    """
    people = people.filter(pl.col(SET_FLAGS[analysis_set]) == "Y").sort("USUBJID")
    read = [subjects_read(adam, one) for one in readings]
    names = people["USUBJID"].to_list()
    first_only = tuple(name for name in names if name in read[0] - read[1])
    second_only = tuple(name for name in names if name in read[1] - read[0])
    common = people.filter(pl.col("USUBJID").is_in(sorted(read[0] & read[1])))
    best = [_best(adam, readings, common, confirmed=reading) for reading in (True, False)]
    points = [time_points(adam, one, common) for one in readings]
    pairs = matched(points[0], points[1])
    return PairConcordance(
        readings=readings,
        subjects=common.height,
        one_only=(first_only, second_only),
        neither=len(names) - common.height - len(first_only) - len(second_only),
        best=(
            _agreement(best[0], analysis_set, rule, confirmed=True),
            _agreement(best[1], analysis_set, rule, confirmed=False),
        ),
        discordant=(*_discordant(best[0], confirmed=True), *_discordant(best[1], confirmed=False)),
        progressions=_progressions(common, (points[0], points[1]), pairs),
        points=PointAgreement(
            counts=cross(pairs["CATEGORY"], pairs["CATEGORY_2"]),
            unmatched=(points[0].height - pairs.height, points[1].height - pairs.height),
        ),
    )


def _best(
    adam: Adam,
    readings: tuple[ReadingName, ReadingName],
    people: pl.DataFrame,
    *,
    confirmed: bool,
) -> pl.DataFrame:
    """The subjects with the best responses of both."""
    first, second = (best_of(adam, one, people, confirmed=confirmed) for one in readings)
    added = second.select("USUBJID", "CATEGORY", "RESPONSE", "REASON")
    return first.join(added, on="USUBJID", suffix="_2", how="left", maintain_order="left")


def _agreement(
    best: pl.DataFrame, analysis_set: AnalysisSet, rule: SettledAnalysis, *, confirmed: bool
) -> BestAgreement:
    counts = cross(best["CATEGORY"], best["CATEGORY_2"])
    ordered = tuple(row[:ORDERED] for row in counts[:ORDERED])
    weighted: tuple[Weights, ...] = ("linear", "quadratic")
    same = sum(row[at] for at, row in enumerate(counts))
    responders = [
        best.filter(pl.col(name).is_in(RESPONDERS)).height for name in ("CATEGORY", "CATEGORY_2")
    ]
    share = [
        estimate_proportion(count, best.height, analysis_set, rule) for count in (same, *responders)
    ]
    return BestAgreement(
        confirmed=confirmed,
        counts=counts,
        agreement=share[0],
        kappas=(
            cohen_kappa(counts, rule.conf_level),
            *(cohen_kappa(ordered, rule.conf_level, one) for one in weighted),
        ),
        rates=(share[1], share[2]),
    )


def _discordant(best: pl.DataFrame, *, confirmed: bool) -> tuple[Discordant, ...]:
    differ = best.filter(pl.col("CATEGORY") != pl.col("CATEGORY_2"))
    return tuple(
        Discordant(
            usubjid=row["USUBJID"],
            subject=short_name(row),
            confirmed=confirmed,
            responses=(row["RESPONSE"] or "NE", row["RESPONSE_2"] or "NE"),
            reasons=(row["REASON"] or "", row["REASON_2"] or ""),
        )
        for row in differ.iter_rows(named=True)
    )


def _progressions(
    people: pl.DataFrame, points: tuple[pl.DataFrame, pl.DataFrame], pairs: pl.DataFrame
) -> Progressions:
    """First PD of both readings, subject by subject."""
    first, second = (
        {row["USUBJID"]: row for row in first_progressions(one).iter_rows(named=True)}
        for one in points
    )
    same = set(pairs.select("USUBJID", "AVISITN", "AVISITN_2").rows())
    days: list[int] = []
    differing: list[ProgressionDifference] = []
    for person in people.iter_rows(named=True):
        name = person["USUBJID"]
        ours, theirs = first.get(name), second.get(name)
        apart = (ours["ADT"] - theirs["ADT"]).days if ours and theirs else None
        visit = bool(ours and theirs and (name, ours["AVISITN"], theirs["AVISITN"]) in same)
        if apart is not None:
            days.append(apart)
        if (apart == 0 and visit) or (ours is None and theirs is None):
            continue
        differing.append(
            ProgressionDifference(
                usubjid=name,
                subject=short_name(person),
                first=(ours["ADT"], ours["AVISITN"]) if ours else None,
                second=(theirs["ADT"], theirs["AVISITN"]) if theirs else None,
                days=apart,
                same_visit=visit,
                reasons=(_reason(ours), _reason(theirs)),
            )
        )
    read = [set(found) for found in (first, second)]
    return Progressions(
        both=len(read[0] & read[1]),
        first_only=len(read[0] - read[1]),
        second_only=len(read[1] - read[0]),
        neither=people.height - len(read[0] | read[1]),
        days=tuple(days),
        differing=tuple(differing),
    )


def _reason(row: dict[str, str | None] | None) -> str:
    return (row["REASON"] or "") if row else ""
