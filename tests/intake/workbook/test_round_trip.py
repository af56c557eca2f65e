"""The workbook of each example trial, filled by the simulation and read back."""

from __future__ import annotations

import polars as pl
import pytest

from support.virtual_models import simulated_roughly
from support.virtual_trials import TRIALS, protocol_of, scenario_of, with_subjects
from trialwright.core.tables import ROW, Sdtm
from trialwright.exchange.csv_files import sdtm_files
from trialwright.intake.files import DeliveredFile
from trialwright.intake.workbook.fill import content_of
from trialwright.intake.workbook.filled import filled_workbook
from trialwright.intake.workbook.reading import read_workbook

SUBJECTS = {"000": 10, "002": 8, "003": 3}


class Case:
    def __init__(self, trial):
        self.protocol = protocol_of(trial)
        scenario = with_subjects(scenario_of(trial), SUBJECTS[trial])
        self.sdtm = simulated_roughly(self.protocol, scenario, seed=11)
        self.filled = filled_workbook(self.protocol, self.sdtm)
        file = DeliveredFile("trial.xlsx", self.filled.content)
        self.delivery = read_workbook(file, self.protocol)


@pytest.fixture(scope="module", params=TRIALS)
def case(request):
    return Case(request.param)


def records(sdtm):
    """The lines of the files of a trial; qualifiers of a record have no order."""
    return {name: sorted(text.splitlines()) for name, text in sdtm_files(sdtm).items()}


def test_every_domain_comes_back_identical(case):
    assert (case.filled.differences, case.filled.completed) == ((), ())
    for code, frame in case.delivery.sdtm.domains.items():
        assert frame.equals(case.sdtm[code].select(frame.columns)), code
    assert records(case.delivery.sdtm) == records(case.sdtm)


def test_every_row_is_used(case):
    assert all(one.rows == one.used and not one.aside for one in case.delivery.receipt.tables)
    assert case.delivery.receipt.changed == ()


def _with(sdtm, code, frame):
    return Sdtm({**sdtm.domains, code: frame}, sdtm.files)


def _frame(sdtm, code, *records):
    names = [name for name in sdtm[code].columns if name != ROW]
    made = pl.DataFrame(
        [{name: record.get(name) for name in names} for record in records],
        schema=dict.fromkeys(names, pl.String),
    )
    return made.with_row_index(ROW, offset=2).with_columns(pl.col(ROW).cast(pl.Int64)).select(
        *names, ROW
    )  # fmt: skip


@pytest.fixture(scope="module")
def small():
    protocol = protocol_of("003")
    return protocol, simulated_roughly(protocol, with_subjects(scenario_of("003"), 1), seed=5)


def _back(protocol, sdtm):
    filled = filled_workbook(protocol, sdtm)
    return filled.differences, read_workbook(DeliveredFile("t.xlsx", filled.content), protocol).sdtm


def test_readers_splits_merges_and_other_domains_come_back(small):
    protocol, sdtm = small
    subject, study = sdtm["DM"]["USUBJID"][0], sdtm["DM"]["STUDYID"][0]
    tu = [
        *sdtm["TU"].drop(ROW).to_dicts(),
        {"TULNKID": "T01.1", "TUTESTCD": "TUSPLIT", "TUTEST": "Tumor Split", "TUGRPID": "T01",
         "TUORRES": "TARGET", "TUSTRESC": "TARGET", "TULOC": "LIVER", "VISITNUM": "2",
         "VISIT": "WEEK 6", "TUDTC": "2024-05-05", "TUEVAL": "INVESTIGATOR", "TUSEQ": "90",
         "USUBJID": subject, "STUDYID": study, "DOMAIN": "TU"},
        {"TULNKID": "T01", "TUTESTCD": "TUMIDENT", "TUTEST": "Tumor Identification",
         "TUORRES": "TARGET", "TUSTRESC": "TARGET", "TULOC": "LUNG", "VISITNUM": "1",
         "VISIT": "SCREENING", "TUDTC": "2024-01-01", "TUEVAL": "INDEPENDENT ASSESSOR",
         "TUEVALID": "RADIOLOGIST 2", "TUSEQ": "91", "USUBJID": subject, "STUDYID": study,
         "DOMAIN": "TU"},
    ]  # fmt: skip
    vs = {"STUDYID": study, "DOMAIN": "VS", "USUBJID": subject, "VSSEQ": "1", "VSTESTCD": "WEIGHT",
          "VSORRES": "61.50", "VSORRESU": "kg", "VSDTC": "2024-01"}  # fmt: skip
    changed = _with(_with(sdtm, "TU", _frame(sdtm, "TU", *tu)), "VS", _frame(sdtm, "VS", vs))
    told, back = _back(protocol, changed)
    assert [one for one in told if not one.startswith("TU: values differ in TUSEQ")] == []
    assert back["VS"]["VSORRES"].to_list() == ["61.50"]
    names = ("TULNKID", "TUTESTCD", "TUGRPID", "TUEVAL", "TUEVALID", "TUDTC")
    assert set(changed["TU"].select(names).rows()) == set(back["TU"].select(names).rows())


def test_what_a_cell_cannot_say_stands_on_a_sheet_of_its_own(small):
    protocol, sdtm = small
    tr = sdtm["TR"].drop(ROW).to_dicts()
    odd = {**tr[0], "TRSTRESN": "99", "TRSEQ": "900"}  # another number than in the original result
    changed = _with(sdtm, "TR", _frame(sdtm, "TR", *tr, odd))
    _, back = _back(protocol, changed)
    assert back["TR"].filter(pl.col("TRSTRESN") == "99").height == 1
    assert back["TR"].height == changed["TR"].height


def test_what_follows_is_completed_and_what_differs_is_told(small):
    protocol, sdtm = small
    without = sdtm["DM"].with_columns(RFSTDTC=pl.lit(None, pl.String))  # follows from RFXSTDTC
    filled = filled_workbook(protocol, _with(sdtm, "DM", without))
    assert (filled.differences, filled.completed) == ((), ("DM: RFSTDTC",))
    renumbered = sdtm["TU"].with_columns(TUSEQ=pl.lit("7"))  # a sheet has no sequence numbers
    filled = filled_workbook(protocol, _with(sdtm, "TU", renumbered))
    assert filled.differences == (f"TU: values differ in TUSEQ ({renumbered.height})",)


def test_a_delivery_with_the_fewest_columns_stands_in_the_same_cells(small):
    protocol, sdtm = small
    bare = _with(sdtm, "TR", sdtm["TR"].with_columns(
        pl.lit(None, pl.String).alias(name)
        for name in ("TRTEST", "TRSTRESC", "TRSTRESN", "TRSTRESU", "TREVAL")
    ))  # fmt: skip
    assert "TR" not in content_of(protocol, bare).rows
    told, back = _back(protocol, bare)
    assert told == ()
    assert back["TR"].equals(sdtm["TR"].select(back["TR"].columns))
