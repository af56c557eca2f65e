"""Every simulated record keeps the input form (recist11.md section 14), checked independently."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from support.virtual_trials import TRIALS, by_subject, day, protocol_of, records_of, simulated
from trialwright.core.tables import ROW
from trialwright.vocabulary.sdtm import SDTM

SEEDS = (1, 2, 3, 4)
_NUMBER = re.compile(r"\d{1,3}(\.\d)?")
_NONTARGET = {
    "ABSENT", "PRESENT", "INCREASED", "EQUIVOCAL PROGRESSION", "UNEQUIVOCAL PROGRESSION",
}  # fmt: skip
_NEW = {"EQUIVOCAL", "UNEQUIVOCAL", "ABSENT"}
_DATES = {
    "TU": ("TUDTC",), "TR": ("TRDTC",), "EX": ("EXSTDTC", "EXENDTC"), "PR": ("PRSTDTC",),
    "CM": ("CMSTDTC",), "AE": ("AESTDTC", "AEENDTC"), "DS": ("DSSTDTC",), "SS": ("SSDTC",),
    "SV": ("SVSTDTC", "SVENDTC"),
    "DM": ("RFSTDTC", "RFENDTC", "RFXSTDTC", "RFXENDTC", "RFICDTC", "DTHDTC"),
}  # fmt: skip

cases = pytest.mark.parametrize(("trial", "seed"), [(t, s) for t in TRIALS for s in SEEDS])


data = simulated


@cases
def test_frames_have_the_standard_columns_first(trial, seed):
    for code, frame in data(trial, seed).domains.items():
        assert tuple(frame.columns[: len(SDTM[code].names)]) == SDTM[code].names
        assert frame.columns[-1] == ROW
        assert frame[ROW].to_list() == list(range(2, frame.height + 2))
        assert all(kind == "String" for kind in map(str, frame.drop(ROW).dtypes))


@cases
def test_required_values_are_filled_and_sequences_are_unique(trial, seed):
    for code, domain in SDTM.items():
        frame = data(trial, seed)[code]
        for column in domain.columns:
            if column.filled:
                assert frame[column.name].null_count() == 0, (code, column.name)
        if f"{code}SEQ" in frame.columns and code != "TS":
            assert frame.select("USUBJID", f"{code}SEQ").is_duplicated().sum() == 0
        assert not any((frame[name] == "").any() for name in frame.columns if name != ROW)


@cases
def test_nothing_is_dated_after_the_cutoff_or_seen_after_death(trial, seed):
    sdtm = data(trial, seed)
    cutoff = day(sdtm.parameter("DCUTDTC"))
    assert cutoff is not None
    deaths = {one["USUBJID"]: day(one["DTHDTC"]) for one in records_of(sdtm, "DM")}
    for code, columns in _DATES.items():
        for row in records_of(sdtm, code):
            for name in columns:
                when, death = day(row[name]), deaths[row["USUBJID"]]
                assert when is None or when <= cutoff, (code, row)
                if death is not None and when is not None and code not in {"SS", "DS", "DM"}:
                    assert when <= death - (code in {"TU", "TR", "EX"}), (code, row)


@cases
def test_first_treatment_is_the_first_dose_or_procedure(trial, seed):
    sdtm = data(trial, seed)
    doses, procedures = by_subject(sdtm, "EX"), by_subject(sdtm, "PR")
    for person in records_of(sdtm, "DM"):
        name = person["USUBJID"]
        days = [day(one["EXSTDTC"]) for one in doses[name]]
        days += [day(one["PRSTDTC"]) for one in procedures[name] if "STUDY" in one["PRCAT"]]
        first = min([one for one in days if one is not None], default=None)
        assert day(person["RFXSTDTC"]) == first
        assert (person["DTHFL"] == "Y") == (person["DTHDTC"] is not None)
        for one in doses[name]:
            assert (day(one["EXSTDTC"]) or 0) <= (day(one["EXENDTC"]) or 0)


@cases
def test_dates_of_a_subject_are_in_order(trial, seed):
    sdtm = data(trial, seed)
    milestones = by_subject(sdtm, "DS")
    scans = by_subject(sdtm, "TR")
    for person in records_of(sdtm, "DM"):
        name = person["USUBJID"]
        enrolled = [
            day(one["DSSTDTC"])
            for one in milestones[name]
            if one["DSDECOD"] == "ELIGIBILITY CRITERIA MET"
        ]
        assert len(enrolled) == 1
        first = day(person["RFXSTDTC"])
        baseline = {day(one["TRDTC"]) for one in scans[name] if one["VISITNUM"] == "1"}
        assert (day(person["RFICDTC"]) or 0) < (enrolled[0] or 0)
        if first is not None:
            assert (enrolled[0] or 0) < first
            assert all(0 <= first - (one or 0) <= 28 for one in baseline)


@cases
def test_visit_numbers_follow_the_dates_of_the_scans(trial, seed):
    for rows in by_subject(data(trial, seed), "TR").values():
        visits: dict[float, list[int]] = {}
        for one in rows:
            visits.setdefault(float(one["VISITNUM"]), []).append(day(one["TRDTC"]) or 0)
        ordered = [visits[number] for number in sorted(visits)]
        for earlier, later in pairwise(ordered):
            assert max(earlier) < min(later)
            assert min(later) - max(earlier) >= 14


@cases
def test_lesions_are_identified_once_and_within_the_limits(trial, seed):
    """R-001, R-003, R-009: at most five targets, two per organ, 10 mm or a 15 mm node."""
    sdtm = data(trial, seed)
    results = by_subject(sdtm, "TR")
    for name, rows in by_subject(sdtm, "TU").items():
        assert len({one["TULNKID"] for one in rows}) == len(rows) > 0
        targets = [one for one in rows if one["TUSTRESC"] == "TARGET"]
        organs = [one["TULOC"] for one in targets]
        assert len(targets) <= 5
        assert all(organs.count(organ) <= 2 for organ in organs)
        baseline = {one["TRLNKID"]: one for one in results[name] if one["VISITNUM"] == "1"}
        for one in targets:
            node = "LYMPH NODE" in one["TULOC"]
            row = baseline[one["TULNKID"]]
            assert row["TRTESTCD"] == ("LPERP" if node else "LDIAM")
            assert float(row["TRORRES"]) >= (15 if node else 10)


@cases
def test_results_are_lengths_states_or_not_done(trial, seed):
    """R-133 to R-140."""
    sdtm = data(trial, seed)
    identified = by_subject(sdtm, "TU")
    for name, rows in by_subject(sdtm, "TR").items():
        role = {one["TULNKID"]: one["TUSTRESC"] for one in identified[name]}
        assert len({(one["TRLNKID"], one["VISITNUM"]) for one in rows}) == len(rows)
        for one in rows:
            kind = role[one["TRLNKID"]]
            assert one["TREVAL"] == "INVESTIGATOR"
            if one["TRSTAT"] is not None:
                assert one["TRSTAT"] == "NOT DONE"
                assert one["TRREASND"] is not None
                assert one["TRORRES"] is None
                assert one["VISITNUM"] != "1"
            elif one["TRTESTCD"] == "TUMSTATE":
                assert one["TRORRES"] in (_NEW if kind == "NEW" else _NONTARGET)
                assert kind != "TARGET"
            elif one["TRORRES"] == "TOO SMALL TO MEASURE":
                assert (one["TSTM"], one["TRSTRESN"], one["TRTESTCD"]) == ("Y", "5", "LDIAM")
            else:
                assert _NUMBER.fullmatch(one["TRORRES"])
                assert one["TRORRESU"] == "mm"
                assert float(one["TRSTRESN"]) == float(one["TRORRES"])


@cases
def test_every_baseline_lesion_is_reported_at_every_scan(trial, seed):
    sdtm = data(trial, seed)
    results = by_subject(sdtm, "TR")
    for name, rows in by_subject(sdtm, "TU").items():
        baseline = {one["TULNKID"] for one in rows if one["TUSTRESC"] != "NEW"}
        visits: dict[str, set[str]] = {}
        for one in results[name]:
            visits.setdefault(one["VISITNUM"], set()).add(one["TRLNKID"])
        assert all(baseline <= seen for seen in visits.values())


@cases
def test_events_are_graded_and_related_by_component(trial, seed):
    sdtm = data(trial, seed)
    components = len(protocol_of(trial).regimen)
    starts = {one["USUBJID"]: day(one["RFXSTDTC"]) for one in records_of(sdtm, "DM")}
    for one in records_of(sdtm, "AE"):
        relations = {one[f"AEREL{at}"] for at in range(1, components + 1)}
        assert relations <= {"Y", "N"}
        assert one["AEREL"] == ("RELATED" if "Y" in relations else "NOT RELATED")
        assert one["AETOXGR"] in {"1", "2", "3", "4", "5"}
        start, first = day(one["AESTDTC"]), starts[one["USUBJID"]]
        assert start is not None
        assert first is not None
        assert first <= start <= (day(one["AEENDTC"]) or start)
        actions = [one[f"AEACN{at}"] for at in range(1, components + 1)]
        assert one["AEACN"] in actions


@cases
def test_a_stop_for_toxicity_has_its_event(trial, seed):
    sdtm = data(trial, seed)
    events = by_subject(sdtm, "AE")
    for one in records_of(sdtm, "DS"):
        if one["DSDECOD"] == "ADVERSE EVENT":
            actions = {event["AEACN"] for event in events[one["USUBJID"]]}
            assert "DRUG WITHDRAWN" in actions


def test_ablated_lesions_are_never_targets():
    """R-104: what was ablated as study treatment is a zone, followed as non-target."""
    everything = 0
    for seed in SEEDS:
        sdtm = data("002", seed)
        roles = {
            (one["USUBJID"], one["TULNKID"]): one["TUSTRESC"] for one in records_of(sdtm, "TU")
        }
        ablated = [one for one in records_of(sdtm, "PR") if one["PRTRT"] == "Microwave Ablation"]
        assert {roles[one["USUBJID"], one["PRLNKID"]] for one in ablated} == {"NON-TARGET"}
        assert {one["USUBJID"] for one in ablated} == set(sdtm["DM"]["USUBJID"])
        with_target = {name for (name, _), role in roles.items() if role == "TARGET"}
        everything += len(set(sdtm["DM"]["USUBJID"]) - with_target)
    assert everything > 0


def test_the_data_say_that_they_are_simulated():
    assert data("000", 1).parameter("SIMULATD") == "scenario 000-base, seed 1"
    assert data("003", 2).parameter("SIMULATD") == "scenario 003-base, seed 2"


def test_the_realistic_mess_is_there():
    """Missing, tiny, vanished and doubtful lesions, unscheduled scans, further therapy."""
    states = set()
    numbers = set()
    for trial in TRIALS:
        for seed in SEEDS:
            sdtm = data(trial, seed)
            states |= set(sdtm["TR"]["TRORRES"]) | set(sdtm["TR"]["TRSTAT"])
            numbers |= {float(one) % 1 for one in sdtm["TR"]["VISITNUM"]}
            assert sdtm["CM"].height > 0
    assert {"0", "TOO SMALL TO MEASURE", "NOT DONE", "EQUIVOCAL", "INCREASED"} <= states
    assert len(numbers) > 1
