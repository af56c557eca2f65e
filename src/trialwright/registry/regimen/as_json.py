"""A component as plain data: ranges as lists, the interval that a frequency implies."""

from __future__ import annotations

from trialwright.core.results import Json
from trialwright.protocol.model import Component
from trialwright.protocol.settle import plain
from trialwright.registry.interventions import agent_key, synonyms
from trialwright.registry.regimen.sentences import BEFORE_SURGERY

#: Days between doses of frequencies that are given more than once a day or a week.
_INTERVALS = {
    "QID": 0.25, "TID": round(1 / 3, 3), "BID": 0.5, "QD": 1, "QOD": 2, "BIW": 3.5, "TIW": round(7 / 3, 3),
}  # fmt: skip
_NAMES = (
    "registered_as", "kind", "reach", "chosen_by", "repeated", "part", "cycle_length_days",
    "n_doses", "fractions",
)  # fmt: skip


def component_json(component: Component, until: tuple[str, ...] | None) -> dict[str, Json]:
    """One agent or procedure of the regimen.

    `dose` holds every level, a loading dose first; `duration_days` and `n_cycles` are lists where
    the text gives a range, `route` where it gives two; `until` belongs to what is given again and
    again, not to what is done once or given before an operation.
    """
    given = component.kind in ("drug", None) and component.part != BEFORE_SURGERY
    return {
        "id": component.id,
        "name": component.name,
        "canonical": _canonical(component.name),
        "dose": _dose(component),
        "route": _route(component.route),
        "interval_days": _range(component.interval_days_min, component.interval_days)
        or _INTERVALS.get(component.frequency or ""),
        "days_in_cycle": _listed(component.days_in_cycle),
        "duration_days": _range(component.duration_days_min, component.duration_days),
        "n_cycles": _range(component.n_cycles_min, component.n_cycles),
        "frequency": _route(component.frequency),
        **{name: getattr(component, name) for name in _NAMES},
        "until": list(until) if until and given else None,
        "anchor": None if component.anchors is None else plain(component.anchors),
    }


def _canonical(name: str) -> str:
    """Lower-case generic name of a known agent, else the name in lower case."""
    key = agent_key(name)
    return synonyms(key)[0] if key else name.lower()


def _dose(component: Component) -> Json:
    loading = component.loading_dose
    levels = (*(loading.dose if loading else ()), *(component.dose or ()))
    return plain(levels) if levels else None


def _listed(values: tuple[int, ...] | None) -> Json:
    return None if values is None else list(values)


def _route(route: str | None) -> Json:
    if route is None or " or " not in route:
        return route
    return list(route.split(" or "))


def _range(least: int | None, most: int | None) -> Json:
    return most if least is None else [least, most]
