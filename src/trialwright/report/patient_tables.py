"""The tables of one patient: lesion by visit, response by visit, times, adverse events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from trialwright.core.display import Table
from trialwright.core.format import months, rounded
from trialwright.core.tables import Adam
from trialwright.endpoints.headline import headline_rows
from trialwright.vocabulary.adam import VIABLE_PARAMS

Row = dict[str, object]
DASH = "\N{EN DASH}"
#: Time points side by side on a sheet of paper.
VISITS_A_TABLE = 8
#: Signs of the lesion table with their notes.
SIGNS = (
    ("[", "In brackets: sum of the lesions that could be measured; it is not a complete sum."),
    ("TSTM", "TSTM: too small to measure, counted with its default size (R-022, R-024)."),
    ("NN", "NN: NON-CR/NON-PD."),
)
#: Words of the columns that ADSL gives about a person, in the order of a patient's section.
PERSON = (
    ("ENRLDT", "Enrolled"),
    ("TRTSDT", "First treatment"),
    ("EOTDT", "Treatment stopped"),
    ("NACTDT", "New anticancer therapy"),
    ("WDRAWDT", "Consent withdrawn"),
    ("LOSTDT", "Lost to follow-up"),
    ("DTHDT", "Died"),
    ("LSTALVDT", "Last known alive"),
)
#: Lowest laboratory grade that a patient's section tells.
_NOTED = 2


@dataclass(frozen=True, slots=True)
class PatientData:
    """Rows of one patient in each dataset, of one evaluator where readers differ."""

    person: Row
    lesions: tuple[Row, ...]
    responses: tuple[Row, ...]
    times: tuple[Row, ...]
    events: tuple[Row, ...]
    queries: tuple[Row, ...]
    labs: tuple[Row, ...] = ()

    def response(self, code: str) -> tuple[Row, ...]:
        """Rows of ADRS with this parameter, in the order of time."""
        return tuple(row for row in self.responses if row["PARAMCD"] == code)

    def time(self, code: str) -> Row | None:
        """The row of ADTTE with this parameter."""
        return next((row for row in self.times if row["PARAMCD"] == code), None)


def patients_of(adam: Adam, evaluator: str) -> tuple[PatientData, ...]:
    """Every subject of ADSL with its rows, by `USUBJID`.

    Parameters
    ----------
    adam
        The datasets and the queries.
    evaluator
        Whose reading is shown; "" takes the one that the results are from.
    """
    people = adam["ADSL"].sort("USUBJID").iter_rows(named=True)
    sizes = headline_rows(adam, "ADTR", evaluator).filter(~pl.col("PARAMCD").is_in(VIABLE_PARAMS))
    lesions = _by_subject(sizes, ("TRLNKID", "AVISITN", "PARAMCD"))
    responses = _by_subject(headline_rows(adam, "ADRS", evaluator), ("AVISITN", "PARAMCD"))
    times = _by_subject(adam["ADTTE"], ())
    events = _by_subject(adam["ADAE"], ("ASTDT", "AESEQ"))
    queries = _by_subject(adam.queries, ("RULEID", "MESSAGE"))
    labs = _by_subject(_worst_labs(adam), ("PARAM", "ADT", "SRCSEQ"))
    return tuple(
        PatientData(
            person,
            *(found.get(str(person["USUBJID"]), ()) for found in (lesions, responses, times)),
            *(found.get(str(person["USUBJID"]), ()) for found in (events, queries, labs)),
        )
        for person in people
    )


def _worst_labs(adam: Adam) -> pl.DataFrame:
    """The worst laboratory results on treatment from grade 2 on, one a test and direction."""
    if "ADLB" not in adam.datasets:
        return pl.DataFrame(
            schema={"USUBJID": pl.String, "PARAM": pl.String, "ADT": pl.Date, "SRCSEQ": pl.String}
        )
    worst = [
        (pl.col(f"WORST{side}FL") == "Y") & (pl.col(f"ATOXGR{side}") >= _NOTED) for side in "LH"
    ]
    return adam["ADLB"].filter(pl.any_horizontal(worst))


def _by_subject(frame: pl.DataFrame, order: Sequence[str]) -> dict[str, tuple[Row, ...]]:
    ordered = frame.sort("USUBJID", *order, nulls_last=True, maintain_order=True)
    found: dict[str, list[Row]] = {}
    for row in ordered.iter_rows(named=True):
        found.setdefault(row["USUBJID"], []).append(row)
    return {name: tuple(rows) for name, rows in found.items()}


def text(value: object) -> str:
    """A cell as text: dates as YYYY-MM-DD, nothing for missing."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def percent(value: object) -> str:
    """A percent change with sign and one decimal."""
    if not isinstance(value, (int, float)):
        return ""
    shown = rounded(value, 1)
    return shown.replace("-", "\N{MINUS SIGN}") if value <= 0 else f"+{shown}"


def lesion_tables(patient: PatientData) -> tuple[Table, ...]:
    """Lesions by time points with sum, changes and response, in parts that fit on paper."""
    visits = sorted({_visit(row) for row in patient.lesions})
    parts = [visits[at : at + VISITS_A_TABLE] for at in range(0, len(visits), VISITS_A_TABLE)]
    return tuple(_lesion_table(patient, part, whole=len(parts) == 1) for part in parts)


def _lesion_table(patient: PatientData, visits: list[int], *, whole: bool) -> Table:
    names = dict.fromkeys(
        (text(row["TRLNKID"]), text(row["ROLE"]), text(row["TRLOC"]))
        for row in sorted(patient.lesions, key=_lesion_order)
        if row["TRLNKID"]
    )
    rows = [
        (_lesion_name(*name), *(_cell(patient, name[0], visit) for visit in visits))
        for name in names
    ]
    rows += _sum_rows(patient, visits)
    responses = {_visit(row): text(row["AVALC"]) for row in patient.response("OVR")}
    said = (responses.get(visit, "") for visit in visits)
    rows.append(("Response", *("NN" if one == "NON-CR/NON-PD" else one for one in said)))
    shown = " ".join(cell for row in rows for cell in row[1:])
    part = "" if whole else f", time points {visits[0]} to {visits[-1]}"
    return Table(
        title=f"Lesions by time point (mm){part}",
        columns=("Lesion", *(_visit_head(patient, visit) for visit in visits)),
        rows=tuple(rows),
        footnotes=tuple(note for sign, note in SIGNS if sign in shown),
        rules=("R-020", "R-034", "R-037"),
    )


def _visit(row: Row) -> int:
    value = row["AVISITN"]
    return value if isinstance(value, int) else 0


_ROLES = {"TARGET": 0, "NON-TARGET": 1, "NEW": 2}


def _lesion_order(row: Row) -> tuple[int, str]:
    return _ROLES.get(text(row["ROLE"]), 3), text(row["TRLNKID"])


def _lesion_name(lesion: str, role: str, organ: str) -> str:
    place = f"{organ.lower()}, " if organ else ""
    return f"{lesion} ({place}{role.lower()})"


def _visit_head(patient: PatientData, visit: int) -> str:
    dates = [row["ADT"] for row in patient.lesions if _visit(row) == visit]
    scans = [day for day in dates if isinstance(day, date)]
    name = "Baseline" if visit == 0 else f"TP {visit}"
    return f"{name}\n{max(scans).isoformat()}" if scans else name


def _cell(patient: PatientData, lesion: str, visit: int) -> str:
    """A lesion at a time point: millimetres, or the state in words."""
    found = [r for r in patient.lesions if r["TRLNKID"] == lesion and _visit(r) == visit]
    if not found:
        return ""
    size, state = found[-1]["AVAL"], text(found[-1]["AVALC"])
    if not isinstance(size, (int, float)):
        return state if state == "NE" else state.lower()
    shown = rounded(size, 1)
    if state.startswith("TOO SMALL"):
        return f"{shown} (TSTM)"
    return shown if state in {"", "MEASURED", "ABSENT"} else f"{shown} ({state.lower()})"


def _sum_rows(patient: PatientData, visits: list[int]) -> list[tuple[str, ...]]:
    sums = {_visit(row): row for row in patient.lesions if row["PARAMCD"] == "SUMDIAM"}
    partial = {_visit(row): row for row in patient.lesions if row["PARAMCD"] == "SUMPART"}
    if not sums and not partial:
        return []

    def total(visit: int) -> str:
        row = sums.get(visit) or partial.get(visit)
        value = row["AVAL"] if row else None
        shown = rounded(value, 1) if isinstance(value, (int, float)) else ""
        return f"[{shown}]" if shown and visit not in sums else shown

    def change(visit: int, column: str) -> str:
        row = sums.get(visit) or partial.get(visit)
        return percent(row[column]) if row and visit > 0 else ""

    return [
        ("Sum of diameters", *(total(visit) for visit in visits)),
        ("% from baseline", *(change(visit, "PCHG") for visit in visits)),
        ("% from smallest earlier sum", *(change(visit, "PCHGNAD") for visit in visits)),
    ]


def response_table(patient: PatientData) -> Table | None:
    """Each time point with its responses, the reason and the rules; `None` without any."""
    reads = patient.response("OVR")
    if not reads:
        return None
    return Table(
        title="Response by time point",
        columns=(
            "Time point", "Date", "Day", "Target", "Non-target", "New lesion", "Response", "Why",
            "Rules",
        ),
        rows=tuple(_response_row(row) for row in reads),
    )  # fmt: skip


def _response_row(row: Row) -> tuple[str, ...]:
    response, first_read = text(row["AVALC"]), text(row["ASREAD"])
    notes = [f"first read as {first_read}"] if first_read not in {"", response} else []
    notes += ["after progression"] if row["POSTPDFL"] == "Y" else []
    return (
        text(row["AVISITN"]),
        text(row["ADT"]),
        text(row["ADY"]),
        text(row["TRGRESP"]) or DASH,
        text(row["NTRGRESP"]) or DASH,
        "yes" if row["NEWLFL"] == "Y" else "no",
        f"{response} ({', '.join(notes)})" if notes else response,
        _reason(row),
        text(row["RULEID"]),
    )


def _reason(row: Row) -> str:
    """Why a time point has its response, and what would change it."""
    change = text(row.get("WHATIF"))
    said = text(row["REASON"])
    return f"{said}. What would change it: {change}." if change else said


def times_table(patient: PatientData) -> Table | None:
    """Times to event with reason and source records; `None` without any.

    Of the sensitivity analyses only those are shown that give the patient another time.
    """
    if not patient.times:
        return None
    shown = [row for row in patient.times if not _repeats(patient, row)]
    same = len(patient.times) - len(shown)
    note = (
        f"{same} of the sensitivity analyses (C-10 to C-16, D-03) give the same and are not repeated; "
        "ADTTE has them all."
    )
    return Table(
        title="Times to event",
        columns=("Time", "From", "To", "Months", "Status", "Why", "Rules", "Source records"),
        rows=tuple(_time_row(row) for row in sorted(shown, key=_time_order)),
        footnotes=(note,) if same else (),
    )


_TIMES = ("PFS", "TTP", "DOR", "OS", "TTR", "TTF", "IPFS", "IDOR")
_VARIED = ("PFS", "DOR", "OS", "TTP")
_ALIKE = ("STARTDT", "ADT", "CNSR", "LEFTVAL")


def _repeats(patient: PatientData, row: Row) -> bool:
    """Whether a sensitivity analysis gives what the main analysis gives."""
    code = text(row["PARAMCD"])
    stem = next((one for one in _VARIED if code.startswith(one) and code != one), None)
    main = patient.time(stem) if stem else None
    return main is not None and all(row[name] == main[name] for name in _ALIKE)


def _time_order(row: Row) -> tuple[int, str]:
    code = text(row["PARAMCD"])
    return (_TIMES.index(code) if code in _TIMES else len(_TIMES), code)


def _time_row(row: Row) -> tuple[str, ...]:
    days = row["AVAL"]
    source = " ".join(part for part in (text(row["SRCDOM"]), text(row["SRCSEQ"])) if part)
    return (
        text(row["PARAM"]),
        text(row["STARTDT"]),
        text(row["ADT"]),
        months(days) if isinstance(days, int) else "",
        f"{text(row['EVNTDESC'])} (event)" if row["CNSR"] == 0 else "censored",
        text(row["REASON"]),
        text(row["RULEID"]),
        source,
    )


def events_table(patient: PatientData) -> Table | None:
    """Adverse events in the order of onset; `None` without any."""
    if not patient.events:
        return None
    return Table(
        title="Adverse events",
        columns=("Event", "Grade", "Start", "Day", "Serious", "Related to", "Emergent"),
        rows=tuple(_event_row(row) for row in patient.events),
    )


def _event_row(row: Row) -> tuple[str, ...]:
    return (
        text(row["AEDECOD"]) or text(row["AETERM"]),
        text(row["ATOXGRN"]) or "unknown",
        text(row["ASTDT"]) + (" (imputed)" if row["ASTDTF"] else ""),
        text(row["ASTDY"]),
        "yes" if row["AESER"] == "Y" else "no",
        text(row["ARELCOMP"]).replace(";", ", ") or ("yes" if row["AREL"] == "Y" else "no"),
        "yes" if row["TRTEMFL"] == "Y" else "no",
    )


def labs_table(patient: PatientData) -> Table | None:
    """Worst laboratory grades on treatment with their basis; `None` without any of grade 2 or more."""
    if not patient.labs:
        return None
    return Table(
        title="Laboratory: worst grades on treatment, 2 or more",
        columns=("Test", "Date", "Value", "Grade", "Why", "After a procedure", "Rules"),
        rows=tuple(_lab_row(row) for row in patient.labs),
    )


def _lab_row(row: Row) -> tuple[str, ...]:
    grades = [row[f"ATOXGR{side}"] for side in "LH" if row[f"WORST{side}FL"] == "Y"]
    return (
        text(row["PARAM"]),
        text(row["ADT"]),
        f"{text(row['AVALQ'])}{text(row['AVALC'])}",
        ", ".join(text(grade) for grade in grades if isinstance(grade, int) and grade >= _NOTED),
        text(row["REASON"]),
        text(row["PROCDT"]),
        text(row["RULEID"]),
    )
