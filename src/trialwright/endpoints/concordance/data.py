"""Two readings of the same patients side by side: who was read, best responses, time points."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import polars as pl

from trialwright.core.tables import Adam
from trialwright.endpoints.best_response import PARAMETER

#: Categories of a cross table in the order of response; the last one has no place in the order.
CATEGORIES = ("CR", "PR", "SD", "PD", "NE")
#: Texts of ADRS that count as another category here.
_AS = {"NON-CR/NON-PD": "SD", "MISSING": "NE", "NED": "NE"}


@dataclass(frozen=True, slots=True)
class ReadingName:
    """A reading in ADRS and ADTR: EVAL, and EVALID of a single reader."""

    evaluator: str
    identifier: str = ""

    @property
    def words(self) -> str:
        """`independent assessor, radiologist 1`."""
        both = (self.evaluator, self.identifier) if self.identifier else (self.evaluator,)
        return ", ".join(both).lower()

    def rows(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Rows of this reading."""
        mine = (pl.col("EVAL") == self.evaluator) & (
            pl.col("EVALID").fill_null("") == self.identifier
        )
        return frame.filter(mine)


def readings_in(adam: Adam) -> tuple[ReadingName, ...]:
    """The readings of ADRS: the investigator's first, single readers behind their evaluator."""
    found = adam["ADRS"].select("EVAL", pl.col("EVALID").fill_null("")).unique().rows()
    order = sorted(found, key=lambda pair: (pair[0] != "INVESTIGATOR", *pair))
    return tuple(ReadingName(*pair) for pair in order)


def pairs_of(readings: Iterable[ReadingName]) -> tuple[tuple[ReadingName, ReadingName], ...]:
    """Which readings are compared.

    The readings that count for an evaluator with each other, and single readers with each other.
    A single reader is compared with an evaluator only when the readings of the other evaluator
    have none that counts: else the same records would be on both sides.
    """
    every = tuple(readings)
    counting = [one for one in every if not one.identifier]
    single = [one for one in every if one.identifier]
    strangers = [
        (one, reader)
        for one in counting
        for reader in single
        if reader.evaluator not in {other.evaluator for other in counting}
    ]
    return (*combinations(counting, 2), *strangers, *combinations(single, 2))


def subjects_read(adam: Adam, reading: ReadingName) -> frozenset[str]:
    """Subjects of whom the reading holds a lesion or a response of a time point."""
    lesions = reading.rows(adam["ADTR"])["USUBJID"]
    responses = reading.rows(adam["ADRS"]).filter(pl.col("PARAMCD") == "OVR")["USUBJID"]
    return frozenset(lesions) | frozenset(responses)


def best_of(
    adam: Adam, reading: ReadingName, subjects: pl.DataFrame, *, confirmed: bool
) -> pl.DataFrame:
    """The subjects with CATEGORY (of `CATEGORIES`), RESPONSE and REASON of a reading."""
    rows = reading.rows(adam["ADRS"]).filter(pl.col("PARAMCD") == PARAMETER[confirmed])
    best = rows.select("USUBJID", "REASON", RESPONSE="AVALC")
    joined = subjects.join(best, on="USUBJID", how="left", maintain_order="left")
    return joined.with_columns(CATEGORY=_category())


def _category() -> pl.Expr:
    """RESPONSE as one of `CATEGORIES`; what was not assessed is NE."""
    return pl.col("RESPONSE").replace(_AS).fill_null("NE")


def cross(first: pl.Series, second: pl.Series) -> tuple[tuple[int, ...], ...]:
    """Counts by category of the first reading (rows) and of the second (columns)."""
    pairs = list(zip(first, second, strict=True))
    return tuple(tuple(pairs.count((row, column)) for column in CATEGORIES) for row in CATEGORIES)


def time_points(adam: Adam, reading: ReadingName, subjects: pl.DataFrame) -> pl.DataFrame:
    """Responses by time point: USUBJID, AVISITN, NAME, SCAN, ADT, RESPONSE, CATEGORY, REASON.

    NAME is the name of the visit where a subject has it once only; SCAN is the last scan.
    """
    scans = (
        reading.rows(adam["ADTR"])
        .group_by("USUBJID", "AVISITN")
        .agg(SCAN=pl.col("ADT").max())
    )  # fmt: skip
    rows = (
        reading.rows(adam["ADRS"])
        .filter(pl.col("PARAMCD") == "OVR")
        .join(subjects.select("USUBJID"), on="USUBJID", how="semi")
        .join(scans, on=["USUBJID", "AVISITN"], how="left")
        .with_columns(
            NAME=pl.col("AVISIT").str.strip_chars().str.to_uppercase(),
            SCAN=pl.coalesce("SCAN", "ADT"),
        )
    )
    once = pl.len().over("USUBJID", "NAME") == 1
    return (
        rows.select(
            "USUBJID",
            "AVISITN",
            "SCAN",
            "ADT",
            "REASON",
            NAME=pl.when(once).then("NAME"),
            RESPONSE="AVALC",
        )
        .with_columns(CATEGORY=_category())
        .sort("USUBJID", "AVISITN")
    )


def matched(first: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
    """Time points of two readings that are the same visit.

    By the name of the visit; where one of them has none, by the date of the last scan.

    Parameters
    ----------
    first, second
        As `time_points` gives them.

    Returns
    -------
    pl.DataFrame
        USUBJID, AVISITN and CATEGORY, and those of the second with `_2`.
    """
    by_name = first.join(second, on=["USUBJID", "NAME"], suffix="_2")
    rest = [
        frame.join(by_name, left_on=["USUBJID", "AVISITN"], right_on=["USUBJID", at], how="anti")
        .unique(["USUBJID", "SCAN"], keep="first", maintain_order=True)
        for frame, at in ((first, "AVISITN"), (second, "AVISITN_2"))
    ]  # fmt: skip
    by_scan = rest[0].join(rest[1], on=["USUBJID", "SCAN"], suffix="_2")
    columns = ("AVISITN", "CATEGORY")
    names = ("USUBJID", *columns, *(f"{name}_2" for name in columns))
    found = pl.concat([by_name.select(names), by_scan.select(names)])
    return found.sort("USUBJID", "AVISITN")


def first_progressions(points: pl.DataFrame) -> pl.DataFrame:
    """The first time point with PD of each subject that has one."""
    found = points.filter(pl.col("RESPONSE") == "PD").sort("USUBJID", "AVISITN")
    return found.unique("USUBJID", keep="first", maintain_order=True)
