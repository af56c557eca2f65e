"""Chapters 5 to 8: flow, response, time to event, safety."""

from __future__ import annotations

from collections.abc import Callable

from trialwright.core.results import Result, tables_of
from trialwright.report.blocks import Block, Chapter, FigureBlock, Heading, TableBlock, Text
from trialwright.report.document import ReportInput, figures_of

#: Starts of result keys by chapter, in the order in which they are shown.
FLOW = ("DISPOSITION", "CHARACTERISTICS", "BASELINE")
RESPONSE = (
    "BOR", "ORR", "CR_RATE", "DCR", "CBR", "SITE", "ABLATION", "TTR", "TUMOR_SIZE", "DEPTH", "IORR",
    "IBEYOND", "CONCORDANCE", "MORR", "MRECIST", "REPORTED", "PENDING", "SUBGROUPS", "OPTIONS",
    "SPECIFICATION", "LOCAL",
)  # fmt: skip
SAFETY = (
    "AE", "TEAE", "TRAE", "AESI", "SAE", "DLT", "EXPOSURE", "MORTALITY", "DEATH", "WORST", "GRADE",
    "LABGRADES", "LIVER", "REGRADING",
)  # fmt: skip
TIME = ("PFS", "TTP", "OS", "DOR", "IPFS", "COURSE")
#: Results whose pictures say more than their listing come with the pictures first.
PICTURES_FIRST = ("DEPTH", "COURSE")


def _rank(result: Result, codes: tuple[str, ...]) -> int:
    """Place of a result among `codes`, by the longest code that its key starts with; -1 none."""
    key = result.key.partition(".")[0]
    fits = [i for i, code in enumerate(codes) if key == code or key.startswith(f"{code}_")]
    return max(fits, key=lambda i: len(codes[i]), default=-1)


def _belongs(codes: tuple[str, ...]) -> Callable[[Result], bool]:
    return lambda result: _rank(result, codes) >= 0


def _other(result: Result) -> bool:
    return all(_rank(result, codes) < 0 for codes in (FLOW, RESPONSE, SAFETY, TIME))


def flow_chapter(report: ReportInput) -> Chapter:
    """Flow of subjects and analysis sets."""
    return Chapter("Flow and analysis sets", _blocks(report, FLOW, _belongs(FLOW)))


def response_chapter(report: ReportInput) -> Chapter:
    """Response rates, waterfall, spider."""
    blocks = _blocks(report, RESPONSE, _belongs(RESPONSE))
    return Chapter("Response", (Text(_response_note(report)), *blocks) if blocks else ())


def _response_note(report: ReportInput) -> str:
    rule = report.protocol.response
    confirmed = "with" if rule.confirmation == "required" else "without"
    source = (
        "Responses are those that the reader reported (RS): none was derived from lesions (R-142)."
        if rule.response_source == "reported"
        else "Every response is derived from the lesion measurements by RECIST 1.1; a response "
        "that a reader stated (RS) is compared and decides nothing."
    )
    return (
        f"{source} The main rate is read "
        f"{confirmed} confirmation (a confirming scan at least {rule.confirm_days} days later, "
        f"R-062); stable disease counts from {rule.sd_min_days} days after the start (R-063). Both readings are "
        "reported (R-071)."
    )


def time_chapter(report: ReportInput) -> Chapter:
    """Progression-free and overall survival, duration of response, course of each patient."""
    blocks = _blocks(report, TIME, _belongs(TIME))
    others = _blocks(report, (), _other)
    further: tuple[Block, ...] = (Heading("Further results"), *others) if others else ()
    return Chapter("Time to event", (*blocks, *further))


def safety_chapter(report: ReportInput) -> Chapter:
    """Adverse events."""
    return Chapter("Safety", _blocks(report, SAFETY, _belongs(SAFETY)))


def _blocks(
    report: ReportInput, order: tuple[str, ...], chosen: Callable[[Result], bool]
) -> tuple[Block, ...]:
    """Tables and figures of the chosen results: all patients, then cohort by cohort."""
    results = sorted(
        (result for result in report.results if chosen(result)),
        key=lambda result: _rank(result, order),
    )
    blocks: list[Block] = []
    groups = _groups(report)
    headed = any(result.key.partition(".")[2] for result in results)
    for cohort, name in groups.items():
        group = [result for result in results if result.key.partition(".")[2] == cohort]
        if group and headed:
            blocks.append(Heading(name))
        blocks += [block for result in group for block in _result_blocks(result)]
    return tuple(blocks)


def _groups(report: ReportInput) -> dict[str, str]:
    """Cohort ids of the results with their names, all patients first."""
    groups = {"": "All patients"}
    groups |= {cohort.id: cohort.name for cohort in report.protocol.cohorts or ()}
    found = (result.key.partition(".")[2] for result in report.results)
    return groups | {cohort: cohort for cohort in sorted(set(found)) if cohort not in groups}


def _result_blocks(result: Result) -> tuple[Block, ...]:
    tables = tuple(TableBlock(table) for table in tables_of(result))
    figures = tuple(FigureBlock(figure) for figure in figures_of(result))
    pictures_first = _rank(result, PICTURES_FIRST) >= 0
    return (*figures, *tables) if pictures_first else (*tables, *figures)
