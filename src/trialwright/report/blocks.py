"""The pieces that chapters are put together from; the template knows how each one looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from trialwright.core.display import Figure, Table


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; a `callout` stands in a frame."""

    text: str
    callout: bool = False
    kind: ClassVar[str] = "text"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a chapter, with the anchor that links lead to."""

    text: str
    anchor: str = ""
    note: str = ""
    kind: ClassVar[str] = "heading"


@dataclass(frozen=True, slots=True)
class Facts:
    """Terms with what is said of each; `sentences` need the whole width."""

    rows: tuple[tuple[str, str], ...]
    sentences: bool = False
    kind: ClassVar[str] = "facts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A finding with how it was settled; each decision is (what, value, who)."""

    severity: str
    code: str
    message: str
    quote: str
    decisions: tuple[tuple[str, str, str], ...]
    reason: str
    rule: str
    kind: ClassVar[str] = "question"


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table; `quiet` ones belong to a patient and carry a short caption.

    A `plan` holds no data: neither a cut-off nor the banner of simulated data stands on it.
    """

    table: Table
    quiet: bool = False
    plan: bool = False
    kind: ClassVar[str] = "table"


@dataclass(frozen=True, slots=True)
class FigureBlock:
    """A figure."""

    figure: Figure
    kind: ClassVar[str] = "figure"


Block: TypeAlias = Text | Heading | Facts | Question | TableBlock | FigureBlock


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter of the report."""

    title: str
    blocks: tuple[Block, ...]
