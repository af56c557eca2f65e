"""The facts of a draft beside its protocol: the words behind each value, and the sources of both.

A draft keeps its facts as they are. Most readers ask for the words of a few values, so the words are
cut when they are asked for, and the sources of a protocol are made when the protocol is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter

from trialwright.protocol.base import Source, Words
from trialwright.protocol.settle import value_text
from trialwright.registry.facts import Fact

#: All sources of a protocol in one call, which is several times faster than one by one.
_SOURCES = TypeAdapter(tuple[Source, ...])


class Told(Mapping[str, Words]):
    """The words behind the values of a draft, by path.

    Parameters
    ----------
    facts
        By path, with the values as the protocol holds them.
    text
        Verbatim text of the record.
    """

    __slots__ = ("_text", "facts")

    def __init__(self, facts: Mapping[str, Fact], text: str) -> None:
        self.facts = facts
        self._text = text

    def __getitem__(self, path: str) -> Words:
        """Kind and quote of the fact at a path."""
        found = self.get(path)
        if found is None:
            raise KeyError(path)
        return found

    def get(self, path: str, default: Any = None) -> Words | Any:
        """The same, without an error where there is no value: most questions ask for such a path."""
        fact = self.facts.get(path)
        if fact is None:
            return default
        _, _, span, kind, _ = fact
        start, end = span.start, span.end
        return Words(kind, self._text[start:end], start, end)

    def __contains__(self, path: object) -> bool:
        """Whether there is a value at a path."""
        return path in self.facts

    def __iter__(self) -> Iterator[str]:
        """The paths, in the order of the facts."""
        return iter(self.facts)

    def __len__(self) -> int:
        """Number of values."""
        return len(self.facts)

    def sources(self) -> tuple[Source, ...]:
        """The sources of the protocol, one for each value."""
        return _SOURCES.validate_python(
            [
                {
                    "path": path,
                    "reason": fact.reason,
                    "text": value_text(fact.value),
                    **self[path]._asdict(),
                }
                for path, fact in self.facts.items()
            ]
        )
