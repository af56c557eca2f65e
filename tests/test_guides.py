"""The documents are true: their commands run, what they print is printed, their links lead somewhere.

In a `console` block a line that starts with `$ ` is a command; the lines below it are its whole
output. A line `...` stands for any lines, `...` inside a line for any text. The `python` blocks of
the how-to pages are run from top to bottom, with the tests that they define.
"""

from __future__ import annotations

import inspect
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from trialwright.cli.app import main

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
GUIDES = [README, *sorted((ROOT / "docs/guides").glob("*.md"))]
HOWTO = sorted((ROOT / "docs/howto").glob("*.md"))
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
#: What `make demo` runs for the first record; the README speaks of its output.
DEMO = (
    "trialwright run examples/records/000_d23731f1bbf2546a.txt"
    " --scenario examples/scenarios/000_d23731f1bbf2546a.yaml --seed 7"
    " --out out/000_d23731f1bbf2546a"
)
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: A command of ours in words that mean the same without a shell, and what a shell does with it.
_OURS = re.compile(r"(?P<words>trialwright [^|&;<>$*?`~(){}\[\]\\]+?)(?P<rest> *(?:\d?>|[|&;]).*)?")
_LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


@dataclass(frozen=True)
class Step:
    """A command and the output that the page shows for it."""

    command: str
    shown: tuple[str, ...]


def name(path):
    return str(path.relative_to(ROOT))


def blocks(page, language):
    text = page.read_text("utf-8")
    return [body for found, body in _BLOCK.findall(text) if found == language]


def steps(text):
    """The commands of a `console` block, in order; a backslash continues a command."""
    parts = re.split(r"^\$ ", text.replace("\\\n", " "), flags=re.MULTILINE)
    assert not parts[0].strip(), f"output without a command: {parts[0]}"
    found = [part.rstrip("\n").split("\n") for part in parts[1:]]
    return [Step(lines[0], tuple(lines[1:])) for lines in found]


def line_pattern(line):
    if line.strip() == "...":
        return r"(?:.*\n)*?"
    return r".*".join(re.escape(part) for part in line.rstrip().split("...")) + r"\n"


def is_true(shown, output):
    """Whether the lines shown are the whole output, ellipses aside."""
    printed = "".join(f"{line.rstrip()}\n" for line in output.splitlines())
    return re.fullmatch("".join(map(line_pattern, shown)), printed) is not None


def untrue(step, output):
    """What to say when a page lies: the first line that is nowhere in the output, and the output."""
    printed = [line.rstrip() for line in output.splitlines()]
    false = [
        line
        for line in step.shown
        if line.strip() != "..."
        and not any(re.fullmatch(line_pattern(line)[:-2], found) for found in printed)
    ]
    return f"$ {step.command}\nnot printed: {false or 'another order, or more lines'}\n{output}"


def run(command, folder, *, in_process=True):
    """What a command prints, run in a shell.

    A command of ours that the line begins with needs no interpreter of its own: it runs here, and
    the shell is given what it printed and its status, to pipe, to write or to ask for.
    """
    found = _OURS.fullmatch(command) if in_process else None
    if not found:
        return in_a_shell(command, folder)
    told, complained, status = within(found["words"], folder)
    if not found["rest"] and not status:
        return told + complained
    with TemporaryDirectory() as kept:
        out, err = Path(kept, "out"), Path(kept, "err")
        out.write_text(told, "utf-8")
        err.write_text(complained, "utf-8")
        again = f"(cat {out}; cat {err} >&2; exit {status})"
        return in_a_shell(again + (found["rest"] or ""), folder)


def in_a_shell(command, folder):
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": path, "COLUMNS": "80"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, f"$ {command}\n{done.stdout}"
    return done.stdout


def within(command, folder):
    """What the entry point writes to both streams and its status, in the folder of the page."""
    streams = [io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2)]
    with pytest.MonkeyPatch.context() as there:
        there.chdir(folder)
        there.setenv("COLUMNS", "80")
        there.setattr(sys, "argv", shlex.split(command))
        with redirect_stdout(streams[0]), redirect_stderr(streams[1]):
            try:
                main()
                status = 0
            except SystemExit as ended:
                status = int(ended.code or 0)
    told, complained = (stream.buffer.getvalue().decode("utf-8") for stream in streams)
    return told, complained, status


@pytest.mark.parametrize("page", GUIDES, ids=name)
def test_commands_print_what_the_page_shows(page, tmp_path):
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    first = page == README  # As a newcomer types them: every command by the installed script.
    if first:
        run(DEMO, tmp_path, in_process=False)
    told = [step for block in blocks(page, "console") for step in steps(block)]
    assert told
    for step in told:
        output = run(step.command, tmp_path, in_process=not first)
        assert is_true(step.shown, output), untrue(step, output)


def test_the_readme_speaks_of_what_the_demo_makes():
    demo = (ROOT / "Makefile").read_text("utf-8")
    for part in ("trialwright run examples/records/", "--seed 7", "--out out/"):
        assert part in demo


@pytest.mark.parametrize("page", HOWTO, ids=name)
def test_the_code_of_a_how_to_runs(page, tmp_path):
    space: dict[str, object] = {"__name__": page.stem}
    for code in blocks(page, "python"):
        exec(compile(code, str(page), "exec", dont_inherit=True), space)  # noqa: S102
    tests = [found for key, found in space.items() if key.startswith("test_")]
    assert tests, "the page shows no test"
    for test in tests:
        test(*([tmp_path] if inspect.signature(test).parameters else []))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page):
    targets = [target for target in _LINK.findall(page.read_text("utf-8")) if ":" not in target]
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_architecture_page_names_every_part_of_the_tree():
    page = (ROOT / "docs/architecture.md").read_text("utf-8")
    source = ROOT / "src/trialwright"
    parts = [f"`{path.parent.name}/`" for path in source.glob("*/__init__.py")]
    parts += [f"`{path.name}`" for path in source.glob("[a-z]*.py")]
    assert [part for part in sorted(parts) if part not in page] == []


def test_a_false_line_is_noticed():
    output = "30 subjects\nn = 15, p = 0.05\nend\n"
    assert is_true(("30 subjects", "...", "end"), output)
    assert is_true(("30 subjects", "n = ..., p = 0.05", "end"), output)
    assert not is_true(("31 subjects", "..."), output)
    assert not is_true(("30 subjects", "end"), output)
    assert not is_true(("30 subjects",), output)
    assert not is_true(("...", "end", "n = 15, p = 0.05"), output)
    said = untrue(Step("count", ("31 subjects", "...")), output)
    assert "not printed: ['31 subjects']" in said
