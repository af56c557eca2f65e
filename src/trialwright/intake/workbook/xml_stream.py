"""XML of a part as a stream of events: no tree, no document type, no entities, limited depth.

Expat reads in pieces and builds nothing, so memory does not grow with the file; a reader with a
tree would need about ten times the XML.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol
from xml.parsers import expat

from trialwright.core.errors import DataError
from trialwright.intake.workbook.limits import (
    MAX_DEPTH,
    MAX_ELEMENTS,
    MAX_TOKEN,
    Budget,
    too_much,
)
from trialwright.intake.workbook.package import damaged


class Listener(Protocol):
    """What is told of a part; names come without their prefix."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element opens."""

    def text(self, data: str) -> None:
        """Text inside an element, perhaps in pieces."""

    def end(self, name: str) -> None:
        """An element closes."""


def parse(part: str, chunks: Iterable[bytes], listener: Listener, budget: Budget) -> None:
    """Tell the listener what stands in a part.

    Raises
    ------
    DataError
        The XML is not well formed, has a document type, or is over a limit.
    """
    parser = _parser(part, listener, budget)
    fed = 0
    try:
        for chunk in chunks:
            parser.Parse(chunk)
            fed += len(chunk)
            # What is left unread is one piece; it would be scanned again with every chunk.
            if fed - max(parser.CurrentByteIndex, 0) > MAX_TOKEN:
                raise too_much(budget.file, f"one piece of XML in {part} is longer",
                               f"at most {MAX_TOKEN} bytes")  # fmt: skip
        parser.Parse(b"", True)  # noqa: FBT003 -- positional only
    except expat.ExpatError as error:
        why = expat.ErrorString(error.code)
        raise damaged(budget.file, f"{part}, line {error.lineno}: {why}") from error
    except (LookupError, ValueError) as error:  # an encoding that nobody knows
        raise damaged(budget.file, f"{part} cannot be decoded: {error}") from error


def _parser(part: str, listener: Listener, budget: Budget) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = 65_536
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        budget.elements += 1
        if depth > MAX_DEPTH or budget.elements > MAX_ELEMENTS:
            raise _too_many(budget.file, depth)
        listener.start(name.rpartition(":")[2] if ":" in name else name, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        listener.end(name.rpartition(":")[2] if ":" in name else name)

    def doctype(*_: object) -> None:
        raise DataError(
            "The workbook has a document type, which no spreadsheet program writes.",
            where=f"{budget.file}, part {part}",
            allowed="XML without DOCTYPE and entities",
            do="do not use this file unless you know who made it; save it again as .xlsx",
        )

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = listener.text
    parser.StartDoctypeDeclHandler = doctype
    return parser


def _too_many(file: str, depth: int) -> DataError:
    """The refusal of an element too deep, or one too many."""
    if depth > MAX_DEPTH:
        return too_much(file, "its XML is nested too deeply", f"at most {MAX_DEPTH} levels")
    return too_much(file, "it has more XML elements", f"at most {MAX_ELEMENTS} elements")
