"""The metadata of an ODM file: events, forms, item groups, items, code lists, units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from trialwright.core.errors import DataError
from trialwright.intake.cells import listed, quoted
from trialwright.intake.odm.types import DATA_TYPES
from trialwright.intake.odm.xml_stream import Node, text_of

_DO = "export the study again, with its whole metadata, as one file"


@dataclass(frozen=True, slots=True)
class Item:
    """A question: its type, what its codes mean, and the units it may have.

    Attributes
    ----------
    codes
        Decode by coded value; `None` for an item without code list, or with one outside the file.
    units
        OIDs of the units that a value may have.
    """

    oid: str
    data_type: str
    codes: Mapping[str, str] | None = None
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A study event, a form or an item group: what it has, and whether it repeats."""

    oid: str
    name: str
    repeats: bool
    has: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Metadata:
    """One version of the metadata of one study; every reference in it leads somewhere.

    Attributes
    ----------
    study, version
        OIDs.
    parts
        Definitions by kind ("StudyEvent", "Form", "ItemGroup") and OID.
    items
        By OID.
    units
        Symbol of each unit by OID.
    notes
        What cannot be checked, such as code lists outside the file.
    """

    study: str
    version: str
    parts: Mapping[str, Mapping[str, Part]]
    items: Mapping[str, Item]
    units: Mapping[str, str]
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Reading:
    """Definitions as they are met, with every problem."""

    file: str
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def by_oid(self, nodes: Iterable[Node]) -> dict[str, Node]:
        """Definitions by OID, which must be there once; upper and lower case are the same."""
        found: dict[str, Node] = {}
        seen: dict[str, int] = {}
        for node in nodes:
            oid = node["OID"]
            if not oid:
                self.refuse(node, "OID", "it has no OID")
            elif oid.upper() in seen:
                self.refuse(node, "OID", f"{quoted(oid)} stands in line {seen[oid.upper()]} too")
            else:
                found[oid], seen[oid.upper()] = node, node.line
        return found

    def refuse(self, node: Node, attribute: str, why: str) -> None:
        """Note a problem with an attribute of an element."""
        self.problems.append(f"{self.file}, line {node.line}, {node.name} {attribute}: {why}")

    def refs(self, node: Node, kind: str, known: Mapping[str, object]) -> tuple[str, ...]:
        """OIDs to which an element refers; each must be known."""
        found = []
        for ref in node.all(f"{kind}Ref"):
            oid = ref[f"{kind}OID"]
            if oid in known:
                found.append(oid)
            else:
                self.refuse(ref, f"{kind}OID", f"{quoted(oid)} is not defined")
        return tuple(dict.fromkeys(found))


def metadata_of(study: Node, file: str) -> Metadata:
    """Read the metadata of a study.

    Raises
    ------
    DataError
        There is not one version of the metadata, a part of it stands in another file, an OID
        stands twice or leads nowhere.
    """
    versions = list(study.all("MetaDataVersion"))
    if len(versions) != 1:
        raise DataError(
            f"The study has {len(versions) or 'no'} versions of its metadata.",
            where=f"{file}, line {(versions or [study])[-1].line}, Study {quoted(study['OID'])}",
            allowed="one MetaDataVersion",
            do="export the data under one version of the metadata",
        )
    version = versions[0]
    reading = _Reading(file)
    for include in version.all("Include"):
        reading.refuse(include, "MetaDataVersionOID", "a part of the metadata is in another file")
    definitions = [one for basic in study.all("BasicDefinitions") for one in basic.children]
    units = reading.by_oid(one for one in definitions if one.name == "MeasurementUnit")
    lists = {oid: _codes(node, reading) for oid, node in
             reading.by_oid(version.all("CodeList")).items()}  # fmt: skip
    items = {
        oid: _item(node, (lists, units), reading)
        for oid, node in reading.by_oid(version.all("ItemDef")).items()
    }
    parts: dict[str, dict[str, Part]] = {}
    known: Mapping[str, object] = items
    for kind, below in (("ItemGroup", "Item"), ("Form", "ItemGroup"), ("StudyEvent", "Form")):
        nodes = reading.by_oid(version.all(f"{kind}Def"))
        parts[kind] = {
            oid: Part(oid, node["Name"], _repeats(node, reading), reading.refs(node, below, known))
            for oid, node in nodes.items()
        }
        known = parts[kind]
    if reading.problems:
        raise DataError(
            "The metadata contradict themselves or are not whole.",
            where=listed(reading.problems),
            allowed="each OID once, each reference to an OID of the same version",
            do=_DO,
        )
    symbols = {oid: _symbol(node) for oid, node in units.items()}
    return Metadata(
        study["OID"], version["OID"], parts, items, symbols, tuple(reading.notes)
    )  # fmt: skip


def _repeats(node: Node, reading: _Reading) -> bool:
    if node["Repeating"] not in {"Yes", "No"}:
        reading.refuse(node, "Repeating", f"{quoted(node['Repeating'])} is not Yes or No")
    return node["Repeating"] == "Yes"


def _codes(node: Node, reading: _Reading) -> dict[str, str] | None:
    """Decode by coded value; `None` for a list outside the file."""
    if any(True for _ in node.all("ExternalCodeList")):
        reading.notes.append(
            f"{reading.file}: the code list {node['OID']} is outside the file; its codes are not "
            "checked."
        )
        return None
    found: dict[str, str] = {}
    for one in node.children:
        if one.name not in {"CodeListItem", "EnumeratedItem"}:
            continue
        code = one["CodedValue"]
        if not code or code in found:
            reading.refuse(one, "CodedValue", f"{quoted(code)} is empty or stands twice")
        decode = next(one.all("Decode"), None)
        found[code] = (text_of(decode) if decode else "") or code
    return found


def _item(
    node: Node,
    known: tuple[Mapping[str, dict[str, str] | None], Mapping[str, Node]],
    reading: _Reading,
) -> Item:
    lists, units = known
    data_type = node["DataType"]
    if data_type not in DATA_TYPES:
        reading.refuse(node, "DataType", f"{quoted(data_type)} is no data type of ODM 1.3")
    coded = reading.refs(node, "CodeList", lists)
    allowed = reading.refs(node, "MeasurementUnit", units)
    return Item(node["OID"], data_type, lists[coded[0]] if coded else None, allowed)


def _symbol(node: Node) -> str:
    symbol = next(node.all("Symbol"), None)
    return (text_of(symbol) if symbol else "") or node["Name"] or node["OID"]
