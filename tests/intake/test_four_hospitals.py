"""Four hospitals hand over the same eight patients in four shapes: the results are one."""

from __future__ import annotations

from hashlib import sha256

import pytest

import trialwright as tw
from support import four_hospitals as hospitals
from support.registry_trial import registry_protocol

SHAPES = ("german", "chinese", "redcap", "american")
#: Numbers of records follow the order of the files, and notes what the files hold besides.
NOT_COMPARED = {"SRCSEQ", "SRCROW"}


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    protocol = registry_protocol(cohorts=None)
    found = {}
    for shape in SHAPES:
        folder = tmp_path_factory.mktemp(shape)
        if shape == "american":
            files = hospitals.american(str(folder), protocol.id)
        else:
            files = getattr(hospitals, shape)()
            for name, content in files.items():
                (folder / name).write_bytes(content)
        delivery = tw.read_delivery(folder, protocol)
        found[shape] = (files, delivery, tw.derive(protocol, delivery.sdtm))
    return found


@pytest.mark.parametrize("shape", SHAPES[1:])
@pytest.mark.parametrize("dataset", ["ADSL", "ADTR", "ADRS", "ADTTE"])
def test_the_results_are_the_same(read, shape, dataset):
    frames = [read[one][2].datasets[dataset] for one in ("german", shape)]
    first, second = (one.drop(NOT_COMPARED & {*one.columns}) for one in frames)
    assert first.height > 0
    assert first.equals(second)


@pytest.mark.parametrize("shape", SHAPES)
def test_they_are_those_worked_by_hand(read, shape):
    frame = read[shape][2].datasets["ADRS"]
    best = frame.filter(frame["PARAMCD"] == "CBOR")
    assert dict(best.select("USUBJID", "AVALC").iter_rows()) == hospitals.BEST


@pytest.mark.parametrize("shape", SHAPES)
def test_the_receipt_has_every_file_and_row(read, shape):
    files, delivery, _ = read[shape]
    receipt = delivery.receipt
    told = {one.name: one.sha256 for one in receipt.files}
    assert told == {name: sha256(content).hexdigest() for name, content in files.items()}
    assert all(one.used == one.rows > 0 for one in receipt.tables)
    assert {one.name.split(",")[0] for one in receipt.tables} == {
        name
        for name in files
        if name not in {"intake.yaml", "dictionary.csv", "events.csv", "repeating.csv"}
    }
