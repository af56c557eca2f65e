"""SDTM domains as they leave: numbers as numbers, qualifiers apart, long texts in further columns.

A text over 200 bytes of a domain with qualifiers goes on in its `SUPPxx` (QNAM is the variable
with a number), one of TS in TSVAL1, TSVAL2 ... (SDTM Implementation Guide 3.3, section 4.5.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Sdtm
from trialwright.exchange.datasets.checking import checked
from trialwright.exchange.datasets.long_text import piece_label, split_column
from trialwright.exchange.datasets.model import Item, ItemGroup, Kind
from trialwright.exchange.sdtm_frames import sdtm_frames
from trialwright.vocabulary.sdtm import QUALIFIER_LABELS, SDTM, Domain

#: Numbers by the input form that SDTM keeps as characters.
_CHARACTERS = frozenset({"LBORNRLO", "LBORNRHI"})
_KEYS: dict[str, tuple[str, ...]] = {
    "DM": ("STUDYID", "USUBJID"),
    "TS": ("STUDYID", "TSPARMCD", "TSSEQ"),
    "RELREC": ("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "RELID"),
}
_SUPP_KEYS = ("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM")


@dataclass(frozen=True, slots=True)
class _Further:
    """A column where the text of another goes on."""

    label: str
    continues: str


#: Further columns by domain and name.
_Added: TypeAlias = Mapping[str, Mapping[str, _Further]]


def sdtm_groups(sdtm: Sdtm) -> tuple[ItemGroup, ...]:
    """The domains of a trial for the transport format, in the order of the vocabulary.

    DOMAIN is filled in where a delivery leaves it empty. Blanks at the end of a text are left out.

    Raises
    ------
    DataError
        A number that is none, or a value that the transport format cannot hold.
    """
    prepared, added = _with_long_texts_split(sdtm)
    labels = {
        code: {name: one.label for name, one in columns.items()} for code, columns in added.items()
    }
    frames = sdtm_frames(prepared, labels)
    return tuple(
        checked(_group(SDTM[code], frame, added.get(code, {}))) for code, frame in frames.items()
    )


def whole_sdtm_groups(sdtm: Sdtm) -> tuple[ItemGroup, ...]:
    """The same domains with every text in one value, whatever its length."""
    return tuple(_group(SDTM[code], frame, {}) for code, frame in sdtm_frames(sdtm).items())


def key_of(code: str) -> tuple[str, ...]:
    """The variables that single out a record of a domain."""
    if code.startswith("SUPP"):
        return _SUPP_KEYS
    return _KEYS.get(code, ("STUDYID", "USUBJID", f"{code}SEQ"))


def _with_long_texts_split(sdtm: Sdtm) -> tuple[Sdtm, _Added]:
    """The trial with long texts in further columns, and what those columns are."""
    frames, added = dict(sdtm.domains), {}
    for code, domain in SDTM.items():
        if code in frames:
            frames[code], added[code] = _split_domain(domain, frames[code].drop(ROW, strict=False))
    return replace(sdtm, domains=frames), added


def _split_domain(domain: Domain, frame: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, _Further]]:
    labels = {column.name: column.label for column in domain.columns}
    taken = {*frame.columns, *labels}
    columns: list[pl.Series] = []
    added: dict[str, _Further] = {}
    for name in frame.columns:
        text = frame[name].cast(pl.String).str.strip_chars_end(" ").replace("", None)
        parts = [text] if name in key_of(domain.code) else split_column(text, taken)
        label = labels.get(name) or QUALIFIER_LABELS.get(name, name)
        added |= {
            part.name: _Further(piece_label(label, number), name)
            for number, part in enumerate(parts[1:], start=1)
        }
        taken |= added.keys()
        columns += parts
    return pl.DataFrame(columns), added


def _group(domain: Domain, frame: pl.DataFrame, added: Mapping[str, _Further]) -> ItemGroup:
    keys = key_of(domain.code)
    kinds: dict[str, Kind] = {c.name: _kind(c.name, c.kind) for c in domain.columns}
    labels = {column.name: column.label for column in domain.columns}
    items, columns = [], []
    for name in frame.columns:
        column = _filled(domain, frame[name])
        if kinds.get(name) == "float":
            column, kinds[name] = _numbers(domain, column)
        items.append(
            Item(
                name=name,
                label=labels.get(name) or _label(name, added),
                kind=kinds.get(name, "text"),
                key=keys.index(name) + 1 if name in keys else 0,
                continues=added[name].continues if name in added else "",
            )
        )
        columns.append(column)
    return ItemGroup(
        name=domain.code, label=domain.label, standard="SDTM", items=tuple(items),
        frame=pl.DataFrame(columns).sort(
            [name for name in keys if name in frame.columns], nulls_last=True, maintain_order=True
        ),
    )  # fmt: skip


def _kind(name: str, kind: str) -> Kind:
    if kind == "number":
        return "text" if name in _CHARACTERS else "float"
    return "iso" if kind == "date" else "text"


def _filled(domain: Domain, column: pl.Series) -> pl.Series:
    text = column.cast(pl.String)
    return text.fill_null(domain.code) if column.name == "DOMAIN" else text


def _numbers(domain: Domain, column: pl.Series) -> tuple[pl.Series, Kind]:
    """A column of numbers; whole ones stay whole."""
    numbers = column.str.strip_chars().cast(pl.Float64, strict=False)
    odd = numbers.is_null() & column.is_not_null()
    if odd.any():
        row = int(odd.arg_true()[0])
        raise DataError(
            f'"{column[row]}" stands in a numeric variable.',
            where=f"{domain.code}.{column.name}, record {row + 1} of {len(column)}",
            allowed="a number, or nothing",
            do="correct the value in the delivery",
        )
    whole = numbers.drop_nulls()
    if (whole.is_finite() & (whole == whole.round()) & (whole.abs() < 2**53)).all():
        return numbers.cast(pl.Int64), "integer"
    return numbers, "float"


def _label(name: str, added: Mapping[str, _Further]) -> str:
    return added[name].label if name in added else QUALIFIER_LABELS.get(name, name)
