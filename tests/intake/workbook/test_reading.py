"""Workbooks as people fill them in: invented patients, every value by hand."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support import hand_workbooks as hand
from support.virtual_trials import protocol_of
from trialwright.adam.derive import derive
from trialwright.core.errors import DataError
from trialwright.intake.delivery import read_delivery
from trialwright.intake.workbook import reading
from trialwright.intake.workbook import rows as rows_module
from trialwright.intake.workbook.grid import read_sheets
from trialwright.intake.workbook.reading import is_workbook_of_ours, read_workbook

PROTOCOL = protocol_of("003")


@pytest.fixture(scope="module")
def delivery():
    return hand.read(PROTOCOL)


def rows(sdtm, code, *names):
    return [tuple(row) for row in sdtm[code].select(names).iter_rows()]


def refusal(contents=None, **about):
    with pytest.raises(DataError) as caught:
        hand.read(PROTOCOL, contents, **about)
    return caught.value


def test_patients(delivery):
    names = ("USUBJID", "SEX", "AGE", "AGEU", "RFICDTC", "RFXSTDTC", "RFSTDTC", "DTHDTC", "DTHFL")
    assert rows(delivery.sdtm, "DM", *names) == [
        ("P-01", "F", "61", "YEARS", "2025-01-03", "2025-01-10", "2025-01-10", None, None),
        ("P-02", "M", "58", "YEARS", "2025-02-01", "2025-02-06", "2025-02-06", "2025-06", "Y"),
    ]
    assert rows(delivery.sdtm, "DM", "STUDYID")[0] == ("ST-1",)


def test_lesions_take_date_method_and_slice_from_their_scan(delivery):
    names = ("USUBJID", "TULNKID", "TUSTRESC", "TULOC", "VISITNUM", "VISIT", "TUDTC", "TUMETHOD",
             "TUEVAL", "SLICEMM")  # fmt: skip
    assert rows(delivery.sdtm, "TU", *names) == [
        ("P-01", "T01", "TARGET", "LIVER", "1", "SCREENING", "2025-01-02", "CT SCAN",
         "INVESTIGATOR", "5"),
        ("P-01", "T02", "TARGET", "LYMPH NODE, MEDIASTINAL", "1", "SCREENING", "2025-01-02",
         "CT SCAN", "INVESTIGATOR", "5"),
        ("P-01", "NT01", "NON-TARGET", "BONE", "1", "SCREENING", "2025-01-02", "CT SCAN",
         "INVESTIGATOR", "5"),
        ("P-02", "T01", "TARGET", "LUNG", "1", "SCREENING", "2025-01-30", "CT SCAN",
         "INVESTIGATOR", None),
        ("P-02", "NEW01", "NEW", "LIVER", "2.1", "EXTRA", "2025-03-20", "CT SCAN",
         "INVESTIGATOR", None),
    ]  # fmt: skip


def test_measurements_by_patient_visit_and_row(delivery):
    names = ("USUBJID", "TRSEQ", "TRLNKID", "TRTESTCD", "TRORRES", "TRORRESU", "TRSTRESN", "TRSTAT",
             "TRREASND", "VISITNUM", "TRDTC", "TSTM", "PDREAS")  # fmt: skip
    assert rows(delivery.sdtm, "TR", *names) == [
        ("P-01", "1", "T01", "LDIAM", "40", "mm", "40", None, None, "1", "2025-01-02", None, None),
        ("P-01", "2", "T02", "LPERP", "18", "mm", "18", None, None, "1", "2025-01-02", None, None),
        ("P-01", "3", "NT01", "TUMSTATE", "PRESENT", None, None, None, None, "1", "2025-01-02",
         None, None),
        ("P-01", "4", "T01", "LDIAM", "22.5", "mm", "22.5", None, None, "2", "2025-03-06", None,
         None),
        # T02 was seen on the second day of the visit, by another machine
        ("P-01", "5", "T02", "LPERP", None, None, None, "NOT DONE", "NOT IMAGED", "2",
         "2025-03-08", None, None),
        ("P-01", "6", "NT01", "TUMSTATE", "UNEQUIVOCAL PROGRESSION", None, None, None, None, "2",
         "2025-03-06", None, "SPINE"),
        ("P-02", "1", "T01", "LDIAM", "30", "mm", "30", None, None, "1", "2025-01-30", None, None),
        ("P-02", "2", "T01", "LDIAM", "TOO SMALL TO MEASURE", None, "5", None, None, "2.1",
         "2025-03-20", "Y", None),
        ("P-02", "3", "NEW01", "TUMSTATE", "UNEQUIVOCAL", None, None, None, None, "2.1",
         "2025-03-20", None, None),
    ]  # fmt: skip
    assert rows(delivery.sdtm, "TR", "TRMETHOD")[4] == ("MRI",)


def test_follow_up_is_disposition_and_contacts(delivery):
    names = ("USUBJID", "DSSEQ", "DSDECOD", "DSCAT", "DSSCAT", "DSSTDTC")
    assert rows(delivery.sdtm, "DS", *names) == [
        ("P-01", "1", "ELIGIBILITY CRITERIA MET", "PROTOCOL MILESTONE", None, "2025-01-08"),
        ("P-01", "2", "ADVERSE EVENT", "DISPOSITION EVENT", "Bevacizumab", "2025-04-01"),
        ("P-02", "1", "ELIGIBILITY CRITERIA MET", "PROTOCOL MILESTONE", None, "2025-02-04"),
        ("P-02", "2", "DEATH", "DISPOSITION EVENT", "STUDY PARTICIPATION", "2025-06-15"),
    ]
    assert rows(delivery.sdtm, "SS", "USUBJID", "SSTESTCD", "SSSTRESC", "SSDTC") == [
        ("P-01", "SURVSTAT", "ALIVE", "2025-07-01")
    ]
    assert delivery.sdtm.parameter("DCUTDTC") == "2025-12-31"


def test_every_record_knows_its_cell(delivery):
    sdtm = delivery.sdtm
    assert sdtm.where("TR", 2, "TRORRES") == "trial.xlsx, sheet Measurements, cell C2"
    assert sdtm.where("TR", 6, "TRREASND") == "trial.xlsx, sheet Measurements, cell D3"
    assert sdtm.where("TU", 6, "TUSTRESC") == "trial.xlsx, sheet Lesions, cell C6"
    assert sdtm.where("DM", 3, "DTHFL") == "trial.xlsx, sheet Patients, cell G3"
    assert sdtm.where("DS", 2, "DSSTDTC") == "trial.xlsx, sheet Patients, cell E2"
    assert sdtm.where("SS", 2, "SSDTC") == "trial.xlsx, sheet Follow-up, cell B3"


def test_the_receipt_has_a_line_for_every_sheet_and_every_changed_value(delivery):
    receipt = delivery.receipt
    assert [(one.name, one.rows, one.used, one.made) for one in receipt.tables] == [
        ("trial.xlsx, sheet Patients", 2, 2, (("DM", 2), ("DS", 2))),
        ("trial.xlsx, sheet Scans", 5, 5, ()),
        ("trial.xlsx, sheet Lesions", 5, 5, (("TU", 5),)),
        ("trial.xlsx, sheet Measurements", 5, 5, (("TR", 9),)),
        ("trial.xlsx, sheet Follow-up", 3, 3, (("DS", 2), ("SS", 1))),
    ]
    assert [(one.where, one.given, one.taken) for one in receipt.changed] == [
        ("trial.xlsx, sheet Patients, Sex", "m", "M"),
        ("trial.xlsx, sheet Follow-up, What", "alive", "ALIVE"),
    ]
    assert "trial.xlsx has no sheet Labs." in receipt.notes


def test_the_trial_can_be_derived(delivery):
    adrs = derive(PROTOCOL.model_copy(update={"cohorts": None}), delivery.sdtm)["ADRS"]
    assert adrs.filter(PARAMCD="OVR", USUBJID="P-01")["AVALC"].to_list() == ["PD"]


def test_columns_may_be_moved_and_remarks_are_set_aside(delivery):
    moved = hand.sheets(Lesions=[
        ["Remark", *row[::-1]] if at == 0 else ["as at home", *row[::-1]]
        for at, row in enumerate(hand.SHEETS["Lesions"])
    ])  # fmt: skip
    read = hand.read(PROTOCOL, moved)
    assert read.sdtm["TU"].equals(delivery.sdtm["TU"])
    (table,) = [one for one in read.receipt.tables if one.name.endswith("Lesions")]
    assert [(one.where, one.why, one.count) for one in table.aside] == [
        ("trial.xlsx, sheet Lesions, column A",
         'a column headed "Remark" is no column of the form: 5 cells', 5)
    ]  # fmt: skip
    assert (table.rows, table.used) == (5, 5)


def test_the_headings_may_stand_lower_down():
    lower = hand.sheets(Lesions=[["Hospital of Somewhere"], [], *hand.SHEETS["Lesions"]])
    assert hand.read(PROTOCOL, lower).sdtm["TU"].height == 5


@pytest.mark.parametrize(
    ("heading", "where"),
    [
        ("No. of it", "Lesions, row 1"),
        ("Lesion ID", 'Lesions, cell B1: "Lesion ID"'),
    ],
)
def test_a_renamed_heading_that_rows_need_is_refused(heading, where):
    error = refusal(hand.with_cell("Lesions", 1, 2, heading))
    assert error.what == "Headings are missing: Lesion."
    assert where in error.where


def test_a_heading_that_is_nearly_one_of_the_form_is_refused():
    error = refusal(hand.with_cell("Patients", 1, 7, "Deaths"))
    assert error.what == "Headings are missing: Death."
    assert error.where == 'trial.xlsx, sheet Patients, cell G1: "Deaths"'


def test_a_heading_that_stands_twice_is_refused():
    error = refusal(hand.with_cell("Measurements", 1, 5, "2"))
    assert error.where == 'trial.xlsx, sheet Measurements, cell D1 and trial.xlsx, sheet ' \
        'Measurements, cell E1: "2"'  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("22,5", "22.5"),
        ("２２．５", "22.5"),  # full-width digits
        (" 22.5 ", "22.5"),
        ("0", "0"),
    ],
)
def test_a_number_that_can_mean_one_thing_is_read(typed, taken):
    read = hand.read(PROTOCOL, hand.with_cell("Measurements", 2, 4, typed))
    assert rows(read.sdtm, "TR", "TRORRES")[3] == (taken,)
    changed = [(one.given, one.taken) for one in read.receipt.changed if one.what == "number"]
    assert changed == ([] if typed.strip() == taken else [(typed, taken)])


@pytest.mark.parametrize(
    "typed",
    ["1,234", "22.5 mm", "-3", "1e3", "SHRUNK", "NE: ", "22/5", "MERGED", "ABSENT: why", True,
     date(2025, 3, 6)],
)  # fmt: skip
def test_a_measurement_that_cannot_be_read_is_refused_with_its_cell(typed):
    error = refusal(hand.with_cell("Measurements", 2, 4, typed))
    assert error.what == "1 measurement cannot be read."
    assert error.where.startswith("trial.xlsx, sheet Measurements, cell D2: ")
    assert "NOT DONE: reason" in error.allowed


def test_a_comma_is_a_decimal_sign_where_the_workbook_says_so():
    contents = hand.with_cell("Measurements", 2, 4, "1,234")
    with pytest.raises(DataError):
        hand.read(PROTOCOL, contents)
    read = hand.read(PROTOCOL, contents, Decimal_sign_of_typed_numbers="comma")
    assert rows(read.sdtm, "TR", "TRORRES")[3] == ("1.234",)


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("2025-03-06", "2025-03-06"),
        ("2025/3/6", "2025-03-06"),
        ("6 Mar 2025", "2025-03-06"),
        ("２０２５年３月６日", "2025-03-06"),
        ("25.03.2025", "2025-03-25"),  # there is no month 25
        ("2025-03-06 00:00:00", "2025-03-06"),
    ],
)
def test_dates_as_people_type_them(typed, taken):
    read = hand.read(PROTOCOL, hand.with_cell("Scans", 3, 4, typed))
    assert rows(read.sdtm, "TR", "TRDTC")[3] == (taken,)


def test_a_date_with_two_readings_is_refused_unless_the_workbook_says_which():
    contents = hand.with_cell("Scans", 3, 4, "05/03/2025")
    error = refusal(contents)
    assert "day and month could be exchanged" in error.what
    assert error.where == 'trial.xlsx, sheet Scans, cell D3: "05/03/2025"'
    for order, day in (("DMY", "2025-03-05"), ("MDY", "2025-05-03")):
        read = hand.read(PROTOCOL, contents, Order_of_typed_dates=order)
        assert rows(read.sdtm, "TR", "TRDTC")[3] == (day,)


@pytest.mark.parametrize("typed", ["2025-02-30", "soon", "32 Mar 2025", "2025-13"])
def test_an_impossible_date_is_refused_with_its_cell(typed):
    error = refusal(hand.with_cell("Scans", 3, 4, typed))
    assert error.where == f'trial.xlsx, sheet Scans, cell D3: "{typed}"'


_REFUSED = {
    "no patient": (hand.with_cell("Measurements", 3, 1, None), "sheet Measurements, cell A3"),
    "no role": (hand.with_cell("Lesions", 2, 3, None), "sheet Lesions, cell C2"),
    "unknown role": (hand.with_cell("Lesions", 2, 3, "MAYBE"), None),
    "unknown sex": (hand.with_cell("Patients", 2, 2, "W"), "sheet Patients, cell B2"),
    "unknown kind of contact": (
        hand.with_cell("Follow-up", 3, 3, "WELL"), "sheet Follow-up, cell C3",
    ),
    "new lesion without visit": (hand.with_cell("Lesions", 6, 5, None), "sheet Lesions, cell E6"),
    "age in words": (hand.with_cell("Patients", 2, 3, "old"), "sheet Patients, cell C2"),
    "scan without date": (hand.with_cell("Scans", 3, 4, None), "sheet Scans, cell D3"),
    "patient twice": (hand.with_cell("Patients", 3, 1, "p-01"), "sheet Patients, cell A"),
    "measured without a scan": (
        hand.with_cell("Measurements", 5, 4, 28), "sheet Measurements, cell D5",
    ),
    "two scan days for one lesion": (hand.with_cell("Scans", 4, 5, None), "sheet Scans, cell D3"),
    "error value": (
        hand.with_cell("Scans", 3, 4, hand.formula("=1/0", "#DIV/0!")), "sheet Scans, cell D3",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", _REFUSED)
def test_one_defect_is_refused_with_its_cell(case):
    contents, where = _REFUSED[case]
    if where is None:  # the form is right, the rules refuse it
        read = hand.read(PROTOCOL, contents)
        with pytest.raises(DataError, match="cell C2"):
            derive(PROTOCOL.model_copy(update={"cohorts": None}), read.sdtm)
        return
    assert f"trial.xlsx, {where}" in refusal(contents).where


@pytest.mark.parametrize("name", ["Patients", "Scans", "Lesions", "Measurements"])
def test_a_missing_sheet_that_is_needed_is_refused(name):
    error = refusal(hand.sheets(**{name: None}))
    assert error.what == f"The sheet {name} is missing."


def test_further_sheets_are_told_and_sheets_with_columns_of_sdtm_are_read():
    contents = hand.sheets() | {
        "Summary": [["anything"], [hand.formula("=1/0", "#DIV/0!")]],
        "VS": [["USUBJID", "VSTESTCD", "VSORRES", "VSORRESU", "VSDTC"],
               ["P-01", "WEIGHT", 61.5, "kg", date(2025, 1, 8)]],
    }  # fmt: skip
    read = hand.read(PROTOCOL, contents)
    assert "trial.xlsx: the sheet Summary is no sheet of the form: not read." in read.receipt.notes
    assert rows(read.sdtm, "VS", "USUBJID", "VSORRES", "VSDTC") == [("P-01", "61.5", "2025-01-08")]


def test_a_formula_gives_the_value_that_the_workbook_kept_and_is_told():
    contents = hand.with_cell("Measurements", 2, 4, hand.formula("=2*11", 22))
    read = hand.read(PROTOCOL, contents)
    assert rows(read.sdtm, "TR", "TRORRES")[3] == ("22",)
    assert "trial.xlsx, sheet Measurements: the kept result of a formula was taken in D2." in (
        read.receipt.notes
    )


def test_unused_rows_are_told():
    contents = hand.sheets()
    contents["Scans"].append(["P-02", 3, None, date(2025, 5, 1), None, "CT SCAN"])
    contents["Measurements"].append(["P-02", "NT09"])
    contents["Lesions"].append([])
    read = hand.read(PROTOCOL, contents)
    aside = [(one.where, one.why) for table in read.receipt.tables for one in table.aside]
    assert aside == [
        ("trial.xlsx, sheet Scans, row 7", "no lesion was identified or measured on this scan"),
        ("trial.xlsx, sheet Measurements, row 7", "a lesion without any measurement"),
    ]
    used = {one.name.rpartition(" ")[2]: (one.rows, one.used) for one in read.receipt.tables}
    assert (used["Scans"], used["Measurements"]) == ((6, 5), (6, 5))


def test_two_readers_have_lesions_of_their_own():
    contents = hand.sheets()
    contents["Lesions"][0].append("Reader")
    contents["Measurements"][0].append("Reader")
    second = "independent assessor: RADIOLOGIST 1"
    contents["Lesions"].append(["P-01", "T01", "TARGET", "LYMPH NODE, OTHER", None, second])
    contents["Measurements"].append(["P-01", "T01", 21, 19, None, second])
    read = hand.read(PROTOCOL, contents)
    names = ("TRTESTCD", "TRORRES", "TREVAL", "TREVALID", "VISITNUM")
    found = [row for row in rows(read.sdtm, "TR", *names) if row[3] is not None]
    assert found == [
        ("LPERP", "21", "independent assessor", "RADIOLOGIST 1", "1"),
        ("LPERP", "19", "independent assessor", "RADIOLOGIST 1", "2"),
    ]


def test_split_and_merged_lesions():
    contents = hand.sheets()
    contents["Lesions"][0] += ["What happened", "Other lesion"]
    contents["Lesions"] += [
        ["P-01", "T01.1", "TARGET", "LIVER", 2, "SPLIT FROM", "T01"],
        ["P-01", "T01.2", "TARGET", "LIVER", 2, "split from", "T01"],
        ["P-02", "T01", "TARGET", "LUNG", 2.1, "MERGED INTO", "T02"],
    ]
    contents["Measurements"][1][3] = None
    contents["Measurements"][4][4] = "merged: t02"
    contents["Measurements"] += [["P-01", "T01.1", None, 12], ["P-01", "T01.2", None, "TSTM: 5"]]
    read = hand.read(PROTOCOL, contents)
    assert rows(read.sdtm, "TU", "TULNKID", "TUTESTCD", "TUGRPID")[-3:] == [
        ("T01.1", "TUSPLIT", "T01"), ("T01.2", "TUSPLIT", "T01"), ("T01", "TUMERGE", "T02"),
    ]  # fmt: skip
    names = ("TRLNKID", "TRTESTCD", "TRORRES", "TSTM", "MERGEDTO", "VISITNUM")
    found = rows(read.sdtm, "TR", *names)
    assert ("T01.1", "LDIAM", "12", None, None, "2") in found
    assert ("T01.2", "LDIAM", "5", "Y", None, "2") in found
    assert ("T01", "LDIAM", "0", None, "T02", "2.1") in found


def test_centimetres_and_another_test_stand_in_the_row():
    contents = hand.sheets()
    contents["Measurements"][0] += ["Unit", "Measured"]
    contents["Measurements"][1] += ["cm", None]
    contents["Measurements"].append(["P-01", "T01", 31, None, None, None, "VLDIAM"])
    contents["Measurements"][1][2:4] = [4, 2.25]
    read = hand.read(PROTOCOL, contents)
    names = ("TRTESTCD", "TRORRES", "TRORRESU", "TRSTRESN", "TRSTRESU")
    assert ("LDIAM", "2.25", "cm", "22.5", "mm") in rows(read.sdtm, "TR", *names)
    assert ("VLDIAM", "31", "mm", "31", "mm") in rows(read.sdtm, "TR", *names)


@pytest.mark.parametrize(
    ("typed", "taken"), [("<0,5", "<0.5"), ("12,5", "12.5"), ("POSITIVE", "POSITIVE"), (3, "3")]
)
def test_results_of_the_laboratory_are_numbers_or_words(typed, taken):
    labs = [["Patient", "Date", "Test", "Result", "Unit"],
            ["P-01", date(2025, 1, 8), "ALT", typed, "U/L"]]  # fmt: skip
    read = hand.read(PROTOCOL, hand.sheets(Labs=labs))
    assert rows(read.sdtm, "LB", "LBTESTCD", "LBTEST", "LBORRES", "LBSTRESC") == [
        ("ALT", "Alanine Aminotransferase", taken, taken)
    ]


def test_a_laboratory_result_with_two_readings_is_refused():
    labs = [["Patient", "Date", "Test", "Result", "Unit"],
            ["P-01", date(2025, 1, 8), "PLAT", "1,234", "10^9/L"]]  # fmt: skip
    assert "sheet Labs, cell D2" in refusal(hand.sheets(Labs=labs)).where


def test_a_qualifier_is_read_under_its_name_and_a_remark_is_not():
    contents = hand.sheets()
    contents["Patients"][0] += ["Qualifier KRASG12", "KRASG13", "ECOG"]
    contents["Patients"][1] += ["Y", "N", "1"]
    contents["Patients"][0][-1] = "ECOG performance status"
    read = hand.read(PROTOCOL, contents)
    assert rows(read.sdtm, "DM", "KRASG12", "ECOG")[0] == ("Y", "1")
    assert "KRASG13" not in read.sdtm["DM"].columns


def test_the_protocol_is_compared():
    error = refusal(Protocol="another")
    assert error.what == "The workbook was made for another protocol."
    assert error.where == 'trial.xlsx, sheet About, cell B2: "another"'
    assert not any("was changed" in note for note in hand.read(PROTOCOL).receipt.notes)
    changed = PROTOCOL.model_copy(update={"title": "Another title"})
    notes = read_workbook(hand.delivered(PROTOCOL), changed).receipt.notes
    assert any("the protocol was changed since this workbook was made" in note for note in notes)


def test_more_rows_than_a_trial_has_are_refused(monkeypatch):
    monkeypatch.setattr(reading, "MAX_LINES", 20)
    error = refusal()
    assert error.allowed == "at most 20 rows and measurements"
    assert error.what.endswith("6 of the rows on the sheet Scans.")
    monkeypatch.setattr(reading, "MAX_PATIENTS", 2)
    assert refusal().where == "trial.xlsx, sheet Patients"


def test_measurements_count_like_rows(monkeypatch):
    # 27 rows with their headings; the measurements have 5 + 17 filled cells
    monkeypatch.setattr(reading, "MAX_LINES", 30)
    assert "rows and measurements" in refusal().what


def test_a_table_with_more_places_than_cells_is_refused(monkeypatch):
    monkeypatch.setattr(rows_module, "MAX_PLACES", 20)
    error = refusal()
    assert error.where == "trial.xlsx, sheet Patients"
    assert error.what == "The workbook is too large to be read: 3 rows with 7 columns."


def test_settings_that_are_not_listed_are_refused():
    error = refusal(Order_of_typed_dates="american")
    assert error.where == 'trial.xlsx, sheet About, cell B6: "american"'
    error = refusal(**{"Data cut-off": "soon"})
    assert error.where == 'trial.xlsx, sheet About, cell B5: "soon"'


def test_the_delivery_is_the_workbook(tmp_path):
    path = tmp_path / "trial.xlsx"
    path.write_bytes(hand.delivered(PROTOCOL).content)
    assert read_delivery(path, PROTOCOL).sdtm.subjects == 2
    assert is_workbook_of_ours(read_sheets(hand.delivered(PROTOCOL)))
    path.write_bytes(hand.written(hand.sheets()))
    with pytest.raises(DataError, match="not made by trialwright"):
        read_delivery(path, PROTOCOL)


_PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["1,5", "NE", "T01", "2025-02-29", "P-01", "-1", "1e9", "0.00001", "2.1", "=1"]
    ),
    st.floats(-1e6, 1e6, allow_nan=False),
    st.dates(date(1900, 3, 1), date(2100, 1, 1)),
    st.booleans(),
    st.none(),
)


@settings(max_examples=30)
@given(st.sampled_from(sorted(hand.SHEETS)), st.integers(1, 7), st.integers(1, 8), _PIECES)
def test_any_value_in_any_cell_is_read_or_refused(sheet, row, column, value):
    row = min(row, len(hand.SHEETS[sheet]))
    assert read_or_refused(hand.with_cell(sheet, row, column, value))


def read_or_refused(contents):
    """Whether every row is used or told, or the workbook is refused by a message that names it."""
    try:
        read = hand.read(PROTOCOL, contents)
    except DataError as error:
        return "trial.xlsx" in str(error)
    return all(0 <= one.used <= one.rows for one in read.receipt.tables)
