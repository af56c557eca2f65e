"""iRECIST at each time point, worked by hand from the lesions: R-085 to R-091 and the input.

Day 0 is the first dose. Sums are in millimetres; a target of 50 gives PD at 60 and PR at 35.
"""

from __future__ import annotations

import polars as pl
import pytest

from support.immune_trial import NL, adam_of, queries, recist, rows, scans, series
from support.rules import protocol
from support.trial import Patient, sdtm_of
from trialwright.adam.derive import derive

# ------------------------------------------------------------------


def test_r085_both_systems_are_equal_until_the_first_progression():
    person = scans((56, 45, "PRESENT"), (112, 35, "PRESENT"), (168, 0, "PRESENT"), (224, 0, "ABSENT"),
                   (280, "NE", "ABSENT"))  # fmt: skip
    assert recist(person) == ["SD", "PR", "PR", "CR", "NE"]
    assert series(person) == ["iSD", "iPR", "iPR", "iCR", "NE"]


@pytest.mark.parametrize(
    "visit",
    [
        (56, 60, "PRESENT"),
        (56, 50, "UNEQUIVOCAL PROGRESSION"),
        (56, 50, "PRESENT", {"X1": NL}),
    ],
)
def test_r085_the_first_progression_by_any_route_is_iupd(visit: tuple):
    assert series(scans(visit)) == ["iUPD"]
    assert recist(scans(visit)) == ["PD"]


def test_r085_disease_after_complete_response_is_iupd_and_confirmed_by_5_mm():
    """R-055: 0 -> 4 mm is PD whatever the size; 9 mm is +5.0 on the iUPD, 8.9 is not."""
    start = ((56, 0, "ABSENT"), (112, 4, "ABSENT"))
    assert series(scans(*start, (140, 9, "ABSENT"))) == ["iCR", "iUPD", "iCPD"]
    assert series(scans(*start, (140, 8.9, "ABSENT"))) == ["iCR", "iUPD", "iUPD"]
    assert series(scans(*start, (140, 0, "ABSENT"))) == ["iCR", "iUPD", "iCR"]


def test_r085_non_target_only_disease():
    person = Patient().non_target("N01", "LUNG").scan(56, {}, {"N01": "PRESENT"})
    person.scan(112, {}, {"N01": "PD"}).scan(140, {}, {"N01": "INCREASED"})
    assert series(person) == ["NON-iCR/NON-iUPD", "iUPD", "iCPD"]


@pytest.mark.parametrize(("day", "found"), [(81, "iUPD"), (82, "iCPD"), (112, "iCPD")])
def test_r086_a_scan_confirms_from_day_26(day: int, found: str):
    """iUPD on day 56; 28 days less 2 of tolerance: day 81 is 25 days later, day 82 is 26."""
    assert series(scans((56, 60, "PRESENT"), (day, 65, "PRESENT")))[1] == found


def test_r086_early_growth_is_flagged_and_counts_at_the_next_scan():
    person = scans((56, 60, "PRESENT"), (76, 66, "PRESENT"), (90, 66, "PRESENT"))
    assert series(person) == ["iUPD", "iUPD", "iCPD"]
    assert "R-086 iRECIST: further growth on 2024-03-17, 20 days after the iUPD of 2024-02-26" in (
        queries(person)
    )


def test_r086_window_and_tolerance_are_protocol_options():
    person = scans((56, 60, "PRESENT"), (76, 66, "PRESENT"))
    changes = {"response__icpd_window_days": (20, 56), "response__icpd_tolerance_days": 0}
    assert series(person, **changes) == ["iUPD", "iCPD"]


@pytest.mark.parametrize(("day", "flagged"), [(112, False), (113, True)])
def test_r086_later_than_day_56_is_a_deviation_and_still_confirms(day: int, flagged: bool):
    person = scans((56, 60, "PRESENT"), (day, 65, "PRESENT"))
    assert series(person) == ["iUPD", "iCPD"]
    assert ("looked at again" in queries(person)) is flagged


def test_r087_new_lesions_are_never_added_to_the_target_sum():
    """T 50 and a new lesion of 20: the sum stays 50, the category iSD."""
    adam = adam_of(scans((56, 50, "PRESENT", {"X1": (NL, 20)})))
    assert rows(adam, "IOVR")["TRGRESP"].item() == "iSD"


@pytest.mark.parametrize(
    ("size", "later", "found"),
    [
        (10, 14.9, "iUPD"),  # NLT of 10.0: +4.9 mm
        (10, 15, "iCPD"),  # +5.0 mm
        (9.9, 10, "iCPD"),  # NLNT: any growth
        (9.9, 9.9, "iUPD"),
    ],
)
def test_r087_measurable_new_lesions_need_5_mm_the_others_any_growth(size, later, found):
    person = scans(
        (56, 50, "PRESENT", {"X1": (NL, size)}), (84, 50, "PRESENT", {"X1": (NL, later)})
    )
    assert series(person) == ["iUPD", found]


def test_r087_at_most_two_measured_new_lesions_an_organ():
    """Lung 20, 15, 12 mm: the third is NLNT, so +0.1 mm of it confirms; of the second it does not."""
    first = {"X1": (NL, 12), "X2": (NL, 15), "X3": (NL, 20)}
    third = scans((56, 50, "PRESENT", first), (84, 50, "PRESENT", {**first, "X1": (NL, 12.1)}))
    second = scans((56, 50, "PRESENT", first), (84, 50, "PRESENT", {**first, "X2": (NL, 15.1)}))
    assert series(third) == ["iUPD", "iCPD"]
    assert series(second) == ["iUPD", "iUPD"]


def test_r087_slices_of_6_mm_ask_for_12_mm():
    """11.9 mm in slices of 6 mm is not measurable: +0.1 mm is growth of an NLNT."""
    for size, found in ((11.9, "iCPD"), (12, "iUPD")):
        person = scans(
            (56, 50, "PRESENT", {"X1": (NL, size)}),
            (84, 50, "PRESENT", {"X1": (NL, round(size + 0.1, 1))}),
        )
        for row in person.rows["TU"]:
            if row["TULNKID"] == "X1":
                row["SLICEMM"] = "6"
        assert series(person) == ["iUPD", found]


def test_r088_growth_is_additive():
    """60 at the iUPD, then 64 (+4.0) and 66 (+6.0 since the iUPD, +2.0 since the last scan)."""
    person = scans((56, 60, "PRESENT"), (84, 64, "PRESENT"), (112, 66, "PRESENT"))
    assert series(person) == ["iUPD", "iUPD", "iCPD"]
    said = rows(adam_of(person), "IOVR").sort("AVISITN")["REASON"].to_list()
    assert said[1].startswith(
        "iUPD: 28 days after the iUPD of 2024-02-26, neither confirmed nor relieved (target sum "
        "+4.0 mm, iCPD from +5.0); "
    )
    assert said[2].startswith(
        "iCPD: confirmed 56 days after the iUPD of 2024-02-26: the target sum rose further (target "
        "sum +6.0 mm, iCPD from +5.0); "
    )


@pytest.mark.parametrize(("sum_", "found"), [(64.9, "iUPD"), (65, "iCPD")])
def test_r088_five_millimetres_exactly(sum_: float, found: str):
    assert series(scans((56, 60, "PRESENT"), (84, sum_, "PRESENT")))[1] == found


@pytest.mark.parametrize(
    ("state", "found"),
    [("INCREASED", "iCPD"), ("UNEQUIVOCAL PROGRESSION", "iCPD"), ("PRESENT", "iSD")],
)
def test_r088_non_target_growth_need_not_be_unequivocal_again(state: str, found: str):
    """PRESENT is no growth, and no longer unequivocal: reset by R-090."""
    person = scans((56, 50, "PD"), (84, 50, state))
    assert series(person) == ["iUPD", found]


@pytest.mark.parametrize(
    ("later", "found"),
    [
        ({"X1": "INCREASED"}, "iCPD"),
        ({"X1": "PRESENT"}, "iUPD"),
        ({"X1": NL}, "iUPD"),
        ({"X1": NL, "X2": NL}, "iCPD"),
        ({"X1": NL, "X2": "EQUIVOCAL"}, "iUPD"),
    ],
)
def test_r088_new_lesions_confirm_by_growth_or_number(later: dict, found: str):
    assert series(scans((56, 50, "PRESENT", {"X1": NL}), (84, 50, "PRESENT", later)))[1] == found


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ((56, 60, "PRESENT"), (84, 60, "PD")),
        ((56, 60, "PRESENT"), (84, 60, "PRESENT", {"X1": NL})),
        ((56, 50, "PD"), (84, 60, "PRESENT")),
        ((56, 50, "PRESENT", {"X1": NL}), (84, 60, "PRESENT", {"X1": NL})),
        ((56, 50, "PRESENT", {"X1": NL}), (84, 50, "PD", {"X1": NL})),
    ],
)
def test_r088_progression_in_a_category_that_was_not_progressing_confirms(first, then):
    assert series(scans(first, then)) == ["iUPD", "iCPD"]


def test_r088_modest_non_target_growth_confirms_no_target_progression():
    """INCREASED counts only when the non-target lesions were in progression at the iUPD."""
    assert series(scans((56, 60, "PRESENT"), (84, 60, "INCREASED"))) == ["iUPD", "iUPD"]
    new = {"X1": NL}
    assert series(scans((56, 50, "PRESENT", new), (84, 50, "INCREASED", new))) == ["iUPD", "iUPD"]


def test_r088_missing_lesions_can_only_add():
    """T1 30 + T2 20; 40 + 22 is PD (62); T2 missing and T1 67: 67 >= 62 + 5 whatever T2 is."""
    for value, found in ((66.9, "iUPD"), (67, "iCPD")):
        person = Patient().target("T01", "LIVER", 30).target("T02", "LUNG", 20)
        person.scan(56, {"T01": 40, "T02": 22}).scan(84, {"T01": value, "T02": "NE"})
        assert series(person)[1] == found


def test_r089_no_change_stays_iupd():
    assert series(scans(*((day, 60, "PRESENT") for day in (56, 84, 112)))) == ["iUPD"] * 3


def test_r090_target_driven_reset_and_a_series_of_its_own_after_it():
    """60 (iUPD), 59.9 (not PD against 50): reset. 60 again is a new iUPD; 65 is +5.0 on that one."""
    person = scans((56, 60, "PRESENT"), (84, 59.9, "PRESENT"), (112, 60, "PRESENT"),
                   (140, 65, "PRESENT"))  # fmt: skip
    assert series(person) == ["iUPD", "iSD", "iUPD", "iCPD"]


def test_r090_the_nadir_stays_the_smallest_sum_ever():
    """50, 30 (nadir), 36 (iUPD: +6.0, 20 %), 34 (reset), 36 (iUPD against 30 again)."""
    person = scans((56, 30, "PRESENT"), (112, 36, "PRESENT"), (140, 34, "PRESENT"),
                   (196, 36, "PRESENT"))  # fmt: skip
    assert series(person) == ["iPR", "iUPD", "iPR", "iUPD"]


def test_r090_non_target_driven_reset_is_asked_about():
    person = scans((56, 50, "PD"), (84, 50, "PRESENT"))
    assert "R-090 iRECIST: the non-target progression of 2024-02-26 is recorded without" in queries(
        person
    )


@pytest.mark.parametrize(
    ("target", "new", "found"),
    [
        (50, {"X1": "ABSENT"}, "iSD"),  # all new lesions gone
        (35, {"X1": NL}, "iPR"),  # target category better: iSD -> iPR
        (45, {"X1": NL}, "iUPD"),  # target category unchanged
        (35, {"X1": "INCREASED"}, "iCPD"),  # better, but the new lesion grew
        (35, {}, "iUPD"),  # the new lesion was not looked at
    ],
)
def test_r090_new_lesion_driven_reset(target: float, new: dict, found: str):
    person = scans((56, 50, "PRESENT", {"X1": NL}), (84, target, "PRESENT", new))
    assert series(person)[1] == found


def test_r090_nothing_is_complete_beside_a_new_lesion_that_persists():
    person = scans((56, 50, "PRESENT", {"X1": NL}), (84, 0, "ABSENT", {"X1": NL}))
    assert series(person) == ["iUPD", "iPR"]


@pytest.mark.parametrize(
    ("new", "found"),
    [
        ({"X1": (NL, 20)}, "iPR"),
        ({"X1": (NL, 24.9)}, "iPR"),  # +4.9 mm on its smallest sum, 20
        ({"X1": (NL, 25)}, "iUPD"),  # +5.0 mm, +25 %
        ({"X1": (NL, 20), "X2": (NL, 5)}, "iUPD"),  # a further lesion
    ],
)
def test_r090_a_new_lesion_that_persists_must_grow_for_a_new_iupd(new: dict, found: str):
    person = scans((56, 50, "PRESENT", {"X1": (NL, 21)}), (84, 35, "PRESENT", {"X1": (NL, 20)}),
                   (140, 35, "PRESENT", new))  # fmt: skip
    assert series(person) == ["iUPD", "iPR", found]


def test_r090_recorded_growth_of_an_unmeasured_new_lesion_is_a_new_iupd():
    person = scans((56, 50, "PRESENT", {"X1": NL}), (84, 35, "PRESENT", {"X1": NL}),
                   (140, 35, "PRESENT", {"X1": "INCREASED"}))  # fmt: skip
    assert series(person) == ["iUPD", "iPR", "iUPD"]


def test_r091_not_evaluable_in_between_changes_nothing():
    person = scans((56, 60, "PRESENT"), (84, "NE", "PRESENT"), (112, 65, "PRESENT"))
    assert series(person) == ["iUPD", "NE", "iCPD"]


def test_r091_the_category_that_caused_it_is_not_evaluable():
    """Non-target progression, then NE with stable targets: neither confirmed nor relieved."""
    assert series(scans((56, 50, "PD"), (84, 50, "NE"))) == ["iUPD", "iUPD"]


# ------------------------------------------------------------------ input and reach


def test_r140_increased_repeats_the_last_word_on_a_new_lesion():
    """Outside iRECIST, INCREASED acts as PRESENT: equivocal stays equivocal, unequivocal stays."""
    for word, found in ((NL, ["PD", "PD"]), ("EQUIVOCAL", ["SD", "SD"])):
        made = [
            scans((56, 50, "PRESENT", {"X1": word}), (112, 50, "PRESENT", {"X1": later}))
            for later in ("INCREASED", "PRESENT")
        ]
        assert [recist(person) for person in made] == [found, found]


def test_other_protocols_have_no_row_of_irecist():
    person = scans((56, 60, "PRESENT"), (84, 65, "PRESENT"))
    adam = derive(protocol(), sdtm_of(person))
    with_it = adam_of(person)
    assert not adam["ADRS"]["PARAMCD"].str.starts_with("I").any()
    assert not adam["ADTTE"]["PARAMCD"].str.starts_with("I").any()
    assert "iRECIST" not in "".join(adam.queries["MESSAGE"])
    for name in ("ADRS", "ADTTE"):
        kept = with_it[name].filter(~pl.col("PARAMCD").str.starts_with("I"))
        assert kept.equals(adam[name])
