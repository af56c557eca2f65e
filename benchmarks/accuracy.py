"""Score drafts against a corpus of records with known answers.

    python benchmarks/accuracy.py CORPUS [--part dev|held|all] [--show FIELD]

CORPUS is a folder with `dev/inputs/*.txt`, `dev/gold.jsonl`, `dev/regimen_gold.json`,
`dev/endpoint_gold.json` and the scorers `score.py` and `score_semantics.py`; it is not part of this
repository. A third of its records, chosen by the hash of their ids, is held aside ("held"): rules are
written while looking at the others only ("dev").
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from trialwright import draft_protocol, read_record


def held(identifier: str) -> bool:
    """Whether a record belongs to the third that is kept aside."""
    return int(hashlib.sha256(identifier.encode()).hexdigest()[:8], 16) % 3 == 0


def part_of(name: str) -> Callable[[str], bool]:
    """The test that picks the records of a part."""
    return {"all": lambda _: True, "held": held, "dev": lambda one: not held(one)}[name]


def main() -> None:
    """Draft the records of the part, write cut copies of the answers, run the scorers."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("corpus", type=Path)
    arguments.add_argument("--part", choices=("dev", "held", "all"), default="all")
    arguments.add_argument("--show", metavar="FIELD", help="list the errors of a field")
    asked = arguments.parse_args()
    chosen, dev = part_of(asked.part), asked.corpus / "dev"
    if not (dev / "inputs").is_dir():
        sys.exit(f"{asked.corpus} holds no dev/inputs: give the folder of the corpus")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        answers = [
            json.loads(line) for line in (dev / "gold.jsonl").read_text("utf-8").splitlines()
        ]
        kept = [one for one in answers if chosen(one["id"])]
        (folder / "gold.jsonl").write_text("\n".join(map(json.dumps, kept)), "utf-8")
        drafts = [draft_protocol(read_record(dev / "inputs" / f"{one['id']}.txt")) for one in kept]
        lines = [json.dumps(one.to_json()) for one in drafts]
        (folder / "drafts.jsonl").write_text("\n".join(lines), "utf-8")
        for gold in ("regimen_gold.json", "endpoint_gold.json"):
            whole = json.loads((dev / gold).read_text("utf-8"))
            whole["records"] = [one for one in whole["records"] if chosen(one["id"])]
            (folder / gold).write_text(json.dumps(whole), "utf-8")
        print(f"{len(kept)} records ({asked.part})", flush=True)
        semantic = asked.show is not None and asked.show.split()[0] in {
            "regimen",
            "endpoint",
            "agents",
        }
        show = ["--show", asked.show] if asked.show else []
        if not semantic:
            _run(asked.corpus / "score.py", folder / "gold.jsonl", folder / "drafts.jsonl", *show)
        if semantic or not show:
            gold = (folder / "regimen_gold.json", folder / "endpoint_gold.json")
            _run(asked.corpus / "score_semantics.py", *gold, folder / "drafts.jsonl", *show)


def _run(script: Path, *arguments: Path | str) -> None:
    subprocess.run([sys.executable, str(script), *map(str, arguments)], check=True)


if __name__ == "__main__":
    main()
