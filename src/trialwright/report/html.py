"""One self-contained HTML file: no script, no network, readable on paper and on a phone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from trialwright.core.display import Figure, Mark, Table, patient_anchor
from trialwright.report.blocks import (
    Chapter,
    Facts,
    FigureBlock,
    Heading,
    Question,
    TableBlock,
    Text,
)
from trialwright.report.chapters_data import (
    issues_chapter,
    patients_chapter,
    provenance_chapter,
)
from trialwright.report.chapters_protocol import (
    choices_chapter,
    design_chapter,
    findings_chapter,
    record_chapter,
)
from trialwright.report.chapters_results import (
    flow_chapter,
    response_chapter,
    safety_chapter,
    time_chapter,
)
from trialwright.report.document import Headline, ReportInput
from trialwright.report.headlines import headlines
from trialwright.report.svg import SVG, figure_svg
from trialwright.report.words import design_line

CHAPTERS = (
    record_chapter, findings_chapter, choices_chapter, design_chapter, flow_chapter,
    response_chapter, time_chapter, safety_chapter, patients_chapter, issues_chapter,
    provenance_chapter,
)  # fmt: skip
_RULE_ID = re.compile(r"\b[A-Z]-\d{1,3}[a-z]?\b")
_WORD = re.compile(rf"{_RULE_ID.pattern}|\bNON-CR/NON-PD\b|\b\d{{4}}-\d{{2}}-\d{{2}}\b")
_NUMERIC = re.compile("[-<>+\N{MINUS SIGN}\N{EN DASH}0-9.,%()\\[\\] ]*")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}.*")


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell: text, the anchor it leads to, and how its column is set ("name", "num", "long")."""

    text: str
    link: str = ""
    look: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """A numbered table or figure, ready for the template."""

    kind: str
    anchor: str
    number: str
    title: str
    catalogue: str
    facts: tuple[str, ...]
    footnotes: tuple[str, ...]
    columns: tuple[Cell, ...] = ()
    rows: tuple[tuple[int, tuple[Cell, ...]], ...] = ()
    svg: Markup = Markup()  # noqa: RUF009 - immutable
    quiet: bool = False
    plan: bool = False

    @property
    def narrow(self) -> bool:
        """Whether the columns of numbers should stand close to the names of the rows."""
        return 1 < len(self.columns) <= 3 and all(cell.look == "num" for cell in self.columns[1:])

    @property
    def short(self) -> bool:
        """Whether a page of paper holds the whole table."""
        return len(self.rows) <= 18


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter with its number and its blocks, exhibits numbered."""

    number: int
    anchor: str
    title: str
    blocks: tuple[Text | Heading | Facts | Question | Exhibit, ...]

    @property
    def parts(self) -> tuple[Heading, ...]:
        """Headings that the contents list: those of the patients stay out."""
        found = (block for block in self.blocks if isinstance(block, Heading))
        return tuple(heading for heading in found if not heading.anchor.startswith("patient-"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What stands at the top of a document.

    Attributes
    ----------
    trial, design
        Id of the trial, and a line on its design.
    banner
        What every table and figure repeats, such as "Simulated data"; empty for collected data.
    cutoff
        Data cut-off as YYYY-MM-DD, empty where there are no data.
    """

    title: str
    trial: str
    design: str
    banner: str
    version: str
    cutoff: str = ""
    headlines: tuple[Headline, ...] = ()


def render_report(report: ReportInput) -> str:
    """Write the whole report as one HTML document.

    Parameters
    ----------
    report
        Everything that is shown. Registered text and data are escaped; nothing in them becomes
        markup.

    Returns
    -------
    str
        HTML; equal text for equal input.
    """
    known = frozenset(patient_anchor(name) for name in report.adam["ADSL"]["USUBJID"].to_list())
    page = Page(
        title=report.protocol.title,
        trial=report.protocol.id,
        design=design_line(report.protocol),
        banner=report.simulated,
        cutoff=report.provenance.cutoff,
        headlines=headlines(report),
        version=report.provenance.version,
    )
    return render_page(page, [chapter(report) for chapter in CHAPTERS], known)


def render_page(page: Page, chapters: Sequence[Chapter], known: frozenset[str]) -> str:
    """Write chapters as one HTML document in the looks of the report.

    Parameters
    ----------
    page
        What stands above the chapters.
    chapters
        Those without blocks are left out.
    known
        Anchors of patients that links may lead to.
    """
    environment = Environment(
        loader=PackageLoader("trialwright.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {"css_string": css_string, "whole": whole}
    return environment.get_template("report.html.j2").render(
        title=page.title,
        trial=page.trial,
        design=page.design,
        banner=page.banner,
        cutoff=page.cutoff,
        headlines=page.headlines,
        version=page.version,
        sections=sections_of(page, chapters, known),
    )


def sections_of(
    page: Page, chapters: Sequence[Chapter], known: frozenset[str]
) -> tuple[Section, ...]:
    """Chapters that have something to say, numbered, links to unknown patients taken out."""
    filled = [chapter for chapter in chapters if chapter.blocks]
    return tuple(
        _section(page, chapter, number, known) for number, chapter in enumerate(filled, start=1)
    )


def _section(page: Page, chapter: Chapter, number: int, known: frozenset[str]) -> Section:
    tables, figures = count(1), count(1)
    blocks: list[Text | Heading | Facts | Question | Exhibit] = []
    for place, block in enumerate(chapter.blocks, start=1):
        if isinstance(block, TableBlock):
            blocks.append(_table(page, block, f"{number}.{next(tables)}", known))
        elif isinstance(block, FigureBlock):
            blocks.append(_figure(page, block.figure, f"{number}.{next(figures)}", known))
        elif isinstance(block, Heading) and not block.anchor:
            blocks.append(replace(block, anchor=f"part-{number}-{place}"))
        else:
            blocks.append(block)
    return Section(number, f"chapter-{number}", chapter.title, tuple(blocks))


def _facts(page: Page, population: str, rules: tuple[str, ...]) -> tuple[str, ...]:
    """The line under a title: who, until when, by which rules."""
    cutoff = page.cutoff
    return tuple(
        fact
        for fact in (
            population,
            f"cut-off {cutoff}" if cutoff else "",
            f"rules {', '.join(rules)}" if rules else "",
            page.banner,
        )
        if fact
    )


def _rules(rules: tuple[str, ...], notes: tuple[str, ...]) -> tuple[str, ...]:
    """Rules that an exhibit names itself and those that its notes mention, runs as "C-01 to C-08"."""
    named = sorted({*rules, *_RULE_ID.findall(" ".join(notes))})
    runs: list[list[str]] = []
    for rule in named:
        if runs and _follows(runs[-1][-1], rule):
            runs[-1].append(rule)
        else:
            runs.append([rule])
    shown = ([f"{run[0]} to {run[-1]}"] if len(run) > 2 else run for run in runs)
    return tuple(one for run in shown for one in run)


def _follows(earlier: str, later: str) -> bool:
    """Whether two rule ids of one letter have neighbouring numbers."""
    (letter, _, first), (other, _, second) = earlier.partition("-"), later.partition("-")
    numbers = first.isdecimal() and second.isdecimal()
    return letter == other and numbers and int(second) == int(first) + 1


def _table(page: Page, block: TableBlock, number: str, known: frozenset[str]) -> Exhibit:
    table = block.table
    looks = tuple(_look(table, i) for i in range(_width(table)))
    return Exhibit(
        kind="table",
        anchor=f"table-{number.replace('.', '-')}",
        number=f"Table {number}",
        title=table.title,
        catalogue=table.number,
        facts=()
        if block.plan
        else _facts(page, table.population, _rules(table.rules, table.footnotes)),
        footnotes=table.footnotes,
        columns=tuple(
            Cell(name, look=look) for name, look in zip(table.columns, looks, strict=False)
        ),
        rows=tuple(
            (level, _cells(row, link if link in known else "", looks))
            for row, level, link in zip(table.rows, _levels(table), _links(table), strict=True)
        ),
        quiet=block.quiet,
        plan=block.plan,
    )


def _width(table: Table) -> int:
    return max((len(row) for row in (*table.rows, table.columns)), default=0)


def _levels(table: Table) -> tuple[int, ...]:
    return table.levels or (0,) * len(table.rows)


def _links(table: Table) -> tuple[str, ...]:
    return tuple(link.lstrip("#") for link in table.links) or ("",) * len(table.rows)


def _cells(row: tuple[str, ...], link: str, looks: tuple[str, ...]) -> tuple[Cell, ...]:
    return tuple(
        Cell(cell, link if i == 0 else "", look)
        for i, (cell, look) in enumerate(zip(row, looks, strict=False))
    )


def _look(table: Table, column: int) -> str:
    """How a column is set.

    "name" for long and "tag" for short names of rows, "num" for short cells of which most are numbers and no dates,
    "code" for paths and digests that may break anywhere, "long" for sentences.
    """
    cells = [
        row[column] for row in table.rows if column < len(row) and row[column] not in ("", "-")
    ]
    longest = max((len(cell) for cell in cells), default=0)
    if column == 0 or not cells:
        return "name" if longest > 14 else "tag"
    if longest <= 30 and sum(_is_number(cell) for cell in cells) > 0.4 * len(cells):
        return "num"
    if any(len(word) > 24 for cell in cells for word in cell.split()):
        return "code"
    return "long" if longest > 45 else ""


def _is_number(cell: str) -> bool:
    """Whether a cell is a number, a count with percent or an interval."""
    plain = cell.replace(" to ", " ").replace("NE", "")
    digits = any(sign.isdecimal() for sign in cell)
    return digits and bool(_NUMERIC.fullmatch(plain)) and not _DATE.fullmatch(cell)


def _figure(page: Page, figure: Figure, number: str, known: frozenset[str]) -> Exhibit:
    anchor = f"figure-{number.replace('.', '-')}"
    linked = replace(figure, marks=tuple(_known_links(mark, known) for mark in figure.marks))
    svg = figure_svg(linked, banner=page.banner, prefix=anchor)
    return Exhibit(
        kind="figure",
        anchor=anchor,
        number=f"Figure {number}",
        title=figure.title,
        catalogue=figure.number,
        facts=_facts(page, figure.population, _rules(figure.rules, figure.footnotes)),
        footnotes=figure.footnotes,
        svg=Markup(svg.replace(f' xmlns="{SVG}"', "", 1)),  # noqa: S704 - drawn and escaped by svg
    )


def _known_links(mark: Mark, known: frozenset[str]) -> Mark:
    links = tuple(link if link.lstrip("#") in known else "" for link in mark.links)
    return replace(mark, links=links)


def whole(value: str) -> Markup:
    """The escaped text with rule ids kept on one line."""
    escaped = str(escape(value))
    return Markup(_WORD.sub(r'<span class="id">\g<0></span>', escaped))  # noqa: S704 - escaped


def css_string(value: str) -> Markup:
    """Text as a CSS string: everything but letters, digits and blanks as an escape."""
    safe = re.sub(r"[^A-Za-z0-9 ]", lambda found: f"\\{ord(found.group()):x} ", value)
    return Markup(f'"{safe}"')  # noqa: S704 - no quote, bracket or newline is left
