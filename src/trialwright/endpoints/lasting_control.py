"""Who is still without progression at a fixed time: time points read against a day (E-03, E-04)."""

from __future__ import annotations

import polars as pl

from trialwright.core.tables import Adam
from trialwright.endpoints.best_response import CONTROLLED
from trialwright.endpoints.headline import headline_rows
from trialwright.protocol.settled import SettledResponse

#: Column of ADSL from which the days of response count (R-060).
REFERENCE = {"first_dose": "TRTSDT", "enrolment": "ENRLDT", "first_procedure": "FPROCDT"}


def controlled_from(
    adam: Adam, subjects: pl.DataFrame, rule: SettledResponse, day: int
) -> frozenset[str]:
    """Subjects with an adequate time point without progression on or after a day.

    Parameters
    ----------
    adam
        ADRS with OVR. Time points that do not count for the best response, such as those behind a
        progression or new therapy, are left out (R-060).
    subjects
        Rows of ADSL.
    rule
        Evaluator, and the event that days count from.
    day
        Days after that event.
    """
    return _when(adam, subjects, rule, pl.col("AVALC").is_in(CONTROLLED) & (_elapsed(rule) >= day))


def assessed_from(
    adam: Adam, subjects: pl.DataFrame, rule: SettledResponse, day: int
) -> frozenset[str]:
    """Subjects with an adequate time point on or after a day, PD among them (E-03, R-083).

    Who progresses at a scan of week k or later had no progression before it.
    """
    return _when(adam, subjects, rule, (pl.col("AVALC") != "NE") & (_elapsed(rule) >= day))


def progressed_before(
    adam: Adam, subjects: pl.DataFrame, rule: SettledResponse, day: int
) -> frozenset[str]:
    """Subjects who progressed or died before a day, in days as for `controlled_from`."""
    progressed = _when(adam, subjects, rule, (pl.col("AVALC") == "PD") & (_elapsed(rule) < day))
    lived = (pl.col("DTHDT") - pl.col(REFERENCE[rule.response_ref])).dt.total_days()
    return progressed | frozenset(subjects.filter(lived < day)["USUBJID"].to_list())


def _when(
    adam: Adam, subjects: pl.DataFrame, rule: SettledResponse, which: pl.Expr
) -> frozenset[str]:
    rows = headline_rows(adam, "ADRS", rule.evaluator)
    counted = rows.filter(pl.col("PARAMCD") == "OVR", pl.col("ANL01FL") == "Y")
    dated = counted.select("USUBJID", "AVALC", "ADT").join(
        subjects.select("USUBJID", REFERENCE[rule.response_ref]), on="USUBJID"
    )
    return frozenset(dated.filter(which)["USUBJID"].to_list())


def _elapsed(rule: SettledResponse) -> pl.Expr:
    return (pl.col("ADT") - pl.col(REFERENCE[rule.response_ref])).dt.total_days()
