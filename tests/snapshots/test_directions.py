"""The difference of two deliveries is the same from either side, and nobody else is in it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from support.corrected import diff, results, trial
from support.trial import Patient, sdtm_of
from trialwright.snapshots.records import changed_records

SIZES = st.tuples(*[st.sampled_from([0, 20, 36, 42, 48, 60, 75])] * 3)


def either_way(found, *, turned):
    return {
        (x.usubjid, x.domain, x.column, *((x.after, x.before) if turned else (x.before, x.after)))
        for x in found.records
    }


@settings(max_examples=3, deadline=None)
@given(SIZES, SIZES)
def test_both_directions_say_the_same(one, two):
    there, back = diff(trial(two), trial(one)), diff(trial(one), trial(two))
    assert there.is_empty == back.is_empty == (one == two)
    assert either_way(there, turned=False) == either_way(back, turned=True)
    strip = {key: (a.split(" (")[0], b.split(" (")[0]) for key, (a, b) in results(there).items()}
    turned = {key: (b.split(" (")[0], a.split(" (")[0]) for key, (a, b) in results(back).items()}
    assert strip == turned
    assert {one.usubjid for one in there.patients} <= {"P1"}
    assert all(x.because for patient in there.patients for x in patient.results)


EVENTS = st.lists(
    st.tuples(
        *(st.sampled_from(x) for x in (("A", "B"), ("1", "2"), ("2024-01-10", "2024-01-11")))
    ),
    max_size=5,
)


def with_events(rows):
    person = Patient("P1").target("T1", "LIVER", 60)
    for term, grade, start in rows:
        person.add("AE", AETERM=term, AETOXGR=grade, AESTDTC=start)
    return sdtm_of(person)


class Found:
    def __init__(self, records):
        self.records = records


@settings(max_examples=30, deadline=None)
@given(EVENTS, EVENTS)
def test_records_pair_the_same_in_both_directions(one, two):
    """As many records are gone and new as the numbers of records differ, and no order matters."""
    there = changed_records(with_events(one), with_events(two))
    back = changed_records(with_events(two), with_events(one))
    assert either_way(Found(there), turned=False) == either_way(Found(back), turned=True)
    kinds = [x.kind for x in there]
    assert kinds.count("new") - kinds.count("gone") == len(two) - len(one)
    assert (not there) == (sorted(one) == sorted(two))
