"""The same totals in one process, in several, in shares and after deaths."""

from __future__ import annotations

import json
import multiprocessing
import pickle
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.fake_work import Deadly, Refusing, Stuck, Sums, expected
from trialwright.core.errors import (
    DataError,
    DesignError,
    OutputError,
    ScenarioError,
    WorkerError,
)
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
runs = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=6).map(joined)


def quiet(done, every):
    return


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


@pytest.mark.parametrize("ends", [KeyboardInterrupt, OutputError("Full.", where="disk")])
def test_a_run_that_is_stopped_does_not_wait_for_its_processes(tmp_path, ends):
    """The other block takes a minute, whichever of the two comes first."""

    def tell(done, every):
        if done:
            raise ends

    begun = time.monotonic()
    with pytest.raises((KeyboardInterrupt, OutputError)):
        run_blocks(Stuck(trials=400), HowToRun(workers=2), tell)
    assert time.monotonic() - begun < 30
    assert not multiprocessing.active_children()


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
