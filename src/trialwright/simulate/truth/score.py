"""How well somebody's responses agree with those of a simulated trial."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.format import percent

_SDTM_RESPONSE, _ADAM_RESPONSE = "OVRLRESP", "OVR"
_KEYS = ["USUBJID", "VISITNUM"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseScore:
    """Agreement of given responses with the two answers of a simulated trial.

    Attributes
    ----------
    scans
        Scans after baseline, up to the progression that the records show.
    given
        Scans with a response; those without one count as wrong.
    as_read, as_true
        Scans on which the response is that of the scan as read, and that without error.
    table
        Number of scans by response as read and response given ("" for none).
    wrong
        USUBJID, VISITNUM, READ, GIVEN of every scan that does not agree with the scan as read.
    """

    scans: int
    given: int
    as_read: int
    as_true: int
    table: Mapping[tuple[str, str], int]
    wrong: tuple[tuple[str, str, str, str], ...]

    def text(self) -> str:
        """The score in words."""
        lines = [
            f"{self.scans} scans, {self.given} with a response",
            f"as read: {self.as_read} agree, {_share(self.as_read, self.scans)}",
            f"as without error of reading: {self.as_true} agree, "
            f"{_share(self.as_true, self.scans)}",
        ]
        lines += [
            f"  {subject} visit {visit}: {read or 'none'}, given {given or 'none'}"
            for subject, visit, read, given in self.wrong
        ]
        return "\n".join(lines)


def score_responses(responses: Path, truth: Path) -> ResponseScore:
    """Compare responses with the truth of a simulated trial.

    Parameters
    ----------
    responses
        CSV with USUBJID, VISITNUM and RESPONSE; or a dataset RS (RSSTRESC where RSTESTCD is
        OVRLRESP), or ADRS (AVALC by AVISITN, the number of the scan, where PARAMCD is OVR). Words
        are those of RECIST: CR, PR, SD, NON-CR/NON-PD, PD, NE, NED.
    truth
        The folder `truth` that `simulate` writes.

    Raises
    ------
    DataError
        When a file cannot be read, or says two things of one scan.
    """
    key = _with(_read(truth / "responses.csv"), ("READ", "TRUE", "SCAN", *_KEYS), "truth")
    key = key.with_columns(_number("SCAN"), _number("VISITNUM"))
    given = _given(_read(responses), responses.name)
    on = given.columns[:2]
    rows = key.join(given, on=on, how="left", maintain_order="left").with_columns(
        pl.col("READ", "TRUE", "RESPONSE").fill_null("")
    )
    read, exact, said = rows["READ"], rows["TRUE"], rows["RESPONSE"]
    counts = rows.group_by("READ", "RESPONSE").len().sort("READ", "RESPONSE")
    differ = rows.filter(pl.col("READ") != pl.col("RESPONSE"))
    return ResponseScore(
        scans=rows.height,
        given=int((said != "").sum()),
        as_read=int((read == said).sum()),
        as_true=int((exact == said).sum()),
        table={(one, other): number for one, other, number in counts.iter_rows()},
        wrong=tuple(differ.select(*_KEYS, "READ", "RESPONSE").iter_rows()),
    )


def _share(part: int, whole: int) -> str:
    return f"{percent(part, whole)} %" if whole else "of none"


def _read(path: Path) -> pl.DataFrame:
    """A CSV as text."""
    try:
        return pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise DataError(
            "The responses cannot be read.",
            where=str(path),
            allowed="a CSV file",
            do="give the CSV file, and the folder truth that `trialwright simulate` wrote",
        ) from error


def _number(name: str) -> pl.Expr:
    """A number as the same text however it was written."""
    text = pl.col(name).cast(pl.Float64, strict=False).cast(pl.String)
    return text.str.strip_suffix(".0")


def _with(frame: pl.DataFrame, names: tuple[str, ...], where: str) -> pl.DataFrame:
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise DataError(
            f'The column "{missing[0]}" is missing.',
            where=where,
            allowed="USUBJID, VISITNUM and RESPONSE, or a dataset RS or ADRS",
            do="add the column",
        )
    return frame


def _given(frame: pl.DataFrame, where: str) -> pl.DataFrame:
    """One response a scan; the first two columns name the scan."""
    names = {"USUBJID": "USUBJID", "VISITNUM": "VISITNUM", "RESPONSE": "RESPONSE"}
    if "RSTESTCD" in frame.columns:
        frame = frame.filter(pl.col("RSTESTCD") == _SDTM_RESPONSE)
        names = {"USUBJID": "USUBJID", "VISITNUM": "VISITNUM", "RSSTRESC": "RESPONSE"}
    elif "PARAMCD" in frame.columns:
        frame = frame.filter(pl.col("PARAMCD") == _ADAM_RESPONSE)
        names = {"USUBJID": "USUBJID", "AVISITN": "SCAN", "AVALC": "RESPONSE"}
    found = _with(frame, tuple(names), where).select(*names).rename(names)
    subject, scan, response = found.columns
    found = found.with_columns(
        _number(scan), pl.col(response).str.strip_chars().str.to_uppercase()
    ).unique()
    twice = found.filter(found.select(subject, scan).is_duplicated()).sort(subject, scan)
    if twice.height:
        row = twice.row(0)
        raise DataError(
            "A scan has two responses.",
            where=f"{where}, subject {row[0]}, scan {row[1]}",
            allowed="one response a scan",
            do="leave one of them out",
        )
    return found
