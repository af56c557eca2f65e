"""Portfolio tables: worked rows, the same bytes for any batch, nothing lost and nothing half-written."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from trialwright.core.errors import OutputError
from trialwright.protocol.check.codes import CODES
from trialwright.registry.draft import draft_protocol
from trialwright.registry.portfolio.columns import FINDINGS, NOT_COUNTED, RECORDS
from trialwright.registry.portfolio.rows import portfolio_entry
from trialwright.registry.portfolio.write import PortfolioWriter, findings_path
from trialwright.registry.record import parse_record, read_record

ROOT = Path(__file__).parents[2]
PATHS = sorted((ROOT / "examples/records").glob("*.txt"))
DRAFTS = [draft_protocol(read_record(path)) for path in PATHS]
ENTRIES = [portfolio_entry(draft) for draft in DRAFTS]


def written(path: Path, entries, batch: int = 2_000) -> Path:
    with PortfolioWriter(path, batch) as writer:
        for entry in entries:
            writer.add(entry)
    return path


def test_the_row_of_the_first_example_is_what_its_record_says():
    row = ENTRIES[0]["record"]
    wanted = {
        "id": "000_d23731f1bbf2546a", "layout": "text", "phases": "PHASE2", "n": 30,
        "single_arm": True, "line": "third", "conditions": "Colorectal Cancer; Liver Metastases",
        "agents": "Serplulimab; Regorafenib", "procedures": "Hepatic Artery Bicarbonate Infusion",
        "primary_kinds": "ORR", "secondary_kinds": "AE; PFS; OS", "criteria": "RECIST 1.1; CTCAE 5.0",
        "n_primary": 1, "n_secondary": 3, "n_logic_inverted": 1, "n_origin_impossible": 1,
        "n_enrollment_missing": 0, "biomarker": None,
    }  # fmt: skip
    assert {name: row.get(name) for name in wanted} == wanted


@pytest.mark.parametrize("entry", ENTRIES, ids=[path.stem[:3] for path in PATHS])
def test_counts_of_a_row_are_its_findings(entry):
    row, findings = entry["record"], entry["findings"]
    assert list(row) == [column.name for column in RECORDS]
    assert all(list(one) == [column.name for column in FINDINGS] for one in findings)
    assert row["errors"] + row["warnings"] + row["notes"] == len(findings)
    for code in {one.code for one in CODES} - NOT_COUNTED:
        assert row[f"n_{code}"] == sum(one["code"] == code for one in findings)
    assert [one["number"] for one in findings] == list(range(1, len(findings) + 1))


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_the_same_bytes_for_any_batch_and_every_row_is_there(tmp_path, suffix):
    entries = ENTRIES * 4
    files = [written(tmp_path / f"p{batch}{suffix}", entries, batch) for batch in (1, 5, 2_000)]
    assert len({path.read_bytes() for path in files}) == 1
    assert len({findings_path(path).read_bytes() for path in files}) == 1
    read = pl.read_csv if suffix == ".csv" else pl.read_parquet
    records, findings = read(files[0]), read(findings_path(files[0]))
    assert records.height == 12
    assert findings.height == sum(len(one["findings"]) for one in entries)
    assert records["id"].to_list() == [one["record"]["id"] for one in entries]
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_parquet_has_the_types_of_the_columns(tmp_path):
    kinds = {"text": pl.String, "integer": pl.Int64, "boolean": pl.Boolean}
    for entries in (ENTRIES, []):
        path = tmp_path / f"{len(entries)}.parquet"
        written(path, entries)
        for found, columns in ((path, RECORDS), (findings_path(path), FINDINGS)):
            schema = pl.read_parquet_schema(found)
            assert dict(schema) == {one.name: kinds[one.kind] for one in columns}
            frame = pl.read_parquet(found)
            assert (frame.height == 0) == (not entries)


def test_text_survives_the_csv_file(tmp_path):
    text = (
        'A "title", with a comma\nSummary; 2 lines\nLung Cancer\nDRUG: A, "B"\n'
        "Objective response rate, RECIST 1.1, 6 months\n"
    )
    entry = portfolio_entry(draft_protocol(parse_record("x", text.encode(), where="x")))
    path = written(tmp_path / "p.csv", [entry])
    row = pl.read_csv(path).row(0, named=True)
    assert row["title"] == 'A "title", with a comma'
    quotes = pl.read_csv(findings_path(path))["quote"].to_list()
    assert [one for one in quotes if one] == [f["quote"] for f in entry["findings"] if f["quote"]]


def test_nothing_is_written_when_something_fails(tmp_path):
    broken = [ENTRIES[0], {"record": {}}]
    with pytest.raises(KeyError):
        written(tmp_path / "p.csv", broken)
    assert list(tmp_path.iterdir()) == []


def test_a_portfolio_is_replaced_and_no_other_file_is(tmp_path):
    for suffix in (".csv", ".parquet"):
        path = written(tmp_path / f"p{suffix}", ENTRIES)
        before = path.read_bytes()
        written(path, ENTRIES[:1])
        assert path.read_bytes() != before
    mine = tmp_path / "mine.csv"
    mine.write_text("patient,age\nP1,60\n")
    with pytest.raises(OutputError, match="no portfolio table"):
        PortfolioWriter(mine)
    with pytest.raises(OutputError, match="CSV or Parquet"):
        PortfolioWriter(tmp_path / "p.xlsx")
    with (
        pytest.raises(OutputError, match="cannot be written"),
        PortfolioWriter(tmp_path / "none" / "p.csv"),
    ):
        pass


def test_every_column_is_described_in_the_docs():
    page = (ROOT / "docs/portfolio.md").read_text("utf-8")
    for column in (*RECORDS, *FINDINGS):
        if not column.name.startswith("n_") or column.name in {"n_primary", "n_secondary"}:
            assert f"| `{column.name}` | {column.kind} | {column.label} |" in page


def hostile() -> dict:
    entry = portfolio_entry(DRAFTS[0])
    record = entry["record"] | {"title": "=cmd|' /C calc'!A0", "agents": "+a", "n": 10**20}
    findings = [one | {"quote": quote} for one in entry["findings"][:4] for quote in ("-x", "@y")]
    return {"record": record, "findings": findings}


def test_no_cell_of_a_csv_file_is_a_formula_and_parquet_keeps_the_text(tmp_path):
    table = pl.read_csv(written(tmp_path / "p.csv", [hostile()]))
    assert table["title"][0] == "'=cmd|' /C calc'!A0"
    assert table["agents"][0] == "'+a"
    quotes = pl.read_csv(findings_path(tmp_path / "p.csv"))["quote"]
    assert set(quotes) == {"'-x", "'@y"}
    exact = pl.read_parquet(written(tmp_path / "p.parquet", [hostile()]))
    assert exact["title"][0] == "=cmd|' /C calc'!A0"


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_number_beyond_all_bounds_ends_no_run(tmp_path, suffix):
    path = written(tmp_path / f"p{suffix}", [hostile(), ENTRIES[0]])
    read = pl.read_csv if suffix == ".csv" else pl.read_parquet
    assert read(path)["n"].to_list() == [None, 30]
