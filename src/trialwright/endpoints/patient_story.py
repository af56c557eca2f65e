"""What happened to one patient, in sentences: responses, best response, times to event.

The sentences stand in ADRS and ADTTE; this result only puts them together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from trialwright.core.display import Table
from trialwright.core.errors import DataError
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.headline import headline_rows
from trialwright.endpoints.pending import pending_sentence

_TIMES = ("PFS", "DOR", "OS", "IPFS", "IDOR")


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientStory:
    """The course of one patient.

    `rows` are (what, sentence, rule ids and source records); `headline` is the best response.
    `changes` says for each row what would change it, "" where nothing exact can be said; `pending`
    are sentences on what is open at the data cut-off.
    """

    usubjid: str
    headline: str
    rows: tuple[tuple[str, str, str], ...]
    changes: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Name of the result."""
        return f"PATIENT.{self.usubjid}"

    def table(self) -> Table:
        """The story as a table: what, why, by which rule and records."""
        return Table(
            title=f"Patient {self.usubjid}", columns=("What", "Why", "Rules and records"),
            rows=self.rows,
        )  # fmt: skip

    def to_json(self) -> dict[str, Json]:
        """The story as plain data."""
        names = ("what", "why", "rules", "what_would_change_it")
        rows: list[Json] = [
            dict(zip(names, (*row, change), strict=True)) for row, change in self.told()
        ]
        return {
            "usubjid": self.usubjid,
            "headline": self.headline,
            "rows": rows,
            "pending": list(self.pending),
        }

    def text(self) -> str:
        """The story as lines for a terminal."""
        lines = [f"{self.usubjid}: {self.headline}", ""]
        for (what, why, rules), change in self.told():
            lines += [f"{what}", f"  {why}"]
            lines += [f"  What would change it: {change}"] if change else []
            lines.append(f"  [{rules}]")
        if self.pending:
            lines += ["", "Pending at the data cut-off", *(f"  {one}" for one in self.pending)]
        return "\n".join(lines)

    def told(self) -> tuple[tuple[tuple[str, str, str], str], ...]:
        """Each row with what would change it."""
        missing = ("",) * (len(self.rows) - len(self.changes))
        return tuple(zip(self.rows, self.changes + missing, strict=True))


def tell_patients(adam: Adam) -> tuple[PatientStory, ...]:
    """The story of every subject of ADSL, in order."""
    responses = _by_subject(headline_rows(adam, "ADRS").sort("USUBJID", "AVISITN", nulls_last=True))
    times = _by_subject(adam["ADTTE"])
    pending = _by_subject(adam.pending) if adam.pending.height else {}
    return tuple(
        replace(
            _story(row, responses.get(row["USUBJID"], []), times.get(row["USUBJID"], [])),
            pending=tuple(pending_sentence(one) for one in pending.get(row["USUBJID"], [])),
        )
        for row in adam["ADSL"].to_dicts()
    )


def tell_patient(adam: Adam, usubjid: str) -> PatientStory:
    """The story of one subject.

    Raises
    ------
    DataError
        When the subject is not in ADSL.
    """
    names = adam["ADSL"]["USUBJID"].to_list()
    wanted = usubjid.strip()
    for story in tell_patients(adam):
        if story.usubjid == wanted:
            return story
    near = [name for name in names if name.endswith(wanted)] or names
    raise DataError(
        "There is no such subject.",
        where=f'USUBJID "{usubjid}"',
        allowed=", ".join(near[:10]) + (" ..." if len(near) > 10 else ""),
        do="use an identifier of DM",
    )


def _by_subject(frame: pl.DataFrame) -> dict[str, list[dict[str, object]]]:
    rows: dict[str, list[dict[str, object]]] = {}
    for row in frame.to_dicts():
        rows.setdefault(row["USUBJID"], []).append(row)
    return rows


def _story(
    subject: dict[str, object],
    responses: list[dict[str, object]],
    times: list[dict[str, object]],
) -> PatientStory:
    rows = [_entry(f"{r['AVISIT'] or 'Time point'}, {r['ADT']}", r)
            for r in responses if r["PARAMCD"] == "OVR"]  # fmt: skip
    best = {str(r["PARAMCD"]): r for r in responses if r["PARAMCD"] in ("BOR", "CBOR")}
    told = [r for r in responses if r["PARAMCD"] == "OVR"]
    told += [best[code] for code in ("BOR", "CBOR") if "BOR" in best]
    changes = tuple(str(r.get("WHATIF") or "") for r in told)
    if "BOR" in best:
        rows.append(_entry("Best overall response, unconfirmed", best["BOR"]))
        rows.append(_entry("Best overall response, confirmed", best["CBOR"]))
    rows += _by_irecist(responses)
    rows += _by_mrecist(responses)
    by_code = {row["PARAMCD"]: row for row in times}
    rows += [
        _entry(f"{by_code[code]['PARAM']}, {_days(by_code[code]['AVAL'])}", by_code[code])
        for code in _TIMES
        if code in by_code
    ]
    return PatientStory(
        usubjid=str(subject["USUBJID"]),
        headline=_headline(subject, best),
        rows=tuple(rows),
        changes=changes + ("",) * (len(rows) - len(changes)),
    )


def _by_irecist(responses: list[dict[str, object]]) -> list[tuple[str, str, str]]:
    """Time points and best overall responses by iRECIST, when the protocol names it."""
    rows = [_entry(f"iRECIST, {r['AVISIT'] or 'time point'}, {r['ADT']}", r)
            for r in responses if r["PARAMCD"] == "IOVR"]  # fmt: skip
    best = {str(r["PARAMCD"]): r for r in responses}
    words = (("IBOR", "unconfirmed"), ("ICBOR", "confirmed"))
    return rows + [
        _entry(f"iRECIST, best overall response, {reading}", best[code])
        for code, reading in words
        if code in best
    ]


def _by_mrecist(responses: list[dict[str, object]]) -> list[tuple[str, str, str]]:
    """Time points and best overall responses by mRECIST, when the protocol names it (R-126)."""
    rows = [_entry(f"mRECIST, {r['AVISIT'] or 'time point'}, {r['ADT']}", r)
            for r in responses if r["PARAMCD"] == "MOVR"]  # fmt: skip
    best = {str(r["PARAMCD"]): r for r in responses}
    words = (("MBOR", "unconfirmed"), ("MCBOR", "confirmed"))
    return rows + [
        _entry(f"mRECIST, best overall response, {reading}", best[code])
        for code, reading in words
        if code in best
    ]


def _days(count: object) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


def _headline(subject: dict[str, object], best: dict[str, dict[str, object]]) -> str:
    if not best:
        return str(subject["SETREAS"] or "not enrolled")
    text = f"confirmed best response {best['CBOR']['AVALC']}, unconfirmed {best['BOR']['AVALC']}"
    reason = subject["SETREAS"]
    return f"{text}; {reason}" if reason else text


def _entry(what: str, row: dict[str, object]) -> tuple[str, str, str]:
    records = f"; {row['SRCDOM']} {row['SRCSEQ']}" if row["SRCSEQ"] else ""
    return what, str(row["REASON"] or ""), f"{row['RULEID'] or ''}{records}"
