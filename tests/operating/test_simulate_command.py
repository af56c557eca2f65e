"""`trialwright simulate --trials` and `trialwright merge`, with work that costs nothing."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path

import pytest

import trialwright as tw
from support.fake_work import Sums
from trialwright.cli.app import main
from trialwright.operating.run.shares import part_bytes, read_part

ROOT = Path(__file__).parents[2]
RECORD = ROOT / "examples/records/000_d23731f1bbf2546a.txt"
SCENARIO = ROOT / "examples/scenarios/000_d23731f1bbf2546a.yaml"
CHARACTERISTICS = "operating_characteristics.json"


@pytest.fixture(scope="module")
def protocol(tmp_path_factory):
    draft = tw.draft_protocol(tw.read_record(RECORD))
    path = tmp_path_factory.mktemp("protocol") / "protocol.yaml"
    path.write_text(tw.protocol_text(tw.accept_defaults(draft.protocol, draft.findings)), "utf-8")
    return path


@pytest.fixture(autouse=True)
def _cheap_work(monkeypatch):
    many = "trialwright.operating.many"
    monkeypatch.setattr(f"{many}.plan_trials", lambda p, s, seed, trials: Sums(trials, seed=seed))
    monkeypatch.setattr(
        f"{many}.characteristics", lambda study, totals: {CHARACTERISTICS: totals.to_bytes()}
    )
    monkeypatch.setattr(tw, "trials_files", lambda done: done.files())  # no page: no study


@pytest.fixture
def command(monkeypatch, capfd, protocol):
    """Run a command; its exit status, and what it printed on both channels."""

    def run(*words):
        monkeypatch.setattr("sys.argv", ["trialwright", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capfd.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return run


@pytest.fixture
def simulate(command, protocol):
    return lambda *words: command("simulate", protocol, SCENARIO, *words)


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_many_trials_give_files_and_one_line(simulate, tmp_path):
    out = tmp_path / "out"
    assert simulate("--trials", 1030, "--out", out) == (0, f"1,030 trials, 2 files in {out}\n", "")
    assert set(content(out)) == {CHARACTERISTICS, "totals.json", "manifest.json"}
    assert list(tmp_path.iterdir()) == [out], "the checkpoint is gone"


def test_processes_and_merged_shards_give_the_same_folder(simulate, command, tmp_path):
    for name, words in (("one", ()), ("two", ("--workers", 2))):
        simulate("--trials", 1030, "--out", tmp_path / name, *words)
    shards = tmp_path / "shards"
    for share in ("3/3", "1/3", "2/3"):
        status, out, _ = simulate("--trials", 1030, "--out", shards, "--shard", share)
        assert status == 0
    assert out == f"340 of 1,030 trials in {shards / 'totals-2-of-3.json'}\n"
    files = sorted(shards.iterdir(), reverse=True)
    status, out, _ = command("merge", *files, "--out", tmp_path / "merged")
    assert (status, out) == (0, f"1,030 trials of 3 files, 2 files in {tmp_path / 'merged'}\n")
    assert content(tmp_path / "one") == content(tmp_path / "two") == content(tmp_path / "merged")


def test_a_shard_may_be_run_again_but_never_over_another_one(simulate, tmp_path):
    words = ("--out", tmp_path / "out", "--shard", "1/2")
    assert simulate("--trials", 1030, *words)[0] == 0
    assert simulate("--trials", 1030, *words)[0] == 0
    status, _, told = simulate("--trials", 1030, *words, "--seed", 2)
    assert status == 1
    assert "OutputError: The file of totals is there" in told


def test_a_missing_shard_is_named(simulate, command, tmp_path):
    simulate("--trials", 1030, "--out", tmp_path / "out", "--shard", "1/2")
    status, _, told = command("merge", *(tmp_path / "out").iterdir(), "--out", tmp_path / "merged")
    assert status == 1
    assert "510 of 1030 trials are in none of the files" in told
    assert not (tmp_path / "merged").exists()


def test_totals_of_another_version_are_not_merged(simulate, command, tmp_path, monkeypatch):
    simulate("--trials", 1030, "--out", tmp_path / "out")
    monkeypatch.setattr("trialwright.operating.many.plan_trials", lambda *plan: Sums(seed=99))
    words = (tmp_path / "out/totals.json", "--out", tmp_path / "merged")
    status, _, told = command("merge", *words)
    assert status == 1
    assert "another version of this program" in told


def test_ctrl_c_keeps_what_is_done(simulate, tmp_path, monkeypatch):
    @contextmanager
    def pressed():
        def tell(done, every):
            if done >= 500:
                raise KeyboardInterrupt

        yield tell

    out, kept = tmp_path / "out", tmp_path / "out.checkpoint"
    with monkeypatch.context() as patch:
        patch.setattr("trialwright.cli.simulate.trial_bar", pressed)
        status, _, told = simulate("--trials", 1030, "--out", out)
    assert (status, told) == (130, f"stopped; the same command goes on from {kept}\n")
    assert not out.exists()
    assert kept.exists()
    status, _, told = simulate("--trials", 1030, "--out", out, "--seed", 2)
    assert status == 1
    assert "what differs: protocol, scenario, variants, seed or version" in told
    assert simulate("--trials", 1030, "--out", out)[0] == 0
    assert not kept.exists()
    simulate("--trials", 1030, "--out", tmp_path / "unbroken")
    assert content(out) == content(tmp_path / "unbroken")


def test_ctrl_c_before_the_first_block_says_so(simulate, tmp_path, monkeypatch):
    def pressed(*plan):
        raise KeyboardInterrupt

    monkeypatch.setattr("trialwright.operating.many.plan_trials", pressed)
    found = simulate("--trials", 1030, "--out", tmp_path / "out")
    assert found == (130, "", "stopped; nothing was done yet\n")


def test_an_output_that_is_a_file_is_refused_before_the_work(simulate, tmp_path):
    out = tmp_path / "out"
    out.touch()
    status, _, told = simulate("--trials", 1030, "--out", out)
    assert (status, told.splitlines()[0]) == (1, "OutputError: The output folder is a file.")
    assert list(tmp_path.iterdir()) == [out], "no checkpoint"


def test_trials_are_kept_when_their_files_cannot_be_written(simulate, tmp_path):
    out, kept = tmp_path / "out", tmp_path / "out.checkpoint"
    out.mkdir()
    (out / CHARACTERISTICS).write_text("mine", "utf-8")
    status, _, told = simulate("--trials", 1030, "--out", out)
    assert status == 1
    assert f"the trials are kept; with another --out, add --checkpoint {kept}\n" in told
    before = kept.read_bytes()
    assert len(before.splitlines()) > 1
    words = ("--out", tmp_path / "other", "--checkpoint", kept)
    assert simulate("--trials", 1030, *words)[0] == 0
    assert not kept.exists()


def test_a_protocol_of_another_version_in_a_shard_is_told_as_such(simulate, command, tmp_path):
    simulate("--trials", 1030, "--out", tmp_path / "out")
    file = tmp_path / "out/totals.json"
    part, order = read_part(file)
    file.write_bytes(part_bytes(part, {**order, "protocol": "format: 0\n"}))
    status, _, told = command("merge", file, "--out", tmp_path / "merged")
    assert status == 1
    assert "another version of this program" in told


@pytest.mark.parametrize(
    "words",
    [
        ("--workers", 2),
        ("--shard", "1/2"),
        ("--restart",),
        ("--trials", 0),
        ("--trials", 9, "--workers", 2, "--scheduler", "tcp://localhost:1"),
        (SCENARIO,),
    ],
)
def test_options_that_do_not_fit_are_wrong_usage(simulate, tmp_path, words):
    assert simulate(*words, "--out", tmp_path / "out")[0] == 2


def test_a_bad_share_and_an_absent_scheduler_are_refused(simulate, tmp_path):
    for words, told in (
        (("--shard", "4/3"), "DesignError: This is no share"),
        (("--scheduler", "tcp://127.0.0.1:1"), "WorkerError: The scheduler cannot be reached"),
    ):
        status, _, error = simulate("--trials", 9, "--out", tmp_path / "out", *words)
        assert status == 1
        assert error.startswith(told)
