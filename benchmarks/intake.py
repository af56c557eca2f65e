"""Measure the intake of a large trial: one million TR records from files to typed tables.

    python benchmarks/intake.py [--records 1000000]

A trial of invented patients: five lesions, eight time points, two readers. `read_sdtm` reads the
folder, `read_measurements` types what one reader measured.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

RECORDS = 1_000_000
LESIONS, VISITS = 5, 8
EACH = LESIONS * VISITS


@cache
def trial(records: int) -> dict[str, pl.DataFrame]:
    """DM, TU and TR with about so many TR records, every value as text."""
    subjects = records // EACH
    rng = np.random.default_rng(1)
    subject = pl.Series("USUBJID", [f"BENCH-{n:06d}" for n in range(subjects)])
    lesion, visit = np.tile(np.repeat(np.arange(LESIONS), VISITS), subjects), np.tile(
        np.arange(VISITS), LESIONS * subjects
    )  # fmt: skip
    size = rng.integers(100, 900, len(lesion)) / 10
    day = pl.Series(visit * 56 + np.repeat(rng.integers(0, 700, subjects), EACH)).cast(pl.Int32)
    date = (pl.Series([19_000], dtype=pl.Int32).new_from_index(0, len(day)) + day).cast(pl.Date)
    tr = pl.DataFrame({
        "STUDYID": pl.repeat("BENCH", len(lesion), eager=True),
        "DOMAIN": pl.repeat("TR", len(lesion), eager=True),
        "USUBJID": subject.gather(np.repeat(np.arange(subjects), EACH)),
        "TRSEQ": pl.Series(np.tile(np.arange(1, EACH + 1), subjects)).cast(pl.String),
        "TRLNKID": pl.Series([f"T0{n + 1}" for n in range(LESIONS)]).gather(lesion),
        "TRTESTCD": pl.repeat("LDIAM", len(lesion), eager=True),
        "TRORRES": pl.Series(size).cast(pl.String),
        "TRORRESU": pl.repeat("mm", len(lesion), eager=True),
        "TRSTRESN": pl.Series(size).cast(pl.String),
        "TRSTAT": pl.repeat(None, len(lesion), dtype=pl.String, eager=True),
        "TREVAL": pl.repeat("INVESTIGATOR", len(lesion), eager=True),
        "VISITNUM": pl.Series(visit + 1).cast(pl.String),
        "TRDTC": date.cast(pl.String),
    })  # fmt: skip
    roles = pl.Series(["TARGET"]).new_from_index(0, LESIONS)
    tu = tr.filter(pl.col("VISITNUM") == "1").select(
        "STUDYID", pl.lit("TU").alias("DOMAIN"), "USUBJID", pl.col("TRSEQ").alias("TUSEQ"),
        pl.col("TRLNKID").alias("TULNKID"), pl.lit("TUMIDENT").alias("TUTESTCD"),
        pl.lit(roles[0]).alias("TUORRES"), pl.lit("LIVER").alias("TULOC"),
        pl.col("TREVAL").alias("TUEVAL"), "VISITNUM", pl.col("TRDTC").alias("TUDTC"),
    )  # fmt: skip
    dm = pl.DataFrame(
        {"USUBJID": subject, "RFXSTDTC": pl.repeat("2022-01-20", subjects, eager=True)}
    )
    return {"DM": dm, "TU": tu, "TR": tr}


def write(folder: Path, ending: str, records: int) -> Path:
    """The files of the trial in one format."""
    for code, frame in trial(records).items():
        path = folder / f"{code}.{ending}"
        frame.write_csv(path) if ending == "csv" else frame.write_parquet(path)
    return folder


def measured(ending: str, records: int) -> tuple[float, float]:
    """Seconds to the tables of text, and further seconds until TR is typed."""
    from trialwright.intake.sdtm_delivery import read_sdtm
    from trialwright.response.lesions import identify_lesions
    from trialwright.response.measurements import read_measurements

    with tempfile.TemporaryDirectory() as name:
        folder = write(Path(name), ending, records)
        start = time.perf_counter()
        sdtm = read_sdtm(folder)
        read = time.perf_counter()
        lesions = identify_lesions(sdtm, "INVESTIGATOR")
        between = time.perf_counter()
        read_measurements(sdtm, lesions, "INVESTIGATOR")
        return read - start, time.perf_counter() - between


def _total(ending: str) -> float:
    return sum(measured(ending, RECORDS))


def parquet_time() -> float:
    """For the table: Parquet files to what each record means (day, state, tenths)."""
    return _total("parquet")


def csv_time() -> float:
    """For the table: CSV."""
    return _total("csv")


ROWS = (
    ("1,000,000 TR records, Parquet to typed tables", parquet_time, "s", "<= 2 s"),
    ("1,000,000 TR records, CSV to typed tables", csv_time, "s", "<= 5 s"),
)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--records", type=int, default=RECORDS)
    records = arguments.parse_args().records
    print(f"{'format':<10}{'read s':>10}{'typed s':>10}")
    for ending in ("parquet", "csv"):
        read, typed = measured(ending, records)
        print(f"{ending:<10}{read:>10.2f}{typed:>10.2f}", flush=True)


if __name__ == "__main__":
    main()
