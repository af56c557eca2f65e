"""Transport files, Parquet, Dataset-JSON and archives give the tables that CSV gives."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date

import polars as pl
import pyreadstat
import pytest

from trialwright.core.errors import DataError
from trialwright.intake.archive import members
from trialwright.intake.files import DeliveredFile
from trialwright.intake.formats import read_tables
from trialwright.intake.formats.numbers import number_text
from trialwright.intake.sdtm_delivery import read_sdtm

DM = {"USUBJID": ["S-1", "S-2"], "ARM": ["A", ""], "AGE": [61.5, None]}
TEXTS = [("S-1", "A", "61.5"), ("S-2", None, None)]


def _rows(table):
    return table.frame.select("USUBJID", "ARM", "AGE").rows()


def _xpt(tmp_path, frame, name="DM", **options):
    path = tmp_path / f"{name.lower()}.xpt"
    pyreadstat.write_xport(frame, path, table_name=name, file_format_version=5, **options)
    return path.read_bytes()


def _one(name, content, **options):
    (table,) = read_tables(DeliveredFile(name, content), **options).values()
    return table


def test_a_transport_file(tmp_path):
    table = _one("dm.xpt", _xpt(tmp_path, pl.DataFrame(DM)))
    assert _rows(table) == TEXTS
    assert table.frame["_ROW"].to_list() == [1, 2]


def test_numbers_of_a_transport_file(tmp_path):
    values = [0.1, -12.5, 1e-7, 123456789.0, 0.0, 1 / 3, None]
    table = _one("x.xpt", _xpt(tmp_path, pl.DataFrame({"V": values}), "X"))
    assert table.frame["V"].to_list() == [
        "0.1", "-12.5", "0.0000001", "123456789", "0", "0.333333333333333", None,
    ]  # fmt: skip


def test_dates_of_a_transport_file(tmp_path):
    frame = pl.DataFrame({"D": [0.0, 23436.0, -1.0, None]})
    table = _one("x.xpt", _xpt(tmp_path, frame, "X", variable_format={"D": "DATE9."}))
    assert table.frame["D"].to_list() == ["1960-01-01", "2024-03-01", "1959-12-31", None]


def test_two_datasets_of_one_transport_file(tmp_path):
    first = _xpt(tmp_path, pl.DataFrame(DM))
    second = _xpt(tmp_path, pl.DataFrame({"USUBJID": ["S-9"]}), "TU")
    tables = read_tables(DeliveredFile("all.xpt", first + second[240:]))
    assert {name: table.frame.height for name, table in tables.items()} == {"DM": 2, "TU": 1}
    assert str(tables["TU"].origin) == "all.xpt, dataset TU"


@pytest.mark.parametrize("width", [1, 7, 39, 40, 79, 80, 81, 160])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 11])
def test_records_end_where_the_padding_begins(tmp_path, width, count):
    texts = [chr(ord("a") + at % 26) * width for at in range(count)]
    frame = pl.DataFrame({"T": texts}, schema={"T": pl.String})
    if count:
        assert _one("x.xpt", _xpt(tmp_path, frame, "X")).frame["T"].to_list() == texts


def _cut(content):
    return content[:-80]


def _odd(content):
    return content[:-3]


@pytest.mark.parametrize(
    "damage",
    [_cut, _odd, lambda c: c[:240], lambda c: b"", lambda c: b"PK" + c, lambda c: c[:400] + c[480:],
     lambda c: c.replace(b"0000000002", b"0000000099")],
)  # fmt: skip
def test_a_damaged_transport_file_is_refused(tmp_path, damage):
    wide = pl.DataFrame({"USUBJID": ["S-1" * 30, "S-2" * 30], "ARM": ["A" * 20, "B"]})
    content = damage(_xpt(tmp_path, wide))
    with pytest.raises(DataError, match="transport file"):
        _one("dm.xpt", content)


def test_text_of_another_encoding_is_refused_until_it_is_named(tmp_path):
    content = _xpt(tmp_path, pl.DataFrame({"ARM": ["Zxle"]}), "X").replace(b"Zxle", b"Z\xfcle")
    with pytest.raises(DataError, match="row 1, ARM, byte 0xFC"):
        _one("x.xpt", content)
    assert _one("x.xpt", content, encoding="windows-1252").frame["ARM"].to_list() == ["Züle"]


def test_a_csv_file_in_gb18030_is_read_once_it_is_named():
    content = "USUBJID,ARM\nS-1,肝动脉\n".encode("gb18030")
    with pytest.raises(DataError, match="line 2"):
        _one("DM.csv", content)
    assert _one("DM.csv", content, encoding="gb18030").frame["ARM"].to_list() == ["肝动脉"]


def _parquet(frame):
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def test_a_parquet_file():
    assert _rows(_one("dm.parquet", _parquet(pl.DataFrame(DM)))) == TEXTS


def test_types_of_a_parquet_file():
    frame = pl.DataFrame({"d": [date(2024, 3, 1)], "b": [True], "i": [7], "f": [0.1], "n": [None]})
    table = _one("x.parquet", _parquet(frame))
    assert table.frame.row(0) == ("2024-03-01", "Y", "7", "0.1", None, 1)


@pytest.mark.parametrize(
    ("frame", "word"),
    [
        (pl.DataFrame({"a": [[1]]}), "type"),
        (pl.DataFrame({"a": [1], "A": [2]}), "twice"),
        (pl.DataFrame({"_row": [1]}), "reserved"),
    ],
)
def test_a_parquet_file_that_is_no_plain_table(frame, word):
    with pytest.raises(DataError, match=word):
        _one("x.parquet", _parquet(frame))


def test_a_parquet_file_of_too_many_rows():
    frame = pl.DataFrame({"a": pl.repeat("x", 6_000_000, eager=True)})
    content = _parquet(frame)
    assert len(content) < 100_000
    with pytest.raises(DataError, match="too many values"):
        _one("x.parquet", content)


def _json(**changes):
    dataset = {
        "datasetJSONVersion": "1.1.0", "itemGroupOID": "IG.DM", "records": 2, "name": "DM",
        "columns": [{"name": name} for name in DM],
        "rows": [["S-1", "A", 61.5], ["S-2", "", None]],
    }  # fmt: skip
    return dataset | changes


def test_dataset_json_and_its_lines():
    whole = _json()
    assert _rows(_one("dm.json", json.dumps(whole).encode())) == TEXTS
    rows = whole.pop("rows")
    lines = "\n".join(map(json.dumps, [whole, *rows])).encode()
    assert _rows(_one("dm.ndjson", lines)) == TEXTS


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"records": 3}, "3 records and holds 2"),
        ({"rows": [["S-1", "A"]], "records": 1}, "another number of values"),
        ({"rows": [["S-1", "A", [1]]], "records": 1}, "no text, number or boolean"),
        ({"columns": []}, "columns"),
        ({"columns": [{"name": "A"}, {"name": "a"}, {"name": "B"}]}, "twice"),
        ({"datasetJSONVersion": "2.0"}, "datasetJSONVersion"),
        ({"rows": {}}, "rows"),
    ],
)
def test_dataset_json_that_breaks_its_form(changes, word):
    with pytest.raises(DataError, match=word):
        _one("dm.json", json.dumps(_json(**changes)).encode())


@pytest.mark.parametrize("text", ['{"datasetJSONVersion":', "[" * 100_000, '{"a":1,"a":2}', "NaN"])
def test_broken_json(text):
    with pytest.raises(DataError, match="no Dataset-JSON"):
        _one("dm.json", text.encode())


TU = "USUBJID,TULNKID,TUTESTCD,TUORRES,VISITNUM,TUDTC\nS-1,T01,TUMIDENT,TARGET,1,2024-01-05\n"
TR = (
    "USUBJID,TRLNKID,TRTESTCD,TRORRES,TRORRESU,TRSTAT,VISITNUM,TRDTC\n"
    "S-1,T01,LDIAM,20,mm,,1,2024-01-05\n"
)


def _folder(tmp_path, **files):
    for name, content in files.items():
        path = tmp_path / name.replace("__", ".")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return tmp_path


def test_formats_may_be_mixed(tmp_path):
    dm = _xpt(tmp_path, pl.DataFrame(DM))
    sdtm = read_sdtm(_folder(tmp_path, dm__xpt=dm, TU__csv=TU, tr__csv=TR))
    assert sdtm["DM"]["AGE"].to_list() == ["61.5", None]
    assert sdtm.file("DM") == "dm.xpt"


LB = "DOMAIN,USUBJID,LBSEQ,LBTESTCD,LBDTC\nLB,S-1,{},{},2024-01-05\n"


def test_a_domain_in_parts_is_joined_and_each_record_keeps_its_place(tmp_path):
    folder = _folder(
        tmp_path, DM__csv="USUBJID\nS-1\n", TU__csv=TU, TR__csv=TR,
        lbch__csv=LB.format(1, "ALT"), lbhe__csv=LB.format(2, "HGB"),
    )  # fmt: skip
    sdtm = read_sdtm(folder)
    assert sdtm["LB"]["LBTESTCD"].to_list() == ["ALT", "HGB"]
    assert sdtm.where("LB", 2, "LBTESTCD") == "lbhe.csv, row 2, column LBTESTCD"


def test_a_domain_twice_is_refused(tmp_path):
    dm = "DOMAIN,USUBJID\nDM,S-1\n"
    folder = _folder(tmp_path, DM__csv=dm, people__csv=dm, TU__csv=TU, TR__csv=TR)
    with pytest.raises(DataError, match="Two files hold the domain DM"):
        read_sdtm(folder)


def test_a_domain_under_another_name_is_found_by_its_column(tmp_path):
    dm = "DOMAIN,USUBJID\nDM,S-1\n"
    sdtm = read_sdtm(_folder(tmp_path, people__csv=dm, TU__csv=TU, TR__csv=TR))
    assert sdtm["DM"].height == 1


def _zip(files, **options):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return DeliveredFile("data.zip", buffer.getvalue())


def test_members_of_an_archive():
    found = members(_zip({"sdtm/b.csv": "B", "sdtm/a.csv": "A", "__MACOSX/x": "", ".hid": ""}))
    assert [(one.name, one.content, one.stem) for one in found] == [
        ("data.zip/sdtm/a.csv", b"A", "A"), ("data.zip/sdtm/b.csv", b"B", "B"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "archive",
    [
        _zip({"a.csv": b"0" * 5_000_000}),
        _zip({f"{n}.csv": b"" for n in range(501)}),
        _zip({"inner.zip": b"PK"}),
        DeliveredFile("data.zip", _zip({"a.csv": "A"}).content[:-10]),
        DeliveredFile("data.zip", b"PK\x03\x04 and nothing else"),
    ],
    ids=["bomb", "many", "nested", "cut", "nothing"],
)
def test_an_archive_that_is_refused(archive):
    with pytest.raises(DataError, match="archive"):
        members(archive)


@pytest.mark.parametrize(
    ("value", "text"),
    [(12.5, "12.5"), (0.1 + 0.2, "0.3"), (1e20, "100000000000000000000"), (-0.0, "0"),
     (float("nan"), None), (float("inf"), "inf"), (1.5e-9, "0.0000000015")],
)  # fmt: skip
def test_number_text(value, text):
    assert number_text(value) == text


@pytest.mark.parametrize("name", ["../DM.csv", "a/../../DM.csv", "..\\DM.csv"])
def test_an_archive_with_a_path_that_leads_out_of_it(name):
    with pytest.raises(DataError, match="leads out of it"):
        members(_zip({"TU.csv": "A", name: "A"}))


def test_an_archive_with_the_folders_of_another_system():
    (found,) = members(_zip({"sdtm\\DM.csv": "A"}))
    assert (found.name, found.stem) == ("data.zip/sdtm/DM.csv", "DM")
