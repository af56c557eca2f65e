"""What a report is made of: the settled protocol, its findings, the results, and where from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol as Interface
from typing import runtime_checkable

from trialwright.core.display import Figure
from trialwright.core.results import Result
from trialwright.core.tables import Adam
from trialwright.protocol.base import Finding, Source
from trialwright.protocol.model import Protocol


@runtime_checkable
class HasFigure(Interface):
    """A result that describes one figure."""

    def figure(self) -> Figure | None:
        """Describe the figure, `None` when there is nothing to draw."""
        ...


@runtime_checkable
class HasFigures(Interface):
    """A result that describes several figures, or none."""

    def figures(self) -> tuple[Figure, ...]:
        """Describe the figures."""
        ...


def figures_of(result: Result) -> tuple[Figure, ...]:
    """Every figure of a result that has something to draw."""
    found: tuple[Figure | None, ...] = ()
    if isinstance(result, HasFigures):
        found = result.figures()
    elif isinstance(result, HasFigure):
        found = (result.figure(),)
    return tuple(figure for figure in found if figure is not None and figure.marks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """A number for the top of the report: what it is, the number, its interval or denominator."""

    label: str
    value: str
    detail: str = ""
    primary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """One line of the scenario of a simulation: what is assumed to be true, and by whom."""

    path: str
    value: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientPage:
    """What is said of a patient above the tables of measurements and responses.

    `rows` are (what, sentence) pairs: the explanations of best response and endpoints.
    """

    usubjid: str
    headline: str
    rows: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where the report comes from.

    Attributes
    ----------
    version
        Version of the program.
    cutoff, cutoff_source
        Data cut-off as YYYY-MM-DD and what fixed it (the protocol, the data, the scenario).
    seed
        Seed of a simulation, `None` for collected data.
    inputs, datasets
        (name, SHA-256 in hexadecimal) of each file read and of each dataset derived.
    """

    version: str
    cutoff: str
    cutoff_source: str
    seed: int | None = None
    inputs: tuple[tuple[str, str], ...] = ()
    datasets: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportInput:
    """Everything that a report shows.

    Attributes
    ----------
    protocol
        The settled protocol; its sources say who decided each value.
    record_text
        The registered text, `None` when the protocol was written by hand.
    findings
        What the record left open, before it was settled.
    defaults
        Sources of every default in force.
    assumptions
        Lines of the scenario; empty for collected data.
    calibration
        How near the simulated patients come to the scenario; `None` for collected data.
    design
        The design evaluation, the sentence why there is none, or `None`.
    results
        All results; the key of a result in one cohort is `CODE.cohort`.
    adam
        Datasets, unused records and queries.
    patients
        Explanations of the patients; a patient without one gets a headline from the datasets.
    provenance
        Version, cut-off, seed, digests.
    simulated
        Banner for every table and figure, such as "Simulated data: scenario base, seed 7"; empty
        for collected data.
    headlines
        Numbers for the top; without them they are taken from `results`.
    """

    protocol: Protocol
    results: tuple[Result, ...]
    adam: Adam
    provenance: Provenance
    record_text: str | None = None
    findings: tuple[Finding, ...] = ()
    defaults: tuple[Source, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    calibration: Result | None = None
    design: Result | str | None = None
    patients: tuple[PatientPage, ...] = ()
    simulated: str = ""
    headlines: tuple[Headline, ...] = ()
