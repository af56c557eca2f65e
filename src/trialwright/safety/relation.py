"""Relation of an event to each component of the regimen, and the action taken with each.

AEREL and AEACN speak of the whole regimen; AEREL1, AEREL2, ... and AEACN1, ... of its components in
the order of the protocol.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.tables import Origin
from trialwright.protocol.settled import SettledSafety
from trialwright.safety.codes import decoded

#: Related is definite, probable and possible (A-02); the last words say that nobody decided.
RELATIONS: Mapping[str, str | None] = {
    **dict.fromkeys(
        ("RELATED", "Y", "YES", "DEFINITE", "DEFINITELY RELATED", "CERTAIN", "PROBABLE",
         "PROBABLY RELATED", "POSSIBLE", "POSSIBLY RELATED"), "Y",
    ),
    **dict.fromkeys(("NOT RELATED", "UNRELATED", "N", "NO", "UNLIKELY", "UNLIKELY RELATED"), "N"),
    **dict.fromkeys(("UNKNOWN", "NOT ASSESSABLE", "UNASSESSABLE"), None),
}  # fmt: skip
#: Actions with study treatment; MULTIPLE refers to the actions by component.
ACTIONS: Mapping[str, str | None] = {
    **{
        action: action
        for action in (
            "DRUG INTERRUPTED", "DOSE REDUCED", "DRUG WITHDRAWN", "DOSE NOT CHANGED",
            "DOSE INCREASED", "DOSE RATE REDUCED", "NOT APPLICABLE", "NOT EVALUABLE", "UNKNOWN",
        )
    },
    "MULTIPLE": None,
}  # fmt: skip
#: Stands for a component that the data do not name.
ANY_COMPONENT = "ANY"
_ALL = "_ALL"
_CHANGES = ("DRUG INTERRUPTED", "DOSE REDUCED", "DRUG WITHDRAWN")


def relate(
    events: pl.DataFrame, components: Sequence[str], rule: SettledSafety, origin: Origin
) -> pl.DataFrame:
    """Decide to which components each event is related.

    A component without its own statement follows an overall "not related"; otherwise the relation
    is missing and the protocol decides. An overall "related" makes the event related even where
    no component is.

    Parameters
    ----------
    events
        Records of AE with `_ROW`.
    components
        Identifiers of the regimen in order.
    rule
        What a missing relation counts as.
    origin
        Of the records, for messages.

    Returns
    -------
    pl.DataFrame
        `AREL` (Y, N), `ARELCOMP` (identifiers with ; between), `RELASSUMED` (a missing relation
        was decided by the rule); rows as in `events`.

    Raises
    ------
    DataError
        For words that are not listed, and for a component that the regimen does not have.

    References
    ----------
    Rule A-02.
    """
    table, names = _stated(events, ("AEREL", RELATIONS), components, origin)
    assumed = "Y" if rule.missing_relation == "related" else "N"
    silent = (pl.col(_ALL) != "N").fill_null(value=True)
    gaps = [pl.col(name).is_null() & silent for name in names] or [pl.col(_ALL).is_null()]
    assume = pl.when(pl.col(_ALL) == "N").then(pl.lit("N")).otherwise(pl.lit(assumed))
    overall = pl.col(_ALL).fill_null("N" if names else assumed)
    by_component = [pl.col(name).fill_null(assume) for name in names]
    found = table.select(pl.any_horizontal(gaps).alias("RELASSUMED"), overall, *by_component)
    related = [pl.when(pl.col(name) == "Y") for name in names]
    listed = [one.then(pl.lit(part)) for one, part in zip(related, components, strict=True)]
    is_related = pl.any_horizontal(pl.col(name) == "Y" for name in (_ALL, *names))
    return found.select(
        AREL=pl.when(is_related).then(pl.lit("Y")).otherwise(pl.lit("N")),
        ARELCOMP=pl.concat_str(listed or [pl.lit("")], separator=";", ignore_nulls=True),
        RELASSUMED=pl.col("RELASSUMED"),
    )


def relation_conflicts(
    events: pl.DataFrame, components: Sequence[str], origin: Origin
) -> pl.Series:
    """Whether the overall relation and those of the components contradict each other (A-02).

    Raises
    ------
    DataError
        As `relate`.
    """
    table, names = _stated(events, ("AEREL", RELATIONS), components, origin)
    some = pl.any_horizontal(*(pl.col(name) == "Y" for name in names), pl.lit(value=False))
    none = pl.all_horizontal(*(pl.col(name) == "N" for name in names), pl.lit(value=bool(names)))
    denied = (pl.col(_ALL) == "N") & some
    unplaced = (pl.col(_ALL) == "Y") & none
    odd = (denied | unplaced).fill_null(value=False)
    return table.select(RELODD=odd).to_series()


def actions(events: pl.DataFrame, components: Sequence[str], origin: Origin) -> pl.Series:
    """The action with each component, as `identifier=action` with ; between.

    An overall action that no component shows stands under `ANY`: it is known that something was
    changed, not what. With one component the overall action is that of the component.

    Raises
    ------
    DataError
        For actions that are not listed, and for a component that the regimen does not have.
    """
    table, names = _stated(events, ("AEACN", ACTIONS), components, origin)
    shown = [(pl.col(name) == pl.col(_ALL)).fill_null(value=False) for name in names]
    unplaced = pl.col(_ALL).is_in(_CHANGES) & ~pl.any_horizontal(*shown, pl.lit(value=False))
    silent = pl.all_horizontal(*(pl.col(name).is_null() for name in names), pl.lit(value=True))
    overall = pl.format(f"{ANY_COMPONENT}={{}}", pl.col(_ALL))
    parts = [
        pl.format(f"{part}={{}}", pl.col(name))
        for name, part in zip(names, components, strict=True)
    ]
    parts.append(pl.when(unplaced | silent).then(overall))
    return table.select(AACNCOMP=pl.concat_str(parts, separator=";", ignore_nulls=True)).to_series()


def action_of(text: str | None) -> dict[str, str]:
    """The actions of `AACNCOMP` by component."""
    return dict(part.split("=", 1) for part in (text or "").split(";") if part)


def _stated(
    events: pl.DataFrame,
    kind: tuple[str, Mapping[str, str | None]],
    components: Sequence[str],
    origin: Origin,
) -> tuple[pl.DataFrame, list[str]]:
    """What the data say of the whole regimen and of each component, and the columns of the latter.

    With one component the overall statement is its own.
    """
    stem, codes = kind
    _refuse_more(events, stem, len(components), origin)
    names = [f"{stem}{at}" for at in range(1, len(components) + 1)]
    overall = decoded(events, stem, codes, origin).alias(_ALL)
    stated = [decoded(events, name, codes, origin) for name in names]
    if len(stated) == 1:
        stated = [stated[0].fill_null(overall)]
    return pl.DataFrame([overall, *stated]), names


def _refuse_more(events: pl.DataFrame, stem: str, known: int, origin: Origin) -> None:
    """A column of a component that the regimen does not have cannot be read."""
    numbered = {name: re.fullmatch(rf"{stem}([0-9]+)", name) for name in events.columns}
    beyond = [
        name
        for name, match in numbered.items()
        if match and not 1 <= int(match[1]) <= known and events[name].is_not_null().any()
    ]
    if beyond:
        raise DataError(
            f"{', '.join(sorted(beyond))}: the regimen has no such component.",
            where=str(origin),
            allowed=", ".join(f"{stem}{at}" for at in range(1, known + 1)) or stem,
            do="number the columns by the order of the components in the protocol",
        )
