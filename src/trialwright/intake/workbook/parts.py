"""Names of the sheets, shared texts and number formats of a workbook."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from trialwright.intake.workbook.limits import MAX_CELL_TEXT, MAX_SHEETS, MAX_STYLES, too_much
from trialwright.intake.workbook.package import Package, damaged
from trialwright.intake.workbook.values import is_date_format
from trialwright.intake.workbook.xml_stream import parse

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_RELATIONS = "xl/_rels/workbook.xml.rels"
_WORKBOOK = "xl/workbook.xml"


@dataclass(slots=True)
class Book:
    """Sheets in order by name with the part that holds each, and the date system."""

    sheets: dict[str, str] = field(default_factory=dict)
    from_1904: bool = False


def read_book(package: Package) -> Book:
    """Read which sheets there are.

    Raises
    ------
    DataError
        A sheet has no part in the file, or its name stands twice.
    """
    relations = _Relations()
    parse(_RELATIONS, package.chunks(_RELATIONS), relations, package.budget)
    listed = _Workbook()
    parse(_WORKBOOK, package.chunks(_WORKBOOK), listed, package.budget)
    if len(listed.sheets) > MAX_SHEETS:
        raise too_much(package.file, f"{len(listed.sheets)} sheets", f"at most {MAX_SHEETS} sheets")
    book = Book(from_1904=listed.from_1904)
    for name, relation in listed.sheets:
        target = relations.targets.get(relation)
        if target is None or name in book.sheets:
            raise damaged(package.file, f'the sheet "{name}" cannot be found, or is there twice')
        kind, part = target
        if kind == "worksheet":  # charts and the like hold no cells
            book.sheets[name] = part
    return book


@dataclass(slots=True)
class _Relations:
    """Kind and part by relation id."""

    targets: dict[str, tuple[str, str]] = field(default_factory=dict)

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode", "Internal") == "Internal":
            target = attributes.get("Target", "")
            part = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.targets[attributes.get("Id", "")] = (kind, part)

    def text(self, data: str) -> None: ...

    def end(self, name: str) -> None: ...


@dataclass(slots=True)
class _Workbook:
    sheets: list[tuple[str, str]] = field(default_factory=list)
    from_1904: bool = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "workbookPr":
            self.from_1904 = attributes.get("date1904", "0") in {"1", "true"}
        if name == "sheet":
            ids = [value for key, value in attributes.items() if key.rpartition(":")[2] == "id"]
            self.sheets.append((attributes.get("name", ""), ids[0] if ids else ""))

    def text(self, data: str) -> None: ...

    def end(self, name: str) -> None: ...


def read_shared(package: Package) -> list[str]:
    """The table of shared texts; the runs of a rich text are joined, phonetic guides left out."""
    part = _part(package, "sharedStrings")
    if part is None:
        return []
    shared = _Shared(package)
    parse(part, package.chunks(part), shared, package.budget)
    return shared.texts


@dataclass(slots=True)
class RichText:
    """Joins the text of `t` elements outside of phonetic guides."""

    file: str
    pieces: list[str] = field(default_factory=list)
    inside: bool = False
    phonetic: bool = False

    def start(self, name: str) -> None:
        """An element inside of a text opens."""
        if name == "rPh":
            self.phonetic = True
        elif name == "t":
            self.inside = not self.phonetic

    def text(self, data: str) -> None:
        """Take text where it counts."""
        if self.inside:
            self.pieces.append(data)

    def end(self, name: str) -> None:
        """An element inside of a text closes."""
        if name == "rPh":
            self.phonetic = False
        elif name == "t":
            self.inside = False

    def take(self) -> str:
        """The text so far; begins anew."""
        joined = "".join(self.pieces)
        self.pieces.clear()
        if len(joined) > MAX_CELL_TEXT:
            raise too_much(
                self.file, "a text is longer", f"at most {MAX_CELL_TEXT} characters a cell"
            )
        return unescaped(joined)


def unescaped(text: str) -> str:
    """Characters that XML cannot hold stand as _x000D_ in a workbook."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


@dataclass(slots=True)
class _Shared:
    package: Package
    texts: list[str] = field(default_factory=list)
    rich: RichText = field(init=False)

    def __post_init__(self) -> None:
        self.rich = RichText(self.package.file)

    def start(self, name: str, attributes: Mapping[str, str]) -> None:  # noqa: ARG002
        self.rich.start(name)

    def text(self, data: str) -> None:
        self.rich.text(data)

    def end(self, name: str) -> None:
        self.rich.end(name)
        if name == "si":
            joined = self.rich.take()
            self.package.budget.spend_shared(len(joined))
            self.texts.append(joined)


def read_styles(package: Package) -> frozenset[int]:
    """The cell styles that show dates."""
    part = _part(package, "styles")
    if part is None:
        return frozenset()
    styles = _Styles(package)
    parse(part, package.chunks(part), styles, package.budget)
    return frozenset(
        at for at, number in enumerate(styles.styles) if is_date_format(number, styles.codes.get(number))
    )  # fmt: skip


@dataclass(slots=True)
class _Styles:
    package: Package
    codes: dict[int, str] = field(default_factory=dict)
    styles: list[int] = field(default_factory=list)
    inside: bool = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "numFmt":
            self.codes[self._number(attributes)] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self.inside = True
        elif name == "xf" and self.inside:
            self.styles.append(self._number(attributes))
        if len(self.codes) + len(self.styles) > MAX_STYLES:
            raise too_much(self.package.file, "more cell styles", f"at most {MAX_STYLES}")

    def text(self, data: str) -> None: ...

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self.inside = False

    def _number(self, attributes: Mapping[str, str]) -> int:
        text = attributes.get("numFmtId", "0")
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise damaged(self.package.file, f'the number format "{text}"')
        return int(text)


def _part(package: Package, kind: str) -> str | None:
    """The part of a kind that belongs to the workbook as a whole."""
    relations = _Relations()
    parse(_RELATIONS, package.chunks(_RELATIONS), relations, package.budget)
    parts = [part for found, part in relations.targets.values() if found == kind]
    return parts[0] if parts else None
