"""ODM as a stream of small trees: no document type, no entities, nothing from a network, limits.

Expat is told of every line, also beyond 65535, where readers with a tree lose count; and of the
whole data only one subject is held at a time. Every limit is a count, none is a time: the same file
is always read or always refused.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol
from xml.parsers import expat

from trialwright.core.errors import DataError
from trialwright.intake.cells import quoted
from trialwright.intake.files import DeliveredFile

NAMESPACE = "http://www.cdisc.org/ns/odm/v1.3"
MB = 1024 * 1024
#: Bytes of the file, XML elements of the file and of one part of it (the study, one subject).
MAX_BYTES = 192 * MB
MAX_ELEMENTS = 3_000_000
MAX_PART = 300_000
#: Elements inside each other; ODM has less than 15.
MAX_DEPTH = 40
#: Longest single tag or comment in bytes, longest text of an element in characters.
MAX_TOKEN = 1 * MB
MAX_TEXT = 100_000
_CHUNK = 1 << 16
#: Elements that are entered; each other child of them is one part.
_CONTAINERS = frozenset({"ODM", "ClinicalData"})
#: Namespaces that are no extension: of XML itself, of schemas.
_PLAIN = ("http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2001/XMLSchema-instance")
_LANGUAGE = "xml:lang"
_DO = "export the study again as an ODM 1.3 snapshot"


@dataclass(slots=True)
class Node:
    """An element of ODM with its line; elements of other namespaces are left out."""

    name: str
    line: int
    attributes: dict[str, str]
    children: list[Node] = field(default_factory=list)
    text: str = ""

    def __getitem__(self, name: str) -> str:
        """An attribute without outer blanks, empty if it is not there."""
        return self.attributes.get(name, "").strip()

    def all(self, name: str) -> Iterator[Node]:
        """The children of a name."""
        return (one for one in self.children if one.name == name)


class Listener(Protocol):
    """What is told of a file."""

    def opened(self, node: Node) -> None:
        """A container opens: ODM or ClinicalData, without its children."""

    def part(self, node: Node, container: str) -> None:
        """A whole child of a container."""


def is_odm(file: DeliveredFile) -> bool:
    """Whether a file is XML with ODM as its outermost element, whatever is before it.

    A define.xml, which describes the datasets beside it and holds no data, is none.
    """
    if file.suffix not in {".xml", ".odm"}:
        return False
    head = file.content[:_CHUNK]
    text = head.decode("utf-16" if head[:2] in {b"\xff\xfe", b"\xfe\xff"} else "latin-1", "ignore")
    root = re.search(r"<(?:[\w.-]+:)?ODM[\s>/][^>]*", text)
    return root is not None and "cdisc.org/ns/def/" not in root.group()


def stream(file: DeliveredFile, listener: Listener) -> Counter[str]:
    """Tell the listener what stands in a file.

    Returns
    -------
    Counter
        Elements and attributes by namespace that were left out because they are no ODM.

    Raises
    ------
    DataError
        The XML is not well formed, has a document type, or is over a limit.
    """
    if len(file.content) > MAX_BYTES:
        raise too_much(file.name, 0, f"at most {MAX_BYTES} bytes")
    reader = _Reader(file.name, listener)
    parser = reader.parser
    try:
        for start in range(0, len(file.content), _CHUNK):
            parser.Parse(file.content[start : start + _CHUNK])
            # What is left unread is one piece; it would be scanned again with every chunk.
            if start + _CHUNK - max(parser.CurrentByteIndex, 0) > MAX_TOKEN:
                limit = f"at most {MAX_TOKEN} bytes in one piece"
                raise too_much(file.name, parser.CurrentLineNumber, limit)
        parser.Parse(b"", True)  # noqa: FBT003 -- positional only
    except expat.ExpatError as error:
        raise DataError(
            f"The XML is damaged: {expat.ErrorString(error.code)}.",
            where=f"{file.name}, line {error.lineno}, character {error.offset + 1}",
            allowed="well-formed XML in UTF-8 or UTF-16",
            do=_DO,
        ) from error
    except (LookupError, ValueError) as error:  # an encoding that nobody knows
        raise DataError(
            "The XML has an encoding that cannot be read.",
            where=f"{file.name}, line {parser.CurrentLineNumber}",
            allowed="UTF-8 or UTF-16",
            do=_DO,
        ) from error
    return reader.foreign


def too_much(name: str, line: int, limit: str) -> DataError:
    """The refusal of a file that costs too much to read."""
    return DataError(
        "The XML is too large to be read.",
        where=f"{name}, line {line}" if line else name,
        allowed=limit,
        do="check that this is the export of one trial",
    )


class _Reader:
    """Makes a small tree of each part of a file and forgets it."""

    def __init__(self, name: str, listener: Listener) -> None:
        self.name = name
        self.listener = listener
        self.foreign: Counter[str] = Counter()
        self.elements = 0
        self.inside = 0
        self.skipped = 0
        self.open: list[Node] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.buffer_size = _CHUNK
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _doctype(self, *_: object) -> None:
        raise DataError(
            "The XML has a document type, which no ODM export has.",
            where=f"{self.name}, line {self.parser.CurrentLineNumber}",
            allowed="XML without DOCTYPE and entities",
            do="do not use this file unless you know who made it; export the study again",
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        line = self.parser.CurrentLineNumber
        self.elements += 1
        depth = len(self.open) + self.skipped
        if self.elements > MAX_ELEMENTS or depth >= MAX_DEPTH:
            limit = f"at most {MAX_ELEMENTS} elements, {MAX_DEPTH} inside each other"
            raise too_much(self.name, line, limit)
        space, _, local = name.rpartition(" ")
        if not self.open and (space, local) != (NAMESPACE, "ODM"):
            raise DataError(
                "The XML is not ODM 1.3.",
                where=f"{self.name}, line {line}: {quoted(local)} of {quoted(space)}",
                allowed=f"ODM of {NAMESPACE}",
                do=_DO,
            )
        if self.skipped or space != NAMESPACE:
            self.skipped += 1
            self.foreign[space or "no namespace"] += self.skipped == 1
            return
        node = Node(local, line, self._own(attributes))
        is_container = local in _CONTAINERS and len(self.open) < len(_CONTAINERS)
        if is_container and all(one.name in _CONTAINERS for one in self.open):
            self.listener.opened(node)
            self.inside = 0
        elif self.open[-1].name not in _CONTAINERS:
            self.open[-1].children.append(node)
        self.inside += 1
        if self.inside > MAX_PART:
            raise too_much(self.name, line, f"at most {MAX_PART} elements of one subject")
        self.open.append(node)

    def _own(self, attributes: dict[str, str]) -> dict[str, str]:
        """Attributes of ODM; of the others only the language of a text is kept."""
        own = {}
        for name, value in attributes.items():
            space, _, local = name.rpartition(" ")
            if not space:
                own[local] = value
            elif space == _PLAIN[0] and local == "lang":
                own[_LANGUAGE] = value
            elif space not in _PLAIN:
                self.foreign[space] += 1
        return own

    def _text(self, data: str) -> None:
        if self.skipped or not self.open:
            return
        node = self.open[-1]
        node.text += data
        if len(node.text) > MAX_TEXT:
            limit = f"at most {MAX_TEXT} characters in one element"
            raise too_much(self.name, self.parser.CurrentLineNumber, limit)

    def _end(self, _: str) -> None:
        if self.skipped:
            self.skipped -= 1
            return
        node = self.open.pop()
        if node.name not in _CONTAINERS and self.open and self.open[-1].name in _CONTAINERS:
            self.inside = 0
            self.listener.part(node, self.open[-1].name)


def text_of(node: Node) -> str:
    """The text of an element with translations: English if there is one, else the first."""
    texts = [(one[_LANGUAGE].lower(), one.text.strip()) for one in node.all("TranslatedText")]
    english = [text for language, text in texts if language.startswith("en") or not language]
    return (english or [text for _, text in texts] or [""])[0]
