"""More information: limitations, whom to ask, and what was agreed with the investigators."""

from __future__ import annotations

from trialwright.exchange.registry_results.choices import RegistryChoices
from trialwright.exchange.registry_results.cited import Node
from trialwright.exchange.registry_results.told import Told

_PLACE = "moreInfoModule"
_SIMULATED = (
    "No patient was treated: these numbers were made by a computer and are not to be posted."
)


def more_info(simulated: str, choices: RegistryChoices) -> tuple[dict[str, Node], tuple[Told, ...]]:
    """The module and what a person has not said.

    Parameters
    ----------
    simulated
        Banner of simulated data, empty for collected data; it always stands first.
    choices
        The words of a person.
    """
    words = choices.words
    said = [f"{simulated}. {_SIMULATED}"] if simulated else []
    said += [words.limitationsAndCaveats] if words.limitationsAndCaveats else []
    module: dict[str, Node] = {}
    told: list[Told] = []
    if said:
        module["limitationsAndCaveats"] = {"description": " ".join(said)}
    for name in ("certainAgreement", "pointOfContact"):
        part = getattr(words, name)
        if part is None:
            why = "not known: give it in the file of words"
            told.append(Told("missing", f"{_PLACE}: {name}", why))
        else:
            module[name] = part.model_dump(exclude_none=True)
    return module, tuple(told)
