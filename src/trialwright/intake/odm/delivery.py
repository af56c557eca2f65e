"""An ODM delivery: found by its content, one table for each item group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath

import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Origin
from trialwright.intake.cells import listed, quoted
from trialwright.intake.files import DeliveredFile
from trialwright.intake.forms import LABEL, MISSING, UNIT, Captured, Form
from trialwright.intake.odm.data import KEYS, Data, GroupRow
from trialwright.intake.odm.metadata import Item, Metadata, metadata_of
from trialwright.intake.odm.xml_stream import Node, is_odm, stream
from trialwright.intake.text_table import TextTable

#: Name under which a mapping speaks of the item groups.
SYSTEM = "odm"
_EVENT_LABEL = "STUDYEVENTOID" + LABEL
#: Children of ODM that hold no clinical data.
_BESIDE = frozenset({"AdminData", "ReferenceData", "Association", "Signature"})
_DO = "export the study as one ODM 1.3 snapshot: FileType Snapshot, one study, its metadata"


def read_odm(files: Sequence[DeliveredFile]) -> Captured | None:
    """The item groups of an ODM snapshot; `None` if no file is ODM.

    Raises
    ------
    DataError
        There are several, or the file is no snapshot of one study, with the line of the element.
    """
    found = [file for file in files if is_odm(file)]
    if not found:
        return None
    if len(found) > 1:
        raise DataError(
            "The delivery has more than one ODM file.",
            where=", ".join(file.name for file in found),
            allowed="one snapshot with metadata and data",
            do=_DO,
        )
    reading = _Reading(PurePath(found[0].name).name)
    foreign = stream(found[0], reading)
    forms, notes = reading.finish(foreign)
    return Captured(forms, notes, tuple(file for file in files if file is not found[0]))


class _Reading:
    """The parts of one file as they come: the study first, then its subjects."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.data: Data | None = None
        self.aside: Counter[str] = Counter()

    def opened(self, node: Node) -> None:
        """Check the attributes of the file, and which study the data are of."""
        if node.name == "ODM":
            self._check_file(node)
            return
        metadata = self._metadata(node)
        for name, own in (("StudyOID", metadata.study), ("MetaDataVersionOID", metadata.version)):
            if node[name] != own:
                raise self._error(
                    "The data are of another study or version than the metadata.",
                    node, f"{name} {quoted(node[name])}", own,
                )  # fmt: skip

    def part(self, node: Node, container: str) -> None:
        """Take the study or a subject."""
        if container == "ClinicalData":
            if node.name == "SubjectData" and self.data is not None:
                self.data.add_subject(node)
            else:
                self.aside[node.name] += 1
        elif node.name == "Study":
            if self.data is not None:
                raise self._error(
                    "The file has several studies.", node, f"Study {quoted(node['OID'])}",
                    f"one study, here {self.data.metadata.study}",
                )  # fmt: skip
            self.data = Data(self.file, metadata_of(node, self.file))
        elif node.name in _BESIDE:
            self.aside[node.name] += 1
        else:
            raise self._error("ODM has no such part.", node, node.name, "Study, ClinicalData")

    def finish(self, foreign: Counter[str]) -> tuple[tuple[Form, ...], tuple[str, ...]]:
        """The tables of the file, and notes on what was left aside."""
        if self.data is None:
            raise DataError(
                "The file has no study.", where=self.file, allowed="Study with metadata", do=_DO
            )
        data = self.data
        if data.problems:
            raise DataError(
                "The data break what their metadata say.",
                where=listed(data.problems),
                allowed="keys once and complete, OIDs of the metadata, values of the data type "
                "and the code list of their item",
                do="export the study again; correct the values in the system they come from",
            )
        parts = data.metadata.parts["ItemGroup"]
        forms = tuple(Form(SYSTEM, oid, _table(data, oid)) for oid in parts if oid in data.rows)
        return forms, self._notes(foreign)

    def _notes(self, foreign: Counter[str]) -> tuple[str, ...]:
        data = self.data
        if data is None:
            return ()
        aside = self.aside + data.aside
        told = [f"{self.file}: {count} {name} not read." for name, count in sorted(aside.items())]
        told += [
            f"{self.file}: {count} elements or attributes of {space} not read: no part of ODM."
            for space, count in sorted(foreign.items())
        ]
        told += [
            f"{self.file}, {oid}: {count} incomplete dates taken as partial ones."
            for oid, count in sorted((+data.rewritten).items())
        ]
        return (*data.metadata.notes, *told)

    def _check_file(self, node: Node) -> None:
        kind, version = node["FileType"], node["ODMVersion"]
        if kind != "Snapshot":
            raise self._error(
                "The file is a history of changes, not their result."
                if kind == "Transactional"
                else "The file does not say that it is a snapshot.",
                node, f"FileType {quoted(kind)}", "Snapshot",
            )  # fmt: skip
        if version not in {"", "1.3", "1.3.0", "1.3.1", "1.3.2"}:
            raise self._error(
                "The file has another version of ODM.",
                node, f"ODMVersion {quoted(version)}", "1.3.2, 1.3.1 or 1.3",
            )  # fmt: skip

    def _metadata(self, node: Node) -> Metadata:
        if self.data is None:
            raise self._error(
                "The data come before their metadata, or without them.",
                node, node.name, "Study with its MetaDataVersion before ClinicalData",
            )  # fmt: skip
        return self.data.metadata

    def _error(self, what: str, node: Node, at: str, allowed: str) -> DataError:
        return DataError(
            what, where=f"{self.file}, line {node.line}: {at}", allowed=allowed, do=_DO
        )


def _table(data: Data, group: str) -> TextTable:
    """One row for each `ItemGroupData`: keys, then each item of the metadata."""
    rows = data.rows[group]
    columns: dict[str, list[str | None]] = {}
    for at, key in enumerate(KEYS):
        columns[key] = [row.keys[at] for row in rows]
    events = data.metadata.parts["StudyEvent"]
    columns[_EVENT_LABEL] = [events[row.keys[2] or ""].name or None for row in rows]
    headings = {_EVENT_LABEL: "STUDYEVENTOID"}
    taken = {*columns, ROW}
    for oid in data.metadata.parts["ItemGroup"][group].has:
        made = _values(rows, data.metadata.items[oid])
        twice = sorted(taken & set(made))
        if twice:
            raise DataError(
                "Two columns of an item group would have the same name.",
                where=f"{data.file}, {group}: {', '.join(twice)}",
                allowed="item OIDs that are no key of ODM",
                do="rename the item in the system the file comes from",
            )
        columns |= made
        own = {oid.upper(), oid.upper() + LABEL}
        headings |= {name: oid if name in own else name for name in made}
        taken |= set(made)
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    lines = pl.Series(ROW, [row.line for row in rows], dtype=pl.Int64)
    origin = Origin(f"{data.file}, item group {group}")
    return TextTable(frame.with_columns(lines), origin, {}, headings, unit="line")


def _values(rows: Sequence[GroupRow], item: Item) -> dict[str, list[str | None]]:
    """The columns of an item: value, what it means, its unit, whether it is null on purpose."""
    cells = [row.cells.get(item.oid) for row in rows]
    name = item.oid.upper()
    made = {name: [cell.text if cell else None for cell in cells]}
    if item.codes is not None:
        made[name + LABEL] = [item.codes.get(text) if text else None for text in made[name]]
    if any(cell and cell.unit for cell in cells):
        made[name + UNIT] = [cell.unit if cell else None for cell in cells]
    if any(cell and cell.is_null for cell in cells):
        made[name + MISSING] = ["NULL" if cell and cell.is_null else None for cell in cells]
    return made
