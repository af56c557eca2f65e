"""Calibrate the example scenarios, then show what fresh virtual cohorts make of them.

Usage: python benchmarks/calibration.py [SUBJECTS [ENGINE [WORD]]]

Prints, for each example file whose name holds WORD, the seconds, and stated and reached numbers on
subjects that the calibration has not seen. From 1,000,000 fresh subjects on the calibration takes
as many, which medians on a flat piece of the curve need.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, cast

import trialwright as tw
from trialwright.protocol.settle import accept_defaults
from trialwright.simulate.calibration.calibrate import calibrate_scenario, shown_by
from trialwright.simulate.calibration.fit import FULL, THOROUGH

if TYPE_CHECKING:
    from trialwright.response.assess import Engine

EXAMPLES = Path(__file__).parents[1] / "examples"
MONTH = 30.4375
FRESH_SEED = 7
_MANY = 1_000_000


def main() -> None:
    """Print one block a scenario."""
    subjects = int(sys.argv[1]) if len(sys.argv) > 1 else 250_000
    engine = cast("Engine", sys.argv[2] if len(sys.argv) > 2 else "numpy")
    effort = THOROUGH if subjects >= _MANY else FULL
    word = sys.argv[3] if len(sys.argv) > 3 else ""
    for file in sorted((EXAMPLES / "scenarios").glob("*.yaml")):
        if word not in file.stem:
            continue
        draft = tw.draft_protocol(tw.read_record(EXAMPLES / "records" / f"{file.stem[:20]}.txt"))
        protocol = accept_defaults(draft.protocol, draft.findings)
        scenario = tw.read_scenario(file)
        start = time.perf_counter()
        found = calibrate_scenario(protocol, scenario, effort, engine)
        seconds = time.perf_counter() - start
        print(f"{scenario.id}: {seconds:.1f} s, {[fit.subjects for fit in found.fits]} subjects")
        shown = shown_by(protocol, scenario, found, (subjects, FRESH_SEED), engine)
        for truth, numbers in zip(scenario.cohorts, shown, strict=True):
            for one in numbers:
                scale = 1 / MONTH if one.target.is_median else 100.0
                stated = one.target.day if one.target.is_median else one.target.value
                assert one.reached is not None
                assert one.difference is not None
                print(
                    f"  {truth.id:18} {one.target.field:20} {stated * scale:7.2f} "
                    f"{one.reached.value * scale:7.2f} {one.difference * scale:+6.2f} "
                    f"(error {one.reached.error * scale:.2f})"
                )


if __name__ == "__main__":
    main()
