"""Code lists: the values that a variable has in these data, under names of the sponsor.

No version of the published controlled terminology is claimed, because none was checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from trialwright.exchange.datasets.model import Item, ItemGroup

#: More values than this are a description, not a list; a parameter list is always given.
_MOST = 60
_CODED = re.compile(
    r"PARAMCD|EVAL|SEX|ARMCD|COHORT|ROLE|CNSR|.*FL|.*DTF|AREL|AE(SER|OUT|SDTH|SLIFE|SHOSP|SDISAB"
    r"|SCONG|SMIE|SICAT|CAT|TOXGR|REL|ACN)|[AB]?TOXGR[NLH]|BTOXGR[LH]|AVALU|ANRIND|EOTREAS|LTCAT"
    r"|(NT|T)?RGRESP|ASREAD|EVNTDESC|CNSDTDSC|QRYSEV|SRCDOM|HEADLINE|OPTION|AVISITN?"
    r"|..(TESTCD|STAT|CAT|SCAT|EVAL|METHOD|ORRESU|STRESU|NRIND|DECOD|LOC|DOSU|ROUTE)|QNAM|AGEU"
    r"|TSPARMCD"
)
#: Variable that decodes the values of another.
_DECODED = {"PARAMCD": "PARAM", "ARMCD": "ARM", "QNAM": "QLABEL", "TSPARMCD": "TSPARM"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeList:
    """Values in order, with their decodes where the data have them."""

    oid: str
    name: str
    kind: str
    values: tuple[tuple[str, str], ...]


def codelist_oid(dataset: str, variable: str) -> str:
    """Identifier of the list of a variable."""
    return f"CL.{dataset}.{variable}"


def code_lists(group: ItemGroup) -> Iterator[CodeList]:
    """The list of each coded variable of a dataset that has values."""
    for item in group.items:
        if item.kind in ("text", "integer") and _CODED.fullmatch(item.name):
            values = _values(group, item)
            if values and (item.name == "PARAMCD" or len(values) <= _MOST):
                yield CodeList(
                    oid=codelist_oid(group.name, item.name),
                    name=f"{item.label} ({group.name})",
                    kind="text" if item.is_text else "integer",
                    values=values,
                )


def _values(group: ItemGroup, item: Item) -> tuple[tuple[str, str], ...]:
    decode = _decoder(group, item.name)
    if decode is None:
        found = group.frame[item.name].drop_nulls().unique().sort().to_list()
        return tuple((str(value), "") for value in found)
    pairs = group.frame.select(item.name, decode).drop_nulls().unique().sort(item.name, decode)
    names = pairs.unique(item.name, keep="first", maintain_order=True)
    return tuple((str(code), str(text)) for code, text in names.iter_rows())


def _decoder(group: ItemGroup, variable: str) -> str | None:
    names = {item.name for item in group.items}
    given = _DECODED.get(variable)
    if given is None and variable.endswith("TESTCD"):
        given = variable.removesuffix("CD")
    if given not in names:
        return None
    both = group.frame.filter(pl.col(variable).is_not_null())
    return given if both.height and not both[given].has_nulls() else None
