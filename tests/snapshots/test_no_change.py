"""Another order, other numbers of records, another format: nothing changed."""

from __future__ import annotations

import random
from dataclasses import replace

import polars as pl
import pytest

import trialwright as tw
from support.corrected import RULES, diff, trial
from support.trial import Patient, sdtm_of
from trialwright.snapshots.compare import compare_deliveries
from trialwright.snapshots.records import changed_records


def other_forms(data):
    seed = random.Random(5)
    shuffled = {}
    for code, frame in data.domains.items():
        order = list(range(frame.height))
        seed.shuffle(order)
        shuffled[code] = frame[order]
    numbered = {
        code: frame.with_columns(
            pl.lit(None, pl.String).alias(f"{code}SEQ"),
        )
        if code == "TR"
        else frame
        for code, frame in data.domains.items()
    }
    written = data["TR"].with_columns(
        pl.when(pl.col("TRORRES") == "42")
        .then(pl.lit("42.0"))
        .otherwise("TRORRES")
        .alias("TRORRES")
    )
    return {
        "shuffled": shuffled,
        "numbers of records": numbered,
        "a number in another form": {**data.domains, "TR": written},
    }


@pytest.mark.parametrize("form", ["shuffled", "numbers of records", "a number in another form"])
def test_the_form_of_a_delivery_is_no_change(form):
    data = trial()
    found = diff(replace(data, domains=other_forms(data)[form]))
    assert found.is_empty
    assert found.news() == "nothing changed: 2 patients"


def test_of_two_readings_the_one_written_otherwise_is_no_change():
    """44 and 45 mm become 50 and 45.0 mm: one value changed, 44 to 50."""

    def data(*sizes):
        person = Patient("P1").target("T1", "LIVER", 60)
        for size in sizes:
            person.scan(56, {"T1": size}, visit=2)
        return sdtm_of(person)

    (changed,) = changed_records(data(44, 45), data(50, 45.0))
    assert (changed.before, changed.after) == ("44", "50")


def test_another_format_is_no_change(tmp_path):
    for name, form in (("a", "csv"), ("b", "xpt")):
        made = tw.export_datasets(RULES, with_study(trial()), [form], "sdtm")
        tw.write_files(made.files, tmp_path / name)
    read = [tw.read_sdtm(tmp_path / one / sub(tmp_path / one)) for one in ("a", "b")]
    assert compare_deliveries(RULES, *read).is_empty


def sub(folder):
    """The folder of the datasets in an export."""
    (dm,) = folder.rglob("[Dd][Mm].*")
    return dm.parent.relative_to(folder)


def with_study(data):
    return replace(
        data,
        domains={
            code: frame.with_columns(pl.lit("S1").alias("STUDYID"))
            if "STUDYID" in frame.columns
            else frame
            for code, frame in data.domains.items()
        },
    )
