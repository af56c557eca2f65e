"""The readings that a delivery holds, each with its own records (R-072, R-074, R-130)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import get_args

import polars as pl

from trialwright.core.tables import ROW, Sdtm
from trialwright.protocol.rules import Evaluator
from trialwright.response.evaluators import (
    ADJUDICATOR,
    BLANK,
    NOT_ACCEPTED,
    OTHER,
    Choice,
    choose,
    counting,
    named,
    readers,
    require_evaluator,
    unnamed,
)
from trialwright.subjects.reconcile import unused

#: Domains whose records say who read.
READ = ("TU", "TR", "RS")
#: Domains that a reading is derived from, by `response_source`.
SOURCES = {"lesions": ("TU", "TR"), "reported": ("RS",)}
#: The evaluator whose single readers have readings of their own.
_ASSESSOR = "INDEPENDENT ASSESSOR"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who read: `evaluator` as in --EVAL, `identifier` as in --EVALID.

    Without `identifier` it is the reading that counts for the evaluator: the only, the accepted or
    the adjudicated one of each patient. With it, all that this reader read.
    """

    evaluator: Evaluator
    identifier: str = ""

    @property
    def name(self) -> str:
        """`INDEPENDENT ASSESSOR, RADIOLOGIST 1`."""
        return f"{self.evaluator}, {self.identifier}" if self.identifier else self.evaluator


@dataclass(frozen=True, slots=True)
class Share:
    """What one reader recorded: the domains with TU, TR and RS of this reader only."""

    reader: Reader
    sdtm: Sdtm
    queries: tuple[pl.DataFrame, ...] = ()

    @property
    def subjects(self) -> frozenset[str]:
        """Subjects with a record of this reader."""
        return frozenset(name for code in READ for name in self.sdtm[code]["USUBJID"])


def readers_of(sdtm: Sdtm, codes: tuple[str, ...]) -> tuple[Reader, ...]:
    """Every reading that the domains `codes` hold.

    Each evaluator of the input form has one. Where several independent readers read, each of them
    has another one: it shows how much readers differ and decides nothing.
    """
    frames = {code: named(code, sdtm[code]) for code in codes}
    who = [
        readers(code, frame).with_columns(EVALUATOR=frame[f"{code}EVAL"])
        for code, frame in frames.items()
    ]
    pairs = set(pl.concat(who).select("EVALUATOR", "READER").rows())
    found: list[Reader] = []
    for evaluator in get_args(Evaluator):
        names = sorted(name for one, name in pairs if one == evaluator)
        found += [Reader(evaluator)] if names else []
        if evaluator == _ASSESSOR and len([name for name in names if name]) > 1:
            single = [name for name in names if name not in {"", ADJUDICATOR}]
            found += [Reader(evaluator, name) for name in single]
    return tuple(found)


def share_of(sdtm: Sdtm, reader: Reader, codes: tuple[str, ...]) -> Share:
    """The domains with the records of one reader, in every domain the same one for a patient.

    Parameters
    ----------
    sdtm
        Domains with the records of everybody.
    reader
        Whose records are wanted.
    codes
        The domains that the reading is derived from: they say whose reading counts.

    Raises
    ------
    DataError
        When the evaluator read nothing there, or nobody says which of several readers counts.
    """
    mine: dict[str, pl.DataFrame] = {}
    for code in READ:
        frame = named(code, sdtm[code])
        if code in codes:
            require_evaluator(code, frame, reader.evaluator)
        mine[code] = frame.filter(pl.col(f"{code}EVAL") == reader.evaluator)
    queries: list[pl.DataFrame] = []
    if reader.identifier:
        kept = {
            code: frame.filter(pl.col(f"{code}EVALID") == reader.identifier)
            for code, frame in mine.items()
        }
    else:
        choice = choose({code: mine[code] for code in codes}, mine["RS"])
        kept = {}
        for code, frame in mine.items():
            kept[code], flags = counting(code, frame, _for(code, codes, choice, mine))
            queries += flags if code in codes else []
    alone = {
        code: frame.with_columns(pl.lit(None, pl.String).alias(f"{code}EVALID"))
        for code, frame in kept.items()
    }
    return Share(reader, replace(sdtm, domains={**sdtm.domains, **alone}), tuple(queries))


def _for(
    code: str, codes: tuple[str, ...], choice: Choice, mine: Mapping[str, pl.DataFrame]
) -> Choice:
    """The choice in a domain: one that is only compared follows the reader of the lesions."""
    if choice.accepted is not None or code in codes:
        return choice
    owners = pl.concat([readers(one, mine[one]) for one in codes]).unique()
    everybody = readers(code, mine[code])
    unknown = everybody.filter(pl.col("READER") == "").unique()
    several = everybody.filter(pl.col("READER") != "")["READER"].n_unique() > 1
    return Choice(pl.concat([owners, unknown]).unique(), choice.torn) if several else choice


def unclaimed(
    sdtm: Sdtm, shares: Iterable[Share], refused: Mapping[Reader, str]
) -> list[pl.DataFrame]:
    """One row for each record of TU, TR and RS that is in no derived reading, with the reason.

    Parameters
    ----------
    sdtm
        Domains with the records of everybody.
    shares
        The readings that were derived.
    refused
        Readings that could not be derived, each with the reason.
    """
    parts = list(shares)
    rows: list[pl.DataFrame] = []
    for code in READ:
        taken = pl.concat([sdtm[code][:0], *(part.sdtm[code] for part in parts)], how="diagonal")
        left = named(code, sdtm[code]).join(taken, on=ROW, how="anti", maintain_order="left")
        for rule, reason, group in _by_reason(code, left, parts, refused):
            rows.append(unused(code, group, rule, reason))
    return rows


def _by_reason(
    code: str, left: pl.DataFrame, parts: list[Share], refused: Mapping[Reader, str]
) -> Iterable[tuple[str, str, pl.DataFrame]]:
    """The records that nobody used, group by group: rule, reason, records."""
    derived = [part.reader.evaluator for part in parts]
    who, reader = pl.col(f"{code}EVAL"), pl.col(f"{code}EVALID")
    single = sorted(refused.items(), key=lambda one: (not one[0].identifier, one[0].name))
    groups = [
        (
            (who == one.evaluator) & ((reader == one.identifier) if one.identifier else True),
            "R-072",
            f"{one.name}: reading not derived, {why}",
        )
        for one, why in single
    ]
    groups += [
        (who.is_null(), "R-130", BLANK.format(code)),
        (who.is_in(derived), "R-074", NOT_ACCEPTED),
        (pl.lit(value=True), "R-072", OTHER),
    ]
    for which, rule, reason in groups:
        held = left.select(which.fill_null(value=False)).to_series()
        yield rule, reason, left.filter(held)
        left = left.filter(~held)


def unnamed_records(sdtm: Sdtm) -> list[pl.DataFrame]:
    """Flags for the records of all domains that do not say who read them (R-130)."""
    return [flag for code in READ for flag in unnamed(code, sdtm[code])]
