"""Whose reading of the scans a result is from: the one place that filters ADRS and ADTR (R-072)."""

from __future__ import annotations

import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.tables import Adam


def headline_rows(adam: Adam, dataset: str, evaluator: str = "") -> pl.DataFrame:
    """Rows of the reading that the headline results are from.

    Parameters
    ----------
    adam
        Names the evaluator that ADSL and ADTTE were derived for; hand-made datasets may not.
    dataset
        ADRS or ADTR.
    evaluator
        The evaluator of the protocol; "" takes that of `adam`.

    Returns
    -------
    pl.DataFrame
        Rows of one evaluator without those of single readers (EVALID empty).

    Raises
    ------
    DataError
        When the protocol names another evaluator than the datasets were derived for.
    """
    if evaluator and adam.evaluator and evaluator != adam.evaluator:
        raise DataError(
            "The datasets were derived for another evaluator than the protocol names.",
            where=f'{dataset}, headline "{adam.evaluator}"; protocol, response.evaluator '
            f'"{evaluator}"',
            allowed="one evaluator for responses, sets and times (R-072)",
            do="derive the datasets again with this protocol",
        )
    who = evaluator or adam.evaluator
    rows = adam[dataset].filter(pl.col("EVALID").is_null())
    return rows.filter(pl.col("EVAL") == who) if who else rows
