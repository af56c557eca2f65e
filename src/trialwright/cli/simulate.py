"""`trialwright simulate`: one trial as datasets, or many trials as operating characteristics."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import trialwright as tw
from trialwright.cli.options import Out, ProtocolFile, Seed
from trialwright.cli.progress import trial_bar

if TYPE_CHECKING:
    from trialwright.operating.run.shares import Share


def simulate(
    protocol: ProtocolFile,
    scenarios: Annotated[
        list[Path],
        typer.Argument(metavar="SCENARIO...", help="Assumed truth (YAML); several with --trials."),
    ],
    out: Out,
    seed: Seed = 1,
    trials: Annotated[
        int | None,
        typer.Option(min=1, help="Simulate many trials: operating characteristics, no datasets."),
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes on this machine.")] = 1,
    scheduler: Annotated[
        str, typer.Option(help="Let dask workers do it: tcp://host:port or a scheduler file.")
    ] = "",
    shard: Annotated[
        str, typer.Option(metavar="I/N", help="Do this share of the trials, to be merged.")
    ] = "",
    checkpoint: Annotated[
        Path | None,
        typer.Option(help="Keeps what is done for the next run; else a file beside --out."),
    ] = None,
    restart: Annotated[  # noqa: FBT002
        bool, typer.Option("--restart", help="Forget what the checkpoint holds.")
    ] = False,
) -> None:
    """Simulate one trial (SDTM datasets), or many trials (--trials).

    The same protocol, scenario, seed and --trials give the same bytes for any number of workers,
    any shards and any interruption. A run that was ended goes on where it was.
    """
    if trials is None:
        if workers != 1 or scheduler or shard or checkpoint or restart:
            raise typer.BadParameter(
                "--workers, --scheduler, --shard, --checkpoint, --restart need --trials"
            )
        _one(protocol, scenarios, out, seed)
        return
    if scheduler and workers != 1:
        raise typer.BadParameter("give --workers or --scheduler, not both")
    share = tw.parse_share(shard or "1/1")
    how = tw.HowToRun(
        workers=workers, scheduler=scheduler, share=share, restart=restart,
        checkpoint=checkpoint or _beside(out, share),
    )  # fmt: skip
    order = tw.TrialsOrder(
        protocol=tw.read_protocol(protocol),
        scenarios=tuple(tw.read_scenario(one) for one in scenarios),
        seed=seed,
        trials=trials,
    )
    _many(order, how, out)


def merge(
    files: Annotated[list[Path], typer.Argument(help="Files of all shards (totals-I-of-N.json).")],
    out: Out,
) -> None:
    """Join the shards of `simulate --trials --shard` to the files of the whole run."""
    done = tw.merge_many(files)
    made = tw.trials_files(done)
    tw.write_files(made, out)
    typer.echo(f"{done.part.trials:,} trials of {len(files)} files, {len(made)} files in {out}")


def score(
    responses: Annotated[
        Path, typer.Argument(help="CSV: USUBJID, VISITNUM, RESPONSE; or RS or ADRS.")
    ],
    truth: Annotated[
        Path, typer.Argument(metavar="TRUTH", help="The folder truth that simulate wrote.")
    ],
) -> None:
    """Compare responses that somebody derived with the truth of a simulated trial."""
    typer.echo(tw.score_responses(responses, truth).text())


def _one(protocol: Path, scenarios: list[Path], out: Path, seed: int) -> None:
    if len(scenarios) > 1:
        raise typer.BadParameter("one trial has one scenario; several need --trials")
    trial = tw.simulate_with_truth(
        tw.read_protocol(protocol), tw.read_scenario(scenarios[0]), seed=seed
    )
    tw.write_files({**tw.sdtm_files(trial.sdtm), **tw.truth_files(trial)}, out)
    typer.echo(f"{trial.sdtm.subjects} subjects, {len(trial.sdtm)} datasets in {out}")


def _many(order: tw.TrialsOrder, how: tw.HowToRun, out: Path) -> None:
    # Told now: a night of work may lie between the command and the first file.
    if out.exists() and not out.is_dir():
        raise tw.OutputError(
            "The output folder is a file.", where=str(out), do="choose another folder"
        )
    # The bar is gone before anything is told.
    with _kept(how), trial_bar() as tell:
        done = tw.simulate_many(order, how, tell)
    with _written(how):
        if how.share.of == 1:
            made = tw.trials_files(done)
            tw.write_files(made, out)
            told = f"{done.part.trials:,} trials, {len(made)} files in {out}"
        else:
            file = out / tw.totals_name(how.share)
            tw.write_once(done.totals(), file, "file of totals")
            told = f"{done.part.trials:,} of {order.trials:,} trials in {file}"
    typer.echo(told)
    if how.checkpoint is not None:
        how.checkpoint.unlink(missing_ok=True)


def _beside(out: Path, share: Share) -> Path:
    """The checkpoint of an output folder, which may not be there yet."""
    place = out.resolve()
    return place.with_name(".".join(filter(None, (place.name, share.name, "checkpoint"))))


@contextmanager
def _kept(how: tw.HowToRun) -> Iterator[None]:
    """Tell whoever presses Ctrl-C that nothing is lost."""
    try:
        yield
    except KeyboardInterrupt:
        kept = how.checkpoint is not None and how.checkpoint.exists()
        told = f"the same command goes on from {how.checkpoint}" if kept else "nothing was done yet"
        typer.echo(f"stopped; {told}", err=True)
        raise typer.Exit(130) from None


@contextmanager
def _written(how: tw.HowToRun) -> Iterator[None]:
    """Tell whose files cannot be written that the trials need not be simulated again."""
    try:
        yield
    except tw.OutputError:
        typer.echo(
            f"the trials are kept; with another --out, add --checkpoint {how.checkpoint}", err=True
        )
        raise
