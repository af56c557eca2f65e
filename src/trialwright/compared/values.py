"""The results of every subject under one protocol, read from its datasets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from trialwright.compared.model import Value
from trialwright.core.tables import Adam
from trialwright.endpoints.headline import headline_rows
from trialwright.protocol.model import Protocol

_BEST = {"BOR": "best response, unconfirmed", "CBOR": "best response, confirmed"}
#: Times that a report leads with; the sensitivity analyses move with them.
_TIMES = ("PFS", "OS", "DOR", "TTP", "TTR", "TTF")
_SETS = {
    "ENRLFL": "enrolled", "FASFL": "treated (full analysis set)", "SAFFL": "safety set",
    "EFFFL": "efficacy evaluable", "DLTEVLFL": "evaluable for dose-limiting toxicity",
}  # fmt: skip


def subject_values(protocol: Protocol, adam: Adam) -> Iterator[tuple[str, dict[str, Value]]]:
    """Every result by name, each with the value of every subject that has one."""
    for flag, label in _SETS.items():
        yield (
            label,
            {
                row["USUBJID"]: Value("in" if row[flag] == "Y" else "out", _set_words(row, flag))
                for row in adam["ADSL"].to_dicts()
            },
        )
    confirmed = protocol.response.confirmation == "required"
    yield from _responses(adam, "CBOR" if confirmed else "BOR")
    for paramcd, rows in (
        adam["ADTTE"]
        .filter(pl.col("PARAMCD").is_in(_TIMES))
        .sort("PARAMCD", "USUBJID")
        .group_by("PARAMCD", maintain_order=True)
    ):
        timed = rows.filter(pl.col("AVAL").is_not_null()).to_dicts()
        yield str(paramcd[0]), {row["USUBJID"]: _time(row) for row in timed}
    yield (
        "adverse events",
        {
            str(who[0]): _events(rows)
            for who, rows in adam["ADAE"].sort("USUBJID").group_by("USUBJID", maintain_order=True)
        },
    )


def _set_words(row: Mapping[str, Any], flag: str) -> str:
    return "in" if row[flag] == "Y" else "out"


def _responses(adam: Adam, headline: str) -> Iterator[tuple[str, dict[str, Value]]]:
    """Responses of the reading that the headline is from, scan by scan and best."""
    rows = headline_rows(adam, "ADRS").sort("USUBJID", "AVISITN")
    scans = rows.filter(pl.col("PARAMCD") == "OVR")
    yield (
        "responses by scan",
        {
            str(who[0]): Value("assessed", " ".join(str(code) for code in group["AVALC"]))
            for who, group in scans.group_by("USUBJID", maintain_order=True)
        },
    )
    for paramcd, label in ((headline, "best response of the headline"), *_BEST.items()):
        best = rows.filter(pl.col("PARAMCD") == paramcd).to_dicts()
        yield (
            label,
            {
                row["USUBJID"]: Value(row["AVALC"], row["AVALC"], row["REASON"] or "")
                for row in best
            },
        )


def _time(row: Mapping[str, Any]) -> Value:
    group = "event" if row["CNSR"] == 0 else "censored"
    shown = f"{group}, day {row['AVAL']} ({row['ADT']})"
    return Value(group, shown, row["REASON"] or "")


def _events(rows: pl.DataFrame) -> Value:
    """How many events of a subject count, and how."""
    emergent = rows.filter(pl.col("TRTEMFL") == "Y")
    related = emergent.filter(pl.col("AREL") == "Y").height
    severe = emergent.filter(pl.col("AGR3FL") == "Y").height
    limiting = rows.filter(pl.col("DLTDRVFL") == "Y").height
    shown = (
        f"{emergent.height} of {rows.height} treatment-emergent, {related} related, "
        f"{severe} of grade 3 or above, {limiting} dose-limiting"
    )
    return Value("treatment-emergent" if emergent.height else "not treatment-emergent", shown)
