"""Baseline validity, one hand-made case a rule; limits are met on both sides.

Limits from Eisenhauer et al., Eur J Cancer 2009;45:228-247, sections 3.1 and 3.2. Day 0 is the
first dose, 2024-01-01; the baseline scan is on day -7, 2023-12-25.
"""

from __future__ import annotations

import polars as pl
import pytest

from support.derived import Derived
from support.rules import protocol
from support.trial import Patient, on, sdtm_of
from trialwright.core.errors import DataError
from trialwright.core.tables import Sdtm
from trialwright.endpoints.baseline_validity import BaselineFinding, check_baseline

CT = {"TUMETHOD": "CT SCAN", "SLICEMM": "5"}


def person(**more: int) -> Patient:
    return Patient(**more)


def target(size: object, organ: str = "LIVER", **more: str) -> Patient:
    """One target; CT in slices of 5 mm unless told otherwise."""
    return Patient().target("T01", organ, size, **(CT | more))


def method(name: str, **more: str) -> dict[str, str]:
    return {"TUMETHOD": name} | more


def findings(
    people: Patient | list[Patient] | Sdtm, **changes: object
) -> set[tuple[str, str, str]]:
    """Rule, severity and message of every query about the baseline that derivation raises."""
    sdtm = people if isinstance(people, Sdtm) else sdtm_of(people)
    found = Derived(sdtm, **changes)
    rows = pl.concat([frame for frame in found.records.queries if "DO" in frame.columns])
    rows = rows.filter(pl.col("DO") != "")
    assert rows["DO"].str.len_chars().min() is None or rows["DO"].str.len_chars().min() > 5
    return set(rows.select("RULEID", "SEVERITY", "MESSAGE").rows())


def messages(people: Patient | list[Patient], rule: str, **changes: object) -> list[str]:
    return sorted(text for code, _, text in findings(people, **changes) if code == rule)


def severity(people: Patient, rule: str) -> set[str]:
    return {kind for code, kind, _ in findings(people) if code == rule}


def test_a_clean_baseline_raises_nothing():
    """Targets at their limits, non-targets that need not be targets, a node of 10 mm non-target."""
    clean = target(10.0).target("T02", "LUNG", 12, **CT).target("T03", "LYMPH NODE", 15, **CT)
    clean.target("T04", "SKIN", 10, TUMETHOD="CALIPERS")
    clean.target("T05", "BONE", 20, BONETYPE="LYTIC", **CT)
    clean.non_target("NT01", "ASCITES").non_target("NT02", "LYMPH NODE", 10.0)
    clean.scan(56, {f"T0{i}": 20 for i in range(1, 6)}, {"NT01": "PRESENT", "NT02": 10})
    assert findings(clean) == set()


# ------------------------------------------------------------------------ size


@pytest.mark.parametrize(
    ("size", "more", "said"),
    [
        (10.0, CT, None),
        (9.9, CT, "T01 (LIVER): 9.9 mm by CT, 10 mm are needed (R-001)"),
        (10.0, CT | {"TUMETHOD": "MRI WITH CONTRAST"}, None),
        (9.9, CT | {"TUMETHOD": "MRI"}, "T01 (LIVER): 9.9 mm by MRI, 10 mm are needed (R-001)"),
        (12.0, CT | {"SLICEMM": "6"}, None),
        (11.9, CT | {"SLICEMM": "6"},
         "T01 (LIVER): 11.9 mm by CT in slices of 6 mm, 12 mm are needed (R-001)"),
        (10.0, CT | {"SLICEMM": "5.0"}, None),
        (10.1, CT | {"SLICEMM": "5.1"},
         "T01 (LIVER): 10.1 mm by CT in slices of 5.1 mm, 10.2 mm are needed (R-001)"),
        (12.5, CT | {"SLICEMM": "6.25"}, None),
        (12.4, CT | {"SLICEMM": "6.25"},
         "T01 (LIVER): 12.4 mm by CT in slices of 6.25 mm, 12.5 mm are needed (R-001)"),
        ("TOO SMALL TO MEASURE", CT, "T01 (LIVER): 5.0 mm by CT, 10 mm are needed (R-001)"),
    ],
)  # fmt: skip
def test_r001_least_size_on_ct_and_mri(size, more, said):
    """max(10, 2 x slice), exact to a tenth of a millimetre."""
    assert messages(target(size, **more), "R-001") == ([said] if said else [])
    if said:
        assert severity(target(size, **more), "R-001") == {"error"}


def test_r001_laterality_names_the_lesion():
    small = target(9.4, TULAT="LEFT LOBE")
    assert "T01 (LIVER, LEFT LOBE): 9.4 mm by CT, 10 mm are needed (R-001)" in messages(
        small, "R-001"
    )


def test_r001_missing_slice_is_read_as_5_mm_and_told_once_a_subject():
    bare = target(10, SLICEMM=None).target("T02", "LUNG", 30, TUMETHOD="MRI")
    bare.target("T03", "SKIN", 30, TUMETHOD="CALIPER")
    said = "T01, T02: no slice thickness (SLICEMM); read as 5 mm or less (R-001)"
    assert findings(bare) == {("R-001", "warning", said)}


@pytest.mark.parametrize("text", ["five", "0", "-5"])
def test_r132_slice_that_cannot_be_read(text):
    said = f'T01 (LIVER): slice thickness "{text}" cannot be read; taken as 5 mm or less (R-132)'
    assert findings(target(10, SLICEMM=text)) == {("R-132", "warning", said)}


def test_r132_method_missing_or_unknown():
    none = target(20, TUMETHOD=None)
    assert messages(none, "R-132") == ["T01: no method (TUMETHOD, TRMETHOD); judged as CT (R-132)"]
    odd = target(20, TUMETHOD="THERMOGRAPHY")
    assert messages(odd, "R-132") == [
        'T01 (LIVER): method "THERMOGRAPHY" is not known; judged as CT (R-132)'
    ]


def test_r001_pet_does_not_measure_and_pet_ct_is_noted():
    pet = target(30, **method("PET SCAN"))
    assert messages(pet, "R-001") == ["T01 (LIVER): measured by PET; CT or MRI is needed (R-001)"]
    both = target(30, **method("PET/CT SCAN", SLICEMM="5"))
    assert findings(both) == {("R-001", "note", "T01: measured on PET/CT, judged as CT (R-001)")}


@pytest.mark.parametrize(
    ("name", "organ", "size", "said"),
    [
        ("CALIPER", "SKIN", 10.0, None),
        ("CALLIPERS", "SKIN", 9.9, "T01 (SKIN): 9.9 mm by CALLIPERS, 10 mm are needed (R-002)"),
        ("PHYSICAL EXAMINATION", "SKIN", 9.9,
         "T01 (SKIN): 9.9 mm by CALLIPERS, 10 mm are needed (R-002)"),
        ("X-RAY", "LUNG", 20.0, None),
        ("CHEST X-RAY", "LUNG", 19.9, "T01 (LUNG): 19.9 mm by X-RAY, 20 mm are needed (R-002)"),
        ("PLAIN RADIOGRAPHY", "LUNG", 19.9,
         "T01 (LUNG): 19.9 mm by X-RAY, 20 mm are needed (R-002)"),
        ("X-RAY COMPUTED TOMOGRAPHY", "LUNG", 10.0, None),
    ],
)  # fmt: skip
def test_r002_callipers_and_plain_film(name, organ, size, said):
    one = Patient().target("T01", organ, size, TUMETHOD=name, SLICEMM="5")
    assert messages(one, "R-002") == ([said] if said else [])
    assert messages(one, "R-001") == []


@pytest.mark.parametrize(
    ("size", "slice_mm", "expected"),
    [
        (15.0, "5", set()),
        (14.9, "5", {("R-003", "warning", "T01 (LYMPH NODE): short axis 14.9 mm, a target node "
                      "needs 15 mm; from 10 mm it is non-target (R-003, R-001)")}),
        (10.0, "5", {("R-003", "warning", "T01 (LYMPH NODE): short axis 10.0 mm, a target node "
                      "needs 15 mm; from 10 mm it is non-target (R-003, R-001)")}),
        (9.9, "5", {("R-003", "error", "T01 (LYMPH NODE): short axis 9.9 mm; a node below 10 mm is "
                     "normal and is not recorded (R-003)")}),
        (16.0, "8", set()),
        (15.9, "8", {("R-001", "warning", "T01 (LYMPH NODE): short axis 15.9 mm by CT in slices of "
                      "8 mm, 16 mm are needed (R-001)")}),
    ],
)  # fmt: skip
def test_r003_target_node(size, slice_mm, expected):
    """15 mm for a target, 10 mm for a non-target; R-001 with thick slices: max(15, 2 x slice)."""
    found = findings(target(size, "LYMPH NODE", SLICEMM=slice_mm))
    assert {one for one in found if one[0] != "R-015"} == expected


@pytest.mark.parametrize(("size", "bad"), [(10.0, False), (9.9, True)])
def test_r003_non_target_node(size, bad):
    one = target(30).non_target("NT01", "LYMPH NODE", size)
    said = "NT01 (LYMPH NODE): short axis 9.9 mm; a node below 10 mm is normal and is not recorded"
    assert findings(one) == ({("R-003", "error", said + " (R-003)")} if bad else set())


def test_r003_node_called_normal():
    one = target(30).non_target("NT01", "LYMPH NODE", "ABSENT")
    assert messages(one, "R-003") == [
        "NT01 (LYMPH NODE): recorded as normal (LNSTATE or absent); a normal node is not recorded "
        "(R-003)"
    ]


# ------------------------------------------------------------- kind and treatment


@pytest.mark.parametrize(
    "place",
    ["LEPTOMENINGES", "ASCITES", "PLEURAL EFFUSION", "PERICARDIAL EFFUSION",
     "INFLAMMATORY BREAST DISEASE", "LYMPHANGITIC SPREAD", "LUNG, LYMPHANGITIS CARCINOMATOSA"],
)  # fmt: skip
def test_r004_never_measurable(place):
    said = f"T01 ({place}): disease of this kind is never measurable (R-004)"
    assert messages(target(30, place), "R-004") == [said]
    assert severity(target(30, place), "R-004") == {"error"}
    assert messages(target(30).non_target("NT01", place), "R-004") == []


def test_r004_abdominal_mass_only_palpable():
    palpable = Patient().target("T01", "ABDOMINAL MASS", 50, TUMETHOD="PALPATION")
    assert messages(palpable, "R-004") == [
        "T01 (ABDOMINAL MASS): disease of this kind is never measurable (R-004)"
    ]
    assert messages(target(50, "ABDOMINAL MASS"), "R-004") == []


@pytest.mark.parametrize(
    ("kind", "way", "expected"),
    [
        ("LYTIC", "CT SCAN", {}),
        ("MIXED", "MRI", {}),
        ("BLASTIC", "CT SCAN",
         {"R-004": "T01 (BONE): a blastic bone lesion is never measurable (R-004)"}),
        ("LYTIC", "BONE SCAN",
         {"R-005": "T01 (BONE): a bone lesion measured by BONE SCAN; only its soft tissue on CT or "
                   "MRI is measured (R-005)"}),
        ("LYTIC", "X-RAY",
         {"R-005": "T01 (BONE): a bone lesion measured by X-RAY; only its soft tissue on CT or MRI "
                   "is measured (R-005)"}),
        ("LYTIC", "PET SCAN",
         {"R-005": "T01 (BONE): a bone lesion measured by PET; only its soft tissue on CT or MRI "
                   "is measured (R-005)"}),
        (None, "CT SCAN",
         {"R-005": "T01 (BONE): a bone lesion without BONETYPE; only a lytic or mixed one with "
                   "soft tissue of 10 mm is measurable (R-005)"}),
        ("SPONGY", "CT SCAN", {"R-132": 'T01 (BONE): BONETYPE "SPONGY" is not listed (R-132)'}),
    ],
)  # fmt: skip
def test_r005_bone(kind, way, expected):
    one = Patient().target("T01", "BONE", 30, TUMETHOD=way, SLICEMM="5", BONETYPE=kind)
    found = {rule: text for rule, _, text in findings(one) if rule != "R-015"}
    assert found == expected


def test_r006_cysts():
    simple = target(30).non_target("NT01", "LIVER CYST")
    assert messages(simple, "R-006") == ["NT01 (LIVER CYST): a simple cyst is not disease (R-006)"]
    assert messages(target(30, "LIVER, CYSTIC METASTASIS"), "R-006") == [
        "T01 (LIVER, CYSTIC METASTASIS): a cystic target; a solid lesion is preferred (R-006)"
    ]
    assert messages(target(30, "CYSTIC DUCT"), "R-006") == []


@pytest.mark.parametrize(
    ("name", "way"), [("ULTRASOUND", "ULTRASOUND"), ("COLONOSCOPY", "ENDOSCOPY"),
                      ("ENDOSCOPIC ULTRASOUND", "ULTRASOUND")],
)  # fmt: skip
def test_r007_ultrasound_and_endoscopy(name, way):
    one = target(30, TUMETHOD=name)
    assert messages(one, "R-007") == [
        f"T01 (LIVER): measured by {way}, which does not measure (R-007)"
    ]
    # The method of the measurement counts, not the one that found the lesion.
    one.rows["TR"][0]["TRMETHOD"] = "CT SCAN"
    assert messages(one, "R-007") == []


@pytest.mark.parametrize(
    ("prior", "grown", "rule", "said"),
    [
        ("RFA", "Y", None, ""),
        ("NONE", None, None, ""),
        ("RFA", None, "R-008", "T01 (LIVER): treated before the study (RFA), growth since then is "
         'not recorded (PROGLOC "") (R-008, R-100)'),
        ("SBRT", "N", "R-008", "T01 (LIVER): treated before the study (SBRT), growth since then is "
         'not recorded (PROGLOC "N") (R-008, R-100)'),
        (None, "Y", "R-100", "T01 (LIVER): growth after a local treatment (PROGLOC Y), but no "
         "treatment (PRIORLOC) (R-100)"),
        (None, "PERHAPS", "R-100", 'T01 (LIVER): PROGLOC "PERHAPS" is not listed (R-100)'),
    ],
)  # fmt: skip
def test_r008_r100_earlier_local_treatment(prior, grown, rule, said):
    found = findings(target(30, PRIORLOC=prior, PROGLOC=grown))
    assert {(r, t) for r, _, t in found if r != "R-015"} == ({(rule, said)} if rule else set())


def test_r100_a_prior_procedure_in_pr_counts_as_prior_treatment():
    one = target(30, PROGLOC="Y")
    one.add("PR", PRTRT="RFA", PRCAT="PRIOR LOCAL THERAPY", PRLNKID="T01", PRSTDTC=on(-400))
    assert messages(one, "R-100") == []


def _infused(**more: str) -> Patient:
    one = target(30, **more).target("T02", "LUNG", 20, **CT)
    return one.add("PR", PRTRT="HAIC", PRCAT="PRIOR LOCAL THERAPY", PRSTDTC=on(-200))


def test_r101_liver_infused_before_the_study():
    said = (
        "T01: in a liver treated before the study (HAIC), growth since then is not recorded (R-101)"
    )
    assert findings(_infused()) == {("R-101", "warning", said)}
    assert messages(_infused(PRIORLOC="HAIC", PROGLOC="Y"), "R-101") == []


def test_r101_infusion_told_at_one_lesion_reaches_the_whole_liver_embolisation_may_not():
    def two(prior: str) -> Patient:
        return target(30, PRIORLOC=prior, PROGLOC="Y").target("T02", "LIVER", 20, **CT)

    said = "T02: in a liver treated before the study (HAIC), growth since then is not recorded"
    assert messages(two("HAIC"), "R-101") == [said + " (R-101)"]
    assert messages(two("TACE"), "R-101") == []


# --------------------------------------------------------------------- choice


def many(*organs: str) -> Patient:
    one = Patient()
    for number, organ in enumerate(organs, start=1):
        one.target(f"T{number:02d}", organ, 20, **CT)
    return one


def test_r009_five_targets_are_allowed():
    organs = ("LIVER", "LIVER", "LUNG", "LUNG", "SPLEEN", "SPLEEN")
    assert findings(many(*organs[:5])) == set()
    assert findings(many(*organs)) == {
        ("R-009", "error", "6 target lesions (T01, T02, T03, T04, T05, T06), 5 are allowed (R-009)")
    }


@pytest.mark.parametrize(
    ("organs", "where"),
    [
        (("LIVER, LEFT LOBE", "LIVER, RIGHT LOBE", "RIGHT HEPATIC LOBE"), "LIVER"),
        (("LUNG, LEFT", "RIGHT LUNG", "LOWER LOBE OF LUNG"), "LUNG"),
        (("LEFT KIDNEY", "RIGHT KIDNEY", "KIDNEY"), "KIDNEY"),
        (("LEFT ADRENAL GLAND", "ADRENAL GLANDS", "ADRENAL"), "ADRENAL"),
        (("LEFT OVARY", "OVARIES", "OVARY"), "OVARY"),
        (("AXILLARY LYMPH NODE", "INGUINAL LYMPH NODE", "LYMPH NODE"),
         "lymph nodes (all nodes are one organ)"),
    ],
)  # fmt: skip
def test_r009_two_an_organ(organs, where):
    """Paired organs, both lobes of the liver, and all nodes are one organ each."""
    assert messages(many(*organs[:2]), "R-009") == []
    assert messages(many(*organs), "R-009") == [
        f"3 target lesions in {where} (T01, T02, T03), 2 are allowed (R-009)"
    ]


def test_r009_the_colon_is_not_the_liver():
    assert messages(many("LIVER", "LIVER", "COLON, HEPATIC FLEXURE"), "R-009") == []


def test_r009_two_target_nodes_of_one_region():
    same = many("MEDIASTINAL LYMPH NODE", "LYMPH NODE, MEDIASTINAL")
    said = "T01, T02: target nodes of one region (MEDIASTINAL); different regions are preferred"
    assert findings(same) == {("R-009", "note", said + " (R-009)")}
    assert findings(many("LYMPH NODE", "LYMPH NODE")) == set()


def test_r009_organ_named_differently_from_visit_to_visit():
    one = target(30).scan(56, {"T01": 30})
    again = {"TULNKID": "T01", "TUTESTCD": "TUMIDENT", "TUSTRESC": "TARGET", "VISITNUM": "2",
             "TUDTC": on(56), "TUEVAL": "INVESTIGATOR"}  # fmt: skip
    one.add("TU", TULOC="LUNG", **again)
    assert findings(one) == {
        ("R-009", "warning", "T01: placed in different organs (LIVER; LUNG) (R-009)")
    }
    one.rows["TU"][-1]["TULOC"] = "LIVER, LEFT LOBE"
    said = "T01: its location is named differently (LIVER; LIVER, LEFT LOBE) (R-009)"
    assert findings(one) == {("R-009", "note", said)}
    one.rows["TU"][-1]["TULOC"] = "LIVER"
    assert findings(one) == set()


def test_r132_no_location():
    one = target(30)
    del one.rows["TU"][0]["TULOC"]
    assert messages(one, "R-132") == ["T01: no location (TULOC) (R-132)"]


def _measurable(size: float, organ: str = "LUNG") -> Patient:
    one = target(30).non_target("NT01", organ, size)
    one.rows["TU"][-1] |= CT
    return one


@pytest.mark.parametrize(("size", "said"), [(9.9, False), (10.0, True)])
def test_r010_an_involved_organ_without_a_target(size, said):
    text = "NT01 (LUNG): measurable (10.0 mm by CT), and no target lies in this organ (R-010)"
    assert findings(_measurable(size)) == ({("R-010", "note", text)} if said else set())


@pytest.mark.parametrize(("size", "said"), [(9.9, False), (10.0, True)])
def test_r011_a_measurable_lesion_left_out(size, said):
    text = "NT01 (LIVER): measurable (10.0 mm by CT) but non-target, with 1 of 5 targets chosen"
    expected = {("R-011", "note", text + " (R-011)")} if said else set()
    assert findings(_measurable(size, "LIVER")) == expected


def test_r011_not_beyond_the_limits_and_not_when_the_protocol_ablates_it():
    full = many("LIVER", "LIVER").non_target("NT01", "LIVER", 30)
    assert messages(full, "R-011") == []
    ablated = _measurable(30, "LIVER")
    ablated.add("PR", PRTRT="MWA", PRCAT="STUDY TREATMENT", PRLNKID="NT01", PRSTDTC=on(3))
    assert messages(ablated, "R-011") == []


def test_r011_state_of_a_non_target_at_baseline():
    one = target(30).non_target("NT01", "SPLEEN", "ABSENT")
    assert messages(one, "R-011") == ["NT01 (SPLEEN): recorded as ABSENT at baseline (R-011)"]


# ------------------------------------------------------------------------ scans


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (-28, None),
        (-29, "BL_OLD: the baseline scan of 2023-12-03 (T01) is 29 days before first dose "
         "(2024-01-01), at most 28 are allowed (R-012)"),
        (0, None),
        (1, "BL_LATE: the baseline scan of 2024-01-02 (T01) is 1 day after first dose "
         "(2024-01-01) (R-012)"),
    ],
)  # fmt: skip
def test_r012_window(day, said):
    """0..28 days before first dose; the day of first dose is baseline."""
    one = Patient(baseline_day=day).target("T01", "LIVER", 30, **CT)
    assert findings(one) == ({("R-012", "warning", said)} if said else set())


def test_r012_window_is_an_option():
    one = Patient(baseline_day=-29).target("T01", "LIVER", 30, **CT)
    assert findings(one, response__baseline_window_days=29) == set()


def test_r012_names_the_lesions_of_the_old_scan():
    """Two scans of one baseline: the lung on day -33, the liver on day -23."""
    one = Patient(baseline_day=-33).target("T01", "LUNG", 30, **CT)
    one.baseline_day = -23
    one.target("T02", "LIVER", 30, **CT)
    assert messages(one, "R-012") == [
        "BL_OLD: the baseline scan of 2023-11-29 (T01) is 33 days before first dose (2024-01-01), "
        "at most 28 are allowed (R-012)"
    ]


def test_r013_an_earlier_scan_is_noted():
    """Scans on day -60 and -7: the later one is complete and is baseline."""
    one = Patient(baseline_day=-60).target("T01", "LIVER", 30, **CT)
    one.scan(-7, {"T01": 31}, visit=2)
    said = (
        "The scan of 2023-11-02 (T01) lies before the baseline scan of 2023-12-25 and is not used"
    )
    assert findings(one) == {("R-013", "note", said + " (R-013)")}


def test_r013_a_lesion_identified_after_baseline():
    one = target(30).scan(56, {"T01": 30})
    one.add("TU", TULNKID="NT01", TUTESTCD="TUMIDENT", TUSTRESC="NON-TARGET", TULOC="LUNG",
            VISITNUM="2", TUDTC=on(56), TUEVAL="INVESTIGATOR")  # fmt: skip
    said = "NT01 (LUNG): first identified on 2024-02-26, after baseline; it has no place in the "
    assert findings(one) == {("R-013", "error", said + "baseline set (R-013)")}


def test_r013_a_non_target_without_a_baseline_record():
    one = target(30).non_target("NT01", "LUNG", None)
    one.rows["TR"] = one.rows["TR"][:1]
    said = "NT01: no state or size at the baseline scan of 2023-12-25 (R-013)"
    assert findings(one) == {("R-013", "warning", said)}


@pytest.mark.parametrize(
    ("first", "later", "changed"),
    [
        ("CT SCAN", "MRI", True),
        ("CT SCAN", "SPIRAL CT", False),
        ("CT SCAN WITH CONTRAST", "CT SCAN WITHOUT CONTRAST", True),
        ("CT SCAN WITH CONTRAST", "CT SCAN", False),
    ],
)
def test_r014_method_change(first, later, changed):
    one = target(30, TUMETHOD=first).scan(56, {"T01": 30}).scan(112, {"T01": 30})
    for row in one.rows["TR"]:
        row["TRMETHOD"] = first if row["TRDTC"] == on(-7) else later
    said = (
        f"METHOD_CHANGE: T01: {first} at baseline, {later} at 2 later time points, first on "
        "2024-02-26 (R-014)"
    )
    assert findings(one) == ({("R-014", "warning", said)} if changed else set())


def test_r014_without_trmethod_nothing_is_compared():
    assert findings(target(30).scan(56, {"T01": 30})) == set()


def test_r015_no_measurable_disease():
    one = Patient().non_target("NT01", "ASCITES")
    start = "No measurable disease: 0 target lesions, 1 non-target (NT01)"
    required = f"{start}; the protocol requires measurable disease (R-015)"
    assert findings(one) == {("R-015", "warning", required)}
    assert findings(one, response__require_measurable=False) == {
        ("R-015", "note", f"{start} (R-015)")
    }


def test_r015_no_target_is_measurable_as_recorded():
    said = (
        "No measurable disease as the targets stand: none of T01 passes the checks of size, kind "
    )
    assert messages(target(9.9), "R-015") == [said + "and earlier treatment (R-015)"]
    assert messages(target(9.9).target("T02", "LUNG", 30, **CT), "R-015") == []


def test_r015_no_disease_at_all():
    healthy = Patient("P2")
    said = "No lesion is recorded at baseline: the response is NED until a new lesion (R-015)"
    assert findings([target(30), healthy]) == {("R-015", "warning", said)}


def test_r044_region_not_scanned_at_baseline():
    one = target(30).scan(56, {"T01": 30}, new={"NL1": ("BRAIN", "UNEQUIVOCAL")})
    assert messages(one, "R-044") == []
    one.rows["TU"][-1]["NOBLSCAN"] = "Y"
    assert messages(one, "R-044") == [
        "NL1 (BRAIN): in a region not scanned at baseline; it counts as a new lesion (R-044)"
    ]
    assert messages(target(30, NOBLSCAN="Y"), "R-044") == [
        "T01 (LIVER): a lesion of baseline in a region that is said not to be scanned at baseline "
        "(R-044)"
    ]


# ------------------------------------------------------------------------------ the keys


def test_r130_repeated_sequence_numbers_are_flagged_and_used():
    one = target(30).scan(56, {"T01": 20})
    sdtm = sdtm_of(one)
    doubled = dict(sdtm.domains)
    doubled["TR"] = sdtm["TR"].with_columns(TRSEQ=pl.lit("1"))
    changed = Sdtm(doubled)
    assert findings(changed) == {("R-130", "warning", "TRSEQ 1 stands more than once (R-130)")}
    assert Derived(changed).responses() == ["PR"]


def test_r130_sequence_numbers_start_anew_with_each_subject():
    assert findings([target(30), Patient("P2").target("T01", "LIVER", 30, **CT)]) == set()


def test_r130_a_lesion_identified_twice_at_one_visit():
    one = target(30)
    one.rows["TU"].append(dict(one.rows["TU"][0]))
    assert findings(one) == {("R-130", "note", "T01: identified 2 times at visit 1 (R-130)")}


def test_r130_studies():
    sdtm = sdtm_of(target(30))

    def named(**studies: str) -> Sdtm:
        frames = {code: sdtm[code].with_columns(STUDYID=pl.lit(s)) for code, s in studies.items()}
        return Sdtm(dict(sdtm.domains) | frames)

    assert findings(named(DM="test", TU="TEST", TR="test")) != set()
    assert findings(named(DM="test", TU="test", TR="test")) == set()
    assert findings(named(DM="ABC", TR="ABC")) == {
        ("R-130", "note", 'The data name the study "ABC", the protocol "test" (R-130)')
    }
    mixed = 'The records name more than one study: "ABC" in DM; "ABD" in TU (R-130)'
    assert findings(named(DM="ABC", TU="ABD")) == {("R-130", "warning", mixed)}


# ------------------------------------------------- the report before anything is derived


def report(people: Patient | list[Patient]) -> tuple[BaselineFinding, ...]:
    return check_baseline(protocol(), sdtm_of(people)).findings


def errors(people: Patient | list[Patient]) -> list[str]:
    return [one.message for one in report(people) if one.severity == "error"]


def test_report_works_without_follow_up_and_is_empty_when_clean():
    one = target(30)
    found = check_baseline(protocol(), sdtm_of(one))
    assert found.findings == ()
    subject = found.subjects[0]
    assert (subject.targets, subject.non_targets, subject.sum_mm) == (1, 0, 30.0)
    assert subject.age_days == 7


def test_r016_target_without_a_diameter_is_an_error_not_a_refusal():
    """The derivation refuses it; the report lists it beside the other findings."""
    one = target(9.9).target("T02", "LUNG", None, **CT)
    with pytest.raises(DataError, match="no baseline diameter"):
        Derived(sdtm_of(one))
    assert errors(one) == [
        "T01 (LIVER): 9.9 mm by CT, 10 mm are needed (R-001)",
        "T02 (LUNG): no baseline diameter above 0 mm; nothing can be derived (R-016)",
    ]
    assert check_baseline(protocol(), sdtm_of(one)).subjects[0].sum_mm is None


def test_r143_values_that_cannot_be_read_do_not_hide_the_rest():
    one = target(30).target("T02", "LUNG", 9.9, **CT)
    one.rows["TR"][0]["TRORRES"] = "3O"
    two = Patient("P2").target("T01", "LIVER", 9.8, **CT)
    with pytest.raises(DataError):
        Derived(sdtm_of([one, two]))
    said = errors([one, two])
    assert said[0] == "T02 (LUNG): 9.9 mm by CT, 10 mm are needed (R-001)"
    assert said[1].startswith("T01 (LIVER): no baseline diameter above 0 mm")
    assert said[2] == 'T01 ("LDIAM" "3O" "mm"; TR, row 2): diameter cannot be read (R-143)'
    assert said[3] == "T01 (LIVER): 9.8 mm by CT, 10 mm are needed (R-001)"


def test_r143_one_identifier_for_two_lesions():
    one = target(30)
    one.add("TU", TULNKID="T01", TUTESTCD="TUMIDENT", TUORRES="TARGET", TUSTRESC="TARGET",
            TULOC="LUNG", VISITNUM="1", TUDTC=on(-7), TUEVAL="INVESTIGATOR")  # fmt: skip
    assert errors(one) == [
        'T01 ("TARGET" "LUNG"; TU, row 3): One lesion identifier has two places at one visit '
        "(R-143)"
    ]


def test_r133_node_with_a_long_axis_only():
    one = target(30, "LYMPH NODE")
    one.rows["TR"][0]["TRTESTCD"] = "LDIAM"
    said = errors(one)
    assert (
        "T01: a target node with a long axis (LDIAM 30 mm) and no short axis at visit 1 (R-133)"
        in said
    )


def test_numbers_of_the_baseline():
    """Sums 30, 50 and 45: median 45; one subject has no target, scans 7 days before first dose."""
    people = [
        target(30),
        Patient("P2").target("T01", "LIVER", 20, **CT).target("T02", "LUNG", 30, **CT),
        Patient("P3").target("T01", "LIVER", 45, **CT),
        Patient("P4").non_target("NT01", "ASCITES"),
    ]
    found = check_baseline(protocol(), sdtm_of(people))
    rows = dict(found.table().rows)
    assert rows["Sum of diameters (mm), median (range)"] == "45.0 (30.0 to 50.0)"
    assert rows["Target lesions of those who have any, median (range)"] == "1 (1 to 2)"
    assert rows["Without measurable disease (no target), n (%)"] == "1 (25)"
    assert rows["Scan to first dose (days), median (range)"] == "7 (7 to 7)"
    assert rows["Findings"] == "0 errors, 1 warning, 0 notes"
    (row,) = found.rules_table().rows
    assert (row[0], row[1], row[3]) == ("R-015", "warning", "1")
    assert row[2].startswith("No measurable disease: 0 target lesions, 1 non-target (NT01)")
    assert found.to_json()["subjects_without_measurable_disease"] == ["P4"]


def test_order_of_records_changes_nothing():
    one = many("LIVER", "LIVER", "LIVER", "LUNG", "LUNG", "LUNG").non_target("NT01", "BONE")
    sdtm = sdtm_of(one)
    turned = Sdtm({code: frame.reverse() for code, frame in sdtm.domains.items()})
    assert findings(turned) == findings(one)
