"""Texts that are longer than the registry takes are refused with their place, never cut."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.core.errors import OutputError
from trialwright.exchange.registry_results.cited import Cited, Node, leaves
from trialwright.vocabulary.registry_results import MAX_CHARACTERS, MIN_GROUP_TITLE

_INDEX = re.compile(r"\[\d+\]")
_GROUP_TITLE = re.compile(r"roups\[\]\.title$")
_SHOWN = 5


def check_limits(modules: dict[str, Node]) -> None:
    """Refuse texts that the registry would not take.

    Parameters
    ----------
    modules
        Modules by name.

    Raises
    ------
    OutputError
        Naming each place with its limit and the first words of the text.
    """
    problems = list(_problems(modules))
    if not problems:
        return
    more = f"; and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
    raise OutputError(
        f"{len(problems)} text{'s' * (len(problems) > 1)} of another length than the registry takes.",
        where="; ".join(problems[:_SHOWN]) + more,
        allowed="the lengths of the registry; nothing is cut",
        do="shorten (or lengthen) these texts in the protocol, the data or the file of words",
    )


def _problems(modules: dict[str, Node]) -> Iterator[str]:
    for path, leaf in leaves(modules):
        value = leaf.value if isinstance(leaf, Cited) else leaf
        if not isinstance(value, str):
            continue
        place = _INDEX.sub("[]", path)
        limit = MAX_CHARACTERS.get(place)
        if limit is not None and len(value) > limit:
            yield f'{path}: {len(value)} characters, at most {limit} ("{value[:30]}...")'
        if _GROUP_TITLE.search(place) and len(value) < MIN_GROUP_TITLE:
            yield f'{path}: {len(value)} characters, at least {MIN_GROUP_TITLE} ("{value}")'
