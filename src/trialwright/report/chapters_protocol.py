"""Chapters 1 to 4: what the record says, what it leaves open, the choices in force, the design."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from trialwright.core.display import Table
from trialwright.core.results import tables_of
from trialwright.protocol.base import Finding, Severity, Source
from trialwright.protocol.model import Component, Protocol
from trialwright.protocol.modification import modification_words
from trialwright.protocol.paths import covering, get_value, source_of, sources_by_path
from trialwright.protocol.rules import EndpointDefinition
from trialwright.report.blocks import (
    Block,
    Chapter,
    FigureBlock,
    Heading,
    Question,
    TableBlock,
    Text,
)
from trialwright.report.chapters_schedule import schedule_blocks
from trialwright.report.document import ReportInput, figures_of
from trialwright.report.words import RULES, member_names, path_words, value_words

SEVERITIES: Mapping[Severity, str] = {
    "error": "Errors: the trial cannot be run or analysed as written",
    "warning": "Warnings: a choice that changes numbers is open",
    "note": "Notes: wording, or usual information that is not in the record",
}
WHO = {
    "record": "as the record says",
    "inferred": "inferred from the record",
    "default": "default of the program, accepted for this report",
    "user": "decided by a person",
}
_RULE_AT_END = re.compile(r" \(([A-Z]-\d+[a-z]?(?:, [A-Z]-\d+[a-z]?)*)\)$")
#: Findings that only announce a default; chapter 3 lists every one of them.
OPTION_CODE = "option_open"


def record_chapter(report: ReportInput) -> Chapter:
    """What the record says: facts with their words, endpoints, regimen."""
    protocol = report.protocol
    facts = [source for source in protocol.sources if source.kind in {"record", "inferred"}]
    blocks: list[Block] = []
    if report.record_text is None:
        blocks.append(Text("No registered record was read; the protocol file speaks for itself."))
    if facts:
        blocks.append(TableBlock(_facts_table(protocol, facts)))
    if protocol.endpoints:
        blocks.append(TableBlock(_endpoints_table(protocol.endpoints)))
    if protocol.regimen:
        blocks.append(TableBlock(_regimen_table(protocol.regimen)))
        blocks += [TableBlock(one) for one in _modification_table(protocol.regimen)]
    return Chapter("What the record says", tuple(blocks))


def _facts_table(protocol: Protocol, facts: list[Source]) -> Table:
    cells = [(source.path, _fact_row(protocol, source)) for source in facts]
    rows, levels = _grouped(cells, member_names(protocol))
    return Table(
        title="Registered facts and the words they come from",
        columns=("Fact", "Value", "Words of the record", "Characters"),
        rows=rows,
        levels=levels,
        footnotes=("Characters: first and last position in the registered text.",),
    )


def _fact_row(protocol: Protocol, source: Source) -> tuple[str, ...]:
    value = _value(protocol, source)
    said = f"\u201c{source.quote}\u201d" if source.quote else ""
    step = f"({source.reason or 'inferred'})" if source.kind == "inferred" else ""
    place = "" if source.start is None else f"{source.start}\N{EN DASH}{source.end}"
    shown = "as quoted" if value == source.quote else value
    return (shown, f"{said} {step}".strip(), place)


def _grouped(
    facts: list[tuple[str, tuple[str, ...]]], names: Mapping[str, str]
) -> tuple[tuple[tuple[str, ...], ...], tuple[int, ...]]:
    """Rows named by their path, under a row for each part of the protocol, with their levels."""
    rows: list[tuple[str, ...]] = []
    levels: list[int] = []
    section = ""
    for path, cells in facts:
        head, _, rest = path_words(path, names).partition(": ")
        if rest and head != section:
            rows.append((head, *("" for _ in cells)))
            levels.append(0)
        section = head
        rows.append((rest or head, *cells))
        levels.append(1 if rest else 0)
    return tuple(rows), tuple(levels)


def _value(protocol: Protocol, source: Source) -> str:
    return value_words(get_value(protocol, source.path))


def _endpoints_table(endpoints: tuple[EndpointDefinition, ...]) -> Table:
    def row(one: EndpointDefinition) -> tuple[str, ...]:
        return (
            one.id,
            one.role,
            one.measure,
            value_words(one.origin) if one.origin else "",
            value_words(one.events) if one.events else "",
            one.time_frame or "not stated",
        )

    return Table(
        title="Endpoints, as settled",
        columns=("Endpoint", "Role", "Registered as", "Starts at", "Events", "Time frame"),
        rows=tuple(row(one) for one in sorted(endpoints, key=lambda e: e.role != "primary")),
    )


def _regimen_table(regimen: tuple[Component, ...]) -> Table:
    return Table(
        title="Regimen, as settled",
        columns=("Component", "Kind", "Dose", "Route", "When"),
        rows=tuple(
            (
                part.name,
                part.kind or "",
                value_words(part.dose) if part.dose else "not stated",
                part.route or "",
                _schedule(part),
            )
            for part in regimen
        ),
    )


def _modification_table(regimen: tuple[Component, ...]) -> Iterator[Table]:
    """What toxicity does to the doses, where the protocol says it."""
    ruled = [(part.name, part.modification) for part in regimen if part.modification]
    if ruled:
        yield Table(
            title="Doses after toxicity, as settled",
            columns=("Component", "A related adverse event"),
            rows=tuple((name, modification_words(rule)) for name, rule in ruled),
        )


def _schedule(part: Component) -> str:
    said = [
        f"every {part.interval_days} days" if part.interval_days else "",
        f"days {value_words(part.days_in_cycle)}" if part.days_in_cycle else "",
        f"of {part.cycle_length_days} days"
        if part.cycle_length_days and part.days_in_cycle
        else "",
        f"for {part.duration_days} days" if part.duration_days else "",
    ]
    for anchor in part.anchors or ():
        offset = f"{anchor.offset_days} days " if anchor.offset_days else ""
        said.append(f"{offset}{anchor.relation} {value_words(anchor.event)}")
    return " ".join(words for words in said if words) or part.frequency or "not stated"


def findings_chapter(report: ReportInput) -> Chapter:
    """What the record leaves open, by severity, each with how it was settled."""
    asked = [finding for finding in report.findings if finding.code != OPTION_CODE]
    options = len(report.findings) - len(asked)
    blocks: list[Block] = [Text(_counts(asked, options))]
    for severity, title in SEVERITIES.items():
        group = [finding for finding in asked if finding.severity == severity]
        if group:
            blocks.append(Heading(title, note=f"{len(group)}"))
            blocks += [_question(report.protocol, finding) for finding in group]
    return Chapter("What it leaves open", tuple(blocks))


def _counts(asked: list[Finding], options: int) -> str:
    if not asked and not options:
        return "No question about the record was raised."
    said = ", ".join(
        f"{count} {name}{'s' if count != 1 else ''}"
        for name in SEVERITIES
        if (count := sum(finding.severity == name for finding in asked))
    )
    more = (
        f" Options of the analysis that the record does not fix are in chapter 3 ({options} of "
        "them were open)."
    )
    return f"A careful reading raises {said or 'no question'}." + (more if options else "")


def _question(protocol: Protocol, finding: Finding) -> Question:
    sources = sources_by_path(protocol)
    paths = finding.proposal or {finding.path: None}
    decisions = tuple(
        decision
        for path in paths
        if (decision := _decision(protocol, sources, path, proposed=bool(finding.proposal)))
    )
    return Question(
        severity=finding.severity,
        code=finding.code.replace("_", " "),
        message=finding.message,
        quote=finding.quote or "",
        decisions=decisions,
        reason=finding.reason or "",
        rule=finding.rule or "",
    )


def _decision(
    protocol: Protocol, sources: Mapping[str, Source], path: str, *, proposed: bool
) -> tuple[str, str, str] | None:
    """What was settled at a path, `None` when nobody has decided anything there."""
    if path.partition(".")[0] not in type(protocol).model_fields:
        return None
    value, source = get_value(protocol, path), source_of(sources, path)
    if value is None or source is None or (source.kind == "record" and not proposed):
        return None
    return (path_words(path, member_names(protocol)), value_words(value), WHO[source.kind])


def choices_chapter(report: ReportInput) -> Chapter:
    """Every default in force and, for a simulation, every assumption (T-22)."""
    blocks: list[Block] = []
    if report.defaults:
        blocks += [
            Text(
                "Neither the record nor a person decided the following values. They are defaults "
                "of the program; the results below rest on them. To change one, give it with "
                "--set, or edit a copy of protocol.yaml and give it with --protocol."
            ),
            TableBlock(_defaults_table(report)),
        ]
    else:
        blocks.append(Text("No default is in force: the record or a person decided every value."))
    if report.assumptions:
        blocks.append(TableBlock(_assumptions_table(report)))
    if report.calibration is not None:
        blocks += [TableBlock(one) for one in tables_of(report.calibration)]
    return Chapter("Choices in force", tuple(blocks))


def _defaults_table(report: ReportInput) -> Table:
    facts = [(source.path, _default_cells(report, source)) for source in report.defaults]
    rows, levels = _grouped(facts, member_names(report.protocol))
    return Table(
        title="Defaults in force",
        columns=("Choice", "Value", "Rule", "Reason", "Field of the protocol"),
        rows=rows,
        levels=levels,
        number="T-22",
        population=f"{len(report.defaults)} defaults",
    )


def _default_cells(report: ReportInput, source: Source) -> tuple[str, ...]:
    """Value, rule, reason and path; a rule that ends the reason moves to its own column."""
    reason = source.reason or ""
    named = _RULE_AT_END.search(reason)
    known = next((RULES[above] for above in covering(source.path) if above in RULES), "")
    rule = named.group(1) if named else known
    reason = reason[: named.start()] if named else reason
    return (_value(report.protocol, source), rule, reason, source.path)


def _assumptions_table(report: ReportInput) -> Table:
    return Table(
        title="Assumed truth of the simulation",
        columns=("Quantity", "Value", "Source"),
        rows=tuple((path_words(a.path), a.value, a.source) for a in report.assumptions),
        footnotes=("Simulated patients follow these numbers; they are not findings.",),
    )


def design_chapter(report: ReportInput) -> Chapter:
    """What the sample size can show, or why this cannot be said; what is planned when."""
    if report.design is None:
        return Chapter("Design", ())
    planned = schedule_blocks(report.protocol)
    if isinstance(report.design, str):
        return Chapter("Design", (Text(report.design, callout=True), *planned))
    tables = tuple(TableBlock(table) for table in tables_of(report.design))
    figures = tuple(FigureBlock(figure) for figure in figures_of(report.design))
    return Chapter("Design", (*tables, *figures, *planned))
