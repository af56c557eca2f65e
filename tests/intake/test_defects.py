"""Deliveries with one defect each: refused or flagged, with the place; nothing is read in part.

The base delivery has every domain, two evaluators, a merged and a split lesion, and partial dates
(`support.base_delivery`); the defects are in `support.one_defect`.
"""

from __future__ import annotations

import re

import polars as pl
import pytest
from typer.testing import CliRunner

from support import base_delivery as sound
from support.one_defect import FLAGGED, REFUSED
from support.rules import protocol
from trialwright.adam.derive import derive
from trialwright.cli.app import app
from trialwright.core.errors import DataError
from trialwright.intake.delivery import read_delivery
from trialwright.protocol.document import protocol_text

PROTOCOL = protocol()


def read(files, folder):
    """Read a delivery and derive it."""
    delivery = read_delivery(sound.write(files, folder), PROTOCOL)
    return delivery, derive(PROTOCOL, delivery.sdtm)


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    return read(sound.files_of(sound.base()), tmp_path_factory.mktemp("sound"))[1]


def test_the_sound_delivery(clean):
    """P-01 confirmed PR; P-02 67 of 90 mm then 60; P-03 PD by the new lesion, first seen on day 56."""
    overall = clean["ADRS"].filter(PARAMCD="OVR", EVAL="INVESTIGATOR").sort("USUBJID", "AVISITN")
    assert overall["AVALC"].to_list() == ["PR", "PR", "SD", "PR", "PD", "PD"]
    sums = clean["ADTR"].filter(PARAMCD="SUMDIAM", EVAL="INVESTIGATOR").sort("USUBJID", "AVISITN")
    assert sums["AVAL"].to_list() == [92.5, 49, 42, 90, 67, 60, 65, 64, 65]
    assert not clean.queries.filter(pl.col("RULEID").is_in(["R-053", "R-136", "R-143"])).height


def test_there_are_more_than_sixty():
    assert len(REFUSED) + len(FLAGGED) > 60


@pytest.mark.parametrize("kind", REFUSED)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_refused(kind, tmp_path):
    defect = REFUSED[kind]
    with pytest.raises(DataError) as refusal:
        read(defect.files(), tmp_path)
    said = str(refusal.value)
    assert [word for word in defect.says if word not in said] == [], said
    assert "allowed:" in said or "do:" in said


@pytest.mark.parametrize(
    "kind", ["xpt: comma", "zip: a byte flipped", "json: cut", "parquet: negative", "no subjects"]
)
def test_a_refusal_leaves_nothing_behind(kind, tmp_path):
    """No partial intake: neither the results nor an earlier run's files are touched."""
    data = sound.write(REFUSED[kind].files(), tmp_path / "data")
    (tmp_path / "p.yaml").write_text(protocol_text(PROTOCOL), encoding="utf-8")
    before, out = sorted(tmp_path.rglob("*")), tmp_path / "out"
    result = CliRunner().invoke(
        app, ["derive", str(tmp_path / "p.yaml"), str(data), "--out", str(out)]
    )
    assert isinstance(result.exception, DataError), result.output
    assert not out.exists()
    assert sorted(tmp_path.rglob("*")) == before


def test_a_refusal_leaves_earlier_results_as_they_are(tmp_path):
    data = sound.write(REFUSED["parquet: cut"].files(), tmp_path / "data")
    (tmp_path / "p.yaml").write_text(protocol_text(PROTOCOL), encoding="utf-8")
    out = sound.write({"ADSL.csv": b"earlier"}, tmp_path / "out")
    words = ["derive", str(tmp_path / "p.yaml"), str(data), "--out", str(out)]
    assert isinstance(CliRunner().invoke(app, words).exception, DataError)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == {"ADSL.csv": b"earlier"}


def test_the_place_is_that_of_the_delivered_file(tmp_path):
    with pytest.raises(DataError) as refusal:
        read(REFUSED["xpt: comma"].files(), tmp_path)
    assert re.search(r"where:   tr\.xpt, row \d+, TRORRES", str(refusal.value))
