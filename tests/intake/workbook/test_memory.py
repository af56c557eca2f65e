"""Workbooks that are small as files and large when read: the memory that reading them takes.

Each is read in a process of its own; the figure is the peak of that process (VmHWM), the program
itself included. `ru_maxrss` of a child also holds the peak of the process that started it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from support import workbook_bombs as bombs

#: Megabytes that no workbook may take, whatever is in it; most take 20.
LIMIT_MB = 300

_READ = """
import sys
from pathlib import Path
from trialwright.core.errors import DataError
from trialwright.intake.files import DeliveredFile
from trialwright.intake.workbook.grid import read_sheets
try:
    said = str(sum(len(one.cells) for one in read_sheets(
        DeliveredFile("b.xlsx", Path(sys.argv[1]).read_bytes()))))
except DataError as error:
    said = error.what
lines = Path("/proc/self/status").read_text().splitlines()
peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
print(peak // 1024, said)
"""
pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="peak memory is read from /proc"
)
_CASES = {
    "cells at both ends": (bombs.far_cell, "2"),
    "0.3 MB that are 160 MB of XML": (bombs.repeated_cells, "501 times its size"),
    "too many cells": (
        lambda: bombs.repeated_cells(1_010_000, noise=200_000), "more filled cells",
    ),
    "one long text in many cells": (bombs.shared_expansion, "hold more text"),
    "entities": (bombs.laughs, "document type"),
}  # fmt: skip


@pytest.mark.parametrize("case", _CASES)
def test_no_workbook_takes_much_memory(case, tmp_path):
    make, said = _CASES[case]
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(make())
    assert path.stat().st_size < 1_000_000
    done = subprocess.run(
        [sys.executable, "-c", _READ, str(path)], capture_output=True, text=True, check=True
    )
    peak, _, words = done.stdout.strip().partition(" ")
    assert said in words
    assert int(peak) < LIMIT_MB
