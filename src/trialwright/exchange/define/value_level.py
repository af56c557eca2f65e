"""Value-level metadata: what a value is for each parameter, test, qualifier."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from trialwright.exchange.datasets.model import Item, ItemGroup


def _scheme(group: ItemGroup) -> tuple[str, str, tuple[str, ...]]:
    """The variable that tells records apart, its decode, and what it gives a sense."""
    name = group.name
    if group.standard == "ADaM":
        return "PARAMCD", "PARAM", ("AVAL", "AVALC")
    if name.startswith("SUPP"):
        return "QNAM", "QLABEL", ("QVAL",)
    if name == "TS":
        return "TSPARMCD", "TSPARM", ("TSVAL",)
    return f"{name}TESTCD", f"{name}TEST", (f"{name}ORRES", f"{name}STRESC", f"{name}STRESN")


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueLevel:
    """A variable where the parameter is `code`: its records, type, name and rules cited."""

    item: Item
    by: str
    code: str
    label: str
    column: pl.Series
    rules: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether the values are numbers without decimals."""
        return not self.item.is_text and decimals(self.column) == 0


def value_levels(group: ItemGroup) -> Iterator[tuple[Item, tuple[ValueLevel, ...]]]:
    """The variables whose parameters differ in type, length or rules, with each parameter.

    A parameter without a value in the variable is left out; one parameter alone needs no list.
    """
    by, decode, valued = _scheme(group)
    if not {by, decode} <= set(group.frame.columns):
        return
    for item in group.items:
        if item.name in valued:
            found = tuple(_levels(group, item, (by, decode)))
            if len(found) > 1:
                yield item, found


def decimals(column: pl.Series) -> int:
    """Most decimals of the numbers of a column."""
    texts = [repr(value) for value in column.drop_nulls().unique().to_list()]
    return max((_decimals(text) for text in texts), default=0)


def _decimals(text: str) -> int:
    digits, _, power = text.partition("e")
    after = len(digits.partition(".")[2].rstrip("0"))
    return max(0, after - int(power or 0))


def _levels(group: ItemGroup, item: Item, told_by: tuple[str, str]) -> Iterator[ValueLevel]:
    by, decode = told_by
    filled = group.frame.filter(pl.col(item.name).is_not_null() & pl.col(by).is_not_null())
    for (code,), rows in sorted(
        filled.group_by(by, maintain_order=True), key=lambda pair: str(pair[0][0])
    ):
        yield ValueLevel(
            item=item, by=by, code=str(code), label=rows[decode][0] or str(code),
            column=rows[item.name], rules=_cited(rows),
        )  # fmt: skip


def _cited(rows: pl.DataFrame) -> tuple[str, ...]:
    if "RULEID" not in rows.columns:
        return ()
    ids = {one for text in rows["RULEID"].drop_nulls().unique().to_list() for one in _ids(text)}
    return tuple(sorted(ids))


def _ids(text: str) -> list[str]:
    """Rule ids of a record; "ICH E3 11.2" is one reference and stays together."""
    return [text] if text.startswith("ICH ") else text.split()
