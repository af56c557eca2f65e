"""The same totals from dask workers over TCP, also when workers are killed in the middle."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
from contextlib import ExitStack

import pytest

from support.fake_work import Deadly, Lacking, Refusing, Sums
from trialwright.core.errors import MissingExtraError, ScenarioError, WorkerError
from trialwright.operating.run import cluster as cluster_module
from trialwright.operating.run.blocks import HowToRun, run_blocks

distributed = pytest.importorskip("distributed")
dask = pytest.importorskip("dask")
WORK = Sums()


def quiet(done, every):
    return


@pytest.fixture(scope="module")
def whole():
    return run_blocks(WORK, HowToRun(), quiet).to_bytes()


@pytest.fixture(scope="module")
def cluster():
    """A scheduler and two workers, each a process of its own, that speak TCP.

    A result that is fetched while its worker dies is waited for until the connection is given up,
    after half a minute by default.
    """
    patience = dask.config.set({"distributed.comm.timeouts.connect": "3s"})
    with (
        patience,
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            host="tcp://127.0.0.1",
            dashboard_address="127.0.0.1:0",
            silence_logs=60,
        ) as found,
    ):
        yield found


@pytest.fixture
def how(cluster):
    return HowToRun(scheduler=cluster.scheduler_address)


def test_two_workers_over_tcp_give_the_same_bytes(whole, how):
    assert how.scheduler.startswith("tcp://")
    assert run_blocks(WORK, how, quiet).to_bytes() == whole
    assert run_blocks(Sums(block=9), how, quiet).to_bytes() == whole


def test_a_worker_killed_from_outside_loses_nothing(whole, cluster, how):
    pids = [worker.process.process.pid for worker in cluster.workers.values()]
    killed = []

    def tell(done, every):
        if not killed and 200 <= done < every:
            os.kill(pids[0], signal.SIGKILL)
            killed.append(done)

    assert run_blocks(Sums(seconds=0.01), how, tell).to_bytes() == whole
    assert killed, "the worker was killed before the end"


def test_workers_that_die_of_their_blocks_lose_nothing(whole, how, tmp_path):
    work = Deadly(folder=str(tmp_path), deadly=(0, 600))
    assert run_blocks(work, how, quiet).to_bytes() == whole
    assert {path.name for path in tmp_path.iterdir()} == {"met-0", "met-600"}


def test_a_run_stopped_on_the_cluster_goes_on_at_home(whole, cluster, how, tmp_path):
    kept = tmp_path / "kept"

    def tell(done, every):
        if done >= 300:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_blocks(WORK, HowToRun(scheduler=how.scheduler, checkpoint=kept), tell)
    told = []
    home = run_blocks(WORK, HowToRun(checkpoint=kept), lambda done, every: told.append(done))
    assert home.to_bytes() == whole
    assert told[0] >= 300


def test_the_scheduler_holds_few_tasks(cluster, how):
    """Memory stays flat: tasks in flight are a few a worker, however many blocks are open."""
    most = []

    def tell(done, every):
        most.append(len(cluster.scheduler.tasks))

    run_blocks(Sums(trials=600, block=2), how, tell)
    assert len(most) > 20
    assert max(most) <= 12, "two a thread, two more, and those that are being forgotten"


def test_the_file_of_a_scheduler_names_it(whole, how, tmp_path):
    file = tmp_path / "scheduler.json"
    file.write_text(json.dumps({"address": how.scheduler}), "utf-8")
    assert run_blocks(WORK, HowToRun(scheduler=str(file)), quiet).to_bytes() == whole


def test_a_refusal_on_a_worker_is_a_refusal_here(how):
    with pytest.raises(ScenarioError, match="where:   every trial"):
        run_blocks(Refusing(), how, quiet)


def test_a_worker_that_lacks_a_module_is_told_in_words(how):
    with pytest.raises(WorkerError, match="cannot load what the work needs: No module named"):
        run_blocks(Lacking(), how, quiet)


def test_a_worker_of_another_version_is_refused(how, monkeypatch):
    monkeypatch.setattr(cluster_module, "__version__", "0.0.0")
    with pytest.raises(WorkerError, match=r"this program is 0\.0\.0"):
        run_blocks(WORK, how, quiet)


def test_a_scheduler_that_goes_away_leaves_the_checkpoint(whole, tmp_path, capfd):
    kept = tmp_path / "kept"
    with distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        processes=False,
        protocol="tcp",
        dashboard_address="127.0.0.1:0",
    ) as short:

        def tell(done, every):
            if done >= 300:
                short.close()

        how = HowToRun(scheduler=short.scheduler_address, checkpoint=kept)
        with pytest.raises(WorkerError, match="went away"):
            run_blocks(Sums(seconds=0.005), how, tell)
    assert "Traceback" not in capfd.readouterr().err
    told = []
    home = run_blocks(WORK, HowToRun(checkpoint=kept), lambda done, every: told.append(done))
    assert home.to_bytes() == whole
    assert told[0] >= 300


def test_a_scheduler_that_nobody_started_is_named(tmp_path):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{closed.getsockname()[1]}"
        secure = address.replace("tcp", "tls")
        for scheduler in (address, secure, "tcp://127.0.0.1", "a:b", str(tmp_path / "none.json")):
            with pytest.raises(WorkerError, match="cannot be reached"):
                run_blocks(WORK, HowToRun(scheduler=scheduler), quiet)


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-OpenSSH_9.6\r\n", b"HTTP/1.1 400 Bad\r\n\r\n"])
def test_a_port_that_is_no_scheduler_is_named(monkeypatch, answer):
    monkeypatch.setattr(cluster_module, "_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server, ExitStack() as held:

        def serve():
            for _ in range(2):
                held.enter_context(server.accept()[0]).sendall(answer)

        other = threading.Thread(target=serve, daemon=True)
        other.start()
        how = HowToRun(scheduler=f"tcp://127.0.0.1:{server.getsockname()[1]}")
        with pytest.raises(WorkerError, match=r"no answer within|is no scheduler"):
            run_blocks(WORK, how, quiet)
        other.join()


def test_without_the_library_the_extra_is_named(monkeypatch):
    monkeypatch.setattr(cluster_module, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"trialwright\[dist\]"):
        run_blocks(WORK, HowToRun(scheduler="tcp://127.0.0.1:1"), quiet)
