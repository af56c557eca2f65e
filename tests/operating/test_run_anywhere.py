"""The same totals in one process, in several, in shares, after deaths and after interruptions."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.fake_work import Deadly, Refusing, Sums, expected
from trialwright.core.errors import (
    DataError,
    DesignError,
    OutputError,
    ScenarioError,
    WorkerError,
)
from trialwright.operating.run import journal as journal_module
from trialwright.operating.run.blocks import HowToRun, run_blocks, run_part
from trialwright.operating.run.pieces import Pieces
from trialwright.operating.run.plan import Plan, plan_of
from trialwright.operating.run.ranges import common, joined, size, without, words
from trialwright.operating.run.shares import (
    Share,
    merge_files,
    parse_share,
    part_bytes,
    totals_name,
)

WORK = Sums()
TESTS = Path(__file__).parents[1]
runs = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=6).map(joined)


def quiet(done, every):
    return


def stop_after(trials):
    """A `tell` that presses Ctrl-C once so many trials are done."""

    def tell(done, every):
        if done >= trials:
            raise KeyboardInterrupt

    return tell


def members(ranges):
    return {at for start, stop in ranges for at in range(start, stop)}


@pytest.fixture(scope="module")
def whole():
    return run_blocks(WORK, HowToRun(), quiet).to_bytes()


# One process, and what the totals are


def test_every_trial_is_counted_once(whole):
    found = json.loads(whole)
    assert {key: found[key] for key in ("n", "number")} == expected(WORK)
    assert sum(found["drawn"]) == WORK.trials


@pytest.mark.parametrize("block", [1, 7, 1029, 1030, 5000])
def test_the_size_of_a_block_changes_nothing(whole, block):
    assert run_blocks(Sums(block=block), HowToRun(), quiet).to_bytes() == whole


def test_progress_ends_with_all_trials():
    told = []
    run_blocks(WORK, HowToRun(), lambda done, every: told.append((done, every)))
    assert told[0] == (0, 1030)
    assert told[-1] == (1030, 1030)
    assert told == sorted(told)


@pytest.mark.parametrize(("trials", "block"), [(0, 10), (10, 0)])
def test_a_plan_without_trials_is_refused(trials, block):
    with pytest.raises(DesignError, match="is 0"):
        Plan("", trials, block)


# Several processes


def test_two_processes_give_the_same_bytes(whole):
    assert run_blocks(WORK, HowToRun(workers=2), quiet).to_bytes() == whole


def test_processes_that_die_lose_nothing(whole, tmp_path):
    work = Deadly(folder=str(tmp_path), deadly=(0, 400, 1020))
    assert run_blocks(work, HowToRun(workers=2), quiet).to_bytes() == whole
    assert len(list(tmp_path.iterdir())) == 3


def test_a_block_that_always_kills_ends_the_run_and_keeps_the_others(whole, tmp_path):
    kept = tmp_path / "kept"
    work = Deadly(folder=str(tmp_path), deadly=(400,), always=True)
    with pytest.raises(WorkerError, match="ended from outside"):
        run_blocks(work, HowToRun(workers=2, checkpoint=kept), quiet)
    told = []
    again = run_blocks(WORK, HowToRun(checkpoint=kept), lambda done, _: told.append(done))
    assert again.to_bytes() == whole
    assert told[0] > 0


def test_a_refusal_crosses_processes_whole():
    with pytest.raises(ScenarioError) as refused:
        run_blocks(Refusing(), HowToRun(workers=2), quiet)
    assert str(refused.value).split("\n")[1:] == [
        "  where:   every trial",
        "  allowed: nothing",
        "  do:      stop",
    ]
    error = DataError("A.", where="b", allowed="c", do="d", records=(("TR", 3),))
    again = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert (type(again), str(again), again.records) == (DataError, str(error), (("TR", 3),))


# Checkpoints


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


def test_two_runs_do_not_share_a_checkpoint(journal):
    def tell(done, every):
        with pytest.raises(OutputError, match="Another run"):
            run_blocks(WORK, HowToRun(checkpoint=journal), quiet)

    run_blocks(WORK, HowToRun(checkpoint=journal), lambda done, every: done == every and tell(0, 0))


def test_a_checkpoint_stays_small(whole, tmp_path, monkeypatch):
    monkeypatch.setattr(journal_module, "_LINES", 4)
    monkeypatch.setattr("trialwright.operating.run.pieces._SECONDS", 0)
    lines, path = [], tmp_path / "kept"

    def tell(done, every):
        if path.exists():
            lines.append(len(path.read_bytes().splitlines()))

    assert run_blocks(WORK, HowToRun(checkpoint=path), tell).to_bytes() == whole
    assert (len(lines), max(lines), lines[-1]) == (52, 6, 4)


@pytest.mark.parametrize("trials", [100, 500, 900])
def test_a_checkpoint_that_was_merged_has_lost_nothing(whole, tmp_path, monkeypatch, trials):
    monkeypatch.setattr(journal_module, "_LINES", 4)
    monkeypatch.setattr("trialwright.operating.run.pieces._SECONDS", 0)
    how, told = HowToRun(checkpoint=tmp_path / "kept"), []
    with pytest.raises(KeyboardInterrupt):
        run_blocks(WORK, how, stop_after(trials))
    again = run_blocks(WORK, how, lambda done, every: told.append(done))
    assert (told[0], again.to_bytes()) == (trials, whole)


# Shares


@given(blocks=st.integers(1, 60), shares=st.integers(1, 70))
@settings(max_examples=30)
def test_shares_are_equal_and_hold_each_block_once(blocks, shares):
    plan = Plan("", blocks, 1)
    found = [Share(at, shares).blocks(plan) for at in range(1, shares + 1)]
    assert joined(run for one in found for run in one) == ((0, blocks),)
    sizes = [size(one) for one in found]
    assert sum(sizes) == blocks
    assert max(sizes) - min(sizes) <= 1


def shards(folder, work=WORK, of=4):
    files = []
    for number in range(1, of + 1):
        share = Share(number, of)
        file = folder / totals_name(share)
        file.write_bytes(part_bytes(run_part(work, HowToRun(share=share), quiet), {"seed": 7}))
        files.append(file)
    return files


@pytest.mark.parametrize("order", [(3, 1, 0, 2), (2, 3, 1, 0)])
def test_shares_merged_in_any_order_give_the_bytes_of_one_run(tmp_path, order):
    alone = part_bytes(run_part(WORK, HowToRun(), quiet), {"seed": 7})
    files = shards(tmp_path)
    assert [file.name for file in files][:2] == ["totals-1-of-4.json", "totals-2-of-4.json"]
    part, ordered = merge_files([files[at] for at in order])
    assert part_bytes(part, ordered) == alone


def test_more_shares_than_blocks_leave_some_empty(tmp_path, whole):
    part, _ = merge_files(shards(tmp_path, Sums(block=500), of=5))
    assert part.totals.to_bytes() == whole


def test_missing_and_double_blocks_are_named(tmp_path):
    files = shards(tmp_path)
    with pytest.raises(DataError, match="250 of 1030 trials") as missing:
        merge_files([files[0], files[1], files[2]])
    assert "blocks 39-51 of 0-51" in missing.value.where
    with pytest.raises(DataError, match="same blocks") as double:
        merge_files([files[0], files[1], files[1]])
    assert double.value.where.startswith("blocks 13-25 in ")
    with pytest.raises(DataError, match="no file"):
        merge_files([])


@pytest.mark.parametrize(
    ("other", "differs"),
    [(Sums(seed=8), "seed"), (Sums(trials=900), "900, not 1030"), (Sums(block=10), "10, not 20")],
)
def test_shares_of_another_run_are_refused(tmp_path, other, differs):
    (tmp_path / "other").mkdir()
    mine, theirs = shards(tmp_path), shards(tmp_path / "other", other)
    with pytest.raises(DataError, match=differs):
        merge_files([mine[0], theirs[1]])


@pytest.mark.parametrize("change", [lambda c: c[:-10], lambda c: c.replace(b"7", b"8", 1)])
def test_a_file_cut_short_or_edited_is_refused(tmp_path, change):
    files = shards(tmp_path)
    files[2].write_bytes(change(files[2].read_bytes()))
    with pytest.raises(DataError, match="cut short or edited"):
        merge_files(files)
    with pytest.raises(DataError, match="cannot be read"):
        merge_files([tmp_path / "absent"])


@pytest.mark.parametrize("text", ["", "3", "0/4", "5/4", "-1/4", "1/4/2", "a/b", "1/0"])
def test_what_is_no_share_is_refused(text):
    with pytest.raises(DesignError, match="no share"):
        parse_share(text)
    with pytest.raises(DesignError, match="all trials"):
        run_blocks(WORK, HowToRun(share=parse_share("1/4")), quiet)


# Blocks as runs of numbers


@given(one=runs, other=runs)
@settings(max_examples=30)
def test_ranges_are_sets(one, other):
    assert members(without(one, other)) == members(one) - members(other)
    assert members(common(one, other)) == members(one) & members(other)
    assert members(joined((*one, *other))) == members(one) | members(other)
    assert size(one) == len(members(one))


def test_ranges_in_words():
    assert words(((0, 4), (7, 8))) == "0-3, 7"
    assert words(tuple((at, at + 1) for at in range(0, 24, 2))).endswith("18 and 2 more")


@given(st.lists(st.tuples(st.booleans(), st.floats(1e-4, 10)), max_size=30), st.integers(1, 5))
@settings(max_examples=30)
def test_pieces_hand_out_each_open_block_once(story, workers):
    open_ = ((0, 9), (20, 52))
    pieces = Pieces(plan_of(WORK), open_, workers)
    done = []
    for comes, seconds in [*story, *[(True, 0.01)] * 60]:
        run = pieces.next()
        if run is None:
            break
        if comes:
            pieces.timed(run, seconds)
            done.append(run)
        else:
            pieces.back(run)
    assert pieces.left == 0
    assert sum(stop - start for start, stop in done) == 41
    assert joined(done) == open_


@pytest.mark.parametrize(
    ("seconds", "workers", "lengths"),
    [
        (0.02, 1, [1, 50, 50]),  # a second of work at a time
        (0.02, 4, [1, 50, 50]),
        (0.0001, 4, [1, 62, 58]),  # but no more than a quarter of what each worker still gets
        (3.0, 2, [1, 1, 1]),
    ],
)
def test_pieces_take_about_a_second(seconds, workers, lengths):
    pieces = Pieces(Plan("", 1000, 1), ((0, 1000),), workers)
    found = []
    for _ in lengths:
        start, stop = pieces.next()
        pieces.timed((start, stop), seconds * (stop - start))
        found.append(stop - start)
    assert found == lengths
