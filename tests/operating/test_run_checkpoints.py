"""What a checkpoint keeps of a run that was stopped, killed, or whose disk was full."""

from __future__ import annotations

import errno
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from support.fake_work import Deadly, Sums, Wide
from trialwright.core.errors import DataError, OutputError
from trialwright.operating.run import journal as journal_module
from trialwright.operating.run.blocks import HowToRun, run_blocks, run_part
from trialwright.operating.run.records import part_json
from trialwright.operating.run.shares import Share, merge_files

WORK = Sums()
TESTS = Path(__file__).parents[1]


def quiet(done, every):
    return


def stop_after(trials):
    """A `tell` that presses Ctrl-C once so many trials are done."""

    def tell(done, every):
        if done >= trials:
            raise KeyboardInterrupt

    return tell


@pytest.fixture(scope="module")
def whole():
    return run_blocks(WORK, HowToRun(), quiet).to_bytes()


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("trials", [1, 500, 1010])
def test_an_interrupted_run_goes_on_to_the_same_bytes(whole, tmp_path, trials, workers):
    how = HowToRun(checkpoint=tmp_path / "kept", workers=workers)
    with pytest.raises(KeyboardInterrupt):
        run_blocks(WORK, how, stop_after(trials))
    told = []
    done = run_blocks(WORK, HowToRun(checkpoint=how.checkpoint), lambda a, _: told.append(a))
    assert done.to_bytes() == whole
    assert told[0] >= trials


def test_a_run_that_is_killed_again_and_again_goes_on(whole, tmp_path):
    """The process kills itself at three blocks, each time in a fresh one."""
    work = Deadly(folder=str(tmp_path), deadly=(20, 520, 1000))
    (tmp_path / "work").write_bytes(pickle.dumps(work))
    program = (
        "import pickle, sys; from pathlib import Path;"
        "from trialwright.operating.run.blocks import *;"
        f"work = pickle.loads(Path({str(tmp_path / 'work')!r}).read_bytes());"
        f"how = HowToRun(checkpoint=Path({str(tmp_path / 'kept')!r}));"
        "sys.stdout.buffer.write(run_blocks(work, how, lambda done, every: None).to_bytes())"
    )
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    ends, written = [], set()
    for _ in range(4):
        ended = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, check=False
        )
        ends.append(ended.returncode)
        written.add((tmp_path / "kept").read_bytes())
    assert ends == [-9, -9, -9, 0]
    assert len(written) == 4, "each run brings the journal further"
    assert ended.stdout == whole


@pytest.fixture
def journal(tmp_path):
    """The checkpoint of a run that was stopped on its way."""
    path = tmp_path / "kept"
    with pytest.raises(KeyboardInterrupt):
        run_blocks(WORK, HowToRun(checkpoint=path), stop_after(700))
    return path


@pytest.mark.parametrize("cut", [1, 2, 60, 150])
def test_a_torn_last_line_is_ignored(whole, journal, cut):
    content = journal.read_bytes()
    assert len(content.splitlines()[-1]) > cut
    journal.write_bytes(content[:-cut])
    assert run_blocks(WORK, HowToRun(checkpoint=journal), quiet).to_bytes() == whole


@pytest.mark.parametrize(("old", "new"), [(b'"n":[20]', b'"n":[21]'), (b'{"blocks"', b'{"block')])
def test_a_checkpoint_damaged_in_the_middle_is_refused(journal, old, new):
    content = journal.read_bytes()
    assert content.count(old) >= 1
    journal.write_bytes(content.replace(old, new, 1))
    with pytest.raises(OutputError, match="damaged in the middle"):
        run_blocks(WORK, HowToRun(checkpoint=journal), quiet)


@pytest.mark.parametrize(
    ("work", "share", "differs"),
    [
        (Sums(seed=8), Share(), "protocol, scenario, variants, seed or version"),
        (Sums(trials=1031), Share(), "number of trials"),
        (Sums(block=21), Share(), "size of a block"),
        (WORK, Share(1, 2), "the shard"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused_with_what_differs(journal, work, share, differs):
    before = journal.read_bytes()
    with pytest.raises(OutputError, match=differs):
        run_part(work, HowToRun(checkpoint=journal, share=share), quiet)
    assert journal.read_bytes() == before
    run_part(work, HowToRun(checkpoint=journal, share=share, restart=True), quiet)


def test_a_file_that_is_no_checkpoint_is_left_alone(tmp_path):
    file = tmp_path / "thesis.txt"
    file.write_text("years of work\n", "utf-8")
    with pytest.raises(OutputError, match="no checkpoint"):
        run_blocks(WORK, HowToRun(checkpoint=file), quiet)
    assert file.read_text("utf-8") == "years of work\n"


@pytest.mark.parametrize("content", [b'"\\ud800"', b'{"a":"\\ud800"}\n', b"[" * 100_000, b"\xff\n"])
def test_any_bytes_are_no_checkpoint_and_no_totals(tmp_path, content):
    file = tmp_path / "file"
    file.write_bytes(content)
    with pytest.raises(OutputError, match="no checkpoint"):
        run_blocks(WORK, HowToRun(checkpoint=file), quiet)
    with pytest.raises(DataError, match="cut short or edited"):
        merge_files([file])


def test_restart_forgets_a_checkpoint_but_no_other_file(whole, journal, tmp_path):
    again = HowToRun(checkpoint=journal, restart=True)
    told = []
    assert run_blocks(WORK, again, lambda done, _: told.append(done)).to_bytes() == whole
    assert told[0] == 0
    protocol = tmp_path / "protocol.yaml"
    protocol.write_text("a: 1\n", "utf-8")
    with pytest.raises(OutputError, match="no checkpoint"):
        run_blocks(WORK, HowToRun(checkpoint=protocol, restart=True), quiet)
    assert protocol.read_text("utf-8") == "a: 1\n"


@pytest.mark.parametrize("restart", [False, True])
def test_two_runs_do_not_share_a_checkpoint(journal, restart):
    refused = []

    def tell(done, every):
        with pytest.raises(OutputError, match="Another run"):
            run_blocks(WORK, HowToRun(checkpoint=journal, restart=restart), quiet)
        refused.append(done)

    run_blocks(WORK, HowToRun(checkpoint=journal), tell)
    assert len(refused) > 1, "from before the first block on"


def test_a_checkpoint_replaced_while_it_was_opened_is_opened_anew(whole, journal, monkeypatch):
    """Another run may replace the file between open and lock: the old one is nobody's."""
    lock, times = journal_module._lock, []

    def replaced(handle, path):
        lock(handle, path)
        times.append(path)
        if len(times) == 1:
            path.with_name("new").write_bytes(path.read_bytes())
            path.with_name("new").replace(path)

    monkeypatch.setattr(journal_module, "_lock", replaced)
    assert run_blocks(WORK, HowToRun(checkpoint=journal), quiet).to_bytes() == whole
    assert len(times) >= 3, "the old file, the new one, and the one that is written"


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    for path in (tmp_path, tmp_path / "file/kept"):
        with pytest.raises(OutputError, match="checkpoint cannot be written"):
            run_blocks(WORK, HowToRun(checkpoint=path), quiet)


@pytest.mark.parametrize("merged", [False, True])
def test_a_full_disk_ends_the_run_in_words_and_keeps_what_was_done(
    whole, tmp_path, monkeypatch, merged
):
    monkeypatch.setattr(journal_module, "_LINES", 4 if merged else 99)
    monkeypatch.setattr(journal_module, "_PAUSE", 0)
    monkeypatch.setattr("trialwright.operating.run.pieces._SECONDS", 0)
    how, written = HowToRun(checkpoint=tmp_path / "kept"), []

    def full(part):
        written.append(part)
        if len(written) == 20:
            raise OSError(errno.ENOSPC, "No space left on device")
        return part_json(part)

    with monkeypatch.context() as patch:
        patch.setattr(journal_module, "part_json", full)
        with pytest.raises(OutputError, match="cannot be written: No space left"):
            run_blocks(WORK, how, quiet)
    told = []
    assert run_blocks(WORK, how, lambda done, _: told.append(done)).to_bytes() == whole
    assert told[0] >= 300
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_a_wide_checkpoint_is_written_seldom_and_whole_at_the_end(tmp_path, monkeypatch):
    """Writing takes a tenth of the time at most, so that many workers need not wait for it."""
    work, kept, slow = Wide(trials=1000, block=10), tmp_path / "kept", []
    monkeypatch.setattr("trialwright.operating.run.pieces._SECONDS", 0)
    monkeypatch.setattr(journal_module, "_PAUSE", 1e9)

    def tell(done, every):
        slow.append(len(kept.read_bytes().splitlines()))

    alone = run_blocks(work, HowToRun(checkpoint=kept), tell)
    assert (len(slow), max(slow)) == (101, 3), "head, nothing done, the first block"
    told = []
    again = run_blocks(work, HowToRun(checkpoint=kept), lambda done, _: told.append(done))
    assert (told, again.to_bytes()) == ([1000], alone.to_bytes())


def test_a_checkpoint_stays_small(whole, tmp_path, monkeypatch):
    monkeypatch.setattr(journal_module, "_LINES", 4)
    monkeypatch.setattr(journal_module, "_PAUSE", 0)
    monkeypatch.setattr("trialwright.operating.run.pieces._SECONDS", 0)
    lines, path = [], tmp_path / "kept"

    def tell(done, every):
        if path.exists():
            lines.append(len(path.read_bytes().splitlines()))

    assert run_blocks(WORK, HowToRun(checkpoint=path), tell).to_bytes() == whole
    assert (len(lines), max(lines), lines[-1]) == (53, 6, 4)


@pytest.mark.parametrize("trials", [100, 500, 900])
def test_a_checkpoint_that_was_merged_has_lost_nothing(whole, tmp_path, monkeypatch, trials):
    monkeypatch.setattr(journal_module, "_LINES", 4)
    monkeypatch.setattr(journal_module, "_PAUSE", 0)
    monkeypatch.setattr("trialwright.operating.run.pieces._SECONDS", 0)
    how, told = HowToRun(checkpoint=tmp_path / "kept"), []
    with pytest.raises(KeyboardInterrupt):
        run_blocks(WORK, how, stop_after(trials))
    again = run_blocks(WORK, how, lambda done, every: told.append(done))
    assert (told[0], again.to_bytes()) == (trials, whole)
