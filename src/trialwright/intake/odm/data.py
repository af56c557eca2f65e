"""Clinical data of an ODM snapshot as rows of item groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from trialwright.intake.cells import quoted
from trialwright.intake.odm.metadata import Item, Metadata, Part
from trialwright.intake.odm.types import DATA_TYPES, TYPED, is_typed_as, without_gaps
from trialwright.intake.odm.xml_stream import Node

#: Key columns in order.
KEYS = (
    "SUBJECTKEY", "LOCATIONOID", "STUDYEVENTOID", "STUDYEVENTREPEATKEY", "FORMOID",
    "FORMREPEATKEY", "ITEMGROUPREPEATKEY",
)  # fmt: skip
_LEVELS = ("StudyEvent", "Form", "ItemGroup")
#: Elements beside the data that hold none; they are counted for the receipt.
_BESIDE = frozenset(
    {"AuditRecord", "Signature", "Annotation", "InvestigatorRef", "ArchiveLayoutRef"}
)
#: Problems that are kept; beyond it the file is refused all the same.
_MOST = 200


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of an item: its text, its unit, and whether it is null on purpose."""

    text: str | None
    unit: str | None = None
    is_null: bool = False


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One `ItemGroupData`: line, keys in the order of `KEYS`, and cells by item OID."""

    line: int
    keys: tuple[str | None, ...]
    cells: dict[str, Cell]


@dataclass(slots=True)
class Data:
    """Rows by item group, with every problem and what was left aside."""

    file: str
    metadata: Metadata
    rows: dict[str, list[GroupRow]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    aside: Counter[str] = field(default_factory=Counter)
    rewritten: Counter[str] = field(default_factory=Counter)
    _subjects: dict[str, int] = field(default_factory=dict)
    #: Equal cells are one: most values of a trial are codes.
    _known: dict[Cell, Cell] = field(default_factory=dict)

    def add_subject(self, node: Node) -> None:
        """Take the data of one subject."""
        key = node["SubjectKey"]
        self._check_transaction(node)
        first = self._subjects.get(key.upper())
        if not key:
            self.refuse(node, "SubjectKey", "it is empty")
        elif first is not None:
            self.refuse(node, "SubjectKey", f"{quoted(key)} stands in line {first} too")
        self._subjects.setdefault(key.upper(), node.line)
        sites = [one["LocationOID"] for one in node.all("SiteRef")]
        self._parts(node, 0, {"": (key, sites[0] if sites else None)}, None)

    def refuse(self, node: Node, attribute: str, why: str) -> None:
        """Keep a problem with an element."""
        if len(self.problems) < _MOST:
            shown = f" {attribute}" if attribute else ""
            self.problems.append(f"{self.file}, line {node.line}, {node.name}{shown}: {why}")

    def _parts(
        self,
        node: Node,
        level: int,
        keys: dict[str, tuple[str | None, str | None]],
        above: Part | None,
    ) -> None:
        """The events of a subject, the forms of an event, the item groups of a form."""
        kind = _LEVELS[level]
        seen: dict[tuple[str, str], int] = {}
        for one in self._children(node, f"{kind}Data", level):
            oid, repeat = one[f"{kind}OID"], one[f"{kind}RepeatKey"]
            part = self.metadata.parts[kind].get(oid)
            self._check_transaction(one)
            if part is None:
                self.refuse(one, f"{kind}OID", f"{quoted(oid)} is not defined")
                continue
            if above is not None and oid not in above.has:
                self.refuse(one, f"{kind}OID", f"{quoted(oid)} is no part of {above.oid}")
            if part.repeats and not repeat:
                self.refuse(one, f"{kind}RepeatKey", f"it is empty, and {oid} repeats")
            key = (oid, repeat if part.repeats else "")
            if key in seen:
                what = quoted(repeat) if part.repeats else f"{oid} does not repeat and"
                self.refuse(one, f"{kind}RepeatKey", f"{what} stands in line {seen[key]} too")
            seen.setdefault(key, one.line)
            inner = {**keys, kind: (oid, repeat or None)}
            if level + 1 < len(_LEVELS):
                self._parts(one, level + 1, inner, part)
            else:
                self._group(one, part, inner)

    def _children(self, node: Node, name: str, level: int) -> Iterator[Node]:
        for one in node.children:
            if one.name == name:
                yield one
            elif one.name in _BESIDE or (level == 0 and one.name == "SiteRef"):
                self.aside[one.name] += one.name != "SiteRef"
            else:
                self.refuse(one, "", f"no part of {node.name}")

    def _group(
        self, node: Node, group: Part, keys: dict[str, tuple[str | None, str | None]]
    ) -> None:
        cells: dict[str, Cell] = {}
        for one in node.children:
            if one.name in _BESIDE:
                self.aside[one.name] += 1
                continue
            if one.name != "ItemData" and one.name not in TYPED:
                self.refuse(one, "", f"no part of {node.name}")
                continue
            oid = one["ItemOID"]
            item = self.metadata.items.get(oid)
            if item is None:
                self.refuse(one, "ItemOID", f"{quoted(oid)} is not defined")
            elif oid not in group.has:
                self.refuse(one, "ItemOID", f"{quoted(oid)} is no part of {group.oid}")
            elif oid in cells:
                self.refuse(one, "ItemOID", f"{quoted(oid)} stands twice in one item group")
            else:
                cells[item.oid] = self._cell(one, item)
        subject, site = keys[""]
        row = (subject, site, *keys["StudyEvent"], *keys["Form"], keys["ItemGroup"][1])
        self.rows.setdefault(group.oid, []).append(GroupRow(node.line, row, cells))

    def _cell(self, node: Node, item: Item) -> Cell:
        self._check_transaction(node)
        for one in node.children:
            self.aside[one.name] += one.name in _BESIDE
        is_typed = node.name != "ItemData"
        text = (node.text if is_typed else node["Value"]).strip()
        is_said = is_typed or "Value" in node.attributes
        null = node["IsNull"]
        if null not in {"", "Yes"} or (null and text):
            self.refuse(node, item.oid, f"IsNull {quoted(null)} with the value {quoted(text)}")
        elif not null and not is_said:
            self.refuse(node, item.oid, "neither a value nor IsNull")
        if is_typed and not is_typed_as(node.name, item.data_type):
            self.refuse(node, item.oid, f"{node.name} for an item of type {item.data_type}")
        if text and not DATA_TYPES[item.data_type](text):
            self.refuse(node, item.oid, f"{quoted(text)} is no {item.data_type}")
        elif text and item.codes is not None and text not in item.codes:
            allowed = ", ".join(list(item.codes)[:20])
            self.refuse(node, item.oid, f"{quoted(text)} is not one of the codes {allowed}")
        taken = without_gaps(text, item.data_type)
        self.rewritten[item.oid] += taken != text
        cell = Cell(taken or None, self._unit(node, item, text), bool(null))
        return self._known.setdefault(cell, cell)

    def _unit(self, node: Node, item: Item, text: str) -> str | None:
        """Symbol of the unit of a value: its own, else the only one of the item."""
        own = [one["MeasurementUnitOID"] for one in node.all("MeasurementUnitRef")]
        own += [node["MeasurementUnitOID"]] if node["MeasurementUnitOID"] else []
        units = self.metadata.units
        for oid in own:
            if oid not in units:
                self.refuse(node, item.oid, f"the unit {quoted(oid)} is not defined")
            elif item.units and oid not in item.units:
                self.refuse(node, item.oid, f"{quoted(oid)} is no unit of the item")
        if own:
            return units.get(own[0])
        if text and len(item.units) > 1:
            self.refuse(node, item.oid, f"{quoted(text)} could have {len(item.units)} units")
        return units.get(item.units[0]) if text and item.units else None

    def _check_transaction(self, node: Node) -> None:
        kind = node["TransactionType"]
        if kind not in {"", "Insert"}:
            self.refuse(node, "TransactionType", f"{quoted(kind)}, and a snapshot has no changes")
