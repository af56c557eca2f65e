"""XPT version 5, Dataset-JSON 1.1 and Parquet: what is written is read back, or refused."""

import io
import json
from datetime import date

import polars as pl
import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odmlib.dataset_json_1_1.model import Column, DatasetJSON

from trialwright.core.errors import DataError
from trialwright.exchange.datasets.checking import checked
from trialwright.exchange.datasets.dataset_json import Origin, dataset_json
from trialwright.exchange.datasets.long_text import piece_label, pieces, split_column
from trialwright.exchange.datasets.model import Item, ItemGroup
from trialwright.exchange.datasets.parquet import parquet_bytes
from trialwright.exchange.datasets.xpt import beyond_ascii, xpt_bytes

MADE = date(2025, 3, 1)
ITEMS = (
    Item(name="USUBJID", label="Unique Subject Identifier", kind="text", key=1),
    Item(name="REASON", label="Reason in Words", kind="text"),
    Item(name="AVAL", label="Value", kind="float"),
    Item(name="AVISITN", label="Time Point", kind="integer"),
    Item(name="ADT", label="Date", kind="date"),
)
ROWS = [
    ("P1", "Größe 30 → 21 mm; 缩小", 0.1, 0, date(1959, 12, 31)),
    ("P2", None, None, None, None),
    ("P3", "x" * 200, -1e-10, -3, date(1960, 1, 2)),
    ("P4", "two\nlines", 123456789.125, 2**40, date(2024, 2, 29)),
]
SCHEMA = {
    "USUBJID": pl.String, "REASON": pl.String, "AVAL": pl.Float64, "AVISITN": pl.Int64,
    "ADT": pl.Date,
}  # fmt: skip


def group(rows=ROWS, items=ITEMS, **frame):
    made = pl.DataFrame(rows, schema=SCHEMA, orient="row") if not frame else pl.DataFrame(frame)
    return ItemGroup(name="ADX", label="Made Up", standard="ADaM", items=items, frame=made)


def one(name, kind, values):
    return group(items=(Item(name=name, label=name, kind=kind),), **{name: values})


def read_back(content, folder):
    path = folder / "x.xpt"
    path.write_bytes(content)
    return pyreadstat.read_xport(path, output_format="polars")


def test_xpt_reads_back_as_written(tmp_path):
    """Texts with an empty one for none, numbers exact, whole days before and after 1960."""
    written = group()
    frame, told = read_back(xpt_bytes(checked(written), MADE), tmp_path)
    assert frame["USUBJID"].to_list() == ["P1", "P2", "P3", "P4"]
    assert frame["REASON"].to_list() == [ROWS[0][1], "", "x" * 200, "two\nlines"]
    assert frame["AVAL"].to_list() == [0.1, None, -1e-10, 123456789.125]
    assert frame["AVISITN"].to_list() == [0, None, -3, 2**40]
    assert frame["ADT"].to_list() == [r[4] for r in ROWS]
    assert told.column_names_to_labels == {item.name: item.label for item in ITEMS}
    assert told.variable_storage_width == {
        "USUBJID": 2, "REASON": 200, "AVAL": 8, "AVISITN": 8, "ADT": 8,
    }  # fmt: skip
    assert (told.table_name, told.file_label) == ("ADX", "Made Up")
    assert told.original_variable_types["ADT"] == "DATE9"


def test_xpt_bytes_by_hand():
    """TS-140: 1 is 0x41 0x10 in base 16; a missing number is "." and zeros; 80-byte records."""
    content = xpt_bytes(one("ADT", "date", [date(1960, 1, 2), None]), MADE)
    assert content.startswith(b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!")
    head = content.index(b"HEADER RECORD*******OBS")
    assert content[head + 80 :] == b"\x41\x10" + bytes(6) + b"." + bytes(7) + b" " * 64
    assert content.count(b"01MAR25:00:00:00") == 4
    assert len(content) % 80 == 0


def test_xpt_is_the_same_on_a_second_run():
    assert xpt_bytes(group(), MADE) == xpt_bytes(group(), MADE)


def test_a_dataset_without_records_keeps_its_variables(tmp_path):
    frame, told = read_back(xpt_bytes(checked(group(rows=[])), MADE), tmp_path)
    assert frame.height == 0
    assert told.column_names == [item.name for item in ITEMS]
    assert told.variable_storage_width["REASON"] == 1


@settings(max_examples=30)
@given(
    st.lists(
        st.one_of(st.none(), st.just(0.0), st.floats(1e-70, 1e70), st.floats(-1e70, -1e-70)),
        min_size=1,
    )
)
def test_any_number_in_range_is_exact(tmp_path_factory, values):
    written = group(
        items=(ITEMS[0], Item(name="AVAL", label="V", kind="float")),
        USUBJID=["P"] * len(values), AVAL=pl.Series(values, dtype=pl.Float64),
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("xpt")
    frame, _ = read_back(xpt_bytes(checked(written), MADE), folder)
    assert frame["AVAL"].to_list() == values


@pytest.mark.parametrize(
    ("name", "kind", "values", "said"),
    [
        ("AVAL", "float", [1.0, float("nan")], "A number cannot be written"),
        ("AVAL", "float", [1.0, 1e76], "A number cannot be written"),
        ("AVAL", "float", [1e-80], "A number cannot be written"),
        ("AVISITN", "integer", [2**53 + 2], "A number cannot be written"),
        ("AVALC", "text", ["a\x00b"], "control character"),
        ("AVALC", "text", ["ends in a blank "], "ends in a blank"),
        ("AVALC", "text", ["é" * 101], "more than 200 bytes"),
        ("AVALC", "text", ["a", ""], "last record is blank"),
        ("AVALC1234", "text", ["a"], "name"),
        ("aval", "text", ["a"], "name"),
    ],
)
def test_what_a_transport_file_would_lose_is_refused(name, kind, values, said):
    with pytest.raises(DataError, match=said) as refusal:
        checked(one(name, kind, values))
    assert "ADX" in refusal.value.where


@pytest.mark.parametrize("label", ["", "l" * 41, "é" * 21])
def test_a_label_that_does_not_fit_is_refused(label):
    items = (Item(name="A", label=label, kind="text"),)
    with pytest.raises(DataError, match="label"):
        checked(group(items=items, A=["a"]))


def test_long_texts_go_on_in_further_columns():
    """201 bytes are two pieces; the words stay whole and the blank opens the next piece."""
    text = "a" * 150 + " " + "b" * 60
    assert pieces(text) == ["a" * 150, " " + "b" * 60]
    assert pieces("中" * 67) == ["中" * 66, "中"]
    first, second = split_column(pl.Series("CNSDTDSC", ["short", text, None]), {"CNSDTDS1"})
    assert second.name == "CNSDTD1"
    assert first.to_list() == ["short", "a" * 150, None]
    assert second.to_list() == [None, " " + "b" * 60, None]
    assert piece_label("Reason in Words", 1) == "Reason in Words (2)"
    assert len(piece_label("l" * 40, 1)) == 40


@settings(max_examples=30)
@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=700))
def test_pieces_put_together_are_the_text(text):
    text = text.strip(" ")
    found = pieces(text)
    assert "".join(found) == text
    assert all(len(piece.encode()) <= 200 for piece in found)
    assert not any(piece.endswith(" ") for piece in found) or " " * 90 in text


def test_text_beyond_ascii_is_named():
    assert beyond_ascii(group()) == ("REASON",)


def test_dataset_json_by_hand():
    """Dates are texts with a numeric target, missing numbers null, missing texts empty."""
    text = dataset_json(group(), Origin(study="TW-01", made=MADE))
    told = json.loads(text)
    rows = told.pop("rows")
    assert rows[0] == ["P1", ROWS[0][1], 0.1, 0, "1959-12-31"]
    assert rows[1] == ["P2", "", None, None, None]
    assert told["columns"][0] == {
        "itemOID": "IT.ADX.USUBJID", "name": "USUBJID", "label": "Unique Subject Identifier",
        "dataType": "string", "length": 2, "keySequence": 1,
    }  # fmt: skip
    assert told["columns"][4] == {
        "itemOID": "IT.ADX.ADT", "name": "ADT", "label": "Date", "dataType": "date",
        "targetDataType": "integer", "displayFormat": "DATE9.",
    }  # fmt: skip
    assert (told["datasetJSONVersion"], told["records"]) == ("1.1.0", 4)
    assert told["datasetJSONCreationDateTime"] == "2025-03-01T00:00:00"
    assert "Größe" in text
    columns = [Column(**column) for column in told.pop("columns")]
    source = told.pop("sourceSystem")
    assert source["name"] == "trialwright"
    DatasetJSON(**told, columns=columns, rows=rows)


def test_dataset_json_without_records():
    told = json.loads(dataset_json(group(rows=[]), Origin(study="TW-01", made=MADE)))
    assert (told["rows"], told["records"], len(told["columns"])) == ([], 0, 5)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["2024-01-05", None], "date"),
        (["2024-01-05T10:30", "2024-01-05T10:30:59Z"], "datetime"),
        (["2024-01", "2024-01-05"], "string"),
        ([None, None], "string"),
    ],
)
def test_type_of_iso_texts(values, kind):
    made = one("RFICDTC", "iso", pl.Series(values, dtype=pl.String))
    told = json.loads(dataset_json(made, Origin(study="S", made=MADE)))
    assert told["columns"][0]["dataType"] == kind


def test_parquet_reads_back_typed_and_is_the_same_twice():
    written = group()
    content = parquet_bytes(written)
    assert pl.read_parquet(io.BytesIO(content)).equals(written.frame)
    assert content == parquet_bytes(written)
