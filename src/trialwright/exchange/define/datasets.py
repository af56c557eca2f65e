"""Datasets and variables of a define.xml: type, length, origin, method, code list, value level."""

from __future__ import annotations

from trialwright.exchange.datasets.dataset_json import text_type
from trialwright.exchange.datasets.model import DATE_FORMAT, Item, ItemGroup
from trialwright.exchange.datasets.oids import group_oid, item_oid
from trialwright.exchange.datasets.xpt import beyond_ascii
from trialwright.exchange.define.classes import class_of
from trialwright.exchange.define.codelists import CodeList, code_lists
from trialwright.exchange.define.odm import Element, description, elements
from trialwright.exchange.define.origin import Origin
from trialwright.exchange.define.origins_adam import adam_origin
from trialwright.exchange.define.origins_sdtm import sdtm_origin
from trialwright.exchange.define.parts import Condition, Parts
from trialwright.exchange.define.value_level import ValueLevel, decimals, value_levels

_NUMBERS = {"integer": "integer", "float": "float", "date": "integer", "text": "text"}
_ONE_A_SUBJECT = ("ADSL", "DM")
_NOT_OF_SUBJECTS = ("TS", "ADOPTSET")
_UTF8 = "Holds text beyond ASCII, in UTF-8."


def add_dataset(parts: Parts, group: ItemGroup, ending: str) -> None:
    """Add a dataset with everything that it refers to; its file has that ending."""
    lists = {one.oid: one for one in code_lists(group)}
    parts.code_lists.update({oid: _code_list(one) for oid, one in lists.items()})
    value_listed = dict(value_levels(group))
    for item in group.items:
        made = _item_def(parts, group, item, coded=f"CL.{group.name}.{item.name}" in lists)
        if item in value_listed:
            made.ValueListRef = elements().ValueListRef(
                ValueListOID=_value_list(parts, group, item, value_listed[item])
            )
        parts.items[item_oid(group.name, item.name)] = made
    parts.groups[group_oid(group.name)] = _group_def(parts, group, ending)


def origin_of(group: ItemGroup, item: Item) -> Origin:
    """Where a variable comes from; a further column has the origin of the one it continues."""
    find = adam_origin if group.standard == "ADaM" else sdtm_origin
    return find(group.name, item.continues or item.name)


def _group_def(parts: Parts, group: ItemGroup, ending: str) -> Element:
    odm, found = elements(), class_of(group.name)
    made = odm.ItemGroupDef(
        OID=group_oid(group.name),
        Name=group.name,
        Repeating="No" if group.name in _ONE_A_SUBJECT else "Yes",
        IsReferenceData="Yes" if group.name in _NOT_OF_SUBJECTS else "No",
        SASDatasetName=group.name,
        Purpose="Analysis" if group.standard == "ADaM" else "Tabulation",
        Structure=found.structure,
        ArchiveLocationID=f"LF.{group.name}",
    )
    if group.standard == "SDTM":
        made.Domain = group.name.removeprefix("SUPP")
    if found.standard:
        made.StandardOID = standard_oid(group.standard)
    else:
        made.IsNonStandard = "Yes"
    made.Description = description(group.label)
    made.ItemRef = [_item_ref(parts, group, item, at) for at, item in enumerate(group.items, 1)]
    made.Class = odm.Class(Name=found.name)
    if found.subclass:
        made.Class.SubClass = [odm.SubClass(Name=found.subclass)]
    file = f"{group.file}.{ending}"
    made.leaf = odm.leaf(ID=f"LF.{group.name}", href=file, title=odm.title(_content=file))
    return made


def standard_oid(standard: str) -> str:
    """Identifier of the implementation guide."""
    return f"STD.{standard}IG"


def _item_ref(parts: Parts, group: ItemGroup, item: Item, place: int) -> Element:
    column = group.frame[item.name]
    filled = bool(item.key) and len(column) > 0 and not column.has_nulls()
    made = elements().ItemRef(
        ItemOID=item_oid(group.name, item.name),
        OrderNumber=place,
        Mandatory="Yes" if filled else "No",
    )
    if item.key:
        made.KeySequence = item.key
    origin = origin_of(group, item)
    if origin.type == "Derived":
        made.MethodOID = parts.method(
            f"{group.name}.{item.name}", f"{group.name}.{item.name}", _derivation(parts, origin)
        )
    return made


def _derivation(parts: Parts, origin: Origin) -> str:
    return f"{origin.said} Rules: {parts.rules(origin.rules)}." if origin.rules else origin.said


def _item_def(parts: Parts, group: ItemGroup, item: Item, *, coded: bool) -> Element:
    odm = elements()
    made = odm.ItemDef(
        OID=item_oid(group.name, item.name),
        Name=item.name,
        DataType=_data_type(group, item),
        SASFieldName=item.name,
    )
    _measure(made, group, item)
    said = _comment(group, item)
    if said:
        made.CommentOID = parts.comment(f"{group.name}.{item.name}", said)
    made.Description = description(item.label)
    if coded:
        made.CodeListRef = odm.CodeListRef(CodeListOID=f"CL.{group.name}.{item.name}")
    made.Origin = [_origin(origin_of(group, item))]
    return made


def _data_type(group: ItemGroup, item: Item) -> str:
    if item.kind != "iso":
        return _NUMBERS[item.kind]
    column = group.frame[item.name]
    kind = text_type(column)
    if kind != "string" or not column.drop_nulls().len():
        return "date" if kind == "string" else kind
    return "partialDatetime" if column.str.contains("T").any() else "partialDate"


def _measure(made: Element, group: ItemGroup, item: Item) -> None:
    """Length of texts and numbers, decimals of numbers, format of days."""
    if item.kind == "iso":
        return
    made.Length = group.length(item)
    if item.kind == "float":
        made.SignificantDigits = decimals(group.frame[item.name])
    if item.kind == "date":
        made.DisplayFormat = DATE_FORMAT


def _comment(group: ItemGroup, item: Item) -> str:
    first = item.continues or item.name
    further = [one.name for one in group.items if one.continues == first]
    said = (
        f"Texts over 200 bytes: {first} goes on in {', '.join(further)}; the values put together, "
        "with nothing between them, are the text."
        if further
        else ""
    )
    return " ".join(one for one in (said, _UTF8 * (item.name in beyond_ascii(group))) if one)


def _origin(origin: Origin) -> Element:
    made = elements().Origin(Type=origin.type)
    if origin.source:
        made.Source = origin.source
    if origin.said and origin.type != "Derived":
        made.Description = description(origin.said)
    return made


def _code_list(found: CodeList) -> Element:
    odm = elements()
    made = odm.CodeList(OID=found.oid, Name=found.name, DataType=found.kind, IsNonStandard="Yes")
    if any(decode for _, decode in found.values):
        made.CodeListItem = [_decoded(code, decode) for code, decode in found.values]
    else:
        made.EnumeratedItem = [odm.EnumeratedItem(CodedValue=code) for code, _ in found.values]
    return made


def _decoded(code: str, decode: str) -> Element:
    odm = elements()
    made = odm.CodeListItem(CodedValue=code)
    made.Decode = odm.Decode(TranslatedText=[odm.TranslatedText(lang="en", _content=decode)])
    return made


def _value_list(parts: Parts, group: ItemGroup, item: Item, levels: tuple[ValueLevel, ...]) -> str:
    odm = elements()
    oid = f"VL.{group.name}.{item.name}"
    made = odm.ValueListDef(OID=oid)
    made.ItemRef = []
    for place, level in enumerate(levels, start=1):
        item_def = _level_def(group, item, level)
        parts.items[item_def.OID] = item_def
        reference = odm.ItemRef(ItemOID=item_def.OID, OrderNumber=place, Mandatory="No")
        if origin_of(group, item).type == "Derived":
            name = f"{group.name}.{item.name}.{level.code}"
            reference.MethodOID = parts.method(name, name, _level_words(parts, group, item, level))
        where = parts.where([Condition(group.name, level.by, (level.code,))])
        reference.WhereClauseRef = [odm.WhereClauseRef(WhereClauseOID=where)]
        made.ItemRef.append(reference)
    parts.value_lists[oid] = made
    return oid


def _level_def(group: ItemGroup, item: Item, level: ValueLevel) -> Element:
    longest = max((len(text.encode()) for text in level.column), default=1) if item.is_text else 8
    kind = "integer" if level.whole else _NUMBERS[item.kind]
    made = elements().ItemDef(
        OID=item_oid(group.name, item.name, level.code), Name=item.name, DataType=kind,
        Length=longest, SASFieldName=item.name,
    )  # fmt: skip
    if kind == "float":
        made.SignificantDigits = decimals(level.column)
    made.Description = description(level.label)
    made.Origin = [_origin(origin_of(group, item))]
    return made


def _level_words(parts: Parts, group: ItemGroup, item: Item, level: ValueLevel) -> str:
    said = f"{level.label}. {_derivation(parts, origin_of(group, item))}"
    if not level.rules:
        return said
    return f"{said} Rules cited by its records: {parts.rules(level.rules)}."
