"""Measure drafts of a whole registry: records a second and memory, in one process each.

    CORPUS=folder python benchmarks/registry.py [--records 100000] [--small 10000]

The records are those of `CORPUS/dev/inputs` (or of any folder of records, or the example records when
none is given), repeated under new ids in one archive. The command runs in a process of its own, as
a user would run it, with its lines thrown away.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMMAND = [sys.executable, "-m", "trialwright.cli", "draft"]
#: Records in the table of `run.py`.
FEW = 1_500


def records() -> list[bytes]:
    """The records to be repeated."""
    named = os.environ.get("CORPUS")
    folder = Path(named) if named else ROOT / "examples" / "records"
    inner = folder / "dev" / "inputs"
    paths = sorted((inner if inner.is_dir() else folder).glob("*.txt"))
    if not paths:
        sys.exit(f"{folder} holds no records (*.txt)")
    return [path.read_bytes() for path in paths]


def archive_of(count: int, path: Path) -> Path:
    """An archive of so many records."""
    repeated: Iterator[bytes] = islice(cycle(records()), count)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for number, data in enumerate(repeated, start=1):
            file.writestr(f"R{number:08}.txt", data)
    return path


def measured(path: Path, *words: str) -> tuple[float, float]:
    """Seconds and peak memory in MB of one run in a process of its own."""
    start = time.perf_counter()
    with Path(os.devnull).open("wb") as nothing:
        process = subprocess.Popen(
            [*COMMAND, str(path), "--ndjson", "--workers", "1", *words],
            stdout=nothing,
            stderr=nothing,
        )
        _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"the command ended with status {status}")
    unit = 1 if sys.platform == "darwin" else 1024
    return time.perf_counter() - start, usage.ru_maxrss * unit / 1e6


def seconds_a_record() -> float:
    """For the table: an archive to drafts as lines, start of the process left out."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole, _ = measured(archive_of(FEW, folder / "few.zip"))
        start, _ = measured(archive_of(1, folder / "one.zip"))
    return (whole - start) / (FEW - 1)


def megabytes_more() -> float:
    """For the table: peak memory of ten times the records, less that of the records."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _, many = measured(archive_of(FEW, folder / "many.zip"))
        _, few = measured(archive_of(FEW // 10, folder / "few.zip"))
    return many - few


ROWS = (
    ("archive to drafts with findings, one record", seconds_a_record, "s", "<= 0.001 s"),
    ("memory of ten times the records", megabytes_more, "MB", "<= 20 MB"),
)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--records", type=int, default=100_000)
    arguments.add_argument("--small", type=int, default=10_000)
    asked = arguments.parse_args()
    size = sum(map(len, records())) / len(records())
    print(f"mean record {size:,.0f} bytes, one process")
    print(f"{'records':>10}{'seconds':>10}{'records/s':>11}{'peak MB':>9}")
    with tempfile.TemporaryDirectory() as name:
        for count in (asked.small, asked.records):
            path = archive_of(count, Path(name) / "records.zip")
            seconds, peak = measured(path)
            print(f"{count:>10,}{seconds:>10.1f}{count / seconds:>11,.0f}{peak:>9.0f}", flush=True)


if __name__ == "__main__":
    main()
