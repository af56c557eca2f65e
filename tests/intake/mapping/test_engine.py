"""Rules of a mapping on small tables: what they make, refuse, set aside and tell."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import polars as pl
import pytest
import xlsxwriter

from trialwright.core.errors import DataError
from trialwright.intake.files import DeliveredFile
from trialwright.intake.mapping.delivery import mapped_delivery
from trialwright.intake.mapping.file import mapping_from_yaml

PATIENTS = "  - {file: patients.csv, make: [{domain: DM, set: {USUBJID: {column: Patient}}}]}\n"
DM = DeliveredFile("patients.csv", b"Patient\n01\n02\n")


def read(rules, text="", *more, top="", name="lesions.csv", needs=()):
    """Read `text` by the rules of one table, with a list of patients beside it."""
    mapping = mapping_from_yaml(f"intake: 1\nstudy: X\n{top}tables:\n{PATIENTS}{rules}")
    content = text if isinstance(text, bytes) else text.encode()
    files = [DM, DeliveredFile(name, content), *more]
    return mapped_delivery(mapping, files, files, ("X", needs))


def rules(*lines, head=""):
    inside = "".join(f"          {line}\n" for line in lines)
    return f"  - file: lesions.csv\n{head}    make:\n      - domain: TR\n        set:\n{inside}"


KEYS = ("USUBJID: {column: Patient}", "TRLNKID: T1", "TRTESTCD: LDIAM", "TRDTC: '2025-01-02'")


def column(delivery, name, code="TR"):
    return delivery.sdtm[code][name].to_list()


def refused(*args, **kwargs):
    with pytest.raises(DataError) as caught:
        read(*args, **kwargs)
    return str(caught.value)


def asides(delivery):
    return [one.where for table in delivery.receipt.tables for one in table.aside]


def changes(delivery):
    return [(c.what, c.where, c.given, c.taken, c.count) for c in delivery.receipt.changed]


SIZE = (*KEYS, "TRORRES: {column: Size, as: number, terms: {ND: ''}}", "TRORRESU: mm")


def test_a_term_that_another_value_takes_is_told_once_as_what_it_became():
    made = rules(*SIZE, "TRSTAT: {column: Size, terms: {ND: NOT DONE}, other: empty}")
    found = read(made, "Patient,Size\n01,12\n02,ND\n")
    assert column(found, "TRSTAT") == [None, "NOT DONE"]
    assert column(found, "TRORRES") == ["12", None]
    assert changes(found) == [("term", "lesions.csv, SIZE", "ND", "NOT DONE", 1)]


def test_a_term_that_means_nothing_is_told_as_empty():
    found = read(rules(*SIZE), "Patient,Size\n02,nd\n")
    assert changes(found) == [("term", "lesions.csv, SIZE", "nd", "", 1)]


def test_a_cell_that_several_rules_read_is_one_cell():
    twice = "      - domain: TU\n        set: {USUBJID: {column: Patient}, TULNKID: {column: L}}\n"
    made = f"  - file: lesions.csv\n    make:\n{twice}{twice}".replace(
        "L}", "L, prefix: T, pad: 2}"
    )
    with pytest.raises(DataError, match="must be filled"):
        read(made, "Patient,L\n01,1\n")
    full = made.replace("pad: 2}", "pad: 2}, TUTESTCD: TUMIDENT")
    found = read(full, "Patient,L\n01,1\n")
    assert column(found, "TULNKID", "TU") == ["T01", "T01"]
    assert changes(found) == [("term", "lesions.csv, L", "1", "T01", 1)]


def test_a_cell_that_no_rule_takes_is_named_in_receipt_and_notes():
    made = rules(*SIZE).replace("        set:", "        when: {Kind: T}\n        set:")
    other = (
        "      - domain: TU\n        set: {USUBJID: {column: Patient}, TULNKID: A, TUTESTCD: B}\n"
    )
    found = read(made + other, "Patient,Kind,Size\n01,T,12\n02,X,13\n")
    assert asides(found) == [
        "lesions.csv, column KIND, row 3", "lesions.csv, column SIZE, row 3",
    ]  # fmt: skip
    assert (
        "lesions.csv, column SIZE, row 3: cells that no rule of the mapping takes a value from."
        in (found.sdtm.notes)
    )


def test_a_row_that_no_rule_takes_is_set_aside():
    made = rules(*SIZE).replace("        set:", "        when: {Kind: T}\n        set:")
    found = read(made, "Patient,Kind,Size\n01,T,12\n02,X,13\n")
    assert asides(found) == ["lesions.csv, row 3"]
    assert found.receipt.tables[1].used == 1


def test_skipped_rows_have_their_reason():
    head = "    skip: [{column: Patient, is: ['sum*'], why: sums are derived}]\n"
    found = read(rules(*SIZE, head=head), "Patient,Size\n01,12\nSum of 01,12\n")
    assert [one.why for one in found.receipt.tables[1].aside] == ["sums are derived"]
    assert found.sdtm["TR"].height == 1


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ("12,5", 'lesions.csv, row 2, column SIZE: "12,5": a comma in a number'),
        ("<5", 'lesions.csv, row 2, column SIZE: "<5": a limit and not a number'),
        ("12 mm", 'column SIZE: "12 mm": a number with something behind it'),
    ],
)
def test_a_number_that_is_none_is_refused_with_its_cell(cells, says):
    assert says in refused(rules(*SIZE[:-2], "TRORRES: {column: Size, as: number}"),
                           f'Patient,Size\n01,"{cells}"\n')  # fmt: skip


def test_all_bad_cells_are_counted_and_ten_are_shown():
    text = "Patient,Size\n" + "".join(f"01,x{at}\n" for at in range(25))
    said = refused(rules(*SIZE), text)
    assert "25 cells do not hold what the mapping says." in said
    assert said.count("row ") == 10
    assert "and 15 more" in said


def test_a_closed_list_of_terms_refuses_what_it_does_not_name():
    made = rules(*SIZE, "TRMETHOD: {column: Method, terms: {CT: CT SCAN}}")
    said = refused(made, "Patient,Size,Method\n01,12,PET\n")
    assert 'column METHOD: "PET": not one of the terms CT' in said


def test_full_width_terms_and_blanks_are_the_same_term():
    made = rules(*SIZE, "TRMETHOD: {column: Method, terms: {CT scan: CT SCAN}}")
    assert column(read(made, "Patient,Size,Method\n01,12,ＣＴ　ｓｃａｎ\n"), "TRMETHOD") == [
        "CT SCAN"
    ]


def test_a_unit_of_the_column_reaches_the_record_untouched():
    made = rules(*SIZE[:-1], "TRORRESU: cm")
    found = read(made, "Patient,Size\n01,1.2\n")
    assert (column(found, "TRORRES"), column(found, "TRORRESU")) == (["1.2"], ["cm"])


UNITS = (
    *KEYS,
    "TRORRES: {column: Size, as: number, units: [mm, cm]}",
    "TRORRESU: {column: Size, as: unit, units: [mm, cm], bare: mm}",
)


def test_a_unit_in_the_cell_is_taken_apart():
    found = read(rules(*UNITS), "Patient,Size\n01,1.2cm\n01,12 MM\n02,9\n")
    assert column(found, "TRORRES") == ["1.2", "12", "9"]
    assert column(found, "TRORRESU") == ["cm", "mm", "mm"]
    assert ("unit", "lesions.csv, SIZE", "1.2cm", "cm", 1) in changes(found)


def test_another_unit_or_none_is_refused():
    assert "something behind it" in refused(rules(*UNITS), "Patient,Size\n01,1.2 in\n")
    bare = [line.replace(", bare: mm", "") for line in UNITS]
    assert "no unit behind the number" in refused(rules(*bare), "Patient,Size\n01,12\n")


def test_a_number_is_not_cut_from_a_unit_that_nobody_takes():
    made = rules(*UNITS[:-1], "TRORRESU: mm")
    assert "nothing takes the unit" in refused(made, "Patient,Size\n01,1.2 cm\n")


def test_a_heading_that_stands_twice_has_to_be_named_with_its_number():
    text = "Patient,Size,Size\n01,12,13\n"
    assert '"SIZE" stands several times in lesions.csv: say "SIZE (1)" or "SIZE (2)"' in refused(
        rules(*SIZE), text
    )
    found = read(rules(*[line.replace("Size", "Size (2)") for line in SIZE]), text)
    assert column(found, "TRORRES") == ["13"]
    assert "lesions.csv: the column SIZE (1) is not read by the mapping." in found.sdtm.notes


def test_values_without_heading_are_told():
    found = read(rules(*SIZE), "Patient,Size,\n01,12,left\n")
    assert "lesions.csv: the column (COLUMN C) is not read by the mapping." in found.sdtm.notes


def test_a_comma_that_shifts_a_row_is_refused():
    assert "lesions.csv, row 3: 3 cells" in refused(rules(*SIZE), "Patient,Size\n01,12\n02,12,5\n")


def test_the_separator_is_that_of_the_headings():
    assert column(read(rules(*SIZE), 'Patient;"Size"\n01;12\n'), "TRORRES") == ["12"]
    said = refused(rules(*SIZE), "Patient;Size,mm\n01;12\n")
    assert "The headings could be parted in several ways." in said
    titled = rules(*SIZE, head="    header: [2]\n")
    found = read(titled, "Lesions, all, of us,\nPatient;Size\n01;12\n")
    assert column(found, "TRORRES") == ["12"]
    assert "lesions.csv: row 1 above the headings not read." in found.sdtm.notes


def test_rows_below_the_last_are_told():
    found = read(rules(*SIZE, head="    last: 2\n"), "Patient,Size\n01,12\nSum,12\nEnd,1\n")
    assert "lesions.csv: 2 rows from 3 to 4 below the last row of the mapping not read." in (
        found.sdtm.notes
    )


def test_cells_filled_from_above_are_told():
    found = read(rules(*SIZE, head="    fill_down: [Patient]\n"), "Patient,Size\n01,12\n,13\n")
    assert column(found, "USUBJID") == ["01", "01"]
    assert "lesions.csv, PATIENT: 1 empty cell taken as the cell above (fill_down)." in (
        found.sdtm.notes
    )


ONCE = """\
  - file: lesions.csv
    make:
      - domain: CM
        once: [USUBJID]
        set: {USUBJID: {column: Patient}, CMTRT: {column: Drug}, CMCAT: {column: Kind}, CMSTDTC: '2025'}
"""


def test_what_is_filled_down_ends_with_the_patient():
    head = "    fill_down: [Patient, Method]\n"
    text = "Patient,Method,Size\n01,MRI,12\n,,13\n01,,14\n02,,15\n,CT,16\n,,17\n"
    found = read(rules(*SIZE, "TRMETHOD: {column: Method}", head=head), text)
    assert column(found, "USUBJID") == ["01", "01", "01", "02", "02", "02"]
    assert column(found, "TRMETHOD") == ["MRI", "MRI", "MRI", None, "CT", "CT"]
    assert "lesions.csv, METHOD: 3 empty cells taken as the cell above (fill_down)." in (
        found.sdtm.notes
    )


def test_a_file_that_ends_within_a_row_is_cut():
    made = rules(*SIZE, "TRMETHOD: {column: Method}")
    text = "Patient,Size,Method\n01,12,CT\n02,12"
    assert "lesions.csv, row 3: 2 of 3 cells, and no end of the line" in refused(made, text)
    assert column(read(made, text + "\n"), "TRORRES") == ["12", "12"]
    assert column(read(made, text + ","), "TRORRES") == ["12", "12"]


def test_a_record_made_once_takes_what_several_rows_say_together():
    found = read(ONCE, "Patient,Drug,Kind\n01,A,\n01,,B\n02,C,D\n")
    assert column(found, "CMTRT", "CM") == ["A", "C"]
    assert column(found, "CMCAT", "CM") == ["B", "D"]


def test_rows_that_contradict_each_other_are_refused_all_at_once():
    said = refused(ONCE, "Patient,Drug,Kind\n01,A,B\n01,C,D\n")
    assert '"A"; lesions.csv, row 3, column DRUG: "C": two rows say different things' in said
    assert '"B"; lesions.csv, row 3, column KIND: "D"' in said


EARLIEST = """\
  - file: lesions.csv
    make:
      - domain: TU
        once: [USUBJID, TULNKID]
        earliest: TUDTC
        set:
          USUBJID: {column: Patient}
          TULNKID: NEW1
          TUTESTCD: TUMIDENT
          VISITNUM: {column: Visit}
          TUDTC: {column: Date, as: date}
"""


def test_the_earliest_of_several_rows_is_made_in_any_order():
    rows = ["01,3,2025-05-01", "01,2,2025-03-01", "01,4,2025-07-01"]
    for order in (rows, rows[::-1]):
        found = read(EARLIEST, "Patient,Visit,Date\n" + "\n".join(order) + "\n")
        assert column(found, "VISITNUM", "TU") == ["2"]


def test_the_earliest_needs_complete_dates_and_one_visit_a_date():
    said = refused(EARLIEST, "Patient,Visit,Date\n01,3,2025-05\n01,2,2025-03-01\n")
    assert "no complete TUDTC" in said
    assert "two rows say different things" in refused(
        EARLIEST, "Patient,Visit,Date\n01,3,2025-05-01\n01,2,2025-05-01\n"
    )


LOOKUP = """\
  - {file: scans.csv, id: scans}
  - file: lesions.csv
    make:
      - domain: TR
        set:
          USUBJID: {column: Patient}
          TRLNKID: T1
          TRTESTCD: LDIAM
          TRORRES: {column: Size}
          TRDTC: {lookup: {table: scans, by: {Name: Patient, Visit: Visit}, column: Date}, as: date}
"""


def scans(text):
    return DeliveredFile("scans.csv", text.encode())


def test_a_looked_up_value_is_read_and_its_cell_is_told():
    found = read(LOOKUP, "Patient,Visit,Size\n01,2,12\n",
                 scans("Name,Visit,Date\n01,2,4 Mar 2025\n02,2,2025-03-05\n"))  # fmt: skip
    assert column(found, "TRDTC") == ["2025-03-04"]
    assert ("date", "scans.csv, DATE", "4 Mar 2025", "2025-03-04", 1) in changes(found)
    assert asides(found) == ["scans.csv, row 3"]  # nobody looked it up


@pytest.mark.parametrize(
    ("row", "table", "says"),
    [
        ("01,3,12", "01,2,2025-03-04", "scans has no row with Name 01, Visit 3"),
        ("01,,12", "01,,2025-03-04", "nothing to look up in scans with Name 01, Visit (empty)"),
        ("01,2,12", "01,2,2025-03-04\n01,2,", "scans says different things of Name 01, Visit 2"),
        ("01,2,12", "01,2,3/4/2025", 'scans.csv, row 2, column DATE: "3/4/2025": day and month'),
    ],
)
def test_a_lookup_that_has_no_single_answer_is_refused(row, table, says):
    assert says in refused(LOOKUP, f"Patient,Visit,Size\n{row}\n",
                           scans(f"Name,Visit,Date\n{table}\n"))  # fmt: skip


def test_an_empty_cell_that_is_looked_up_is_empty():
    found = read(LOOKUP, "Patient,Visit,Size\n01,2,12\n", scans("Name,Visit,Date\n01,2,\n"))
    assert column(found, "TRDTC") == [None]


WIDE = """\
  - file: lesions.csv
    make:
      - domain: TR
        filled: [size]
        each_of: scans
        set:
          USUBJID: {column: Patient}
          TRLNKID: T1
          TRTESTCD: LDIAM
          TRORRES: {column: size, as: number}
          VISITNUM: {column: number}
          TRDTC: {column: date, as: date}
"""
LISTS = """\
lists:
  scans:
    - {columns: {size: W0, date: D0}, values: {number: 1}}
    - {columns: {size: W8, date: D8}, values: {number: 2}, optional: true}
"""


def test_visits_that_are_still_to_come_are_left_out_with_a_note():
    found = read(WIDE, "Patient,W0,D0\n01,12,2025-01-02\n", top=LISTS)
    assert column(found, "VISITNUM") == ["1"]
    assert "lesions.csv: no columns W8, D8 yet." in found.sdtm.notes


@pytest.mark.parametrize("heading", ["W 8", "w-8"])
def test_a_visit_written_in_another_way_is_not_one_to_come(heading):
    said = refused(WIDE, f"Patient,W0,D0,{heading}\n01,12,2025-01-02,13\n", top=LISTS)
    assert '"W8" is no heading of lesions.csv (perhaps ' in said


def test_a_date_without_a_measurement_is_told():
    found = read(WIDE, "Patient,W0,D0,W8,D8\n01,12,2025-01-02,,2025-03-04\n", top=LISTS)
    assert asides(found) == ["lesions.csv, column D8, row 2"]


def test_a_name_that_only_some_repetitions_have_is_refused():
    lists = LISTS.replace(", date: D8", "")
    said = refused(WIDE, "Patient,W0,D0,W8\n01,12,2025-01-02,13\n", top=lists)
    assert '"DATE" is no heading of lesions.csv' in said


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("TRSEQ: '7'", "TRSEQ is given by the intake and cannot be set"),
        ("trloc: LIVER", '"trloc" is no name of a variable'),
        ("TRLOC: {as: date}", "it needs either column or lookup"),
        ("TRLOC: {column: Organ}", '"ORGAN" is no heading of lesions.csv'),
    ],
)
def test_what_a_mapping_cannot_say_is_refused(line, says):
    assert says in refused(rules(*SIZE, line), "Patient,Size\n01,12\n")


def test_a_variable_that_nobody_knows_is_told_with_the_nearest():
    found = read(rules(*SIZE, "TRMETHD: CT"), "Patient,Size\n01,12\n")
    assert any("TRMETHD is no variable of TR" in note and "did you mean TRMETHOD?" in note
               for note in found.sdtm.notes)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("intake: 1\ntables: []", "tables"),
        ("intake: 1\nencoding: utf8\ntables: [{file: a}]", "encoding"),
        (
            "intake: 1\ntables: [{file: a, make: [{domain: DM, each_of: x, set: {}}]}]",
            'no list "x"',
        ),
        ("intake: 1\ntables: [{file: a, header: [0]}]", "header"),
        ("intake: 1\ntables: [{fil: a}]", 'unknown key "fil" (did you mean "file"?)'),
    ],
)
def test_a_mapping_that_is_not_valid_is_refused_with_its_place(text, says):
    with pytest.raises(DataError) as caught:
        mapping_from_yaml(text)
    assert says.lower() in str(caught.value).lower()
    assert "intake.yaml" in str(caught.value)


def test_a_table_that_could_be_several_is_refused_with_their_names():
    made = rules(*SIZE).replace("lesions.csv", "'les*.csv'")
    more = DeliveredFile("lesions_old.csv", b"Patient,Size\n01,3\n")
    said = refused(made, "Patient,Size\n01,12\n", more)
    assert "The delivery has 2 tables that the mapping could mean." in said
    assert "lesions.csv; lesions_old.csv" in said


def test_brackets_in_a_name_are_brackets():
    made = rules(*SIZE).replace("lesions.csv", "'lesions [1].csv'")
    found = read(made, "Patient,Size\n01,12\n", name="lesions [1].csv")
    assert column(found, "TRORRES") == ["12"]


def test_files_and_sheets_that_are_not_read_are_told():
    made = rules(*SIZE).replace("file: lesions.csv", "file: l.xlsx\n    sheet: Old lesions")
    book = workbook({"Lesions": [["x"], ["y"]], "Old lesions": [["Patient", "Size"], ["01", 12]]})
    found = read(made, book, DeliveredFile("scan.pdf", b"%PDF"), name="l.xlsx")
    assert column(found, "TRORRES") == ["12"]
    assert "l.xlsx, sheet Lesions is not read by the mapping." in found.sdtm.notes
    assert "scan.pdf is not read by the mapping." in found.sdtm.notes


def test_headings_of_two_rows_and_dates_of_a_spreadsheet_are_read():
    made = WIDE.replace("file: lesions.csv", "file: l.xlsx\n    header: [1, 2]")
    lists = LISTS.replace("W0", "Baseline / mm").replace("D0", "Baseline / Date")
    lists = lists.replace("W8", "Week 8 / mm").replace("D8", "Week 8 / Date")
    rows = [
        ["Patient", "Baseline", None, "Week 8"],
        [None, "Date", "mm", "Date", "mm"],
        ["01", date(2025, 1, 2), 12.5, date(2025, 3, 1), 9],
    ]
    found = read(made, workbook({"S": rows}), top=lists, name="l.xlsx")
    assert column(found, "TRORRES") == ["12.5", "9"]
    assert column(found, "TRDTC") == ["2025-01-02", "2025-03-01"]
    assert found.sdtm.where("TR", 3, "TRORRES") == "l.xlsx, sheet S, cell E3"


def test_faults_of_sheets_and_files_that_nobody_asks_for_are_no_faults():
    made = rules(*SIZE).replace("file: lesions.csv", "file: l.xlsx\n    sheet: Mine")
    book = workbook({"Mine": [["Patient", "Size"], ["01", 12]], "Sums": [["=1/0"]]})
    found = read(made, book, DeliveredFile("notes.txt", b"\xff\xfe\xfd"), name="l.xlsx")
    assert column(found, "TRORRES") == ["12"]


def test_an_error_value_is_refused_where_it_is_used_and_told_where_it_is_not():
    made = rules(*SIZE).replace("file: lesions.csv", "file: l.xlsx")

    def sheet(size, percent):
        return workbook({"S": [["Patient", "Size", "Percent"], ["01", size, percent]]})

    found = read(made, sheet(12, "#DIV/0!"), name="l.xlsx")
    assert column(found, "TRORRES") == ["12"]
    assert any("(PERCENT)" in note for note in found.sdtm.notes)
    said = refused(made, sheet("#DIV/0!", 1), name="l.xlsx")
    assert 'cell B2: "#DIV/0!": an error value of the spreadsheet' in said


def test_a_dataset_has_its_own_headings():
    made = rules(*SIZE, head="    header: 2\n").replace("lesions.csv", "l.parquet")
    content = BytesIO()
    pl.DataFrame({"Patient": ["01", None], "Size": ["12", "13"]}).write_parquet(content)
    said = refused(made, content.getvalue(), name="l.parquet")
    assert "The headings of a dataset are part of its format." in said
    filled = made.replace("header: 2", "fill_down: Patient")
    found = read(filled, content.getvalue(), name="l.parquet")
    assert column(found, "USUBJID") == ["01", "01"]


def test_an_old_workbook_is_refused_with_what_to_do():
    made = rules(*SIZE).replace("lesions.csv", "lesions.xls")
    said = refused(made, b"\xd0\xcf\x11\xe0", name="lesions.xls")
    assert "a file of a kind that is not read" in said
    assert "xlsx" in said


def test_a_cell_of_a_sheet_is_named_by_its_letters():
    made = rules(*SIZE).replace("file: lesions.csv", "file: l.xlsx")
    said = refused(made, workbook({"S": [["Patient", "Size"], ["01", "1,5"]]}), name="l.xlsx")
    assert 'l.xlsx, sheet S, cell B2: "1,5": a comma' in said


def test_gb18030_is_read_where_the_mapping_says_so():
    made = rules(*[line.replace("Patient", "患者").replace("Size", "直径") for line in SIZE])
    found = read(made, "患者,直径\n01,１２\n".encode("gb18030"), top="encoding: gb18030\n")
    assert column(found, "TRORRES") == ["12"]


def test_a_domain_that_must_come_of_it_is_missed():
    assert "The mapping makes no record of TU." in refused(
        rules(*SIZE), "Patient,Size\n01,12\n", needs=("DM", "TU", "TR")
    )


def workbook(sheets):
    content = BytesIO()
    how = {"in_memory": True, "default_date_format": "dd.mm.yyyy"}
    with xlsxwriter.Workbook(content, how) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
                for column, cell in enumerate(row):
                    if cell == "#DIV/0!":
                        sheet.write_formula(at, column, "=1/0", None, cell)
    return content.getvalue()


def test_a_cell_that_two_rows_look_up_is_one_cell():
    found = read(LOOKUP, "Patient,Visit,Size\n01,2,12\n01,2,13\n",
                 scans("Name,Visit,Date\n01,2,4 Mar 2025\n"))  # fmt: skip
    assert changes(found) == [("date", "scans.csv, DATE", "4 Mar 2025", "2025-03-04", 1)]


def test_a_file_is_named_whole_without_an_asterisk():
    more = DeliveredFile("lesions.csv.old.csv", b"Patient,Size\n01,3\n")
    found = read(rules(*SIZE), "Patient,Size\n01,12\n", more)
    assert column(found, "TRORRES") == ["12"]
    assert "lesions.csv.old.csv is not read by the mapping." in found.sdtm.notes


def test_a_cell_that_another_entry_or_a_lookup_takes_is_used():
    made = """\
  - file: lesions.csv
    make: [{domain: CM, when: {Kind: A}, set: {USUBJID: {column: Patient}, CMTRT: {column: Size}}}]
  - file: lesions.csv
    id: again
    make:
      - domain: PR
        when: {Kind: B}
        set:
          USUBJID: {column: Patient}
          PRTRT: {lookup: {table: again, by: {Patient: Patient, Kind: Kind}, column: Size}}
          PRSTDTC: "2025"
"""
    found = read(made, "Patient,Kind,Size\n01,A,x\n02,B,y\n01,C,z\n")
    assert [(one.name, one.used) for one in found.receipt.tables[1:]] == [("lesions.csv", 2)] * 2
    assert asides(found) == ["lesions.csv, row 4"] * 2
    assert column(found, "PRTRT", "PR") == ["y"]


def test_a_system_that_is_not_there_is_missed_by_what_makes_it():
    said = refused("  - {file: redcap, sheet: scan}\n", "Patient\n01\n")
    assert "There is no REDCap project in the delivery." in said
    assert "the data dictionary" in said
    assert "there are lesions.csv" in said


def test_a_text_that_could_be_utf_8_is_told_where_another_encoding_is_named():
    made = rules(*KEYS, "TRMETHOD: {column: Method}")
    note = "lesions.csv: read as windows-1252; it could be UTF-8 too."
    for encoding, is_told in (("windows-1252", False), ("utf-8", True)):
        text = "Patient,Method\n01,Prüfung\n".encode(encoding)
        assert (note in read(made, text, top="encoding: windows-1252\n").sdtm.notes) is is_told


def test_blanks_around_values_are_left_out_and_told():
    found = read(rules(*SIZE), "Patient,Size\n01 ,12\n\t02,13\n  ,\n")
    assert column(found, "USUBJID") == ["01", "02"]
    assert "lesions.csv, PATIENT: blanks around 2 cells left out." in found.sdtm.notes
