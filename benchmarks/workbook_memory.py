"""Peak memory of reading workbooks that are small as files: ours beside fastexcel.

    python benchmarks/workbook_memory.py [part of a name ...]

Each file is read in a process of its own whose memory is limited to 3 GB, so that a reader that
takes more is stopped and not the machine. The peak is that of the process (VmHWM), the program
itself included: about 25 MB for ours, 60 MB for fastexcel.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
#: Address space of a measured process.
LIMIT_BYTES = 3 << 30

_MEASURE = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({limit}, {limit}))
{read}
from pathlib import Path
lines = Path("/proc/self/status").read_text().splitlines()
peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
print(f"{{peak / 1024:.0f}} {{said}}")
"""
_OURS = """
from pathlib import Path
from trialwright.core.errors import DataError
from trialwright.intake.files import DeliveredFile
from trialwright.intake.workbook.grid import read_sheets
content = Path(sys.argv[1]).read_bytes()
try:
    said = f"{sum(len(one.cells) for one in read_sheets(DeliveredFile('b.xlsx', content)))} cells"
except DataError as error:
    said = f"refused: {error.what}"
"""
_FASTEXCEL = """
import fastexcel
reader = fastexcel.read_excel(sys.argv[1])
table = reader.load_sheet(0, header_row=None, dtypes="string")
said = f"{table.height} rows"
"""


def measured(read: str, path: Path) -> tuple[float, str]:
    """Seconds, and peak memory in MB with what came of it."""
    code = _MEASURE.format(limit=LIMIT_BYTES, read=read)
    start = time.perf_counter()
    try:
        done = subprocess.run(
            [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False,
            timeout=120,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return 120.0, "- stopped after 120 s"
    seconds = time.perf_counter() - start
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"status {done.returncode}"]
        said = next((line for line in lines if "memory" in line or "capacity" in line), lines[-1])
        return seconds, f"- stopped: {said[:60]}"
    return seconds, done.stdout.strip()


def main() -> None:
    sys.path.insert(0, str(ROOT))
    from tests.support.workbook_bombs import BOMBS

    chosen = [
        name for name in BOMBS if not sys.argv[1:] or any(one in name for one in sys.argv[1:])
    ]

    print(f"{'workbook':42} {'file MB':>8}  {'ours':>7} {'MB':>5}   {'fastexcel':>9} {'MB':>5}")
    with tempfile.TemporaryDirectory() as folder:
        for name in chosen:
            path = Path(folder) / "bomb.xlsx"
            path.write_bytes(BOMBS[name]())
            ours, theirs = measured(_OURS, path), measured(_FASTEXCEL, path)
            shown = [f"{seconds:6.1f} s {said}" for seconds, said in (ours, theirs)]
            print(f"{name:42} {path.stat().st_size / 1e6:8.2f}  {shown[0]}\n{'':52} {shown[1]}")


if __name__ == "__main__":
    main()
