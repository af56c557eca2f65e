"""Datasets of the three example trials as files: read back equal, described, the same twice."""

import io
import json
from pathlib import Path

import polars as pl
import pyreadstat
import pytest
from typer.testing import CliRunner

import trialwright as tw
from support.exported import MADE, leaving
from support.trial import Patient, sdtm_of
from support.virtual_trials import TRIALS, protocol_of
from trialwright.cli.app import app
from trialwright.core.errors import DataError, InconsistencyError
from trialwright.core.tables import ROW, Sdtm
from trialwright.exchange.datasets.dataset_json import Origin, dataset_json
from trialwright.exchange.datasets.from_adam import whole_groups
from trialwright.exchange.datasets.from_sdtm import sdtm_groups
from trialwright.exchange.datasets.xpt import xpt_bytes
from trialwright.vocabulary.adam import ADAM
from trialwright.vocabulary.sdtm import QUALIFIER_LABELS, SDTM

LONG = "Progression in the liver, " * 12


@pytest.fixture(scope="module", params=TRIALS)
def trial(request):
    return leaving(request.param)


def with_long_text(frames, code, column, value):
    """The frames with one value changed in the first record of a domain."""
    frame = frames[code]
    first = pl.int_range(pl.len()) == 0
    changed = frame.with_columns(pl.when(first).then(pl.lit(value)).otherwise(column).alias(column))
    return Sdtm({**frames, code: changed})


def as_written(group):
    texts = [item.name for item in group.items if item.is_text]
    return group.frame.with_columns(pl.col(texts).fill_null(""))


def test_xpt_of_every_dataset_reads_back_equal(trial, tmp_path):
    groups = (*trial.groups["adam"], *trial.groups["sdtm"])
    assert {"ADSL", "ADTR", "ADRS", "ADTTE", "ADAE", "ADLB", "ADEX", "ADUNUSED", "TR"} <= {
        group.name for group in groups
    }
    for group in groups:
        content = xpt_bytes(group, MADE)
        assert content == xpt_bytes(group, MADE)
        path = tmp_path / "x.xpt"
        path.write_bytes(content)
        frame, told = pyreadstat.read_xport(path, output_format="polars")
        assert told.table_name == group.name
        assert told.column_names == [item.name for item in group.items]
        assert frame.height == group.frame.height
        expected = as_written(group)
        for item in group.items:
            assert frame[item.name].to_list() == expected[item.name].to_list(), item
            assert told.variable_storage_width[item.name] == group.length(item)
            assert told.column_names_to_labels[item.name] == item.label


def test_json_holds_what_xpt_holds(trial):
    for group in trial.groups["adam"]:
        told = json.loads(dataset_json(group, Origin(study=trial.protocol.id, made=MADE)))
        days = [item.name for item in group.items if item.kind == "date"]
        expected = as_written(group).with_columns(pl.col(days).cast(pl.String))
        assert [tuple(row) for row in told["rows"]] == expected.rows()
        assert told["records"] == expected.height


def test_numbers_of_sdtm_are_numbers():
    groups = {group.name: group.frame.schema for group in leaving("000").groups["sdtm"]}
    assert groups["TR"]["TRSTRESN"] in (pl.Float64, pl.Int64)
    assert groups["TR"]["TRSEQ"] == pl.Int64
    assert groups["LB"]["LBSTRESN"] == pl.Float64
    assert groups["LB"]["LBORNRLO"] == pl.String


@pytest.mark.parametrize(("name", "form"), [("000", "xpt"), ("002", "json"), ("003", "parquet")])
def test_sdtm_that_left_gives_the_same_datasets(name, form, tmp_path):
    trial = leaving(name)
    files = tw.export_datasets(trial.protocol, trial.sdtm, [form], "sdtm").files
    if form == "xpt":
        assert files == tw.export_datasets(trial.protocol, trial.sdtm, [form], "sdtm").files
    tw.write_files(files, tmp_path / "out")
    back = tw.read_trial_data(tmp_path / "out/sdtm" / form, trial.protocol)
    found = tw.derive(trial.protocol, back)
    for dataset, frame in trial.adam.datasets.items():
        assert found[dataset].equals(frame), dataset


def test_every_dataset_of_the_vocabulary_fits_the_transport_format():
    for dataset in ADAM.values():
        assert len(dataset.name) <= 8
        assert len(dataset.label) <= 40
        assert [v.name for v in dataset.variables if len(v.label) > 40 or len(v.name) > 8] == []
    for domain in SDTM.values():
        assert [c.name for c in domain.columns if len(c.label) > 40] == []
    assert [name for name, label in QUALIFIER_LABELS.items() if len(label) > 40] == []


def test_stated_responses_and_long_queries_leave(tmp_path):
    """Seven patients with RS beside them: 28 columns of lists, a query of more than 200 bytes."""
    examples = Path(__file__).parents[2] / "examples"
    for path in (examples / "patients").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    rs = "USUBJID,RSSEQ,RSTESTCD,RSSTRESC,RSEVAL,VISITNUM,RSDTC\n"
    (tmp_path / "RS.csv").write_text(
        f"{rs}GUIDE-01,1,OVRLRESP,SD,INVESTIGATOR,3,2024-03-04\n", encoding="utf-8"
    )
    protocol = protocol_of("002")
    sdtm = tw.read_trial_data(tmp_path, protocol)
    files = tw.export_datasets(protocol, sdtm, ["xpt"], "adam").files
    stated = pyreadstat.read_xport(io.BytesIO(files["adam/xpt/adstated.xpt"]), output_format="dict")
    assert list(stated[0]["REPORTED"])[:1] == ["SD"]
    asked = pyreadstat.read_xport(io.BytesIO(files["adam/xpt/adquery.xpt"]), output_format="dict")
    assert list(asked[0]["QRYSEQ"]) == list(range(1, len(asked[0]["QRYSEQ"]) + 1))


def test_a_dataset_without_a_specification_does_not_leave():
    adam = leaving("000").adam
    extra = {**adam.datasets, "ADNEW": adam["ADSL"]}
    with pytest.raises(InconsistencyError, match="without a specification"):
        list(whole_groups(type(adam)(extra, adam.unused, adam.queries)))


@pytest.fixture(scope="module")
def small():
    patient = Patient("P1").target("T01", "LIVER", 30).scan(56, {"T01": 20})
    patient.add("AE", AETERM="Übelkeit", AETOXGR="2", AESTDTC="2024-01-09", NARRATIV="n" * 420)
    return dict(sdtm_of(patient).domains.items())


def test_long_sdtm_texts_go_on_as_qualifiers(small):
    """SDTM IG 3.3, 4.5.3: the first 200 bytes in the variable, the rest in SUPPAE."""
    sdtm = with_long_text(small, "AE", "AETERM", LONG.strip())
    groups = {group.name: group for group in sdtm_groups(sdtm)}
    parts = groups["SUPPAE"].frame
    further = parts.filter(pl.col("QNAM") == "AETERM1").row(0, named=True)
    assert groups["AE"].frame["AETERM"][0] + further["QVAL"] == LONG.strip()
    assert further["QLABEL"] == "Reported Term for the Adverse Event (2)"
    story = parts.filter(pl.col("QNAM").is_in(["NARRATIV", "NARRATI1", "NARRATI2"]))
    assert "".join(story.sort("QNAM", descending=[False])["QVAL"].to_list()) == "n" * 420
    assert "AETERM1" not in groups["AE"].frame.columns


def test_long_trial_parameters_go_on_beside(small):
    rows = [{"TSPARMCD": "TITLE", "TSVAL": LONG.strip()}]
    made = pl.DataFrame(rows).with_columns(
        *(pl.lit(None, pl.String).alias(c.name) for c in SDTM["TS"].columns if c.name[:3] != "TSV"
          and c.name != "TSPARMCD"), pl.lit(2).alias(ROW),
    )  # fmt: skip
    groups = {g.name: g for g in sdtm_groups(Sdtm({**small, "TS": made}))}
    frame = groups["TS"].frame
    assert frame["TSVAL"][0] + frame["TSVAL1"][0] == LONG.strip()
    assert {i.name: i.continues for i in groups["TS"].items}["TSVAL1"] == "TSVAL"


def test_what_was_not_delivered_does_not_leave_as_empty(small):
    """An empty AE or ADAE would say that nothing happened."""
    frames = {code: frame for code, frame in small.items() if code not in ("AE", "EX")}
    empty = {code: small[code].clear() for code in ("AE", "EX")}
    sdtm = Sdtm({**frames, **empty}, files={code: f"{code}.csv" for code in frames})
    made = tw.export_datasets(protocol_of("000"), sdtm, ["parquet"], "both")
    assert "ADAE is left out: nothing was delivered for it" in made.notes
    assert (
        not {"sdtm/parquet/AE.parquet", "sdtm/parquet/EX.parquet", "adam/parquet/ADAE.parquet"}
        & made.files.keys()
    )
    assert "sdtm/parquet/TR.parquet" in made.files
    assert "AE.csv" not in tw.sdtm_files(sdtm)


def test_a_study_without_identifier_is_told(small):
    """STUDYID is required of every dataset, and nothing stands in for it."""
    delivered = {code: small[code].with_columns(STUDYID=pl.lit("S")) for code in small}
    assert not [note for note in _notes_of(Sdtm(delivered)) if "STUDYID" in note]
    bare = {
        code: frame.with_columns(STUDYID=pl.lit(None, pl.String)) for code, frame in small.items()
    }
    assert _notes_of(Sdtm(bare))[0].startswith("STUDYID is empty in ADSL, ")


def _notes_of(sdtm):
    return tw.export_datasets(protocol_of("000"), sdtm, ["parquet"], "both").notes


@pytest.mark.parametrize(
    ("code", "column", "value", "said"),
    [
        ("TR", "TRSTRESN", "thirty", "TR.TRSTRESN, record 1 of"),
        ("AE", "USUBJID", "P" * 201, "AE.USUBJID, record 1 of 1"),
        ("AE", "AETERM", "pain\x00", "AE.AETERM, record 1 of 1"),
    ],
)
def test_what_cannot_leave_is_refused_with_its_place(small, code, column, value, said):
    with pytest.raises(DataError) as refusal:
        sdtm_groups(with_long_text(small, code, column, value))
    assert said in refusal.value.where


def test_the_command_writes_and_refuses(tmp_path, small):
    protocol = protocol_of("000")
    (tmp_path / "protocol.yaml").write_text(tw.protocol_text(protocol), "utf-8")
    tw.write_files(tw.sdtm_files(Sdtm(small)), tmp_path / "data")
    asked = ["export", str(tmp_path / "protocol.yaml"), str(tmp_path / "data"), "--out"]
    done = CliRunner().invoke(app, [*asked, str(tmp_path / "out"), "--what", "both"])
    assert done.exit_code == 0, done.output
    assert (
        "text beyond ASCII in ADAE.AETERM; text beyond ASCII in AE.AETERM"
        in done.output.replace("\n", "")
    )
    assert "NARRATIV" in (tmp_path / "out/sdtm/json/suppae.json").read_text("utf-8")
    assert (tmp_path / "out/adam/xpt/define.xml").exists()
    refused = CliRunner().invoke(app, [*asked, str(tmp_path)])
    assert isinstance(refused.exception, tw.OutputError)


MAPPING = """\
intake: 1
tables:
  - file: p.csv
    make: [{domain: DM, set: {USUBJID: {column: Who}, RFXSTDTC: {column: First}}}]
  - file: l.csv
    make:
      - domain: TU
        when: {Visit: "1"}
        set: {USUBJID: {column: Who}, TULNKID: T01, TUTESTCD: TUMIDENT, TUORRES: TARGET, TULOC: LIVER,
              VISITNUM: {column: Visit}, TUDTC: {column: Day}}
      - domain: TR
        set: {USUBJID: {column: Who}, TRLNKID: T01, TRTESTCD: LDIAM, TRORRES: {column: mm, as: number},
              TRORRESU: mm, VISITNUM: {column: Visit}, TRDTC: {column: Day}}
"""


@pytest.mark.parametrize("command", ["export", "registry-results"])
def test_files_of_any_layout_leave_by_their_mapping(tmp_path, command):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/p.csv").write_text(
        "Who,First\nA,2025-01-10\nB,2025-01-12\n", encoding="utf-8"
    )
    rows = "Who,Visit,Day,mm\nA,1,2025-01-05,40\nA,2,2025-03-07,20\nB,1,2025-01-06,30\n"
    (tmp_path / "data/l.csv").write_text(rows, encoding="utf-8")
    (tmp_path / "m.yaml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "p.yaml").write_text(tw.protocol_text(protocol_of("002")), encoding="utf-8")
    words = [
        command,
        str(tmp_path / "p.yaml"),
        str(tmp_path / "data"),
        "--out",
        str(tmp_path / "o"),
    ]
    assert CliRunner().invoke(app, words).exit_code == 1
    done = CliRunner().invoke(app, [*words, "--mapping", str(tmp_path / "m.yaml")])
    assert done.exit_code == 0, done.output
