"""What is derived of a workbook, and a workbook that another program saved."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from support.virtual_models import simulated_roughly
from support.virtual_trials import protocol_of, scenario_of, with_subjects
from trialwright.adam.derive import derive
from trialwright.intake.files import DeliveredFile
from trialwright.intake.workbook.filled import differences, filled_workbook
from trialwright.intake.workbook.reading import read_workbook
from trialwright.pipeline import analyze


def back(protocol, sdtm):
    content = filled_workbook(protocol, sdtm).content
    return read_workbook(DeliveredFile("t.xlsx", content), protocol).sdtm


def test_datasets_and_results_come_back_identical():
    protocol = protocol_of("000")
    sdtm = simulated_roughly(protocol, with_subjects(scenario_of("000"), 3), seed=5)
    before, after = derive(protocol, sdtm), derive(protocol, back(protocol, sdtm))
    for name, frame in before.datasets.items():
        assert frame.equals(after[name]), name
    assert before.unused.equals(after.unused)
    assert before.queries.equals(after.queries)
    assert analyze(protocol, before).to_json() == analyze(protocol, after).to_json()


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_workbook_that_libreoffice_saved_is_the_same(tmp_path):
    protocol = protocol_of("003")
    sdtm = simulated_roughly(protocol, with_subjects(scenario_of("003"), 1), seed=5)
    (tmp_path / "trial.xlsx").write_bytes(filled_workbook(protocol, sdtm).content)
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/home", "--convert-to",
         "xlsx", "--outdir", str(tmp_path / "saved"), str(tmp_path / "trial.xlsx")],
        check=True, capture_output=True,
    )  # fmt: skip
    saved = DeliveredFile("trial.xlsx", (tmp_path / "saved/trial.xlsx").read_bytes())
    assert list(differences(sdtm, read_workbook(saved, protocol).sdtm)) == []
