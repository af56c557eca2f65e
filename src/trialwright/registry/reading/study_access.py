"""Typed access to the values of a study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trialwright.core.errors import RecordError
from trialwright.registry.reading.joined import OutcomeText


class StudyReader:
    """Values of a study by module and key: a missing one is "", one of another type is refused.

    Parameters
    ----------
    section
        The `protocolSection` of the study.
    where
        Its place, for messages.
    """

    def __init__(self, section: Mapping[str, object], where: str) -> None:
        self._section = section
        self._where = where

    def text(self, module: str, *keys: str) -> str:
        """The value that the keys lead to as text; several values are joined by a bar."""
        value = self._at(module, *keys)
        return value if isinstance(value, str) else self._plain(value, module, *keys)

    def objects(self, module: str, key: str) -> list[Mapping[str, object]]:
        """The objects of a list below a module."""
        value = self._at(module, key)
        if value is None:
            return []
        return [self._mapping(one, module, key) for one in self._listed(value, module, key)]

    def part(self, holder: Mapping[str, object], key: str, name: str) -> str:
        """A value of an object as text; `name` is that of the object."""
        value = holder.get(key)
        return value if isinstance(value, str) else self._plain(value, name, key)

    def outcomes(self, key: str) -> tuple[OutcomeText, ...]:
        """The outcomes of a list that say anything."""
        found = []
        for one in self.objects("outcomesModule", key):
            parts = [self.part(one, part, key) for part in ("measure", "description", "timeFrame")]
            if any(part.strip() for part in parts):
                found.append(OutcomeText(*parts))
        return tuple(found)

    def _at(self, *keys: str) -> object:
        value: object = self._section
        for key in keys:
            if isinstance(value, dict):
                value = value.get(key)
            elif value is None:
                return None
            else:
                raise self._wrong(value, keys, "an object")
        return value

    def _plain(self, value: object, *keys: str) -> str:
        if isinstance(value, str):
            return value
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float):
            return str(value)
        if isinstance(value, list) and not any(isinstance(one, list | dict) for one in value):
            return "|".join([self._plain(one, *keys) for one in value])
        raise self._wrong(value, keys, "text, a number or a list of these")

    def _mapping(self, value: object, *keys: str) -> Mapping[str, object]:
        if isinstance(value, dict):
            return value
        raise self._wrong(value, keys, "an object")

    def _listed(self, value: object, *keys: str) -> Sequence[object]:
        if isinstance(value, list):
            return value
        raise self._wrong(value, keys, "a list of objects")

    def _wrong(self, value: object, keys: tuple[str, ...], allowed: str) -> RecordError:
        return RecordError(
            "A value of the study has another type.",
            where=f"{self._where}, {'.'.join(keys)}: {kind_of(value)}",
            allowed=allowed,
            do="export the record again",
        )


def kind_of(value: object) -> str:
    """What a value of JSON is, in words."""
    kinds = {str: "text", bool: "true or false", int: "a number", float: "a number", list: "a list"}
    return "nothing" if value is None else kinds.get(type(value), "an object")
