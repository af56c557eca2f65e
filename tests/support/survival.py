"""Survival data sets of tests/reference/survival_data, and reference values, as arrays."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path

import numpy as np

REFERENCE = Path(__file__).parents[1] / "reference"


@cache
def columns(name):
    """Columns of one data set: numbers where all cells are, text otherwise."""
    with (REFERENCE / "survival_data" / f"{name}.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {key: _numbers([row[key] for row in rows]) for key in rows[0]}


def reference(name):
    return json.loads((REFERENCE / f"{name}.json").read_text("utf-8"))


def same(found, expected, rtol=1e-12):
    np.testing.assert_allclose(np.asarray(found, float), np.asarray(expected, float), rtol=rtol)


def _numbers(cells):
    try:
        return np.array([float(cell) for cell in cells])
    except ValueError:
        return np.array(cells)
