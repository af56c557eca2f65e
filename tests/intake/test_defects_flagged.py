"""Deliveries with one defect that is no reason to refuse: each is flagged by its rule."""

from __future__ import annotations

import pytest

from support import base_delivery as sound
from support.one_defect import FLAGGED
from support.rules import protocol
from trialwright.adam.derive import derive
from trialwright.core.tables import Adam
from trialwright.intake.delivery import read_delivery

PROTOCOL = protocol()


def read(files, folder) -> Adam:
    """Read a delivery and derive it."""
    return derive(PROTOCOL, read_delivery(sound.write(files, folder), PROTOCOL).sdtm)


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    return read(sound.files_of(sound.of_one_reader()), tmp_path_factory.mktemp("sound"))


@pytest.mark.parametrize("kind", FLAGGED)
def test_flagged(kind, tmp_path, clean):
    defect = FLAGGED[kind]
    trial = sound.base() if kind.startswith(("two readers", "nobody")) else sound.of_one_reader()
    adam = read(defect.files(trial), tmp_path)
    new = adam.queries.join(clean.queries, on=adam.queries.columns, how="anti", nulls_equal=True)
    flags = [f"{row['RULEID']} {row['MESSAGE']}" for row in new.to_dicts()]
    flags += [f"{row['RULEID']} {row['REASON']}" for row in adam.unused.to_dicts()]
    assert any(all(word in flag for word in defect.says) for flag in flags), flags
