"""What a block of virtual trials comes to: one row a trial, one column a subject."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.response.history import Codes, Flags, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualTrials:
    """Outcomes of the subjects of a block of trials as the trial sees them at its cut-off.

    Days are whole days from the start of accrual (day 0); `NEVER` is what has not happened by the
    cut-off, `NO_DAY` what does not apply. Subjects of one cohort stand side by side, in order of
    entry; the cohorts stand in the order of the scenario.

    Attributes
    ----------
    first
        Number of the first trial of the block.
    cohort
        Position of the cohort of each subject [N].
    cutoff
        Day of the data cut-off of each trial [T].
    enrolled, first_dose
        Day of enrolment and of first treatment [T, N]; `NO_DAY` where not treated.
    measurable
        Whether there is a target lesion at baseline [T, N].
    unconfirmed, confirmed
        Best overall response without and with confirmation, `Response` codes [T, N].
    responded, held
        Day of the first CR or PR, and day of the scan that confirmed it [T, N].
    depth
        Smallest sum of diameters before progression, change from baseline in tenths of a percent
        (-1000 is all gone), 32767 without a later sum [T, N].
    pfs_start, pfs_day, pfs_event, os_start, os_day, os_event
        Origin, day of event or censoring, and whether it is an event [T, N]; the origin is `NO_DAY`
        for who would enter after a fixed cut-off.
    pd_scan
        Day of the scan that showed progression [T, N].
    progression, death
        True day of progression, seen or not, and true day of death, beyond the cut-off too [T, N].
    left
        Day of withdrawal or loss [T, N].
    scans
        Number of tumour assessments after baseline up to progression [T, N].
    """

    first: int
    cohort: Codes
    cutoff: Ints
    enrolled: Ints
    first_dose: Ints
    measurable: Flags
    unconfirmed: Codes
    confirmed: Codes
    responded: Ints
    held: Ints
    depth: Ints
    pfs_start: Ints
    pfs_day: Ints
    pfs_event: Flags
    os_start: Ints
    os_day: Ints
    os_event: Flags
    pd_scan: Ints
    progression: Ints
    death: Ints
    left: Ints
    scans: Ints

    @property
    def shape(self) -> tuple[int, int]:
        """Trials, subjects of a trial."""
        trials, subjects = self.confirmed.shape
        return trials, subjects
