"""The parts of an outcome measure: counts with an interval, medians, rates at a landmark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from trialwright.endpoints.proportion import Proportion
from trialwright.endpoints.survival_summary import RateAt, SurvivalSummary
from trialwright.exchange.registry_results.cited import (
    HEADER,
    POPULATION,
    Cell,
    Cited,
    Node,
    Share,
)
from trialwright.exchange.registry_results.groups import Group, identifier
from trialwright.exchange.registry_results.numbers import (
    NA,
    limit_text,
    months_text,
    p_text,
    rate_text,
    share_text,
)
from trialwright.vocabulary.registry_results import CONFIDENCE

_NOT_REACHED = "Median not estimable: too few events."
_NO_LOWER = "Lower limit not estimable: too few events."
_NO_UPPER = "Upper limit not estimable: too few events."
_NOBODY = "Nobody in this group was analysed."
_BEYOND = "Not estimable: nobody is left at risk at this time."
_NO_LIMITS = "No interval: every participant, or none, is without event at this time."
_ONE_GROUP = "Estimate of one group; nothing is compared."


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One outcome measure: a single number for each group, under one title.

    Attributes
    ----------
    suffix
        What is added to the registered title, "" for nothing.
    kind
        `paramType`, `dispersionType` and `unitOfMeasure`, as far as they apply.
    population
        Who was analysed.
    subjects, measurements, analyses
        Number analysed, value and analysis by subset; a group may have no analysis.
    """

    suffix: str
    kind: Mapping[str, str]
    population: str
    subjects: Mapping[str, Cited]
    measurements: Mapping[str, dict[str, Node]]
    analyses: Mapping[str, dict[str, Node]]

    def nodes(self, groups: tuple[Group, ...]) -> dict[str, Node]:
        """What stands behind title, description and time frame."""
        ids = {group.subset: identifier("OG", at) for at, group in enumerate(groups)}
        counts: list[Node] = [
            {"groupId": ids[group.subset], "value": self.subjects[group.subset]} for group in groups
        ]
        values: list[Node] = [
            {"groupId": ids[group.subset], **self.measurements[group.subset]} for group in groups
        ]
        analyses: list[Node] = [
            {"groupIds": [ids[subset]], **one} for subset, one in self.analyses.items()
        ]
        return {
            **self.kind,
            "denoms": [{"units": "Participants", "counts": counts}],
            "classes": [{"categories": [{"measurements": values}]}],
            **({"analyses": analyses} if analyses else {}),
        }


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table shows the numbers of a group: result, table, row and column."""

    key: str
    number: str
    row: str
    column: int = 1

    def cell(self, at: int = 0) -> Cell:
        """One number of the cell."""
        return Cell(self.key, self.number, self.row, self.column, at)

    def header(self) -> Cell:
        """The N in the head of the column."""
        return Cell(self.key, self.number, HEADER, self.column)

    def population(self) -> Cell:
        """The N of the population line."""
        return Cell(self.key, self.number, POPULATION)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A registered endpoint, or a part of it, without a number, and why."""

    suffix: str
    reason: str


Answer: TypeAlias = "Part | Unanswered"
COUNT_KIND = {"paramType": "COUNT_OF_PARTICIPANTS", "unitOfMeasure": "Participants"}


def dispersion(conf_level: float) -> str:
    """`CONFIDENCE_95`."""
    return CONFIDENCE.get(level_text(conf_level), "CONFIDENCE_OTHER")


def level_text(conf_level: float) -> str:
    """Level in percent, `95`."""
    return f"{100 * conf_level:g}"


def median_kind(conf_level: float) -> dict[str, str]:
    """Median months with an interval."""
    return {
        "paramType": "MEDIAN", "dispersionType": dispersion(conf_level), "unitOfMeasure": "Months",
    }  # fmt: skip


def rate_kind(conf_level: float) -> dict[str, str]:
    """Percentage with an interval."""
    return {
        "paramType": "NUMBER",
        "dispersionType": dispersion(conf_level),
        "unitOfMeasure": "percentage of participants",
    }


def count_value(rate: Proportion, place: Place) -> dict[str, Node]:
    """Participants with the property."""
    if not rate.subjects:
        return {"value": Cited("0", ()), "comment": _NOBODY}
    return {"value": Cited(str(rate.count), (place.cell(),))}


def interval_analysis(name: str, rate: Proportion, place: Place) -> dict[str, Node]:
    """The share in percent with its interval."""
    return {
        "groupDescription": _ONE_GROUP,
        "testedNonInferiority": False,
        "nonInferiorityType": "OTHER",
        "paramType": f"{name} (percent)",
        "paramValue": Cited(
            share_text(rate.count, rate.subjects), (Share(place.cell(), place.header()),)
        ),
        "ciNumSides": "TWO_SIDED",
        "ciPctValue": level_text(rate.conf_level),
        "ciLowerLimit": Cited(limit_text(rate.lower), (place.cell(2),)),
        "ciUpperLimit": Cited(limit_text(rate.upper), (place.cell(3),)),
        "estimateComment": f"Confidence interval: {rate.interval_name}.",
    }


def tested(value: float, place: Place, method: str, null_rate: float) -> dict[str, Node]:
    """The registered test of a rate."""
    return {
        "pValue": Cited(p_text(value), (place.cell(),)),
        "statisticalMethod": method,
        "pValueComment": f"One-sided, against a rate of {100 * null_rate:g} percent.",
    }


def median_value(summary: SurvivalSummary, place: Place) -> dict[str, Node]:
    """Median and its limits in months, with a comment for each that is not estimable."""
    if not summary.records.subjects:
        return {"value": NA, "comment": _NOBODY}
    found = summary.median
    texts = [months_text(days) for days in (found.value, found.lower, found.upper)]
    said = zip((_NOT_REACHED, _NO_LOWER, _NO_UPPER), texts, strict=True)
    return _with_limits(texts, place, " ".join(words for words, text in said if text == NA))


def landmark_value(rate: RateAt | None, place: Place) -> dict[str, Node]:
    """Share without event at a landmark, in percent; without a rate nobody was analysed."""
    if rate is None:
        return {"value": NA, "comment": _NOBODY}
    texts = [rate_text(one) for one in (rate.value, rate.lower, rate.upper)]
    comment = _BEYOND if rate.value is None else _NO_LIMITS if rate.lower is None else ""
    return _with_limits(texts, place, comment)


def _with_limits(texts: list[str], place: Place, comment: str) -> dict[str, Node]:
    value, low, high = (Cited(text, (place.cell(at),)) for at, text in enumerate(texts))
    more: dict[str, Node] = {"comment": comment} if comment else {}
    return {"value": value, "lowerLimit": low, "upperLimit": high, **more}
