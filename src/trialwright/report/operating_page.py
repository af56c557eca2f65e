"""Operating characteristics as one HTML document in the looks of the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from trialwright._version import __version__
from trialwright.core.display import Figure, Table
from trialwright.core.results import Result, tables_of
from trialwright.operating.characteristics import (
    Characteristics,
    ScenarioResults,
    read_characteristics,
)
from trialwright.operating.study import Study
from trialwright.operating.totals import Totals
from trialwright.protocol.model import Protocol
from trialwright.report.blocks import Block, Chapter, FigureBlock, Heading, TableBlock, Text
from trialwright.report.document import Assumption, figures_of
from trialwright.report.html import Page, render_page
from trialwright.report.words import design_line
from trialwright.simulate.assumptions import assumed_numbers

_LEAD = (
    "Every trial is simulated patient by patient and lesion by lesion, and read by the same rules as "
    "real data: what confirmation, missed and late scans and reader noise do to decisions and "
    "estimates is in the numbers. Standard errors in brackets are those of the simulation."
)
_ARMS = (
    "The protocol names several arms or randomisation. Here every subject of a cohort has one "
    "assumed truth, and rates are judged against fixed null rates: arms are not compared."
)


def study_page(
    study: Study, totals: Totals, further: Mapping[str, Sequence[Result | Figure]]
) -> str:
    """Write the operating characteristics of a study with its assumptions and calibrations.

    Parameters
    ----------
    study, totals
        The study, and the totals of all its trials.
    further
        What else belongs to a scenario, by its id, such as the sums of one of its trials.

    Raises
    ------
    DataError
        When the totals are not of this study.
    """
    lines = {
        one.scenario.id: [
            Assumption(path=path, value=value, source=source)
            for path, value, source in assumed_numbers(one.scenario)
        ]
        for one in study.assumed
    }
    more = {
        one.scenario.id: [
            *([] if one.calibration is None else [one.calibration]),
            *further.get(one.scenario.id, ()),
        ]
        for one in study.assumed
    }
    found = read_characteristics(study.grid, totals)
    return operating_page(found, study.protocol, lines, more)


def operating_page(
    found: Characteristics,
    protocol: Protocol,
    assumptions: Mapping[str, Sequence[Assumption]],
    further: Mapping[str, Sequence[Result | Figure]],
) -> str:
    """Write the operating characteristics of a protocol.

    Parameters
    ----------
    found
        All results.
    protocol
        The protocol that was simulated.
    assumptions
        Numbers of each scenario by its id.
    further
        What else belongs to a scenario: its calibration, the sums of one of its trials.

    Returns
    -------
    str
        HTML; equal text for equal input.
    """
    page = Page(
        title=f"Operating characteristics: {protocol.title}",
        trial=protocol.id,
        design=design_line(protocol),
        banner=f"Simulated: {found.trials} trials, seed {found.seed}",
        version=__version__,
    )
    chapters = [_overview(found, protocol)]
    chapters += [_scenario(one, further.get(one.id, ())) for one in found.scenarios]
    chapters += [_assumed(one, assumptions.get(one.id, ())) for one in found.scenarios]
    return render_page(page, chapters, frozenset())


def _overview(found: Characteristics, protocol: Protocol) -> Chapter:
    blocks: list[Block] = [Text(_LEAD)]
    design = protocol.design
    if design.allocation == "RANDOMIZED" or design.single_arm is False or (design.arms or 1) > 1:
        blocks.append(Text(_ARMS))
    for one in found.curves:
        blocks += _shown(one)
    return Chapter("Over all scenarios" if found.curves else "About this document", tuple(blocks))


def _scenario(one: ScenarioResults, further: Sequence[Result | Figure]) -> Chapter:
    blocks: list[Block] = []
    for result in one.results:
        blocks += _shown(result)
    for more in further:
        blocks += [FigureBlock(more)] if isinstance(more, Figure) else _shown(more)
    return Chapter(f"{one.title} ({one.id})", tuple(blocks))


def _shown(result: Result) -> Iterator[Block]:
    """Figures after the first table, which names what they show."""
    first, *others = tables_of(result)
    yield TableBlock(first)
    yield from (FigureBlock(figure) for figure in figures_of(result))
    yield from (TableBlock(table) for table in others)


def _assumed(one: ScenarioResults, lines: Sequence[Assumption]) -> Chapter:
    if not lines:
        return Chapter("", ())
    table = Table(
        title=f"Assumed truth: {one.id}",
        columns=("Number", "Value", "Source"),
        rows=tuple((line.path, line.value, line.source) for line in lines),
    )
    return Chapter(f"Assumptions of {one.id}", (Heading(one.title), TableBlock(table, plan=True)))
