"""`intake.yaml`: which file, sheet and column holds what, in which words and units.

A mapping says what a person who knows the files would say; it computes nothing. Everything that it
does not mention is told in the receipt.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Discriminator, Field, PositiveInt, Tag

from trialwright.intake.typed import DateOrder
from trialwright.protocol.base import Part

#: A text as it is written in the file, whatever it looks like.
Constant: TypeAlias = str
#: What becomes of a text that the list of terms does not name.
Other: TypeAlias = Literal["refuse", "keep", "empty"]
#: Encodings of text files; none is tried in the place of another.
Encoding: TypeAlias = Literal["utf-8", "gb18030", "windows-1252", "latin-1", "shift_jis", "big5"]


def _as_list(given: object) -> object:
    """A list; one text or number stands for a list of one."""
    if isinstance(given, (str, int)):
        return (given,)
    return tuple(given) if isinstance(given, list) else given


#: Headings or texts; one of them needs no brackets.
Texts: TypeAlias = Annotated[tuple[str, ...], BeforeValidator(_as_list)]


class Lookup(Part):
    """A value from another table of the mapping.

    Attributes
    ----------
    table
        Its `id`.
    by
        Which of its columns must equal which cell of this row, or which name of the `each` list:
        `{Patient: Patient, Visit: visit}`.
    column
        The column that is wanted, or the name of the `each` list that stands for it.
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
        "text", "date" or "number" as people type them; "result", a number, a limit such as <0.5 or
        words; "unit", the unit that stands behind a number. Written `as` in the file.
    terms
        What a text means; the first that fits. Upper and lower case are the same, full-width
        characters are those they show, `*` stands for any text. A term of a date or a number is
        taken as it is.
    other
        What becomes of a text that `terms` does not name: refused unless said otherwise.
    units
        Units that may stand behind the number in the cell. A rule that takes the number takes the
        unit too.
    bare
        Unit of a number without one; refused where it is not said.
    prefix, pad
        Put before a value, and digits to which a whole number is filled up: lesion 1 as T01.
    empty
        Taken where the cell is empty.
    """

    column: str | None = None
    lookup: Lookup | None = None
    kind: Literal["text", "date", "number", "result", "unit"] = Field(default="text", alias="as")
    terms: dict[str, Constant] | None = None
    other: Other | None = None
    units: Texts = ()
    bare: str | None = None
    prefix: str = ""
    pad: int = Field(default=0, ge=0, le=9)
    empty: Constant | None = None


def _kind_of_value(given: object) -> str:
    return "constant" if isinstance(given, str) else "value"


#: A constant, or where a value comes from: an error names the fault of the one that was meant.
Given: TypeAlias = Annotated[
    Annotated[Constant, Tag("constant")] | Annotated[Value, Tag("value")],
    Discriminator(_kind_of_value),
]


class Each(Part):
    """One repetition of a rule: a visit of a wide sheet, a test, a lesion field.

    Attributes
    ----------
    columns
        Heading by the name under which the rule speaks of it.
    values
        Constants by name: `{VISITNUM: 2, VISIT: WEEK 8}`.
    optional
        Left out, with a note, where none of its columns is there: a visit that is still to come.
    """

    columns: dict[str, str] = Field(default_factory=dict)
    values: dict[str, Constant] = Field(default_factory=dict)
    optional: bool = False


class Make(Part):
    """A rule: one record of a domain from a row, or one for each repetition.

    Attributes
    ----------
    domain
        SDTM domain.
    when
        Texts that a column must hold for the rule to apply, compared as terms are.
    unless
        Texts with which it does not apply: they mean that there is nothing to make.
    filled
        Columns, or names of the `each` list, that must not be empty for the rule to apply.
    each, each_of
        Repetitions, or the name of a list of them (`lists` of the mapping).
    once
        Columns of the record by which it is made once only: several rows may say the same, and
        what one of them leaves empty another may say.
    earliest
        A date of the record: of those that are one by `once`, the one with the earliest date is
        made, whatever the others say.
    values
        Value by column of the domain; written `set` in the file. A plain value is a constant.
    """

    domain: str
    when: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    unless: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    filled: Texts = ()
    each: tuple[Each, ...] = ()
    each_of: str | None = None
    once: Texts = ()
    earliest: str | None = None
    values: dict[str, Given] = Field(alias="set")


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
    texts: Texts = Field(default=(), alias="is")
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
    separator
        Between the cells of a text file; else the one that the row of the headings has most of.
    fill_down
        Columns in which an empty cell means the one above, as in merged cells.
    skip, make
        Rows that are set aside, and the rules. A table for lookups only has none.
    """

    id: str | None = None
    file: str
    sheet: str | None = None
    header: Annotated[tuple[PositiveInt, ...], BeforeValidator(_as_list)] = Field(
        default=(1,), min_length=1
    )
    last: PositiveInt | None = None
    separator: Literal[",", ";", "\t", "|"] | None = None
    fill_down: Texts = ()
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
    missing_codes
        Meaning of the missing data codes of a REDCap project, by code; such a cell has no value.
    lists
        Repetitions that several rules share, by name: the visits of a sheet.
    tables
        The tables in the order in which their records are made.
    """

    intake: Literal[1]
    study: str | None = None
    encoding: Encoding = "utf-8"
    dates: DateOrder | None = None
    decimal_comma: bool = False
    missing_codes: dict[Constant, str] = Field(default_factory=dict)
    lists: dict[str, tuple[Each, ...]] = Field(default_factory=dict)
    tables: tuple[TableMap, ...] = Field(min_length=1)
