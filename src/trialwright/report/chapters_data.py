"""Chapters 9 to 11: the patients one by one, what was not used, where everything comes from."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from trialwright.core.display import Table, patient_anchor
from trialwright.core.format import months
from trialwright.report.blocks import Block, Chapter, Facts, Heading, TableBlock, Text
from trialwright.report.document import PatientPage, ReportInput
from trialwright.report.patient_tables import (
    DASH,
    PERSON,
    PatientData,
    events_table,
    labs_table,
    lesion_tables,
    patients_of,
    percent,
    response_table,
    text,
    times_table,
)


def patients_chapter(report: ReportInput) -> Chapter:
    """An index, then one section for each subject."""
    patients = patients_of(report.adam, report.protocol.response.evaluator or "")
    pages = {page.usubjid: page for page in report.patients}
    if len({patient.person["COHORT"] for patient in patients}) < 2:
        patients = tuple(replace(p, person=p.person | {"COHORT": None}) for p in patients)
    blocks: list[Block] = []
    if patients:
        blocks.append(TableBlock(_index(patients)))
    for patient in patients:
        blocks += _section(patient, pages.get(text(patient.person["USUBJID"])))
    return Chapter("Patients", tuple(blocks))


def _index(patients: tuple[PatientData, ...]) -> Table:
    cohorts = any(patient.person["COHORT"] for patient in patients)
    names = ("Patient", "Cohort", "Confirmed BOR", "Best change (%)", "PFS (months)",
             "OS (months)", "Status")  # fmt: skip
    rows = [_index_row(patient) for patient in patients]
    keep = [i for i in range(len(names)) if cohorts or i != 1]
    return Table(
        title="All subjects",
        columns=tuple(names[i] for i in keep),
        rows=tuple(tuple(row[i] for i in keep) for row in rows),
        population=f"All subjects (N = {len(patients)})",
        footnotes=("+ censored. Best change: lowest complete sum among the scans that count.",),
        links=tuple(patient_anchor(text(p.person["USUBJID"])) for p in patients),
    )


def _index_row(patient: PatientData) -> tuple[str, ...]:
    return (
        short_name(patient),
        text(patient.person["COHORT"]),
        _best_response(patient) or DASH,
        _best_change(patient) or DASH,
        _time(patient, "PFS") or DASH,
        _time(patient, "OS") or DASH,
        _status(patient),
    )


def short_name(patient: PatientData) -> str:
    """SUBJID, else USUBJID."""
    return text(patient.person["SUBJID"]) or text(patient.person["USUBJID"])


def _best_response(patient: PatientData) -> str:
    found = patient.response("CBOR")
    return text(found[0]["AVALC"]) if found else ""


def _best_change(patient: PatientData) -> str:
    """Lowest change of a complete sum at a time point that counts for best response."""
    counted = {row["AVISITN"] for row in patient.response("OVR") if row["ANL01FL"] == "Y"}
    changes = [
        float(value)
        for row in patient.lesions
        if row["PARAMCD"] == "SUMDIAM" and row["AVISITN"] in counted
        for value in (row["PCHG"],)
        if isinstance(value, (int, float))
    ]
    return percent(min(changes)) if changes else ""


def _time(patient: PatientData, code: str) -> str:
    row = patient.time(code)
    if row is None or not isinstance(row["AVAL"], int):
        return ""
    return months(row["AVAL"]) + ("+" if row["CNSR"] == 1 else "")


def _status(patient: PatientData) -> str:
    person = patient.person
    if person["ENRLFL"] != "Y":
        return "not enrolled"
    for column, said in (("DTHDT", "died"), ("WDRAWDT", "withdrew"), ("LOSTDT", "lost")):
        if person[column] is not None:
            return said
    if person["TRTSDT"] is None:
        return "alive, not treated"
    return "alive, on treatment" if person["EOTDT"] is None else "alive, off treatment"


def _section(patient: PatientData, page: PatientPage | None) -> list[Block]:
    usubjid = text(patient.person["USUBJID"])
    blocks: list[Block] = [
        Heading(
            f"Patient {usubjid}", patient_anchor(usubjid), page.headline if page else _line(patient)
        ),
        Facts(_person(patient)),
    ]
    said = _unsaid(patient, page.rows) if page and page.rows else _best_rows(patient)
    if said:
        blocks.append(Facts(said, sentences=True))
    blocks += [TableBlock(table, quiet=True) for table in lesion_tables(patient)]
    found = (table(patient) for table in (response_table, times_table, events_table, labs_table))
    blocks += [TableBlock(table, quiet=True) for table in found if table is not None]
    if patient.queries:
        blocks.append(
            Facts(tuple((text(q["RULEID"]), text(q["MESSAGE"])) for q in patient.queries))
        )
    return blocks


def _unsaid(patient: PatientData, rows: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Explanations that the tables of responses and times do not give already."""
    told = [text(row["REASON"]) for row in (*patient.response("OVR"), *patient.times)]
    reasons = [reason for reason in told if reason]
    return tuple(row for row in rows if not any(reason in row[1] for reason in reasons))


def _line(patient: PatientData) -> str:
    best, change = _best_response(patient), _best_change(patient)
    pfs, os = _time(patient, "PFS"), _time(patient, "OS")
    parts = (
        f"confirmed {best}" if best else "",
        f"best change {change} %" if change else "",
        f"PFS {pfs} months" if pfs else "",
        f"OS {os} months" if os else "",
        _status(patient),
    )
    return " \N{MIDDLE DOT} ".join(part for part in parts if part)


#: Dates that may have been completed, and the rule.
_IMPUTED = {"DTHDT": "D-05", "NACTDT": "D-06"}


def _person(patient: PatientData) -> tuple[tuple[str, str], ...]:
    """Who it is, then the dates that exist."""
    person = patient.person
    age = f"{person['AGE']} years" if person["AGE"] is not None else ""
    who = ", ".join(part for part in (age, text(person["SEX"]), text(person["COHORT"])) if part)
    rows = [("Person", who)] if who else []
    for column, name in PERSON:
        if person[column] is None:
            continue
        reason = text(person["EOTREAS"]).lower() if column == "EOTDT" else ""
        if column in _IMPUTED and person[f"{column}F"]:
            reason = f"partial date, imputed, rule {_IMPUTED[column]}"
        rows.append((name, text(person[column]) + (f" ({reason})" if reason else "")))
    if text(person["SETREAS"]):
        rows.append(("Not in every set", text(person["SETREAS"])))
    return tuple(rows)


def _best_rows(patient: PatientData) -> tuple[tuple[str, str], ...]:
    """Best overall responses with their reasons, unless the page brought its own words."""
    names = (("CBOR", "Best response, confirmed"), ("BOR", "Best response, unconfirmed"))
    return tuple(
        (name, _with_reason(row["AVALC"], row["REASON"], row["RULEID"]))
        for code, name in names
        for row in patient.response(code)[:1]
    )


def _with_reason(response: object, reason: object, rules: object) -> str:
    said = f"{text(response)}: {text(reason)}" if reason else text(response)
    return f"{said} [{text(rules)}]" if rules else said


def issues_chapter(report: ReportInput) -> Chapter:
    """Records that were not used and queries (L-12)."""
    adam = report.adam
    blocks: list[Block] = [Text(_reconciliation(report))]
    if adam.unused.height:
        blocks.append(TableBlock(_unused_table(report)))
    if adam.queries.height:
        blocks.append(TableBlock(_queries_table(report)))
    return Chapter("Data issues", tuple(blocks))


def _reconciliation(report: ReportInput) -> str:
    unused, queries = report.adam.unused.height, report.adam.queries.height
    first = f"{unused} source records were not used" if unused else "Every source record was used"
    second = f"{queries} flags and queries were raised" if queries else "no query was raised"
    return f"{first}; {second}. No subject and no record leaves the analysis without a line here."


def _anchors(report: ReportInput, subjects: pl.Series) -> tuple[str, ...]:
    known = set(report.adam["ADSL"]["USUBJID"].to_list())
    return tuple(patient_anchor(name) if name in known else "" for name in subjects.to_list())


def _unused_table(report: ReportInput) -> Table:
    unused = report.adam.unused.sort("USUBJID", "DOMAIN", "SRCSEQ", "RULEID", nulls_last=True)
    columns = ("USUBJID", "DOMAIN", "SRCSEQ", "RULEID", "REASON")
    return Table(
        title="Source records that were not used",
        columns=("Subject", "Domain", "Sequence", "Rule", "Why"),
        rows=tuple(tuple(text(row[c]) for c in columns) for row in unused.iter_rows(named=True)),
        number="L-12",
        population=f"{unused.height} records",
        links=_anchors(report, unused["USUBJID"]),
    )


def _queries_table(report: ReportInput) -> Table:
    queries = report.adam.queries.sort("USUBJID", "RULEID", "MESSAGE", nulls_last=True)
    columns = ("USUBJID", "SEVERITY", "RULEID", "MESSAGE", "DO")
    return Table(
        title="Flags and queries",
        columns=("Subject", "Severity", "Rule", "Message", "What to do"),
        rows=tuple(tuple(text(row[c]) for c in columns) for row in queries.iter_rows(named=True)),
        number="L-12",
        population=f"{queries.height} flags and queries",
        links=_anchors(report, queries["USUBJID"]),
    )


def provenance_chapter(report: ReportInput) -> Chapter:
    """Program, cut-off, seed, files and datasets with their digests."""
    where = report.provenance
    facts = [("Program", f"trialwright {where.version}")]
    if where.cutoff:
        facts.append(("Data cut-off", f"{where.cutoff} ({where.cutoff_source})"))
    if report.simulated:
        facts.append(("Data", report.simulated))
    if where.seed is not None:
        facts.append(("Seed", str(where.seed)))
    if report.protocol.record_sha256:
        facts.append(("Record (SHA-256)", report.protocol.record_sha256))
    blocks: list[Block] = [Facts(tuple(facts))]
    for title, rows in (("Files read", where.inputs), ("Datasets derived", where.datasets)):
        if rows:
            blocks.append(TableBlock(Table(title=title, columns=("Name", "SHA-256"), rows=rows)))
    return Chapter("Provenance", tuple(blocks))
