"""Short cuts to the grading of single results."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from support.rules import protocol
from trialwright.protocol.settled import SettledSafety, settled_safety
from trialwright.safety.grading import grade

_SIDE = {"low": "L", "high": "H"}


def safety_rule(**changes: object) -> SettledSafety:
    """The safety rule at its defaults, `safety_rule(ctcae_version="6.0")`."""
    return replace(settled_safety(protocol()), **changes)


def graded(analyte: str, value: str | None, **more: object) -> dict[str, object]:
    """All columns for one result; `rule` is the safety rule, the rest columns of the input."""
    rule = more.pop("rule", None) or safety_rule()
    row = {"PARAMCD": analyte, "VALUE": value, **more}
    schema = {name: pl.Boolean for name in row if isinstance(row[name], bool)}
    return grade(pl.DataFrame([row], schema_overrides=schema), rule).row(0, named=True)


def grades(
    analyte: str, direction: str, values: str, version: str = "5.0", **more: object
) -> list[int | None]:
    """Grades of values (blanks between) in one direction; `options` change the safety rule."""
    options = {"ctcae_version": version, **(more.pop("options", None) or {})}
    rule = safety_rule(**options)
    rows = [{"PARAMCD": analyte, "VALUE": value, **more} for value in values.split()]
    flags = {name: pl.Boolean for name, given in more.items() if isinstance(given, bool)}
    frame = pl.DataFrame(rows, schema_overrides=flags)
    return grade(frame, rule)[f"GRADE{_SIDE[direction]}"].to_list()
