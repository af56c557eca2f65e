"""Many records in one file: each is read, a broken one is told with its place, the rest goes on."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.core.errors import RecordError
from trialwright.registry.reading.items import CLOSERS
from trialwright.registry.reading.sources import read_items
from trialwright.registry.reading.stream import Seen, read_records
from trialwright.registry.reading.study_json import MAX_STUDY_BYTES
from trialwright.registry.record import Record, RefusedRecord, read_record

HERE = Path(__file__).parent
LAYOUTS = HERE / "layouts"
HEADER = "NCT Number,Study Title,Brief Summary,Interventions,Primary Outcome Measures"


def study(number: int, **changes: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((LAYOUTS / "bare.json").read_text("utf-8"))
    section = found["protocolSection"]
    section["identificationModule"]["nctId"] = f"NCT{number:08}"
    section.update(changes)
    return found


def studies(count: int) -> list[dict[str, Any]]:
    return [study(number) for number in range(1, count + 1)]


def row(number: int, title: str = "T", summary: str = '"A, b"') -> str:
    return f"NCT{number:08},{title},{summary},DRUG: A,Response rate"


def read(path: Path) -> tuple[list[str], list[RefusedRecord]]:
    """Ids of the records, and what was refused."""
    found = list(read_records([path]))
    ids = [one.id for one in found if isinstance(one, Record)]
    return ids, [one for one in found if isinstance(one, RefusedRecord)]


def ids(*numbers: int) -> list[str]:
    return [f"NCT{number:08}" for number in numbers]


FORMS: dict[str, Callable[[list[Any]], str]] = {
    "lines": lambda all_: "".join(json.dumps(one) + "\n" for one in all_),
    "lines of Windows, empty ones between": lambda all_: "\r\n\r\n".join(map(json.dumps, all_)),
    "list": json.dumps,
    "list over many lines": lambda all_: json.dumps(all_, indent=2),
    "list of other key order": lambda all_: json.dumps(
        [dict(sorted(one.items())) for one in all_], indent=1
    ),
    "page": lambda all_: json.dumps({"studies": all_, "nextPageToken": "NF0g5JGFl_Pu"}),
    "page with a count": lambda all_: json.dumps(
        {"totalCount": 3, "studies": all_, "nextPageToken": "x"}, indent=1
    ),
    "pages, one a line": lambda all_: "".join(
        json.dumps({"studies": [one], "nextPageToken": "x"}) + "\n" for one in all_
    ),
    "one behind the other": lambda all_: "\n".join(json.dumps(one, indent=1) for one in all_),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["studies.json", "studies.ndjson", "studies", "studies.txt"])
def test_every_form_of_json_is_read_whatever_its_name(tmp_path, form, name):
    path = tmp_path / name
    path.write_text(FORMS[form](studies(3)), encoding="utf-8")
    assert read(path) == (ids(1, 2, 3), [])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read(path) == (ids(1, 2, 3), [])


@pytest.mark.parametrize("form", ["list", "list over many lines", "page"])
@pytest.mark.parametrize("block", [7, 700])
def test_studies_across_the_blocks_of_reading(tmp_path, form, block, monkeypatch):
    monkeypatch.setattr("trialwright.registry.reading.json_stream._CHUNK", block)
    path = tmp_path / "studies.json"
    path.write_text(FORMS[form](studies(7)), encoding="utf-8")
    assert read(path) == (ids(*range(1, 8)), [])
    pieces = [one.data.count(b"protocolSection") for one in read_items([path])]
    assert max(pieces) == 1
    assert sum(pieces) == 7


BROKEN = {
    "cut": lambda text: text[: len(text) // 2],
    "a bracket too many": lambda text: text.replace('"conditionsModule": {', "{{", 1),
    "a key twice": lambda text: text.replace(
        '"statusModule"', '"statusModule": {}, "statusModule"', 1
    ),
    "NaN": lambda text: text.replace('"count": 20', '"count": NaN', 1),
    "endless number": lambda text: text.replace('"count": 20', f'"count": {"9" * 5000}', 1),
    "nested deeply": lambda text: text.replace(
        '"count": 20', f'"count": {"[" * 100_000}{"]" * 100_000}', 1
    ),
    "objects nested deeply": lambda text: text.replace(
        '"count": 20', f'"count": {"{" + chr(34) + "a" + chr(34) + ":"}' * 50_000, 1
    ),
    "half a character": lambda text: text.replace("Metformin", "\\ud83d", 1),
    "other bytes": lambda text: text.replace("Metformin", "\udcff", 1),
    "zero character": lambda text: text.replace("Metformin", "\\u0000", 1),
    "nothing": lambda text: "{}",
    "another thing": lambda text: "17",
}


@pytest.mark.parametrize("defect", BROKEN)
@pytest.mark.parametrize("form", ["lines", "list"])
def test_a_broken_record_does_not_take_the_others_with_it(tmp_path, form, defect):
    texts = [json.dumps(one) for one in studies(5)]
    texts[2] = BROKEN[defect](texts[2])
    path = tmp_path / "studies.json"
    joined = "\n".join(texts) if form == "lines" else "[" + ",\n".join(texts) + "]"
    path.write_bytes(joined.encode("utf-8", "surrogateescape"))
    found, refused = read(path)
    assert found == ids(1, 2, 4, 5)
    assert len(refused) == 1
    assert "studies.json, " in refused[0].where
    assert "line 3" in refused[0].where or defect in {"nothing", "another thing"}
    assert refused[0].what
    assert refused[0].do
    str(refused[0]).encode()


def test_a_line_without_end_is_left_out(tmp_path, monkeypatch):
    for module in ("json_stream", "study_json"):
        monkeypatch.setattr(f"trialwright.registry.reading.{module}.MAX_STUDY_BYTES", 20_000)
    long = json.dumps(study(2, note="x" * 9_000_000))
    for name, text in (
        ("s.ndjson", "\n".join([json.dumps(study(1)), long, json.dumps(study(3))])),
        ("s.json", "[" + ",".join([json.dumps(study(1)), long, json.dumps(study(3))]) + "]"),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        tracemalloc.start()
        found, refused = read(tmp_path / name)
        assert tracemalloc.get_traced_memory()[1] < 6_000_000
        tracemalloc.stop()
        assert found == ids(1, 3), name
        assert ["too large" in one.what for one in refused] == [True]


def test_a_first_study_that_is_broken_is_told(tmp_path):
    path = tmp_path / "s.json"
    path.write_text(f'[{{"protocolSec, {json.dumps(study(2))}, {json.dumps(study(3))}]')
    found, refused = read(path)
    assert found == ids(2, 3)
    assert len(refused) == 1


# -- the CSV export


def test_rows_with_quotes_and_line_breaks(tmp_path):
    path = tmp_path / "export.csv"
    told = '"He said ""no"", twice.\n\nThen, NCT00000007, he left."'
    path.write_text("\n".join([HEADER, row(1, summary=told), row(2)]), encoding="utf-8")
    first, second = read_records([path])
    assert isinstance(first, Record)
    assert (
        first.field("brief_summary").text == 'He said "no", twice.\n\nThen, NCT00000007, he left.'
    )
    assert isinstance(second, Record)
    assert second.id == "NCT00000002"


BROKEN_ROWS = {
    "a quote that never closes": (row(3, summary='"open'), "quotes do not match"),
    "a cell too few": (row(3).rpartition(",")[0], "another number of cells"),
    "a cell too many": (row(3) + ",more", "another number of cells"),
    "no title": (row(3, title=""), "no title"),
    "other bytes": (row(3, title="\udce9"), "not UTF-8"),
    "zero character": (row(3, title="a\0b"), "not plain text|NUL"),
    "an endless cell": (row(3, summary="x" * 2_000_001), "more than|too large|limit"),
}


@pytest.mark.parametrize("defect", BROKEN_ROWS)
@pytest.mark.parametrize("plain", [False, True])
def test_a_broken_row_does_not_take_the_others_with_it(tmp_path, defect, plain):
    broken, what = BROKEN_ROWS[defect]
    others = [row(n, summary="plain" if plain else '"A, b"') for n in (1, 2, 4, 5)]
    path = tmp_path / "export.csv"
    text = "\n".join([HEADER, *others[:2], broken, *others[2:]])
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    found, refused = read(path)
    assert found == ids(1, 2, 4, 5)
    assert len(refused) == 1
    assert any(part in f"{refused[0].what} {refused[0]}" for part in what.split("|"))
    assert "row 4 (line 4)" in refused[0].where


def test_columns_may_stand_in_any_order_and_some_may_be_missing(tmp_path):
    path = tmp_path / "t.csv"
    buffer = io.StringIO()
    csv.writer(buffer).writerows(
        [
            ["interventions", "Primary Outcome Measures", " study  title "],
            ["DRUG: A|DRUG: B", "ORR, 1 year", "T"],
        ]
    )
    path.write_text(buffer.getvalue(), encoding="utf-8")
    record = read_record(path)
    assert record.text.startswith("T\n\n\nDRUG: A|DRUG: B\nORR, 1 year\n\n")
    assert record.id == "t-2"


def test_a_table_of_few_columns_is_silent_about_the_others(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("Study Title,Brief Summary\nT,A randomized trial.\n", encoding="utf-8")
    record = read_record(path)
    assert record.field("brief_summary").text == "A randomized trial."
    assert record.field("interventions").text == record.field("primary_outcomes").text == ""
    assert record.further == ()


# -- whole sources


def test_a_folder_is_walked_in_order_and_other_files_are_passed_over(tmp_path):
    for name in ("b.txt", "a.txt", "sub/c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((LAYOUTS / "bare.txt").read_bytes())
    (tmp_path / "notes.md").write_text("# Notes\n", encoding="utf-8")
    (tmp_path / ".hidden.txt").write_text("x", encoding="utf-8")
    (tmp_path / "sub" / "bare.csv").write_bytes((LAYOUTS / "bare.csv").read_bytes())
    assert read(tmp_path) == (["a", "b", "NCT90000103", "c"], [])
    names = [type(one).__name__ for one in read_items([tmp_path])]
    assert names.count("NotRead") == 2


def test_one_record_is_wanted_and_there_are_several(tmp_path):
    path = tmp_path / "two.ndjson"
    path.write_text(FORMS["lines"](studies(2)), encoding="utf-8")
    with pytest.raises(RecordError, match="more than one record") as refusal:
        read_record(path)
    assert "trialwright draft" in refusal.value.do
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(RecordError, match="no record"):
        read_record(path)


def test_a_file_with_one_study_is_named_and_hashed_as_it_stands():
    path = LAYOUTS / "bare.json"
    (item,) = read_items([path])
    assert item.where == str(path)
    assert read_record(path).sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_sources_that_are_none_are_told_and_the_rest_goes_on(tmp_path):
    (tmp_path / "empty").mkdir()
    good = LAYOUTS / "bare.json"
    found = list(read_records([tmp_path / "none", tmp_path / "empty", "a\0b", good]))
    assert [type(one).__name__ for one in found] == ["RefusedRecord"] * 3 + ["Record"]


def test_a_text_with_line_ends_of_old_machines_is_read(tmp_path):
    path = tmp_path / "trial.txt"
    path.write_bytes((LAYOUTS / "paragraphs.txt").read_bytes().replace(b"\n", b"\r"))
    assert read_record(path).field("conditions").text == "Small Cell Carcinoma of the Bladder"


def test_a_title_in_brackets_is_no_json(tmp_path):
    path = tmp_path / "trial.txt"
    path.write_text("[177Lu]Lu-DOTA in NET\nS\nNET\nDRUG: 177Lu\nORR, 1 year\n", encoding="utf-8")
    assert read_record(path).field("title").text == "[177Lu]Lu-DOTA in NET"


def test_ids_that_come_again_are_noticed():
    """Against a set, across several sizes of the table."""
    draw = random.Random(3)
    seen, known = Seen(), set()
    for _ in range(5_000):
        one = f"NCT{draw.randrange(4_000):08}"
        assert seen.again(one) == (one in known)
        known.add(one)


# -- bounds


def _seconds(path: Path) -> float:
    start = time.perf_counter()
    for _ in read_records([path]):
        pass
    return time.perf_counter() - start


HOSTILE: dict[str, Callable[[int], str]] = {
    "brackets": lambda n: "[" * n,
    "braces": lambda n: '{"a":' * (n // 5),
    "spaces in a list": lambda n: "[ {" + " " * n + '"x"',
    "openings": lambda n: "[" + '{"protocolSection":' * (n // 40),
    "commas behind a study": lambda n: json.dumps(study(1)) + ", " * (n // 2),
    "brackets behind a study": lambda n: json.dumps(study(1)) + "{ " * (n // 2),
    "quotes in a table": lambda n: HEADER + '\nNCT00000001,"' + '"a\n' * (n // 3),
    "starts in a table": lambda n: HEADER + '\nNCT00000001,"\n' * (n // 14),
    "bars": lambda n: "T\nS\nC\nDRUG: A\n" + "|" * n,
    "marks of direction": lambda n: "T\nS\nC\nDRUG: A\nORR, " + "\u202e\u2066(" * (n // 3),
    "lines": lambda n: "T\n" + "DRUG:\n" * (n // 6),
    "controls": lambda n: "T\nS\nC\nDRUG: A\n" + "\x1b[2J\x07, " * (n // 7),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_time_in_line_with_its_length(tmp_path, name):
    """Four times the text takes about four times as long; sixteen times would be quadratic."""
    path = tmp_path / "hostile"
    size, times = 60_000, []
    for factor in (1, 4):
        path.write_text(HOSTILE[name](size * factor), encoding="utf-8")
        times.append(min(_seconds(path) for _ in range(2)))
    assert times[1] < 10 * times[0] + 0.05


@pytest.mark.parametrize("form", ["lines", "list", "table"])
def test_memory_does_not_grow_with_the_number_of_records(tmp_path, form):
    peaks = []
    for count in (100, 700):
        path = tmp_path / f"{form}{count}"
        if form == "table":
            text = "\n".join([HEADER, *(row(n) for n in range(count))])
        else:
            one = json.dumps(study(1))
            text = "\n".join([one] * count) if form == "lines" else f"[{','.join([one] * count)}]"
        path.write_text(text, encoding="utf-8")
        tracemalloc.start()
        assert sum(isinstance(one, Record) for one in read_records([path])) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0] + 3_000_000


def test_limits_are_those_of_the_documents():
    assert MAX_STUDY_BYTES == 16_000_000
    assert CLOSERS.fullmatch(' , \n ] , "nextPageToken" : "x" } ')


@settings(max_examples=30, deadline=None)
@given(st.text(alphabet='{}[]",:\\ \n\r"NCT0,\ufeff\u202eprotocolSection1', max_size=300))
def test_any_text_is_read_or_refused(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("any") / "x"
    for front in ("", '[{"protocolSection":', HEADER + "\n"):
        path.write_text(front + text, encoding="utf-8")
        assert all(isinstance(one, Record | RefusedRecord) for one in read_records([path]))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"protocolSection": {"a', "The JSON is not valid: unterminated string starting."),
        ('{"protocolSection": {"a": NaN}}', "The JSON is not valid: NaN is no value of JSON."),
        (
            f'{{"protocolSection": {{"a": 1{"0" * 5_000}}}}}',
            "The JSON is not valid: a number has thousands of digits.",
        ),
    ],
    ids=["cut", "nan", "digits"],
)
def test_what_is_wrong_in_json_is_said_in_whole_words(tmp_path, text, said):
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    (refused,) = read_records([path])
    assert said in str(refused)


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "The table is empty."), ("NCT Number,Study Title\n".encode("utf-16"), "not UTF-8")],
    ids=["empty", "utf-16"],
)
def test_a_table_that_cannot_be_read_is_not_said_to_lack_a_column(tmp_path, data, said):
    path = tmp_path / "export.csv"
    path.write_bytes(data)
    (refused,) = read_records([path])
    assert said in str(refused)


def test_an_empty_list_on_a_line_is_told(tmp_path):
    path = tmp_path / "lines.ndjson"
    first, second = FORMS["lines"](studies(2)).splitlines()
    path.write_text(f"{first}\n[]\n{second}\n", encoding="utf-8")
    refused = [
        made
        for item in read_items([path])
        for made in item.records()
        if isinstance(made, RefusedRecord)
    ]
    assert [(one.what, one.where) for one in refused] == [
        ("The list holds no record.", f"{path}, line 2")
    ]


def test_links_in_a_circle_are_told_as_such(tmp_path):
    (tmp_path / "a.txt").symlink_to(tmp_path / "b.txt")
    (tmp_path / "b.txt").symlink_to(tmp_path / "a.txt")
    (found,) = read_items([tmp_path / "a.txt"])
    assert isinstance(found, RefusedRecord)
    assert "they lead back to themselves" in found.do


def test_reading_a_table_leaves_other_readers_their_limit(tmp_path):
    """The longest cell is a setting of the process: datasets are read in the same one."""
    before = csv.field_size_limit()
    file = tmp_path / "export.csv"
    file.write_text(f"{HEADER}\nNCT00000001,Title,{'x' * 200_000},DRUG: a,b\n", "utf-8")
    assert [type(found) for found in read_records([file])] == [Record]
    assert csv.field_size_limit() == before
