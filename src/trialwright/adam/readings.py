"""Every reading of a trial: the headline's, and the others beside it, never mixed (R-072)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from trialwright.adam.adrs import derive_adrs
from trialwright.adam.adtr import derive_adtr
from trialwright.adam.frames import shaped
from trialwright.adam.reading import Reading, read_by, read_share
from trialwright.adam.reported.comparison import Compared, compare_reported
from trialwright.adam.reported.rows import as_stated
from trialwright.core.errors import DataError
from trialwright.core.tables import Sdtm
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import SettledAnalysis, SettledResponse
from trialwright.response.readers import (
    SOURCES,
    Reader,
    readers_of,
    share_of,
    unclaimed,
    unnamed_records,
)
from trialwright.subjects.milestones import Milestones
from trialwright.subjects.reconcile import QUERY_SCHEMA, query, unused
from trialwright.vocabulary.adam import ADRS, ADTR

_NOT_COMPARED = "the stated responses were not compared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """The readings of a trial.

    Attributes
    ----------
    headline
        The one that the results are from (`response.evaluator`).
    others
        Those of the other evaluator and of single independent readers.
    unused
        Records of TU, TR and RS that are in no reading.
    queries
        About who read, and those of the other readings.
    """

    headline: Reading
    others: tuple[Reading, ...]
    unused: tuple[pl.DataFrame, ...]
    queries: tuple[pl.DataFrame, ...]

    @property
    def all(self) -> tuple[Reading, ...]:
        """The headline and the others."""
        return (self.headline, *self.others)


def read_all(
    protocol: Protocol,
    sdtm: Sdtm,
    milestones: Milestones,
    rules: tuple[SettledResponse, SettledAnalysis],
) -> Readings:
    """Derive the reading of the protocol's evaluator, then every other reading that can be.

    Parameters
    ----------
    sdtm
        The domains up to the data cut-off with the records of all readers.

    Raises
    ------
    DataError
        When the records of the protocol's evaluator are refused. A refusal of another reading is a
        query, and its records are unused.
    """
    codes = SOURCES[rules[0].response_source]
    first = Reader(rules[0].evaluator)
    headline = read_by(first.evaluator, protocol, sdtm, milestones, rules)
    others: list[Reading] = []
    refused: dict[Reader, DataError] = {}
    for reader in readers_of(sdtm, codes):
        if reader == first:
            continue
        try:
            others.append(read_share(share_of(sdtm, reader, codes), protocol, milestones, rules))
        except DataError as refusal:
            refused[reader] = refusal
    derived = (headline, *others)
    why = {one: f"{said.what.rstrip('.')} (see the queries)" for one, said in refused.items()}
    return Readings(
        headline=headline,
        others=tuple(others),
        unused=(
            *unclaimed(sdtm, [one.share for one in derived], why),
            *(frame for one in others for frame in one.records.unused),
        ),
        queries=(
            *unnamed_records(sdtm),
            *headline.share.queries,
            *_of_others(derived),
            *_of_refused(refused),
            *_doubtful_therapy(headline, others),
        ),
    )


def with_other_readings(
    datasets: Mapping[str, pl.DataFrame], readings: Readings
) -> dict[str, pl.DataFrame]:
    """Add the rows of the other readings to ADTR and ADRS, told apart by EVAL and EVALID.

    Parameters
    ----------
    datasets
        ADSL, ADTR, ADRS and ADTTE of the headline reading.
    """
    if not readings.others:
        return dict(datasets)
    lesions, responses = [datasets["ADTR"]], [datasets["ADRS"]]
    for one in readings.others:
        adtr = derive_adtr(one.records, one.decisions, datasets["ADSL"], one.evaluator)
        adrs = derive_adrs(one.records, one.decisions, datasets["ADSL"], one.rule)
        stated = as_stated({"ADRS": adrs, "ADTTE": datasets["ADTTE"].clear()}, one)
        lesions.append(_named(adtr, one))
        responses.append(_named(stated["ADRS"], one))
    return {
        **datasets,
        "ADTR": shaped(pl.concat(lesions), ADTR),
        "ADRS": shaped(pl.concat(responses), ADRS),
    }


def _told_by(reader: Reader, queries: pl.DataFrame) -> pl.DataFrame:
    """Queries that name their reader, and the rule by which readings are apart."""
    return queries.with_columns(
        RULEID=pl.concat_str("RULEID", pl.lit(" R-072")),
        MESSAGE=pl.concat_str(pl.lit(f"{reader.name}: "), "MESSAGE"),
    )


def compare_all(readings: Readings) -> Compared:
    """Stated responses (RS) against the derived ones, reader by reader.

    Raises
    ------
    DataError
        When RS of the headline reading is refused; a refusal of another one is a query.
    """
    first = compare_reported(readings.headline.share.sdtm, readings.headline)
    queries, dropped, frames = list(first.queries), list(first.unused), [first.frame]
    for one in readings.others:
        own = one.share.sdtm
        try:
            made = compare_reported(own, one)
        except DataError as refusal:
            queries += _of_refused({one.reader: refusal}, _NOT_COMPARED)
            dropped.append(unused("RS", own["RS"], "R-072", f"{one.reader.name}: {_NOT_COMPARED}"))
            continue
        queries += [_told_by(one.reader, frame) for frame in made.queries]
        dropped += made.unused
        frames.append(made.frame)
    return Compared(frame=pl.concat(frames), queries=tuple(queries), unused=tuple(dropped))


def _named(frame: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """The rows with the name of a single reader, who has rows of the subjects they read only."""
    name = reading.reader.identifier
    if not name:
        return frame
    read = sorted(reading.share.subjects)
    return frame.filter(pl.col("USUBJID").is_in(read)).with_columns(EVALID=pl.lit(name))


def _of_others(derived: tuple[Reading, ...]) -> list[pl.DataFrame]:
    """Queries of the other readings with the name of the reader; one of the same record once."""
    if len(derived) == 1:
        return []
    said = {one.evaluator: [pl.DataFrame(schema=QUERY_SCHEMA)] for one in derived}
    said[derived[0].evaluator] += derived[0].records.queries
    found = []
    for one in derived[1:]:
        mine = pl.concat([*one.share.queries, *one.records.queries], how="diagonal")
        told = pl.concat(said[one.evaluator], how="diagonal")
        new = mine.join(told, on=["USUBJID", "RULEID", "MESSAGE"], how="anti")
        said[one.evaluator].append(new)
        found.append(_told_by(one.reader, new))
    return found


def _of_refused(
    refused: Mapping[Reader, DataError], outcome: str = "this reading was not derived"
) -> list[pl.DataFrame]:
    """One error of the trial for each reading that was refused, with the message."""
    return [
        query(
            [""],
            "R-072",
            f"{reader.name}: {outcome}. {why.what} Where: {why.where}.",
            "error",
            why.do,
        )
        for reader, why in refused.items()
    ]


def _doubtful_therapy(headline: Reading, others: list[Reading]) -> list[pl.DataFrame]:
    """A lesion that PR names and that is another place for another reader (R-130, R-141)."""
    flags = []
    ours = _treated(headline)
    for one in others:
        both = ours.join(_treated(one), on=["USUBJID", "LNKID"], suffix="_OTHER")
        differ = both.filter(pl.col("LOC").ne_missing(pl.col("LOC_OTHER"))).unique()
        flags += [
            query(
                [row["USUBJID"]],
                "R-130",
                f"PR names lesion {row['LNKID']}: {row['LOC'] or 'no place'} for "
                f"{headline.reader.name}, {row['LOC_OTHER'] or 'no place'} for {one.reader.name}. "
                "The therapy counts in both readings.",
                "warning",
                "relate the procedure to the record in TU (RELREC)",
            )
            for row in differ.sort("USUBJID", "LNKID").to_dicts()
        ]
    return flags


def _treated(reading: Reading) -> pl.DataFrame:
    """Lesions with a local therapy and their places."""
    treated = reading.records.local.frame.select("USUBJID", "LNKID").unique()
    places = reading.records.lesions.select("USUBJID", "LNKID", "LOC")
    return treated.join(places, on=["USUBJID", "LNKID"])
