"""Shares of a plan for separate jobs, the files they write, and the sum of these files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from trialwright.core.errors import DataError, DesignError
from trialwright.core.results import Json
from trialwright.core.terminal import shown
from trialwright.operating.run.plan import Part, Plan
from trialwright.operating.run.ranges import Ranges, common, joined, without, words
from trialwright.operating.run.records import part_json, part_of, plan_json, sealed, unsealed

_KIND = "trialwright totals 1"


@dataclass(frozen=True, slots=True)
class Share:
    """One of several equal shares: number `number` of `of`, counted from 1.

    A share is contiguous: its file then names one run of blocks, however many there are. Dealing
    the blocks out in turn would balance no better, since blocks differ by chance only.
    """

    number: int = 1
    of: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.number <= self.of:
            raise _no_share(f"{self.number}/{self.of}")

    def blocks(self, plan: Plan) -> Ranges:
        """Its blocks; none where there are more shares than blocks."""
        start, stop = ((at * plan.blocks) // self.of for at in (self.number - 1, self.number))
        return joined([(start, stop)])

    @property
    def name(self) -> str:
        """For file names: "3-of-8"; "" for the whole."""
        width = len(str(self.of))
        return f"{self.number:0{width}}-of-{self.of}" if self.of > 1 else ""


def parse_share(text: str) -> Share:
    """The share that "3/8" names.

    Raises
    ------
    DesignError
        It is not of this form.
    """
    found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text.strip())
    if found is None:
        raise _no_share(text)
    return Share(int(found[1]), int(found[2]))


def _no_share(text: str) -> DesignError:
    return DesignError(
        "This is no share of the trials.",
        where=f"--shard {shown(text)}",
        allowed="i/N with i from 1 to N, such as 3/8",
    )


def totals_name(share: Share | None = None) -> str:
    """Name of the file for the totals of a share, or of all trials."""
    return f"totals-{share.name}.json" if share and share.name else "totals.json"


def part_bytes(part: Part, order: Json) -> bytes:
    """The file of a part, the same bytes for equal parts.

    Parameters
    ----------
    part
        What is done.
    order
        Everything that is needed to make the work again, as plain data.
    """
    record = {**plan_json(part.plan), **part_json(part), "kind": _KIND, "order": order}
    return sealed(record)


def read_part(path: Path) -> tuple[Part, Json]:
    """The part and the order that `part_bytes` wrote.

    Raises
    ------
    DataError
        The file cannot be read, or is not whole and unaltered.
    """
    try:
        record = unsealed(path.read_bytes())
    except OSError as error:
        raise DataError(
            f"The file cannot be read: {error.strerror}.", where=shown(str(path))
        ) from error
    try:
        if record is None or record.get("kind") != _KIND:
            raise KeyError(_KIND)
        plan = Plan(
            str(record["fingerprint"]), int(record["trials"]), int(record["block"])  # type: ignore[arg-type]
        )  # fmt: skip
        return part_of(plan, record), record["order"]
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(
            "This file holds no totals of virtual trials, or was cut short or edited.",
            where=shown(str(path)),
            allowed="a file that `trialwright simulate --trials` wrote",
            do="run its job again",
        ) from error


def merge_files(paths: Iterable[Path]) -> tuple[Part, Json]:
    """The sum of the files of all shares, and what was ordered; one file in memory at a time.

    Raises
    ------
    DataError
        The files are not of one plan, have a block twice, or leave blocks out.
    """
    seen: list[tuple[Path, Part]] = []
    whole, order = None, None
    for path in paths:
        part, ordered = read_part(path)
        if whole is None:
            whole, order = Part(part.plan), ordered
        else:
            _check_fits(path, part, ordered == order, seen)
        whole = whole.plus(part.blocks, part.totals)
        seen.append((path, Part(part.plan, part.blocks)))
    if whole is None:
        raise DataError("There is no file to merge.", where="the command", allowed="one or more")
    _check_complete(whole)
    return whole, order


def _check_fits(path: Path, part: Part, same_order: bool, seen: list[tuple[Path, Part]]) -> None:  # noqa: FBT001
    first, other = seen[0][0], seen[0][1].plan
    names = {
        "protocol, scenario, variants, seed or version": part.plan.fingerprint == other.fingerprint
        and same_order,
        f"number of trials ({part.plan.trials}, not {other.trials})": part.plan.trials
        == other.trials,
        f"size of a block ({part.plan.block}, not {other.block})": part.plan.block == other.block,
    }
    differs = [name for name, same in names.items() if not same]
    if differs:
        raise DataError(
            f"These totals are of different runs: {'; '.join(differs)}.",
            where=f"{shown(str(path))}, against {shown(str(first))}",
            allowed="shards of one command that differ in --shard only",
        )
    for file, earlier in seen:
        twice = common(earlier.blocks, part.blocks)
        if twice:
            raise DataError(
                "Two files hold the same blocks of trials.",
                where=f"blocks {words(twice)} in {shown(str(file))} and {shown(str(path))}",
                allowed="each block once",
                do="leave one of the files out",
            )


def _check_complete(whole: Part) -> None:
    missing = without(((0, whole.plan.blocks),), whole.blocks)
    if missing:
        count = sum(whole.plan.trials_of(run)[1] for run in missing)
        raise DataError(
            f"Blocks are missing: {count} of {whole.plan.trials} trials are in none of the files.",
            where=f"blocks {words(missing)} of 0-{whole.plan.blocks - 1}",
            do="run the shards that are missing, then merge all files",
        )
