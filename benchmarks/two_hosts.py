"""Two hosts that only share a network: a worker in each, and one of them is killed in the middle.

    sudo .venv/bin/python benchmarks/two_hosts.py [--trials 100000] [--sums]

Each "host" is a network namespace of Linux with an address of its own, connected by a virtual
cable to this one, where the scheduler runs. The totals of one process are compared with those of
the two hosts, first undisturbed, then with a worker killed (SIGKILL) after a third of the trials
and the cable of the other one pulled for a moment. With --sums the trials cost nothing but a wait.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import trialwright as tw
from trialwright.operating.run.blocks import run_blocks
from trialwright.operating.run.plan import Work

ROOT = Path(__file__).resolve().parents[1]
RECORD = ROOT / "examples/records/000_d23731f1bbf2546a.txt"
SCENARIO = ROOT / "examples/scenarios/000_d23731f1bbf2546a.yaml"
DASK = Path(sys.executable).with_name("dask")
PORT = 18786
HOSTS = ("tw-one", "tw-two")
Tell = Callable[[int, int], None]


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


def address(number: int, end: int) -> str:
    return f"10.213.{number}.{end}"


@contextmanager
def host(number: int) -> Iterator[str]:
    """A network namespace with a cable to this one."""
    name, cable = HOSTS[number], f"tw{number}"
    ip("netns", "add", name)
    try:
        ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", name)
        ip("addr", "add", f"{address(number, 1)}/24", "dev", cable)
        ip("link", "set", cable, "up")
        ip("-n", name, "addr", "add", f"{address(number, 2)}/24", "dev", "eth0")
        ip("-n", name, "link", "set", "eth0", "up")
        yield name
    finally:
        ip("netns", "del", name)


@contextmanager
def process(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
    started = subprocess.Popen(
        words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield started
    finally:
        started.terminate()
        started.wait(20)


@contextmanager
def worker(number: int) -> Iterator[subprocess.Popen[bytes]]:
    """One process without a nanny, which would start it again."""
    place = ("ip", "netns", "exec", HOSTS[number])
    scheduler = f"tcp://{address(number, 1)}:{PORT}"
    words = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--name", HOSTS[number])
    with process(*place, str(DASK), "worker", scheduler, *words) as started:
        yield started


@contextmanager
def two_hosts() -> Iterator[list[subprocess.Popen[bytes]]]:
    with ExitStack() as stack:
        for number in (0, 1):
            stack.enter_context(host(number))
        words = ("--host", "0.0.0.0", "--port", str(PORT), "--no-dashboard")
        stack.enter_context(process(str(DASK), "scheduler", *words))
        yield [stack.enter_context(worker(number)) for number in (0, 1)]


def wait_for_two() -> None:
    from distributed import Client

    with Client(f"tcp://127.0.0.1:{PORT}", timeout=60, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
        for at, one in client.scheduler_info(n_workers=2)["workers"].items():
            print(f"  worker {one['name']} at {at}")


def disturb(workers: list[subprocess.Popen[bytes]]) -> Tell:
    """After a third of the trials one worker dies; after two thirds the other is cut off."""
    todo = [kill, pull]

    def kill_or_pull(done: int, every: int) -> None:
        while todo and done > every * (3 - len(todo)) / 3:
            todo.pop(0)(workers, f"{done:,} of {every:,} trials")

    return kill_or_pull


def kill(workers: list[subprocess.Popen[bytes]], when: str) -> None:
    workers[0].send_signal(signal.SIGKILL)
    print(f"  {when}: {HOSTS[0]} killed")


def pull(_: list[subprocess.Popen[bytes]], when: str) -> None:
    ip("link", "set", "tw1", "down")
    time.sleep(2)
    ip("link", "set", "tw1", "up")
    print(f"  {when}: cable of {HOSTS[1]} out for 2 s")


def show(label: str, work: Work, how: tw.HowToRun, tell: Tell) -> bytes:
    begun = time.perf_counter()
    totals = run_blocks(work, how, tell).to_bytes()
    seconds = time.perf_counter() - begun
    digest = hashlib.sha256(totals).hexdigest()[:16]
    print(f"{label:28} {seconds:7.1f} s  {work.trials / seconds:10,.0f} trials/s  {digest}")
    return totals


def quiet(_done: int, _every: int) -> None:
    return


def work_of(trials: int, *, sums: bool) -> Work:
    if sums:
        sys.path.insert(0, str(ROOT / "tests"))
        from support.fake_work import Sums

        return Sums(trials=trials, block=1000, seconds=0.05)
    draft = tw.draft_protocol(tw.read_record(RECORD))
    protocol = tw.accept_defaults(draft.protocol, draft.findings)
    scenarios = (tw.read_scenario(SCENARIO),)
    return tw.TrialsOrder(protocol=protocol, scenarios=scenarios, seed=7, trials=trials).work()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--trials", type=int, default=100_000)
    parser.add_argument("--sums", action="store_true")
    asked = parser.parse_args()
    work = work_of(asked.trials, sums=asked.sums)
    there = tw.HowToRun(scheduler=f"tcp://127.0.0.1:{PORT}")
    found = [show("one process", work, tw.HowToRun(), quiet)]
    with two_hosts() as workers:
        wait_for_two()
        found.append(show("two hosts", work, there, quiet))
        found.append(show("two hosts, one killed", work, there, disturb(workers)))
    same = len(set(found)) == 1
    print("the same bytes" if same else "DIFFERENT BYTES")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
