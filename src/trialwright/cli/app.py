"""The command line: parse, call the public API, write, one line of news.

Exit status: 0 done, 1 refused (our message, no traceback), 2 wrong usage.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

import trialwright as tw
from trialwright.cli.amendment import amendment
from trialwright.cli.conformance import conformance
from trialwright.cli.draft import draft
from trialwright.cli.export import export
from trialwright.cli.intake import intake_app
from trialwright.cli.options import (
    AsJson,
    Data,
    Encoding,
    MappingFile,
    Out,
    ProtocolFile,
    Seed,
    require_apart,
)
from trialwright.cli.package import package
from trialwright.cli.progress import stages
from trialwright.cli.protocol import protocol_app
from trialwright.cli.registry_json import registry_json
from trialwright.cli.registry_results import registry_results
from trialwright.cli.schedule import schedule
from trialwright.cli.simulate import merge, score, simulate
from trialwright.cli.snapshots import diff as snapshot_diff
from trialwright.cli.snapshots import snapshot_app
from trialwright.cli.template import template
from trialwright.cli.text import json_text, table_text
from trialwright.cli.usdm import usdm_app
from trialwright.core.results import tables_of

app = typer.Typer(
    name="trialwright",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="From a registered early-phase oncology trial and its raw measurements to every result, "
    "with the reason for it.",
)
app.add_typer(protocol_app, name="protocol")

Record = Annotated[Path, typer.Argument(help="Registered record (one file).")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Decide a value of the protocol."),
]


@app.callback()
def _root(
    version: Annotated[  # noqa: FBT002
        bool, typer.Option("--version", help="Print the version and stop.")
    ] = False,
) -> None:
    """Start; every command loads only what it needs."""
    if version:
        typer.echo(f"trialwright {tw.__version__}")
        raise typer.Exit


@app.command()
def run(
    record: Record,
    out: Out,
    scenario: Annotated[Path | None, typer.Option(help="Assumed truth to simulate (YAML).")] = None,
    data: Annotated[
        Path | None,
        typer.Option(help="Delivered data: folder or zip of SDTM files, workbook, exports."),
    ] = None,
    protocol: Annotated[
        Path | None, typer.Option(help="Use this protocol file, not the drafted one.")
    ] = None,
    seed: Seed = 1,
    settings: Settings = None,
    mapping: MappingFile = None,
    encoding: Encoding = "utf-8",
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Do the main job: record, protocol, design, data, results, report."""
    if scenario is not None and data is not None:
        raise typer.BadParameter("give --scenario or --data, not both")
    if data is not None:
        require_apart(out, data)
    request = tw.RunRequest(
        record=record, scenario=scenario, data=data, protocol=protocol, seed=seed,
        settings=tw.parse_settings(settings or ()),
        how=tw.HowToRead(encoding=encoding, mapping=mapping),
    )  # fmt: skip
    with stages() as tell:
        done = tw.run_trial(request, tell)
        tw.write_files(done.files, out)
    if as_json:
        typer.echo(done.results.to_json(), nl=False)
    typer.echo(f"{done.news}; report in {out / 'report.html'}", err=as_json)


app.command()(draft)


@app.command()
def check(protocol: ProtocolFile, as_json: AsJson = False) -> None:  # noqa: FBT002
    """List what a protocol leaves open or contradicts."""
    findings = tw.check_protocol(tw.read_protocol(protocol))
    if as_json:
        dumped = [one.model_dump(mode="json") for one in findings]
        typer.echo(json_text(dumped, indent=1))
        return
    typer.echo(tw.findings_text(findings), nl=False)


@app.command()
def baseline(
    protocol: ProtocolFile,
    data: Data,
    mapping: MappingFile = None,
    encoding: Encoding = "utf-8",
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Check the baseline scans of delivered data, before anything is derived."""
    settled = tw.read_protocol(protocol)
    how = tw.HowToRead(encoding=encoding, mapping=mapping)
    sdtm = tw.read_trial_data(data, settled, how)
    found = tw.check_baseline(settled, sdtm)
    if as_json:
        typer.echo(json_text(found.to_json(), indent=1))
        return
    for table in (*found.tables(), found.findings_table()):
        typer.echo(table_text(table, sdtm.simulated))


@app.command()
def design(
    protocol: ProtocolFile,
    subjects: Annotated[
        int | None, typer.Option("--n", help="Number of subjects, where the protocol has none.")
    ] = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Show what a number of subjects can show about the primary rate."""
    evaluation = tw.evaluate_design(tw.read_protocol(protocol), subjects)
    if as_json:
        typer.echo(json_text(evaluation.to_json(), indent=1))
        return
    for table in evaluation.tables():
        typer.echo(table_text(table))


app.command()(simulate)
app.command()(merge)
app.command()(score)


@app.command()
def derive(
    protocol: ProtocolFile,
    data: Data,
    out: Out,
    mapping: MappingFile = None,
    encoding: Encoding = "utf-8",
) -> None:
    """Derive ADaM datasets from delivered data, with the reconciliation of unused records."""
    settled = tw.read_protocol(protocol)
    how = tw.HowToRead(encoding=encoding, mapping=mapping)
    adam = tw.derive(settled, tw.read_trial_data(data, settled, how))
    tw.write_files(tw.adam_files(adam), out)
    typer.echo(
        f"{adam['ADSL'].height} subjects, {len(adam.datasets)} datasets, {adam.unused.height} "
        f"records unused, {adam.queries.height} queries in {out}"
    )


@app.command()
def analyze(
    protocol: ProtocolFile,
    data: Data,
    out: Annotated[Path | None, typer.Option("--out", help="Folder to write to.")] = None,
    mapping: MappingFile = None,
    encoding: Encoding = "utf-8",
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Derive and analyse delivered data: every result with denominator and method."""
    settled = tw.read_protocol(protocol)
    how = tw.HowToRead(encoding=encoding, mapping=mapping)
    adam = tw.derive(settled, tw.read_trial_data(data, settled, how))
    results = tw.analyze(settled, adam)
    if as_json:
        typer.echo(results.to_json(), nl=False)
    if out is not None:
        tw.write_files({"results.json": results.to_json()}, out)
        typer.echo(f"{len(results)} results in {out / 'results.json'}", err=as_json)
    elif not as_json:
        for result in results.values():
            for table in tables_of(result):
                typer.echo(table_text(table, adam.simulated))


@app.command()
def explain(
    protocol: ProtocolFile,
    data: Data,
    usubjid: Annotated[str, typer.Argument(help="Subject, as in DM.")],
    mapping: MappingFile = None,
    encoding: Encoding = "utf-8",
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Tell a patient's responses and endpoints in sentences with numbers, rules and margins."""
    settled = tw.read_protocol(protocol)
    how = tw.HowToRead(encoding=encoding, mapping=mapping)
    adam = tw.derive(settled, tw.read_trial_data(data, settled, how))
    story = tw.tell_patient(adam, usubjid)
    typer.echo(json_text(story.to_json(), indent=1) if as_json else story.text())


app.command()(schedule)
app.command()(template)
app.command("registry-json")(registry_json)
app.command("registry-results")(registry_results)
app.command()(package)
app.add_typer(usdm_app)
intake_app.command("diff")(snapshot_diff)
app.add_typer(intake_app)
app.command()(amendment)
app.command()(export)
app.add_typer(snapshot_app)
app.command()(conformance)


def main() -> None:
    """Run the command line; a refusal is printed and ends with status 1."""
    try:
        app()
    except tw.TrialwrightError as refusal:
        sys.stdout.flush()
        typer.echo(str(refusal), err=True)
        sys.exit(1)
    except OSError as failure:
        typer.echo(f"OutputError: The system refused: {failure}.", err=True)
        sys.exit(1)
