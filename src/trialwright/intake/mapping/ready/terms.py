"""Words of lesion sheets and what they mean (recist11.md R-132 to R-140), as lines of a mapping."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from trialwright.vocabulary.recist import (
    ABSENT_WORDS,
    NE_WORDS,
    NEW_WORDS,
    NON_TARGET_WORDS,
    TOO_SMALL_WORDS,
)

TARGET = {"T": "TARGET", "TL": "TARGET", "TARGET": "TARGET", "靶病灶": "TARGET"}
NON_TARGET = {
    "NT": "NON-TARGET", "NTL": "NON-TARGET", "NON-TARGET": "NON-TARGET", "非靶病灶": "NON-TARGET",
}  # fmt: skip
NEW = {"NEW": "NEW", "NL": "NEW", "新病灶": "NEW"}
#: A node is measured by its short axis, anything else by its longest diameter (R-133).
AXIS = {"*LYMPH NODE*": "LPERP", "*NODAL*": "LPERP", "*淋巴结*": "LPERP", "*": "LDIAM"}
ORGAN = {"*淋巴结*": "LYMPH NODE"}
NOT_DONE = {"ND": "NOT DONE", "NOT DONE": "NOT DONE", "未查": "NOT DONE"}
_DONE = dict.fromkeys(NOT_DONE, "")
#: Words in the place of a size (R-134 to R-136).
SIZE = {word: word for word in sorted(ABSENT_WORDS | TOO_SMALL_WORDS | NE_WORDS)} | _DONE
NON_TARGET_STATE = {word: word for word in NON_TARGET_WORDS} | _DONE
NEW_STATE = {word: word for word in NEW_WORDS} | _DONE


def written(terms: Mapping[str, str]) -> str:
    """Terms on one line."""
    inside = ", ".join(f"{_quoted(name)}: {_quoted(meant)}" for name, meant in terms.items())
    return f"{{{inside}}}"


def one_of(texts: Iterable[str]) -> str:
    """Texts on one line."""
    return f"[{', '.join(map(_quoted, texts))}]"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
