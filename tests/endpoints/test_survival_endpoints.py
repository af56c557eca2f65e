"""PFS, landmark rate, OS and DOR on six subjects worked by hand, and what must always hold."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.adam_frames import Person, adam_of
from support.rules import protocol
from trialwright.core.display import patient_anchor
from trialwright.core.errors import ProtocolError
from trialwright.core.results import Result
from trialwright.endpoints.duration_of_response import estimate_duration_of_response
from trialwright.endpoints.landmark_rate import estimate_landmark_rate
from trialwright.endpoints.overall_survival import estimate_overall_survival
from trialwright.endpoints.progression_free_survival import estimate_progression_free_survival
from trialwright.endpoints.survival_figure import sparse_from
from trialwright.endpoints.survival_summary import FewAtRisk
from trialwright.protocol.rules import EndpointDefinition
from trialwright.stats.kaplan_meier import kaplan_meier

PD = (1, "C-01", "Progressive disease")
DEATH = (1, "C-02", "Death")
CUT = (0, "C-08", "No progression at data cut-off")
NEW = (0, "C-04", "New anticancer therapy")
ALIVE = (0, "C-20", "Alive")
DIED = (1, "C-20", "Death")

#: Days and ends of the hand-worked PFS: 60 PD, 90 new therapy, 120 PD, 120 death, 200 cut-off,
#: 400 PD. S = 5/6 at 60, 5/12 at 120, 0 at 400.
PFS = [(60, *PD), (90, *NEW), (120, *PD), (120, *DEATH), (200, *CUT), (400, *PD)]


def trial(times, paramcd="PFS", **more):
    return [Person(f"S{i}", times={paramcd: one}, **more) for i, one in enumerate(times)]


def settled(*kinds, landmark=12.0, **changes):
    """A settled protocol that registers endpoints of the kinds."""
    endpoints = tuple(
        EndpointDefinition(
            id=f"{kind}_12" if kind == "PFS_RATE" else kind,
            kind=kind,
            role="primary",
            measure=kind,
            landmark_months=landmark if kind == "PFS_RATE" else None,
        )
        for kind in kinds
    )
    return protocol(**changes).model_copy(update={"endpoints": endpoints})


def rows(result):
    return {cells[0]: cells[1] for cells in result.table().rows}


def test_pfs_of_six_subjects_by_hand():
    """Median 120 days = 3.9 months; S(3 months = 91.3 d) = 5/6, S(6 months) = 5/12."""
    found = estimate_progression_free_survival(settled("PFS"), adam_of(trial(PFS)))
    assert isinstance(found, Result)
    shown = rows(found)
    assert shown["Events, n (%)"] == "4 (67)"
    assert (shown["PD"], shown["Death without PD"]) == ("3 (50)", "1 (17)")
    assert shown["New anticancer therapy (C-04)"] == "1"
    assert shown["No progression at data cut-off (C-08)"] == "1"
    assert shown["Median, months (95 % CI)"] == "3.9 (2.0, NE)"
    rates = found.summary.rates
    assert [rate.months for rate in rates] == [3, 6, 12]
    assert [rate.value for rate in rates] == pytest.approx([5 / 6, 5 / 12, 5 / 12])
    assert [rate.at_risk for rate in rates] == [4, 2, 1]
    assert found.to_json()["estimate"]["median_days"] == {
        "value": 120.0,
        "lower": 60.0,
        "upper": None,
    }


def test_pfs_interval_by_hand():
    """The log-log limits 0.055992 and 0.766522 of S = 5/12, see the Kaplan-Meier tests."""
    found = estimate_progression_free_survival(settled("PFS"), adam_of(trial(PFS)))
    assert found.summary.rates[1].lower == pytest.approx(0.055992, abs=1e-6)
    assert found.summary.rates[1].upper == pytest.approx(0.766522, abs=1e-6)


def test_sensitivity_analyses_stand_below():
    """With every event counted the subject on new therapy progresses at day 150 (C-10)."""
    people = trial(PFS)
    later = [{"PFSEMA": one.times["PFS"]} for one in people]
    later[1]["PFSEMA"] = (150, *PD)
    people = [replace(p, times=p.times | more) for p, more in zip(people, later, strict=True)]
    found = estimate_progression_free_survival(settled("PFS"), adam_of(people))
    main, other = found.tables()[1].rows
    assert (main[0], main[1]) == ("Main analysis", "4 (67)")
    assert other[1] == "5 (83)"
    assert found.to_json()["sensitivity"][0]["paramcd"] == "PFSEMA"


def test_landmark_is_the_kaplan_meier_rate_not_the_share():
    """At 365.25 days: 5/12, one at risk; the plain share without event would be 1/6 or 3/6."""
    found = estimate_landmark_rate(settled("PFS_RATE"), adam_of(trial(PFS)))
    (rate,) = found.summary.rates
    assert found.key == "PFS_RATE_12"
    assert rate.days == 365.25
    assert rate.value == pytest.approx(5 / 12)
    shown = rows(found)
    assert shown["At risk just before"] == "1"
    assert shown["Events until then"] == "3"
    assert shown["Censored before"] == "2"


def test_landmark_beyond_follow_up_is_not_estimable():
    """The last of the subjects is censored at day 200, so nothing is known at 12 months."""
    found = estimate_landmark_rate(settled("PFS_RATE"), adam_of(trial(PFS[:5])))
    (rate,) = found.summary.rates
    assert (rate.value, rate.at_risk) == (None, 0)
    assert rows(found)["PFS rate at 12 months, % (95 % CI)"] == "NE"
    assert any("Nobody is at risk at 12 months" in caution for caution in found.cautions)


def test_rate_zero_or_one_has_no_limits():
    """Rule T-04: where S is 0 or 1 only the point is given."""
    zero = estimate_landmark_rate(settled("PFS_RATE"), adam_of(trial([(60, *PD), (90, *PD)])))
    one = estimate_landmark_rate(settled("PFS_RATE"), adam_of(trial([(500, *PD), (600, *CUT)])))
    assert [(r.value, r.lower, r.upper) for r in zero.summary.rates] == [(0.0, None, None)]
    assert [(r.value, r.lower, r.upper) for r in one.summary.rates] == [(1.0, None, None)]
    assert [found.summary.rates[0].cell() for found in (zero, one)] == ["0.0", "100.0"]


def test_an_event_on_the_landmark_counts():
    """D-01 adds one day, so day 365 is inside 12 months (365.25) and day 366 is not."""
    for day, expected in ((365, 0.5), (366, 1.0)):
        data = adam_of(trial([(day, *PD), (700, *CUT)]))
        (rate,) = estimate_landmark_rate(settled("PFS_RATE"), data).summary.rates
        assert rate.value == expected


def test_landmark_needs_its_time():
    with pytest.raises(ProtocolError, match="time of the landmark"):
        estimate_landmark_rate(settled("PFS_RATE", landmark=None), adam_of(trial(PFS)))


#: OS: deaths at 100 and 300, alive at 300, 400 and 650.
OS = [(100, *DIED), (300, *DIED), (300, *ALIVE), (400, *ALIVE), (650, *ALIVE)]


def test_os_and_median_follow_up_by_hand():
    """S = 4/5, 3/5; reverse curve at 300: 1 - 1/4, at 400: 3/4 x 1/2 = 3/8, so median 400 days."""
    found = estimate_overall_survival(settled("OS"), adam_of(trial(OS, "OS")))
    shown = rows(found)
    assert shown["Deaths, n (%)"] == "2 (40)"
    assert shown["Median, months (95 % CI)"].startswith("NE (")
    assert [rate.value for rate in found.summary.rates] == [0.8, pytest.approx(0.6), None]
    assert found.follow_up.median.value == 400
    assert shown["Follow-up of those not known to have died, months, range"] == "9.9 to 21.4"


def test_tie_rule_of_the_follow_up_by_hand():
    """Two deaths and one alive at 300, one alive at 400. Exchanged: 3/4, then 0, median 400.

    Deaths first: two at risk at 300, so 1/2 until 400 and the median is the midpoint, 350.
    """
    data = adam_of(trial([(300, *DIED), (300, *DIED), (300, *ALIVE), (400, *ALIVE)], "OS"))
    for ties, median in (("swap", 400), ("events_first", 350)):
        rule = settled("OS", analysis__rkm_ties=ties)
        assert estimate_overall_survival(rule, data).follow_up.median.value == median


def test_completeness_of_follow_up():
    """Rule C-21: cut-off day 730; a contact 92 days before is old, 91 days before is not."""
    people = trial(OS, "OS")
    contacts = [0, 0, 730 - 92, 730 - 91, 730]
    people = [replace(p, last_alive=day) for p, day in zip(people, contacts, strict=True)]
    found = estimate_overall_survival(settled("OS"), adam_of(people))
    assert (found.follow_up.alive, found.follow_up.stale) == (3, 1)
    sentence = "Last contact more than 3 months before the data cut-off: 1 of 3 not known to have died (33 %, rule"
    assert any(note.startswith(sentence) for note in found.table().footnotes)
    assert any(note.startswith(sentence) for note in found.figure().footnotes)


def test_completeness_needs_a_cutoff():
    people = [replace(p, cutoff=None) for p in trial(OS, "OS")]
    found = estimate_overall_survival(settled("OS"), adam_of(people))
    assert found.follow_up.stale is None
    assert "cannot be judged" in found.follow_up.completeness()


def test_duration_of_response_with_open_ends():
    """Three responders: 60 and 200 days ended, 400 ongoing; 2.0 to 13.1+ months."""
    people = trial([(60, *PD), (400, *CUT), (200, *DEATH)], "DOR", confirmed="PR")
    found = estimate_duration_of_response(settled("DOR"), adam_of([*people, Person("Z", "SD")]))
    shown = rows(found)
    assert shown["Range, months"] == "2.0 to 13.1+"
    assert shown["Ended by PD or death, n (%)"] == "2 (67)"
    assert found.summary.median.value == 200
    assert found.table().columns[1] == "Responders (N = 3)"
    assert found.to_json()["longest"] == {"days": 400, "event": False}


def test_duration_warns_when_responders_and_durations_differ():
    people = [*trial([(60, *PD)], "DOR", confirmed="PR"), Person("Y", "CR")]
    found = estimate_duration_of_response(settled("DOR"), adam_of(people))
    assert any("2 subjects count as responders" in caution for caution in found.cautions)


def test_without_responders_there_is_no_duration():
    found = estimate_duration_of_response(settled("DOR"), adam_of([Person("A", "PD")]))
    assert rows(found)["Range, months"] == "no responder"
    assert found.to_json()["estimate"]["median_days"]["value"] is None


def test_figure_ends_with_the_last_observation_and_links_the_censored():
    found = estimate_progression_free_survival(settled("PFS"), adam_of(trial(PFS)))
    figure = found.figure()
    marks = {mark.role: mark for mark in figure.marks}
    assert marks["curve"].x[0] == 0
    assert marks["curve"].x[-1] == pytest.approx(400 / 30.4375)
    assert marks["curve"].y == pytest.approx((1, 5 / 6, 5 / 6, 5 / 12, 5 / 12, 0))
    assert marks["censored"].links == (patient_anchor("S1"), patient_anchor("S4"))
    assert marks["censored"].y == pytest.approx((5 / 6, 5 / 12))
    assert figure.x_label == "Months since enrolment"
    assert "median 3.9" in figure.alt
    band = marks["interval"]
    assert len(band.x) == len(band.y) == len(band.y2)
    assert band.x[0] == pytest.approx(60 / 30.4375)
    assert band.x[-1] == pytest.approx(400 / 30.4375)


def test_rows_under_the_figure():
    """Ticks every 2 months: at 0, 2 (60.9 d), 4 (121.8 d) ... 14."""
    found = estimate_progression_free_survival(settled("PFS"), adam_of(trial(PFS)))
    under = found.figure().at_risk
    assert under.times == (0, 2, 4, 6, 8, 10, 12, 14)
    at_risk, events, censored = under.counts
    assert at_risk == (6, 5, 2, 2, 1, 1, 1, 0)
    assert events == (0, 1, 3, 3, 3, 3, 3, 4)
    assert censored == (0, 0, 1, 1, 2, 2, 2, 2)


def test_a_subject_with_the_event_on_a_tick_is_still_at_risk_there():
    """Rule T-08: at risk is counted just before; 16 months are 487 days exactly."""
    data = adam_of(trial([(487, *PD), (100, *CUT)]))
    under = estimate_progression_free_survival(settled("PFS"), data).figure().at_risk
    at = under.times.index(16)
    assert [row[at] for row in under.counts] == [1, 0, 1]


def test_grey_where_fewer_than_three_or_a_tenth_are_at_risk():
    """Six subjects: from day 120 two are left. Forty subjects, one each day: 4 of 40 still count."""
    few = FewAtRisk(3, 10)
    assert sparse_from(kaplan_meier([d for d, *_ in PFS], [e for _, e, *_ in PFS]), few) == 120
    assert sparse_from(kaplan_meier(range(1, 41), [1] * 40), few) == 37
    assert sparse_from(kaplan_meier(range(1, 41), [1] * 40), FewAtRisk(10, 10)) == 31
    assert sparse_from(kaplan_meier(range(1, 41), [1] * 40), FewAtRisk(3, 50)) == 21
    assert sparse_from(kaplan_meier([5] * 10, [0] * 10), few) is None
    assert sparse_from(kaplan_meier([5, 9], [1, 1]), few) == 0


def test_nobody_with_a_time_gives_no_figure():
    data = adam_of([Person("A"), Person("B")])
    for estimate in (estimate_progression_free_survival, estimate_overall_survival):
        found = estimate(settled("PFS", "OS"), data)
        assert found.figure() is None
        assert found.table().rows
        assert any("2 of 2 enrolled have no start date" in caution for caution in found.cautions)


def test_median_and_band_follow_the_options():
    """S = 1/2 from 60 on: midpoint of 60 and 90, or 60 with the left end."""
    times = [(60, *PD), (90, *PD)]
    found = estimate_progression_free_survival(settled("PFS"), adam_of(trial(times)))
    assert found.summary.median.value == 75
    left = settled("PFS", analysis__median_tie="left", analysis__km_ci="log")
    other = estimate_progression_free_survival(left, adam_of(trial(times)))
    assert other.summary.median.value == 60
    assert "log scale" in other.summary.method


TIMES = st.lists(st.tuples(st.integers(1, 900), st.booleans()), min_size=1, max_size=25)


@settings(deadline=None, max_examples=30)
@given(TIMES, st.randoms(use_true_random=False))
def test_row_order_changes_nothing_and_json_is_plain(times, random):
    people = trial([(d, *(PD if event else CUT)) for d, event in times])
    people = [
        replace(p, times=p.times | {"OS": (t[0], *ALIVE)})
        for p, t in zip(people, times, strict=True)
    ]
    shuffled = list(people)
    random.shuffle(shuffled)
    for estimate in (estimate_progression_free_survival, estimate_overall_survival):
        first = estimate(settled("PFS", "OS"), adam_of(people))
        second = estimate(settled("PFS", "OS"), adam_of(shuffled))
        assert json.dumps(first.to_json(), allow_nan=False) == json.dumps(second.to_json())
        assert first.figure() == second.figure()
        under = first.figure().at_risk.counts
        assert all(sum(column) == len(people) for column in zip(*under, strict=True))
