"""What the readers of outcomes hand back: a value with the place of its words."""

from __future__ import annotations

from typing import NamedTuple


class Found(NamedTuple):
    """A value of an outcome; `start` and `end` count from the start of the text that was read.

    With a `reason` the value follows from the words in one step, without one the words say it.
    """

    value: object
    start: int
    end: int
    reason: str | None = None

    def at(self, offset: int) -> Found:
        """The same find in a text that holds this one at `offset`."""
        return Found(self.value, self.start + offset, self.end + offset, self.reason)
