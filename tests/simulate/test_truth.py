"""The truth beside a simulated trial: what it holds, that it is right, and that nothing else reads it."""

from __future__ import annotations

import io

import polars as pl
import pytest

import trialwright as tw
from support.virtual_models import clocks_of
from support.virtual_trials import day, protocol_of, records_of, scenario_of
from trialwright.core.errors import DataError
from trialwright.exchange.folder import write_files
from trialwright.simulate.truth.columns import FILES
from trialwright.simulate.truth.score import score_responses


def noisy(trial):
    """A scenario in which readings are far from the truth."""
    scenario = scenario_of(trial)
    scans = scenario.scans.model_copy(
        update={"measurement_sd": 0.15, "not_evaluable_share": 0.1, "one_decimal_share": 0.0}
    )
    return scenario.model_copy(update={"scans": scans})


@pytest.fixture(scope="module")
def made():
    protocol, scenario = protocol_of("000"), noisy("000")
    return tw.simulate_with_truth(protocol, scenario, 5, clocks_of(protocol, scenario))


@pytest.fixture(scope="module")
def files(made):
    return tw.truth_files(made)


@pytest.fixture(scope="module")
def frames(files):
    return {
        name: pl.read_csv(io.StringIO(files[f"truth/{name}"]), infer_schema=False) for name in FILES
    }


@pytest.fixture(scope="module")
def folder(made, files, tmp_path_factory):
    place = tmp_path_factory.mktemp("trial") / "data"
    write_files({**tw.sdtm_files(made.sdtm), **files}, place)
    return place


def test_every_column_is_explained(files, frames):
    for name, file in FILES.items():
        assert tuple(frames[name].columns) == tuple(file.columns)
        assert all(f"| {column} |" in files["truth/README.md"] for column in file.columns)


def test_the_lesions_are_those_of_the_records(made, frames):
    """One row for each record of TR; what was read stands beside what is true."""
    rows = {
        (one["USUBJID"], one["LNKID"], one["VISITNUM"]): one
        for one in frames["lesions.csv"].to_dicts()
    }
    records = records_of(made.sdtm, "TR")
    assert len(rows) == len(records)
    errors = []
    for one in records:
        row = rows[one["USUBJID"], one["TRLNKID"], one["VISITNUM"]]
        assert (row["SHOWN"] == "N") == (one["TRSTAT"] == "NOT DONE")
        assert row["DATE"] == one["TRDTC"]
        if one["TRSTRESN"] is not None:
            assert float(row["READMM"]) == float(one["TRSTRESN"])
        if row["ROLE"] == "TARGET":
            assert row["TRUEMM"] is not None
            if row["READMM"] and float(row["READMM"]) > 5 and float(row["TRUEMM"]) > 15:
                errors.append(float(row["READMM"]) / float(row["TRUEMM"]) - 1)
    assert len(errors) > 100
    assert 0.10 < (sum(one**2 for one in errors) / len(errors)) ** 0.5 < 0.20


def test_true_days_of_subjects(made, frames):
    """Progression precedes a death after it, and nobody is known to progress before progressing."""
    died = {one["USUBJID"]: day(one["DTHDTC"]) for one in records_of(made.sdtm, "DM")}
    early = 0
    for one in frames["subjects.csv"].to_dicts():
        death = day(one["TRUEDTHDT"])
        if died[one["USUBJID"]] is not None:
            assert died[one["USUBJID"]] == death
        left = day(one["DROPOUTDT"])
        assert (left is None) == (one["DROPOUT"] is None)
        known, true = day(one["PDKNOWNDT"]), day(one["TRUEPDDT"])
        early += known is not None and known < true
    assert early < 8


def test_a_perfect_reading_of_the_records_scores_in_full(folder, tmp_path):
    adam = tw.derive(protocol_of("000"), tw.read_delivery(folder, protocol_of("000")).sdtm)
    write_files(tw.adam_files(adam), tmp_path / "derived")
    score = score_responses(tmp_path / "derived" / "ADRS.csv", folder / "truth")
    assert score.as_read == score.given == score.scans > 50
    assert 0.5 * score.scans < score.as_true < score.scans
    assert score.wrong == ()


def test_a_wrong_and_a_missing_response_are_named(frames, folder, tmp_path):
    key = frames["responses.csv"].select("USUBJID", "VISITNUM", RESPONSE="READ")
    given = key.with_columns(
        RESPONSE=pl.when(pl.int_range(pl.len()) == 0).then(pl.lit("CR")).otherwise("RESPONSE")
    ).head(key.height - 1)
    given.write_csv(tmp_path / "mine.csv")
    score = score_responses(tmp_path / "mine.csv", folder / "truth")
    first, last = key.row(0), key.row(-1)
    assert (score.scans, score.given, score.as_read) == (key.height, key.height - 1, key.height - 2)
    assert [(one[0], one[2:]) for one in score.wrong] == [
        (first[0], (first[2], "CR")), (last[0], (last[2], "")),
    ]  # fmt: skip
    assert f"{first[0]} visit 2: {first[2]}, given CR" in score.text()


def test_a_dataset_rs_is_read_too(frames, folder, tmp_path):
    key = frames["responses.csv"]
    rs = key.select("USUBJID", "VISITNUM", RSTESTCD=pl.lit("OVRLRESP"), RSSTRESC="READ")
    other = rs.with_columns(RSTESTCD=pl.lit("TRGRESP"), RSSTRESC=pl.lit("SD"))
    pl.concat([rs, other]).write_csv(tmp_path / "RS.csv")
    assert score_responses(tmp_path / "RS.csv", folder / "truth").as_read == key.height


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("USUBJID,VISITNUM\nA,1\n", '"RESPONSE" is missing'),
        ("USUBJID,VISITNUM,RESPONSE\nA,1,PR\nA,1.0,SD\n", "A scan has two responses"),
    ],
)
def test_what_cannot_be_scored_is_refused(text, message, folder, tmp_path):
    (tmp_path / "mine.csv").write_text(text)
    with pytest.raises(DataError, match=message):
        score_responses(tmp_path / "mine.csv", folder / "truth")
    with pytest.raises(DataError, match="cannot be read"):
        score_responses(tmp_path / "none.csv", folder / "truth")


def test_intake_does_not_read_the_truth(folder, made):
    """The same data with and without the folder; its presence is told."""
    read = tw.read_delivery(folder, protocol_of("000"))
    assert "truth is a folder: the files in it are not read." in str(read.receipt)
    assert {one.name for one in read.receipt.files}.isdisjoint(FILES)
    assert read.sdtm.subjects == made.sdtm.subjects


def test_without_noise_reading_is_the_truth(made):
    scans = made.truth[0].subject.setting.scenario.scans.model_copy(
        update={"measurement_sd": 0.0, "not_evaluable_share": 0.0, "one_decimal_share": 1.0,
                "too_small_share": 0.0}
    )  # fmt: skip
    scenario = scenario_of("000").model_copy(update={"scans": scans})
    progression = scenario.progression.model_copy(
        update={"equivocal_first_share": 0.0, "false_equivocal_per_scan": 0.0}
    )
    scenario = scenario.model_copy(update={"progression": progression})
    protocol = protocol_of("000")
    trial = tw.simulate_with_truth(protocol, scenario, 5, clocks_of(protocol, scenario))
    rows = pl.read_csv(
        io.StringIO(tw.truth_files(trial)["truth/responses.csv"]), infer_schema=False
    )
    assert rows["READ"].equals(rows["TRUE"].alias("READ"))
    assert rows.height > 60
