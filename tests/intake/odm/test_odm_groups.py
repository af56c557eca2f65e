"""Item groups of an ODM snapshot: keys, codes, units, nulls, limits, and what is refused."""

from __future__ import annotations

import pytest

from support.captured import as_files, changed, delivered
from trialwright.core.errors import DataError
from trialwright.intake.captured import read_captured, refuse_unmapped
from trialwright.intake.odm import xml_stream
from trialwright.intake.odm.types import DATA_TYPES, without_gaps

NAME = "snapshot.xml"
HEAD = '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" FileType="Snapshot">'
STUDY = """\
<Study OID="S"><BasicDefinitions/><MetaDataVersion OID="M" Name="1">
<StudyEventDef OID="E" Name="Visit" Repeating="No"><FormRef FormOID="F"/></StudyEventDef>
<FormDef OID="F" Name="Form" Repeating="No"><ItemGroupRef ItemGroupOID="G"/></FormDef>
<ItemGroupDef OID="G" Name="Group" Repeating="No"><ItemRef ItemOID="I"/></ItemGroupDef>
<ItemDef OID="I" Name="Item" DataType="{}"/></MetaDataVersion></Study>
"""
DATA = """\
<ClinicalData StudyOID="S" MetaDataVersionOID="M"><SubjectData SubjectKey="1">
<StudyEventData StudyEventOID="E"><FormData FormOID="F"><ItemGroupData ItemGroupOID="G">
{}
</ItemGroupData></FormData></StudyEventData></SubjectData></ClinicalData></ODM>
"""


def read(contents):
    return read_captured(as_files(contents), "utf-8", {})


def groups(captured):
    return {form.name: form.table.frame for form in captured.forms}


def small(data_type, *items, head=HEAD):
    return {"odm.xml": (head + STUDY.format(data_type) + DATA.format("\n".join(items))).encode()}


def refusal(contents):
    with pytest.raises(DataError) as caught:
        read(contents)
    return caught.value


def test_keys_codes_units_and_nulls_are_columns():
    found = groups(read(delivered("odm")))
    assert list(found) == ["IG.SUBJECT", "IG.SCAN", "IG.LESION", "IG.DOSE", "IG.AE", "IG.FOLLOW"]
    lesion = found["IG.LESION"]
    assert lesion.columns == [
        "SUBJECTKEY", "LOCATIONOID", "STUDYEVENTOID", "STUDYEVENTREPEATKEY", "FORMOID",
        "FORMREPEATKEY", "ITEMGROUPREPEATKEY", "STUDYEVENTOID.LABEL", "I.LESION", "I.ROLE",
        "I.ROLE.LABEL", "I.ORGAN", "I.ORGAN.LABEL", "I.DIAM", "I.DIAM.UNIT", "I.DIAM.MISSING",
        "I.STATE", "I.STATE.LABEL", "_ROW",
    ]  # fmt: skip
    assert lesion.row(1) == (
        "01", "101", "SE.SCAN", "1", "F.SCAN", None, "2", "Scan", "T02", "1", "Target", "2",
        "Lung", "21.5", "mm", None, None, None, 206,
    )  # fmt: skip
    null = lesion.filter(lesion["I.DIAM.MISSING"].is_not_null())
    assert null.select("SUBJECTKEY", "I.LESION", "I.DIAM", "I.DIAM.UNIT").rows() == [
        ("02", "T01", None, None)
    ]


def test_the_line_is_that_of_the_element():
    lines = delivered("odm")[NAME].decode().splitlines()
    for frame in groups(read(delivered("odm"))).values():
        for row in frame["_ROW"]:
            assert lines[row - 1].strip().startswith("<ItemGroupData ")


def test_lines_beyond_65535_are_counted():
    text = delivered("odm")[NAME].decode().replace("<ClinicalData", "\n" * 70_000 + "<ClinicalData")
    lesion = groups(read({NAME: text.encode()}))["IG.LESION"]
    assert lesion["_ROW"][1] == 70_206


def test_typed_values():
    captured = read(small("integer", '<ItemDataInteger ItemOID="I">\n 12 </ItemDataInteger>'))
    assert groups(captured)["G"]["I"].to_list() == ["12"]
    error = refusal(small("integer", '<ItemDataString ItemOID="I">12</ItemDataString>'))
    assert "line 8, ItemDataString I: ItemDataString for an item of type integer" in error.where


@pytest.mark.parametrize(
    ("data_type", "right", "wrong"),
    [
        ("integer", "-3", "3.0"), ("float", "3.50", "3,5"), ("double", "1e3", "1e"),
        ("boolean", "true", "yes"), ("date", "2024-02-29", "2023-02-29"),
        ("time", "23:59:59", "24:00:00"), ("datetime", "2024-01-01T08:00:00Z", "2024-01-01"),
        ("partialDate", "2024-02", "02-2024"), ("partialTime", "08:30", "8:30"),
        ("partialDatetime", "2024-01-01T08", "2024-13"), ("incompleteDate", "2024---15", "2024-3--"),
        ("incompleteDatetime", "2024-03--T-:-:-", "2024"), ("hexBinary", "0aFF", "0aF"),
    ],
)  # fmt: skip
def test_data_types(data_type, right, wrong):
    assert DATA_TYPES[data_type](right)
    assert not DATA_TYPES[data_type](wrong)
    error = refusal(small(data_type, f'<ItemData ItemOID="I" Value="{wrong}"/>'))
    assert error.where == f'odm.xml, line 8, ItemData I: "{wrong}" is no {data_type}'


def test_incomplete_dates_are_partial_ones_where_that_is_the_same():
    dates = ("2024-03--", "2024-03-15", "2024----", "2024---15", "--03-15")
    assert [without_gaps(one, "incompleteDate") for one in dates] == [
        "2024-03", "2024-03-15", "2024", "2024---15", "--03-15",
    ]  # fmt: skip
    captured = read(small("incompleteDate", '<ItemData ItemOID="I" Value="2024-03--"/>'))
    assert groups(captured)["G"]["I"].to_list() == ["2024-03"]
    assert captured.notes == ("odm.xml, I: 1 incomplete dates taken as partial ones.",)


def test_what_is_no_data_is_left_aside_and_told():
    item = '<ItemData ItemOID="I" Value="1"><AuditRecord/></ItemData><Annotation/><x:More xmlns:x="urn:x"/>'
    captured = read(small("text", item))
    assert captured.notes == (
        "odm.xml: 1 Annotation not read.",
        "odm.xml: 1 AuditRecord not read.",
        "odm.xml: 1 elements or attributes of urn:x not read: no part of ODM.",
    )


#: What stands in the snapshot, what is put there, and line, element and word of the refusal.
SUBJECT = '<SubjectData SubjectKey="03">'
DEFECTS = [
    ("transactional", 'FileType="Snapshot"', 'FileType="Transactional"', "line 2: FileType"),
    ("version", 'ODMVersion="1.3.2"', 'ODMVersion="2.0"', 'ODMVersion "2.0"'),
    ("namespace", "cdisc.org/ns/odm/v1.3", "cdisc.org/ns/odm/v1.2", "line 2"),
    ("other study", 'ClinicalData StudyOID="ST.CAPTURE"', 'ClinicalData StudyOID="ST.X"',
     'line 176: StudyOID "ST.X"'),
    ("other version", 'MetaDataVersionOID="MDV.3"', 'MetaDataVersionOID="MDV.2"', "MDV.2"),
    ("two versions", "</MetaDataVersion>", '</MetaDataVersion><MetaDataVersion OID="MDV.4"/>',
     "Study"),
    ("two studies", "</Study>", '</Study><Study OID="ST.B"/>', 'Study "ST.B"'),
    ("include", '<Protocol>', '<Include StudyOID="X" MetaDataVersionOID="Y"/><Protocol>',
     "Include"),
    ("form not defined", '<FormRef FormOID="F.DOSE"', '<FormRef FormOID="F.DOSES"',
     'FormRef FormOID: "F.DOSES" is not defined'),
    ("item not defined", '<ItemRef ItemOID="I.TERM"', '<ItemRef ItemOID="I.TERMS"', "I.TERMS"),
    ("list not defined", '<CodeListRef CodeListOID="CL.SEX"', '<CodeListRef CodeListOID="CL.S"',
     "CL.S"),
    ("unit not defined", '<MeasurementUnitRef MeasurementUnitOID="MU.CM"',
     '<MeasurementUnitRef MeasurementUnitOID="MU.M"', "MU.M"),
    ("oid twice", '<ItemDef OID="I.TERM"', '<ItemDef OID="I.AGE"', "stands in line"),
    ("oid in another case", '<ItemDef OID="I.TERM"', '<ItemDef OID="i.age"', "stands in line"),
    ("data type", 'OID="I.AGE" Name="Age" DataType="integer"',
     'OID="I.AGE" Name="Age" DataType="number"', '"number" is no data type'),
    ("subject twice", SUBJECT, '<SubjectData SubjectKey="02">', '"02" stands in line'),
    ("no subject key", SUBJECT, "<SubjectData>", "SubjectKey: it is empty"),
    ("removed", SUBJECT, '<SubjectData SubjectKey="03" TransactionType="Remove">', "TransactionType"),
    ("integer", 'ItemOID="I.AGE" Value="67"', 'ItemOID="I.AGE" Value="67y"',
     'ItemData I.AGE: "67y" is no integer'),
    ("date", 'ItemOID="I.CONTACT" Value="2024-06-10"', 'ItemOID="I.CONTACT" Value="10.06.2024"',
     'ItemData I.CONTACT: "10.06.2024" is no date'),
    ("code", 'ItemOID="I.GRADE" Value="3"', 'ItemOID="I.GRADE" Value="6"', "not one of the codes"),
    ("dangling item", 'ItemOID="I.GRADE" Value="3"', 'ItemOID="I.G" Value="3"', '"I.G" is not'),
    ("item of another group", 'ItemOID="I.GRADE" Value="3"', 'ItemOID="I.AGE" Value="3"',
     '"I.AGE" is no part of IG.AE'),
    ("item twice", '<ItemData ItemOID="I.GRADE" Value="3"/>',
     '<ItemData ItemOID="I.TERM" Value="x"/>', '"I.TERM" stands twice'),
    ("no value", 'ItemOID="I.GRADE" Value="3"', 'ItemOID="I.GRADE"', "neither a value nor IsNull"),
    ("null with value", 'ItemOID="I.DIAM" IsNull="Yes"', 'ItemOID="I.DIAM" IsNull="Yes" Value="3"',
     "IsNull"),
    ("no unit", 'Value="56.0">\n              <MeasurementUnitRef MeasurementUnitOID="MU.MM"/>',
     'Value="56.0">', '"56.0" could have 2 units'),
    ("dangling unit", 'Value="56.0">\n              <MeasurementUnitRef MeasurementUnitOID="MU.MM"/>',
     'Value="56.0"><MeasurementUnitRef MeasurementUnitOID="MU.X"/>', '"MU.X" is not defined'),
    ("cut", "</ClinicalData>\n</ODM>", "</ClinicalData>", "line 653"),
    ("doctype", "<ODM ", '<!DOCTYPE ODM SYSTEM "odm.dtd"><ODM ', "line 2"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "place"), [one[1:] for one in DEFECTS], ids=[one[0] for one in DEFECTS]
)
def test_one_defect_is_refused_with_its_line(old, new, place):
    error = refusal(changed("odm", NAME, old, new))
    assert error.where.startswith("snapshot.xml, line ")
    assert place in error.where


def _repeated(old, new, at):
    text = delivered("odm")[NAME].decode()
    start = text.index(at)
    assert old in text[start:]
    return {NAME: (text[:start] + text[start:].replace(old, new, 1)).encode()}


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('StudyEventRepeatKey="2"', 'StudyEventRepeatKey="1"', 'StudyEventRepeatKey: "1" stands'),
        (' StudyEventRepeatKey="2"', "", "StudyEventRepeatKey: it is empty, and SE.SCAN repeats"),
        ('ItemGroupRepeatKey="2"', 'ItemGroupRepeatKey="1"', 'ItemGroupRepeatKey: "1" stands'),
        ('FormOID="F.SCAN"', 'FormOID="F.DOSE"', '"F.DOSE" is no part of SE.SCAN'),
        ('StudyEventOID="SE.SCAN"', 'StudyEventOID="SE.X"', '"SE.X" is not defined'),
        ('ItemGroupOID="IG.LESION"', 'ItemGroupOID="IG.AE"', '"IG.AE" is no part of F.SCAN'),
    ],
)  # fmt: skip
def test_keys_are_complete_unique_and_lead_somewhere(old, new, place):
    assert place in refusal(_repeated(old, new, SUBJECT)).where


def test_two_files_and_data_before_their_metadata_are_refused():
    one = delivered("odm")[NAME]
    assert "more than one ODM" in refusal({"a.xml": one, "b.xml": one}).what
    swapped = HEAD + DATA.format("").replace("</ODM>", "") + STUDY.format("text") + "</ODM>"
    assert "before their metadata" in refusal({"odm.xml": swapped.encode()}).what
    assert "no study" in refusal({"odm.xml": f"{HEAD}</ODM>".encode()}).what


def test_entities_are_never_read(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    for kind in (f'SYSTEM "{secret.as_uri()}"', '"harmless"', 'SYSTEM "http://localhost:9/x"'):
        text = small("text", '<ItemData ItemOID="I" Value="1"/>')["odm.xml"].decode()
        doctype = f"<!DOCTYPE ODM [<!ENTITY e {kind}>]>"
        error = refusal({"odm.xml": (doctype + text.replace('"1"/>', '"&e;"/>')).encode()})
        assert error.what == "The XML has a document type, which no ODM export has."


def test_a_billion_laughs_are_refused_at_the_first_line():
    entities = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)
    )
    text = f"<!DOCTYPE ODM [{entities}]>{HEAD}&a9;</ODM>"
    assert refusal({"odm.xml": text.encode()}).where == "odm.xml, line 1"


@pytest.mark.parametrize(
    ("limit", "value", "allowed"),
    [
        ("MAX_BYTES", 1000, "at most 1000 bytes"), ("MAX_ELEMENTS", 20, "at most 20 elements"),
        ("MAX_PART", 10, "at most 10 elements of one subject"), ("MAX_DEPTH", 6, "6 inside"),
    ],
)  # fmt: skip
def test_limits(monkeypatch, limit, value, allowed):
    monkeypatch.setattr(xml_stream, limit, value)
    error = refusal(delivered("odm"))
    assert error.what == "The XML is too large to be read."
    assert allowed in error.allowed


def test_depth_text_and_tags_have_limits():
    deep = HEAD + "<Study>" * 100
    assert "inside each other" in refusal({"odm.xml": deep.encode()}).allowed
    foreign = HEAD + '<x:a xmlns:x="urn:x">' * 100
    assert "inside each other" in refusal({"odm.xml": foreign.encode()}).allowed
    tag = f'{HEAD}<Study OID="{"x" * (xml_stream.MAX_TOKEN + 200_000)}'
    assert "in one piece" in refusal({"odm.xml": tag.encode()}).allowed
    text = f"{HEAD}<Study>{'x' * (xml_stream.MAX_TEXT + 1)}</Study></ODM>"
    assert "characters" in refusal({"odm.xml": text.encode()}).allowed


def test_utf_16_is_read_and_an_unknown_encoding_is_not():
    text = small("text", '<ItemData ItemOID="I" Value="ä"/>')["odm.xml"].decode()
    assert groups(read({"odm.xml": text.encode("utf-16")}))["G"]["I"].to_list() == ["ä"]
    error = refusal({"odm.xml": f'<?xml version="1.0" encoding="x"?>{text}'.encode()})
    assert "odm.xml, line 1" in error.where


def test_other_xml_is_no_odm_and_odm_needs_a_mapping():
    captured = read({"notes.xml": b"<notes><ODMish/></notes>"})
    assert (captured.forms, len(captured.others)) == ((), 1)
    define = HEAD.replace(" FileType", ' xmlns:def="http://www.cdisc.org/ns/def/v2.1" FileType')
    captured = read({"define.xml": f"{define}</ODM>".encode()})
    assert (captured.forms, len(captured.others)) == ((), 1)
    refuse_unmapped(as_files({**delivered("captured"), **delivered("odm")}))
    with pytest.raises(DataError, match="an ODM file, and no mapping"):
        refuse_unmapped(as_files(delivered("odm")))
