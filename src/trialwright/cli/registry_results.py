"""The command `registry-results`: the results of a trial in the modules of the public registry."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import trialwright as tw
from trialwright.cli.options import Data, Encoding, MappingFile, Out, ProtocolFile
from trialwright.core.terminal import visible

if TYPE_CHECKING:
    from trialwright.exchange.registry_results.build import RegistryResults
    from trialwright.exchange.registry_results.choices import RegistryChoices


class Completed(StrEnum):
    """Who completed the study."""

    treatment = "treatment"
    follow_up = "follow-up"


Threshold = Annotated[
    int,
    typer.Option(min=0, max=5, help="List other events above this percentage of a group."),
]
CompletedOption = Annotated[
    Completed, typer.Option(help="Completed: treatment as planned, or followed to the end.")
]
WordsFile = Annotated[
    Path | None, typer.Option(help="Texts that no table holds: contact, limitations ... (YAML).")
]
Simulated = Annotated[
    bool, typer.Option("--simulated", help="Write the results of simulated data, as a trial run.")
]


def registry_results(
    protocol: ProtocolFile,
    data: Data,
    out: Out,
    threshold: Threshold = 0,
    completed: CompletedOption = Completed.treatment,
    words: WordsFile = None,
    simulated: Simulated = False,  # noqa: FBT002
    mapping: MappingFile = None,
    encoding: Encoding = "utf-8",
) -> None:
    """Write participant flow, baseline, outcome measures and adverse events for the registry.

    Every number is compared with the tables of the report; a difference stops the export.
    """
    if out.resolve() == data.resolve():
        raise tw.OutputError(
            "The output folder is the data of this trial.",
            where=f"--out {out}, {data}",
            do="choose another output folder",
        )
    settled = tw.read_protocol(protocol)
    choices = choices_of(completed, threshold, words, simulated=simulated)
    how = tw.HowToRead(encoding=encoding, mapping=mapping)
    adam = tw.derive(settled, tw.read_trial_data(data, settled, how))
    made = tw.registry_results(settled, adam, tw.analyze(settled, adam), choices)
    tw.write_files(made.files(), out)
    tell(made)
    typer.echo(f"{made.news()}; registry results in {out}")


def choices_of(
    completed: Completed, threshold: int, words: Path | None, *, simulated: bool
) -> RegistryChoices:
    """What a person chose for the registry, with the texts of the words file."""
    return tw.RegistryChoices(
        completed=completed.value,
        threshold=threshold,
        simulated=simulated,
        words=tw.read_registry_words(words) if words else tw.RegistryWords(),
    )


def tell(made: RegistryResults) -> None:
    """Print what is not posted, missing, assumed or left out, and why."""
    for one in made.told:
        typer.echo(visible(f"{one.kind}: {one.place}: {one.why}"))
