"""Baseline measures of numbers: the mean of age, the median of the others."""

from __future__ import annotations

from trialwright.exchange.registry_results.baseline_counts import Columns
from trialwright.exchange.registry_results.cited import Cited, Node
from trialwright.exchange.registry_results.groups import Group, per_group
from trialwright.exchange.registry_results.numbers import NA, mean_text

_NOBODY = "Nobody in this group has a value."
_ONE = "Standard deviation not estimable: one participant."
#: Units of measured characteristics; the name of any other one is its unit too.
_UNITS = {"SODBL": "millimeters", "BMI": "kg/m2", "CEA": "as collected"}


def age(columns: Columns) -> Node:
    """Age in years: mean and standard deviation."""

    def made(group: Group) -> dict[str, Node]:
        item = columns.item(group, "AGE")
        if item is None or item.spread is None:
            return {"value": NA, "comment": _NOBODY}
        cell = [columns.cell(group, "AGE", "Mean (SD)", at) for at in (0, 1)]
        deviation = mean_text(item.spread.deviation, "deviation")
        alone: dict[str, Node] = {"comment": _ONE} if deviation == NA else {}
        return {
            "value": Cited(mean_text(item.spread.mean), (cell[0],)),
            "spread": Cited(deviation, (cell[1],)),
            **alone,
        }

    return {
        "title": "Age, Continuous",
        "paramType": "MEAN",
        "dispersionType": "STANDARD_DEVIATION",
        "unitOfMeasure": "years",
        "denoms": [_known(columns, "AGE")],
        "classes": [{"categories": [{"measurements": per_group(columns.groups, "BG", made)}]}],
    }


def spread(columns: Columns, code: str) -> Node:
    """A measured characteristic: median and full range."""

    def made(group: Group) -> dict[str, Node]:
        item = columns.item(group, code)
        if item is None or item.spread is None:
            return {"value": NA, "comment": _NOBODY}
        ends = (f"{item.spread.lowest:g}", f"{item.spread.highest:g}")
        low, high = (
            Cited(text, (columns.cell(group, code, "Range", at),)) for at, text in enumerate(ends)
        )
        middle = mean_text(item.spread.middle, "median")
        return {
            "value": Cited(middle, (columns.cell(group, code, "Median"),)),
            "lowerLimit": low,
            "upperLimit": high,
        }

    return {
        "title": columns.name(code),
        "paramType": "MEDIAN",
        "dispersionType": "FULL_RANGE",
        "unitOfMeasure": _UNITS.get(code, "as collected"),
        "denoms": [_known(columns, code)],
        "classes": [{"categories": [{"measurements": per_group(columns.groups, "BG", made)}]}],
    }


def _known(columns: Columns, code: str) -> Node:
    """How many participants have a value."""

    def made(group: Group) -> dict[str, Node]:
        item = columns.item(group, code)
        if item is None or item.spread is None:
            return {"value": Cited("0", ())}
        return {"value": Cited(str(item.spread.n), (columns.cell(group, code, "n"),))}

    return {"units": "Participants", "counts": per_group(columns.groups, "BG", made)}
