"""The command `package`: everything of one trial as one zip, or the check of such a zip."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import trialwright as tw
from trialwright.cli.options import Encoding, MappingFile
from trialwright.cli.progress import stages
from trialwright.cli.registry_results import (
    Completed,
    CompletedOption,
    Simulated,
    Threshold,
    WordsFile,
    choices_of,
    tell,
)
from trialwright.core.errors import DataError, MissingExtraError
from trialwright.core.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from trialwright.exchange.registry_results.choices import RegistryChoices


def package(
    record: Annotated[Path | None, typer.Argument(help="Registered record (one file).")] = None,
    protocol: Annotated[Path | None, typer.Option(help="Protocol file (YAML).")] = None,
    data: Annotated[Path | None, typer.Option(help="The data of the trial, as delivered.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Zip file to write.")] = None,
    check: Annotated[
        Path | None, typer.Option("--check", help="Verify this package and stop.")
    ] = None,
    threshold: Threshold = 0,
    completed: CompletedOption = Completed.treatment,
    words: WordsFile = None,
    simulated: Simulated = False,  # noqa: FBT002
    mapping: MappingFile = None,
    encoding: Encoding = "utf-8",
) -> None:
    """Put record, protocol, data, datasets, results, report and registry results into one zip."""
    if check is not None:
        if any(one is not None for one in (record, protocol, data, out)):
            raise typer.BadParameter("--check stands alone")
        typer.echo(tw.check_package(check).news(check.name))
        return
    if record is None or data is None or out is None:
        raise typer.BadParameter("give RECORD, --data and --out; or --check")
    if out.resolve().parent == data.resolve():
        raise tw.OutputError(
            "The package would stand among the data that it holds.",
            where=f"--out {out}, --data {data}",
            do="choose another place for the package",
        )
    choices = choices_of(completed, threshold, words, simulated=simulated)
    how = tw.HowToRead(encoding=encoding, mapping=mapping)
    request = tw.RunRequest(record=record, protocol=protocol, data=data, how=how)
    with stages() as say:
        files, about = _files(request, choices, say)
        say("packing")
        content = tw.package_bytes(files, about)
        write_package(content, out)
    typer.echo(tw.check_package(out).news(str(out)))


def _files(
    request: tw.RunRequest, choices: RegistryChoices, say: Callable[[str], object]
) -> tuple[dict[str, str | bytes], dict[str, str]]:
    """What goes into the package, and what its manifest says of the trial."""
    done = tw.run_trial(request, say)
    say("reading the data again, as delivered")
    if request.data is None:
        message = "a package needs data"
        raise ValueError(message)
    sdtm = tw.read_trial_data(request.data, done.protocol, request.how)
    files: dict[str, str | bytes] = dict(done.files)
    files[f"record/{request.record.name}"] = request.record.read_bytes()
    files |= {f"data/{name}": body for name, body in tw.delivered_files(request.data).items()}
    if request.how is not None and request.how.mapping is not None:
        files["data/intake.yaml"] = request.how.mapping.read_bytes()
    files |= {f"sdtm/{name}": text for name, text in tw.sdtm_files(sdtm).items()}
    say("writing the datasets for a regulator")
    datasets, why_not = _datasets(done.protocol, sdtm)
    files |= datasets
    about = {
        "protocol": done.protocol.id,
        "version": tw.__version__,
        "data_cutoff": str(done.results.about["data_cutoff"]),
    }
    if why_not:
        about["datasets"] = why_not
    if done.adam.simulated and not choices.simulated:
        about["registry_results"] = "left out: the data are simulated (--simulated puts them in)"
        typer.echo(f"left out: registry results: {done.adam.simulated}; say --simulated", err=True)
    else:
        made = tw.registry_results(done.protocol, done.adam, done.results, choices)
        files |= {f"registry/{name}": text for name, text in made.files().items()}
        tell(made)
    if done.adam.simulated:
        about["simulated"] = done.adam.simulated
    return files, about


def _datasets(protocol: tw.Protocol, sdtm: tw.Sdtm) -> tuple[dict[str, str | bytes], str]:
    """XPT files with define.xml; or none, and why: a program or a form that the data do not fit."""
    try:
        return dict(tw.export_datasets(protocol, sdtm, ["xpt"], "both").files), ""
    except (MissingExtraError, DataError) as error:
        why = f"left out: {error.what} ({error.where})"
        typer.echo(visible(f"left out: XPT datasets and define.xml: {error.what}"), err=True)
        return {}, why


def write_package(content: bytes, out: Path) -> None:
    """Write the zip in one step; a file that is no package of ours is not overwritten.

    Raises
    ------
    OutputError
        When the place cannot be written, or holds another file.
    """
    if out.exists():
        try:
            tw.check_package(out)
        except tw.TrialwrightError as error:
            raise tw.OutputError(
                "The output file is there, and is no unchanged package.",
                where=str(out),
                do="choose another name, or move the file away",
            ) from error
    tw.replace_file(content, out)
