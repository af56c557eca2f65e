"""Lesion-level cases worked by hand from the RECIST 1.1 paper; the section stands in each case."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.derived import DAY_ZERO, Derived
from support.trial import Patient, on, sdtm_of
from trialwright.core.errors import DataError
from trialwright.vocabulary.recist import NO_DAY, RESPONSE_TEXT, Response

FILE = Path(__file__).parents[1] / "reference" / "recist_vignettes.json"
CASES = json.loads(FILE.read_text(encoding="utf-8"))["cases"]
RESPONSES = [case for case in CASES if case["kind"] == "response"]
BASELINES = [case for case in CASES if case["kind"] == "invalid_baseline"]
VALUES = {
    "TSM": "TOO SMALL TO MEASURE",
    "UNEQUIVOCAL_PROGRESSION": "UNEQUIVOCAL PROGRESSION",
    "PET_ONLY_PREEXISTING_ON_CT": "PRESENT",
}
EMPTY = {"NA": ""}


def patient_of(case: dict) -> Patient:
    person = Patient(baseline_day=case["baseline"]["day"])
    for lesion in case["baseline"]["targets"]:
        value = lesion.get("mm", lesion.get("short_axis_mm", lesion.get("value")))
        person.target(lesion["id"], lesion["organ"], value, SLICEMM="5")
        if "value" in lesion and "unit" not in lesion:
            del person.rows["TR"][-1]["TRORRESU"]
    for lesion in case["baseline"]["nontargets"]:
        person.non_target(lesion["id"], lesion["site"], lesion.get("short_axis_mm", "PRESENT"))
    for number, visit in enumerate(case.get("visits", ()), start=2):
        person.unit = visit.get("unit", "mm")
        targets = dict(visit["targets"])
        for lesion, value in visit["targets"].items():
            if isinstance(value, list):
                parts = {f"{lesion}.{i}": part for i, part in enumerate(value, start=1)}
                split(person, lesion, parts, number, visit["day"])
                targets |= parts
                del targets[lesion]
        person.scan(
            visit["day"],
            {k: VALUES.get(v, v) if isinstance(v, str) else v for k, v in targets.items()},
            {k: VALUES.get(v, v) for k, v in visit["nontargets"].items()},
            visit=number,
            new={
                n["id"]: (n["site"], VALUES.get(n["certainty"], n["certainty"]))
                for n in visit["new_lesions"]
            },
        )
        for lesion in visit["new_lesions"]:
            if lesion["certainty"] == "PET_ONLY_PREEXISTING_ON_CT":
                person.rows["TU"][-1]["PREEXIST"] = "Y"
        for lesion, text in visit.get("local_therapy_on_study", {}).items():
            day = int(text.rsplit(" ", 1)[1])
            person.add(
                "PR", PRTRT="RADIOTHERAPY", PRCAT="LOCAL THERAPY NOT PER PROTOCOL",
                PRLNKID=lesion, PRSTDTC=on(day),
            )  # fmt: skip
    return person


def split(person: Patient, lesion: str, parts: dict[str, float], visit: int, day: int) -> None:
    known = {row["TULNKID"] for row in person.rows["TU"]}
    for part in parts:
        if part not in known:
            person.add(
                "TU", TULNKID=part, TUTESTCD="TUSPLIT", TUGRPID=lesion, VISITNUM=str(visit),
                TUDTC=on(day), TUEVAL="INVESTIGATOR",
            )  # fmt: skip


def derived(case: dict, **changes: object) -> Derived:
    options = {"response__sd_between_pr": 0, "response__max_ne_between": 1} | changes
    return Derived(sdtm_of(patient_of(case)), **options)


@pytest.mark.parametrize("case", RESPONSES, ids=lambda case: case["id"])
def test_time_points(case):
    """Sum, target, non-target and overall response of each visit."""
    found = derived(case)
    points = found.points
    for at, visit in enumerate(case["visits"]):
        expect = visit["expect"]
        target = RESPONSE_TEXT[points.targets.response[0, at]]
        other = RESPONSE_TEXT[points.others.response[0, at]]
        if expect["target"] is not None:
            assert target == EMPTY.get(expect["target"], expect["target"]), visit["day"]
        if expect["nontarget"] is not None:
            assert other == EMPTY.get(expect["nontarget"], expect["nontarget"]), visit["day"]
        assert found.responses()[at] == expect["overall"], visit["day"]
        if expect["sum_mm"] is None:
            assert not points.targets.complete[0, at]
        elif expect["target"] not in ("NA",):
            assert points.targets.total[0, at] == round(10 * expect["sum_mm"])


@pytest.mark.parametrize("case", RESPONSES, ids=lambda case: case["id"])
def test_best_overall_response(case):
    """Best overall response and first PD."""
    found = derived(case)
    expect = case["expect"]
    assert found.best() == (expect["bor_unconfirmed"], expect["bor_confirmed"])
    is_pd = found.points.response[0] == Response.PD
    first = int(found.points.day[0][is_pd].min(initial=10**6)) - DAY_ZERO if is_pd.any() else None
    assert first == expect["first_pd_day"]
    assert found.milestones.frame["TRTSDT"][0] - DAY_ZERO == 0
    assert (found.points.day[0] != NO_DAY).any()


@pytest.mark.parametrize(
    ("case", "other"),
    [(case, other) for case in RESPONSES for other in case.get("alternatives", ())],
    ids=lambda value: value.get("id"),
)
def test_other_options(case, other):
    """The same history under other options."""
    params = {f"response__{key}": value for key, value in other["params"].items()}
    assert derived(case, **params).best()[1] == other["expect"]["bor_confirmed"]


@pytest.mark.parametrize("case", BASELINES, ids=lambda case: case["id"])
def test_invalid_baselines(case):
    """A baseline that breaks a rule is refused or flagged."""
    error = case["expect"]["error"]
    if error in ("INVALID_MEASUREMENT", "UNIT_REQUIRED"):
        with pytest.raises(DataError, match="cannot be read"):
            derived(case)
        return
    flags = {"TOO_MANY_PER_ORGAN": "R-009", "TARGET_NOT_MEASURABLE": "R-001", "NONE": None}
    messages = derived(case).messages()
    if flags[error] is None:
        assert "R-009" not in messages
        assert "R-001" not in messages
    else:
        assert flags[error] in messages
