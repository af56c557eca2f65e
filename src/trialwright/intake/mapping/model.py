"""`intake.yaml`: which file, sheet and column holds what, in which words and units.

A mapping says what a person who knows the files would say; it computes nothing. Everything that it
does not mention is told in the receipt.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import Field

from trialwright.intake.typed import DateOrder
from trialwright.protocol.base import Part

#: A text as it is written in the file, whatever it looks like.
Constant: TypeAlias = str
#: What becomes of a text that the list of terms does not name.
Other: TypeAlias = Literal["refuse", "keep", "empty"]


class Lookup(Part):
    """A value from another table of the mapping.

    Attributes
    ----------
    table
        Its `id`.
    by
        Which of its columns must equal which cell of this row: `{Patient: Patient, Visit: visit}`.
    column
        The column that is wanted.
    """

    table: str
    by: dict[str, str]
    column: str


class Value(Part):
    """Where a value of a record comes from: a column, or another table.

    Attributes
    ----------
    column
        Heading of a column, or a name of the `each` list.
    lookup
        Another table, in the place of `column`.
    kind
        "text", "date" or "number" as people type them; written `as` in the file.
    terms
        What a text means; compared in upper case without outer blanks. A term of a date or a number
        is taken as it is.
    other
        What becomes of a text that `terms` does not name: refused unless said otherwise.
    prefix, pad
        Put before a value, and digits to which a whole number is filled up: lesion 1 as T01.
    empty
        Taken where the cell is empty.
    """

    column: str | None = None
    lookup: Lookup | None = None
    kind: Literal["text", "date", "number"] = Field(default="text", alias="as")
    terms: dict[str, Constant] | None = None
    other: Other | None = None
    prefix: str = ""
    pad: int = Field(default=0, ge=0, le=9)
    empty: Constant | None = None


class Each(Part):
    """One repetition of a rule: a visit of a wide sheet, a test, a lesion field.

    Attributes
    ----------
    columns
        Heading by the name under which the rule speaks of it.
    values
        Constants by name: `{VISITNUM: 2, VISIT: WEEK 8}`.
    """

    columns: dict[str, str] = Field(default_factory=dict)
    values: dict[str, Constant] = Field(default_factory=dict)


class Make(Part):
    """A rule: one record of a domain from a row, or one for each repetition.

    Attributes
    ----------
    domain
        SDTM domain.
    when
        Texts that a column must hold for the rule to apply, compared in upper case.
    filled
        Columns, or names of the `each` list, that must not be empty for the rule to apply.
    each
        Repetitions.
    once
        Columns of the record by which it is made once only: several rows may say the same.
    values
        Value by column of the domain; written `set` in the file. A plain value is a constant.
    """

    domain: str
    when: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    filled: tuple[str, ...] = ()
    each: tuple[Each, ...] = ()
    once: tuple[str, ...] = ()
    values: dict[str, Constant | Value] = Field(alias="set")


class Skip(Part):
    """Rows that are set aside, and why: sums, remarks, patients of another trial.

    Attributes
    ----------
    column, texts
        A column, and the texts in it, written `is` in the file; without texts an empty cell.
    why
        The reason, as the receipt gives it.
    """

    column: str
    texts: tuple[str, ...] = Field(default=(), alias="is")
    why: str


class TableMap(Part):
    """One table of a delivery: a file, a sheet of a workbook, a form.

    Attributes
    ----------
    id
        Name for lookups.
    file
        Name of the file; `*` stands for any text, if one file only has such a name.
    sheet
        Name of the sheet, the dataset or the form, where a file has several.
    header
        Row of the headings; several rows are joined by " / ", cells of the upper ones hold on to
        the right.
    last
        Last row that is read.
    fill_down
        Columns in which an empty cell means the one above, as in merged cells.
    skip, make
        Rows that are set aside, and the rules. A table for lookups only has none.
    """

    id: str | None = None
    file: str
    sheet: str | None = None
    header: tuple[int, ...] = (1,)
    last: int | None = None
    fill_down: tuple[str, ...] = ()
    skip: tuple[Skip, ...] = ()
    make: tuple[Make, ...] = ()


class Mapping(Part):
    """A mapping file.

    Attributes
    ----------
    intake
        Version of this form.
    study
        STUDYID of the records; the protocol's when it is not given.
    encoding
        Of text files, where they are not UTF-8.
    dates
        Which comes first in 03/04/2025; dates that could be read in two ways are refused else.
    decimal_comma
        Whether a comma is a decimal sign.
    tables
        The tables in the order in which their records are made.
    """

    intake: Literal[1]
    study: str | None = None
    encoding: str = "utf-8"
    dates: DateOrder | None = None
    decimal_comma: bool = False
    tables: tuple[TableMap, ...]
