"""Forms of a REDCap project: keys, codes and labels, boxes, missing data codes."""

from __future__ import annotations

import pytest

from support.captured import as_files, changed, delivered
from trialwright.core.errors import DataError
from trialwright.intake.captured import read_captured, refuse_unmapped

MISSING = {"UNK": "Unknown"}
DICTIONARY = """\
Variable / Field Name,Form Name,Field Type,Field Label,"Choices, Calculations, OR Slider Labels",\
Text Validation Type OR Show Slider Number,Text Validation Min,Text Validation Max
id,one,text,Patient,,,,
note,one,notes,Remarks,,,,
size,one,text,Size,,number_1dp,0,100
seen,one,text,Seen at,,datetime_dmy,,
sum,two,calc,Sum,[size]*2,,,
organs,two,checkbox,Organs,"-1, None | A, Liver | 2, Lung",,,
"""


def read(export, dictionary=DICTIONARY, missing=None, **others):
    contents = {"dict.csv": dictionary, "data.csv": export, **others}
    files = as_files({name: text.encode() for name, text in contents.items()})
    return read_captured(files, "utf-8", missing or {})


def forms(captured):
    return {form.name: form.table.frame for form in captured.forms}


def test_a_plain_project_of_two_forms():
    captured = read(
        "id,note,size,seen,one_complete,sum,organs____1,organs___a,organs___2,two_complete\n"
        '1,"two\nlines",12.5,2024-03-01 08:30,2,25,0,1,1,1\n'
        "2,,,,0,,0,0,0,\n"
        "3,,7,,0,,1,0,0,0\n"
    )
    one, two = forms(captured)["one"], forms(captured)["two"]
    assert one.rows() == [
        ("1", "two\nlines", "12.5", "2024-03-01 08:30", "2", 2), ("3", None, "7", None, "0", 4),
    ]  # fmt: skip
    assert two.columns == [
        "ID", "SUM", "ORGANS", "ORGANS.LABEL", "ORGANS____1", "ORGANS___A", "ORGANS___2",
        "TWO_COMPLETE", "_ROW",
    ]  # fmt: skip
    assert two.rows() == [
        ("1", "25", "A; 2", "Liver; Lung", "0", "1", "1", "1", 2),
        ("3", None, "-1", "None", "1", "0", "0", "0", 4),
    ]
    assert captured.notes == ("data.csv: no value of any form in row 3.",)


def test_fields_that_the_export_does_not_have_are_told():
    captured = read("id,note,one_complete\n1,x,2\n")
    assert captured.notes == (
        "data.csv, form one: not in the export: size, seen.",
        "data.csv: the form two is not in the export.",
    )
    assert list(forms(captured)) == ["one"]


def test_missing_data_codes_are_no_values():
    captured = read("id,size\n1,UNK\n2,-99\n3,12.0\n", missing={"UNK": "?", "-99": "?"})
    assert forms(captured)["one"].select("SIZE", "SIZE.MISSING").rows() == [
        (None, "UNK"), (None, "-99"), ("12.0", None),
    ]  # fmt: skip


def test_a_number_beyond_the_range_is_a_value_and_told():
    captured = read("id,size\n1,-99\n2,12.0\n")
    assert forms(captured)["one"]["SIZE"].to_list() == ["-99", "12.0"]
    assert captured.notes[-1] == (
        "data.csv, column size: beyond the range 0 to 100 of the dictionary, taken as values: "
        '"-99" in row 2.'
    )


def test_any_separator_of_redcap():
    captured = read('id;note;size\n1;"a;b";1.5\n')
    assert forms(captured)["one"].select("NOTE", "SIZE").rows() == [("a;b", "1.5")]


def test_the_arm_the_event_and_the_instance_are_columns():
    captured = read_captured(as_files(delivered("redcap")), "utf-8", MISSING)
    lesion = forms(captured)["lesion"]
    assert lesion.columns[:5] == [
        "RECORD_ID", "REDCAP_EVENT_NAME", "REDCAP_ARM", "REDCAP_REPEAT_INSTANCE",
        "REDCAP_DATA_ACCESS_GROUP",
    ]  # fmt: skip
    assert lesion.row(1)[:5] == ("01", "baseline_arm_1", "1", "2", "north")
    assert [one.name for one in captured.others] == ["intake.yaml"]
    enrolment = forms(captured)["enrolment"]
    assert enrolment.select("METASTASES", "METASTASES.LABEL", "METASTASES.MISSING").rows()[:2] == [
        ("1; 2", "Liver; Lung", None), (None, None, "UNK"),
    ]  # fmt: skip
    assert enrolment["SEX.LABEL"].to_list() == ["Female", "Male", "Female", "Male"]


def test_an_event_list_gives_the_names_of_events():
    files = as_files(
        {**delivered("redcap"),
         "events.csv": b"event_name,arm_num,unique_event_name\nBaseline,1,baseline_arm_1\n"}
    )  # fmt: skip
    lesion = forms(read_captured(files, "utf-8", MISSING))["lesion"]
    assert lesion["REDCAP_EVENT_NAME.LABEL"][:4].to_list() == ["Baseline"] * 3 + [None]


def test_a_record_in_two_arms_is_told():
    captured = read(
        "id,redcap_event_name,size\n1,a_arm_1,2\n1,a_arm_2,3\n2,a_arm_1,4\n",
        **{"events.csv": "arm_num,unique_event_name,form\n1,a_arm_1,one\n2,a_arm_2,one\n"},
    )
    assert captured.notes[-1] == "data.csv: the record 1 is in the arms 1, 2."
    assert forms(captured)["one"]["REDCAP_ARM"].to_list() == ["1", "2", "1"]


#: Name, file, what stands there, what is put there, and the place and word of the refusal.
EXPORT = "export.csv"
DEFECTS = [
    ("code", EXPORT, "south,202,2,67", "south,202,3,67", "row 33, column sex: \"3\""),
    ("label", EXPORT, "south,202,2,67", "south,202,Female,67", "row 33, column sex: \"Female\""),
    ("integer", EXPORT, "202,2,67", "202,2,67.5", "row 33, column age: \"67.5\""),
    ("date", EXPORT, "67,2024-01-16", "67,16-01-2024", "row 33, column consent: \"16-01-2024\""),
    ("calendar", EXPORT, "67,2024-01-16", "67,2024-02-30", "row 33, column consent"),
    ("number", EXPORT, "T01,1,1,56.0", "T01,1,1,\"56,0\"", "row 51, column diameter: \"56,0\""),
    ("undeclared", EXPORT, "T01,1,1,56.0", "T01,1,1,NI", "row 51, column diameter: \"NI\""),
    ("box", EXPORT, "1,0,1,0,", "1,2,1,0,", "row 33, column metastases___2: \"2\""),
    ("ticked", EXPORT, "1,0,1,0,", "1,0,1,1,", "row 33, column metastases___unk"),
    ("status", EXPORT, "2024-06-10,1,2", "2024-06-10,1,3", "column follow_up_complete: \"3\""),
    ("event", EXPORT, "03,enrolment_arm_1", "03,enrolment_arm_2", "row 33, column redcap_event_name"),
    ("no record", EXPORT, "03,enrolment_arm_1", ",enrolment_arm_1", "row 33, column record_id"),
    ("form", EXPORT, "04,week_8_arm_1,lesion", "04,week_8_arm_1,scan",
     "row 51, column redcap_repeat_instrument"),
    ("instance", EXPORT, "04,week_8_arm_1,lesion,1", "04,week_8_arm_1,lesion,x",
     "row 51, column redcap_repeat_instance"),
    ("no instance", EXPORT, "04,cycle_arm_1,,2", "04,cycle_arm_1,,", "redcap_repeat_instance"),
    ("stray instance", EXPORT, "04,log_arm_1,,,south", "04,log_arm_1,,3,south",
     "column redcap_repeat_instance: \"3\""),
    ("twice", EXPORT, "04,cycle_arm_1,,2", "04,cycle_arm_1,,1", "rows 52 and 53: 04, cycle_arm_1, 1"),
    ("misplaced", EXPORT, "03,enrolment_arm_1,,,south", "03,week_8_arm_1,,,south", "rows 33 and"),
    ("of another form", EXPORT, "04,week_8_arm_1,lesion,1", "04,week_8_arm_1,,", "rows 50 and 51"),
    ("form in no event", "instrument_events.csv", "week_8_arm_1,scan", "week_8_arm_1,dosing",
     "row 7, column scan_date: the form scan is not filled in at week_8_arm_1"),
    ("does not repeat", "repeating.csv", "week_8_arm_1,lesion,[lesion_id]\n", "",
     "row 8, column redcap_repeat_instrument: \"lesion\" does not repeat"),
    ("unknown column", EXPORT, "modality,slice_mm", "modality,slices", "column slices"),
    ("lost box", EXPORT, "metastases___2", "metastases___9", "metastases___9"),
    ("column twice", EXPORT, "modality,slice_mm", "modality,modality", "row 1"),
    ("ragged", EXPORT, "04,cycle_arm_1,,2", "04,cycle_arm_1,2", "row 53"),
    ("field twice", "dictionary.csv", "sex,enrolment", "age,enrolment", "the field age stands 2"),
    ("choices", "dictionary.csv", "1, CT | 2, MRI", "1, CT | 1, MRI", "row 13, column Choices"),
    ("field type", "dictionary.csv", "age,enrolment,,text", "age,enrolment,,txt", "\"txt\""),
    ("no form", "dictionary.csv", "age,enrolment", "age,", "row 5, column Form name"),
    ("unknown form", "instrument_events.csv", "log_arm_1,follow_up", "log_arm_1,follow",
     "row 11, column form: \"follow\""),
    ("two arms", "instrument_events.csv", "1,week_8_arm_1,lesion", "2,week_8_arm_1,lesion",
     "row 6, column arm_num"),
    ("repeats nowhere", "repeating.csv", "cycle_arm_1", "circle_arm_1",
     "row 5, column event_name: \"circle_arm_1\""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "old", "new", "place"), [one[1:] for one in DEFECTS], ids=[one[0] for one in DEFECTS]
)
def test_one_defect_is_refused_with_its_place(name, old, new, place):
    files = changed("redcap", name, old, new)
    with pytest.raises(DataError) as caught:
        read_captured(as_files(files), "utf-8", MISSING)
    printed = "export.csv" if name not in caught.value.where else name
    assert caught.value.where.startswith(printed)
    assert place in caught.value.where


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ("1,,,x,\n1,two,1,y,5\n",
         "row 3, column note: a value of the form one in a row of two"),
        ("1,,,x,5\n", "row 2, column sum: the form two repeats, and the row has no instance of it"),
    ],
)  # fmt: skip
def test_a_value_in_a_row_that_cannot_hold_it_is_refused(rows, place):
    repeating = {"repeating.csv": "form_name,custom_form_label\ntwo,\n"}
    head = "id,redcap_repeat_instrument,redcap_repeat_instance,note,sum\n"
    captured = read(f"{head}1,,,x,\n1,two,1,,5\n1,two,2,,6\n", **repeating)
    assert forms(captured)["two"]["SUM"].to_list() == ["5", "6"]
    with pytest.raises(DataError) as caught:
        read(head + rows, **repeating)
    assert caught.value.where == f"data.csv, {place}"


def test_a_checkbox_field_needs_all_its_boxes():
    with pytest.raises(DataError) as caught:
        read("id,organs____1,organs___a\n1,0,1\n")
    assert caught.value.where == "data.csv: the boxes of organs lack organs___2"


@pytest.mark.parametrize(
    ("lost", "word"),
    [("instrument_events.csv", "needs its instrument-event mapping"),
     ("repeating.csv", "needs its file of repeating instruments"),
     ("export.csv", "no export that belongs to it")],
)  # fmt: skip
def test_a_lost_file_is_named(lost, word):
    files = {name: content for name, content in delivered("redcap").items() if name != lost}
    with pytest.raises(DataError) as caught:
        read_captured(as_files(files), "utf-8", MISSING)
    assert word in caught.value.what


def test_an_export_without_its_events_is_refused():
    files = changed("redcap", EXPORT, "record_id,redcap_event_name", "record_id,event")
    with pytest.raises(DataError, match="The export lacks redcap_event_name"):
        read_captured(as_files(files), "utf-8", MISSING)


def test_two_exports_are_refused():
    files = delivered("redcap")
    with pytest.raises(DataError, match="more than one export"):
        read_captured(as_files({**files, "again.csv": files["export.csv"]}), "utf-8", MISSING)


def test_an_export_with_labels_as_headings_is_refused():
    with pytest.raises(DataError, match="labels as headings"):
        read("Patient,Remarks,Size,Complete?,Complete?\n1,x,2,Complete,Complete\n")


def test_a_missing_code_that_is_a_choice_is_refused():
    with pytest.raises(DataError, match="also a choice") as caught:
        read("id,note\n1,x\n", missing={"-1": "unknown"})
    assert caught.value.where == "organs: -1"


def test_a_missing_code_in_another_form_is_no_number():
    with pytest.raises(DataError) as caught:
        read("id,size\n1,-99.0\n", missing={"-99": "unknown"})
    assert "row 2, column size" in caught.value.where


def test_missing_codes_without_a_project_are_refused():
    with pytest.raises(DataError, match="no REDCap project"):
        read_captured(as_files({"TR.csv": b"A\n1\n"}), "utf-8", MISSING)


def test_a_project_without_mapping_is_refused_in_words():
    with pytest.raises(DataError, match="a REDCap project, and no mapping"):
        refuse_unmapped(as_files(delivered("redcap")))
    refuse_unmapped(as_files(delivered("captured")))
