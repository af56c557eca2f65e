"""JSON that must mean one thing only, and what is said where it does not."""

from __future__ import annotations

import json

from trialwright.core.errors import RecordError
from trialwright.core.terminal import shown


def decoder() -> json.JSONDecoder:
    """A parser for JSON that must mean one thing only.

    It raises `ValueError` or `RecursionError` for text that is not valid, is nested too deeply,
    names a key twice, or holds NaN, an infinity or a number of thousands of digits.
    """
    return json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)


def not_json(error: ValueError | RecursionError, where: str) -> RecordError:
    """The refusal for what the parser found."""
    if isinstance(error, RecursionError):
        return RecordError(
            "The JSON is nested too deeply.",
            where=where,
            allowed="the nesting of a registered study (under 20 levels)",
            do="export the record again",
        )
    place, what = where, "the text is no number, word or bracket of JSON"
    if isinstance(error, json.JSONDecodeError):
        what = error.msg[:1].lower() + error.msg[1:].removesuffix(" at")
        place = f"{where}, character {error.pos + 1}"
    elif error.args and "set_int_max_str_digits" in str(error.args[0]):
        what = "a number has thousands of digits"
    elif error.args:
        what = str(error.args[0])
    return RecordError(
        f"The JSON is not valid: {what}.",
        where=place,
        allowed="a study of ClinicalTrials.gov API version 2",
        do="export the record again",
    )


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    held = dict(pairs)
    if len(held) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        message = f'the key "{shown(twice)}" stands twice in one object'
        raise ValueError(message)
    return held


def _constant(name: str) -> object:
    message = f"{name} is no value of JSON"
    raise ValueError(message)


def check_characters(study: object, where: str) -> None:
    """Refuse half characters anywhere in a study, so that it can be written again.

    Raises
    ------
    RecordError
        A text holds one half of a surrogate pair.
    """
    text = json.dumps(study, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        before = text[max(0, error.start - 20) : error.start]
        raise RecordError(
            "The record holds half a character.",
            where=f"{where}: U+{ord(text[error.start]):04X} behind {before!r}",
            allowed="whole Unicode characters",
            do="export the record again",
        ) from error
