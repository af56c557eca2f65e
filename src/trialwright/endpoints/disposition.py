"""Disposition: where every subject went, and the analysis sets (T-1, T-3, flow diagram)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import polars as pl

from trialwright.core.display import Figure, Table, patient_anchor
from trialwright.core.format import n_pct
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.flow_diagram import Step, flow_diagram
from trialwright.endpoints.follow_up import FollowUp, follow_up_of
from trialwright.endpoints.population import ALL, Scope, enrolled_subjects, scope_of
from trialwright.endpoints.proportion import interval_level
from trialwright.endpoints.subject_rows import Row, rows_of, short_name, text
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import settled_analysis

#: What cannot be known without a domain.
_UNKNOWN = {
    "DS": "No file of disposition (DS) was delivered: when and why treatment ended, withdrawal and "
    "loss to follow-up are not known.",
    "EX": "No file of exposure (EX) was delivered: treated are those with a date of first treatment.",
}
#: Columns of ADSL that show that treatment is over, the word for each.
_ENDS = {
    "EOTDT": "End of treatment",
    "DTHDT": "Death",
    "WDRAWDT": "Withdrawal of consent",
    "LOSTDT": "Lost to follow-up",
    "NACTDT": "New anticancer therapy",
}
RULES = ("S-1", "S-2", "S-3", "S-4", "S-5", "S-6", "S-7", "A-12", "T-06")
NOT_RECORDED = "Reason not recorded"
#: Why a subject is without the flag; the evaluable set has several reasons, told by SETREAS.
_WITHOUT = {"MEASFL": "no measurable target lesion at baseline"}
_MEASURABLE_UNKNOWN = "measurable disease at baseline is not known: lesions were not collected"
#: Flag of ADSL, name of the set, rule.
SETS = (
    ("ENRLFL", "Enrolled", "S-2"),
    ("FASFL", "Full analysis set", "S-3"),
    ("SAFFL", "Safety set", "S-4"),
    ("MEASFL", "Measurable disease at baseline", "R-015"),
    ("EFFFL", "Efficacy evaluable set", "S-5"),
    ("PPROTFL", "Per-protocol set", "S-6"),
    ("DLTEVLFL", "Evaluable for dose-limiting toxicity", "S-7"),
)
#: Sets that exist only where the protocol or the data speak of them.
_OPTIONAL = ("PPROTFL", "DLTEVLFL")


@dataclass(frozen=True, slots=True)
class Excluded:
    """A subject outside an analysis set, with the reason that ADSL gives."""

    analysis_set: str
    usubjid: str
    subject: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposition:
    """Counts of subjects from screening to the data cut-off.

    `reasons` counts why treatment ended, most frequent first; `alone` who stopped a component while
    others went on, by component; `sets` gives the size of each analysis set in the order of `SETS`.
    `no_consent` are subjects of DM without consent who were not enrolled.
    """

    scope: Scope
    screened: int
    no_consent: int
    enrolled: int
    treated: int
    on_treatment: int
    reasons: tuple[tuple[str, int], ...]
    alone: tuple[tuple[str, int], ...]
    died: int
    withdrew: int
    lost: int
    in_follow_up: int
    sets: tuple[tuple[str, int], ...]
    excluded: tuple[Excluded, ...]
    follow_up: FollowUp
    conf_level: float
    cautions: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """`DISPOSITION`, with the cohort behind a dot."""
        return self.scope.key

    @property
    def stopped(self) -> int:
        """Treated subjects whose treatment has ended."""
        return sum(count for _, count in self.reasons)

    @property
    def survival(self) -> tuple[tuple[str, int], ...]:
        """Status of the enrolled at the data cut-off, each subject once."""
        return (
            ("Alive, in follow-up", self.in_follow_up),
            ("Died", self.died),
            ("Withdrew consent", self.withdrew),
            ("Lost to follow-up", self.lost),
        )

    def table(self) -> Table:
        """Describe the disposition (T-1); percentages are of the enrolled."""
        rows = [("Screened", str(self.screened), 0)]
        if self.no_consent:
            rows.insert(0, ("In DM without a date of consent", str(self.no_consent), 0))
        if self.screened > self.enrolled:
            rows.append(("Not enrolled", str(self.screened - self.enrolled), 1))
        rows += [("Enrolled", str(self.enrolled), 0)]
        rows += [("Not treated", self._share(self.enrolled - self.treated), 1)]
        rows += [("Treated", self._share(self.treated), 1)]
        rows += [("On treatment at the data cut-off", self._share(self.on_treatment), 2)]
        rows += [("Treatment ended", self._share(self.stopped), 2)]
        rows += [(f"\N{EN DASH} {reason}", self._share(n), 2) for reason, n in self.reasons]
        rows += [
            (f"Stopped {name} only, others went on", self._share(n), 2) for name, n in self.alone
        ]
        rows += [("Survival status of the enrolled", "", 0)]
        rows += [(name, self._share(count), 1) for name, count in self.survival]
        level = interval_level(self.conf_level)
        rows += [(name, value, 0) for name, value in self.follow_up.rows(level)]
        return Table(
            title=f"Disposition of subjects{self.scope.suffix}",
            columns=("", "n (%)"),
            rows=tuple((name, value) for name, value, _ in rows),
            number="T-1",
            population=self._population(),
            levels=tuple(level for _, _, level in rows),
            footnotes=(
                "Percentages are of the enrolled. Subjects count once in each block.",
                self.follow_up.method(),
                *self.cautions,
            ),
            rules=RULES,
        )

    def sets_table(self) -> Table:
        """Describe the analysis sets (T-3) with every excluded subject and the reason."""
        rows: list[tuple[str, str]] = []
        links: list[str] = []
        for name, count in self.sets:
            rows.append((name, self._share(count)))
            links.append("")
            for one in (one for one in self.excluded if one.analysis_set == name):
                rows.append((f"without {one.subject}: {one.reason}", ""))
                links.append(patient_anchor(one.usubjid))
        return Table(
            title=f"Analysis sets{self.scope.suffix}",
            columns=("", "n (%)"),
            rows=tuple(rows),
            number="T-3",
            population=self._population(),
            levels=tuple(1 if link else 0 for link in links),
            links=tuple(links),
            footnotes=("Percentages are of the enrolled.",),
            rules=(*RULES, "R-015"),
        )

    def tables(self) -> tuple[Table, ...]:
        """T-1 and T-3."""
        return (self.table(), self.sets_table())

    def figures(self) -> tuple[Figure, ...]:
        """The flow diagram; none without subjects."""
        return (self.figure(),) if self.screened else ()

    def figure(self) -> Figure:
        """Boxes from screening to analysis with those who left at the side (F-1)."""
        flow = flow_diagram(self._steps())
        return replace(
            flow,
            title=f"Flow of subjects{self.scope.suffix}",
            alt=f"Flow diagram: {self.screened} screened, {self.enrolled} enrolled, {self.treated} "
            f"treated, {self.on_treatment} on treatment at the cut-off, {self.died} died.",
            number="F-1",
            population=self._population(),
            rules=RULES,
        )

    def _steps(self) -> tuple[Step, ...]:
        left_out = self.screened - self.enrolled
        untreated = self.enrolled - self.treated
        survival = [f"{name} {count}" for name, count in self.survival if count]
        sets = [f"{name} {count}" for name, count in self.sets[1:]]
        steps = (
            Step((f"Screened (n={self.screened})",), _aside("Not enrolled", left_out)),
            Step((f"Enrolled (n={self.enrolled})",), _aside("Not treated", untreated)),
            Step(
                (f"Treated (n={self.treated})",),
                (
                    *_aside("Treatment ended", self.stopped),
                    *(f"{reason} {count}" for reason, count in self.reasons),
                ),
            ),
            Step(
                (f"On treatment at the cut-off (n={self.on_treatment})",),
                ("Status of the enrolled", *survival) if survival else (),
            ),
            Step(("Analysed", *sets)),
        )
        return steps if left_out else steps[1:]

    def to_json(self) -> dict[str, Json]:
        """All counts, with the reasons."""
        return {
            "screened": self.screened,
            "enrolled": self.enrolled,
            "treated": self.treated,
            "on_treatment": self.on_treatment,
            "stopped": dict(self.reasons),
            "survival": dict(self.survival),
            "stopped_one_component": dict(self.alone),
            "follow_up": self.follow_up.to_json(),
            "sets": dict(self.sets),
            "cautions": list(self.cautions),
            "excluded": [
                {"set": one.analysis_set, "usubjid": one.usubjid, "reason": one.reason}
                for one in self.excluded
            ],
        }

    def _share(self, count: int) -> str:
        return n_pct(count, self.enrolled)

    def _population(self) -> str:
        return self.scope.population("Enrolled", self.enrolled)


def _aside(name: str, count: int) -> tuple[str, ...]:
    return (f"{name} (n={count})",) if count else ()


def describe_disposition(protocol: Protocol, adam: Adam, subset: str = ALL) -> Disposition:
    """Count where the subjects of ADSL went.

    Parameters
    ----------
    protocol
        Names the cohorts.
    adam
        ADSL, one row per subject of DM.
    subset
        All subjects, or the id of a cohort.

    Returns
    -------
    Disposition
        Of a dead subject death counts, of others withdrawal before loss to follow-up.

    References
    ----------
    Rules S-1 to S-5.
    """
    rule = settled_analysis(protocol)
    people = rows_of(enrolled_subjects(adam, subset))
    treated = [row for row in people if row["TRTSDT"] is not None]
    stopped = [row for row in treated if any(row[column] is not None for column in _ENDS)]
    status = Counter(_status(row) for row in people)
    clinical = _clinical_progression(adam)
    reasons = Counter(_stop_reason(row, clinical) for row in stopped)
    in_dm, screened = _screened(adam, subset)
    return Disposition(
        scope=scope_of(protocol, (), "DISPOSITION", subset),
        screened=screened,
        no_consent=in_dm - screened,
        enrolled=len(people),
        treated=len(treated),
        on_treatment=len(treated) - len(stopped),
        reasons=tuple(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        died=status["died"],
        withdrew=status["withdrew"],
        lost=status["lost"],
        in_follow_up=status["alive"],
        alone=_alone(protocol, adam, people),
        sets=tuple(
            (name, sum(row[flag] == "Y" for row in people)) for flag, name, _ in _there(people)
        ),
        excluded=_excluded(people),
        follow_up=follow_up_of(adam, subset, rule),
        conf_level=rule.conf_level,
        cautions=tuple(words for code, words in _UNKNOWN.items() if code in adam.absent),
    )


def _screened(adam: Adam, subset: str) -> tuple[int, int]:
    """Subjects of ADSL, and those who signed consent or were enrolled (S-1)."""
    subjects = adam["ADSL"]
    mine = subjects if subset == ALL else subjects.filter(pl.col("COHORT") == subset)
    return mine.height, mine.filter(pl.col("SCRNFL").ne_missing("N")).height


def _there(people: list[Row]) -> list[tuple[str, str, str]]:
    """The sets of the trial: an optional one only when somebody is in it or out of it."""
    return [one for one in SETS if one[0] not in _OPTIONAL or any(row[one[0]] for row in people)]


def _alone(protocol: Protocol, adam: Adam, people: list[Row]) -> tuple[tuple[str, int], ...]:
    """Who stopped a component while another went on, in the order of the protocol (A-12)."""
    if "ADEX" not in adam.datasets:
        return ()
    names = {text(row, "USUBJID") for row in people}
    rows = adam["ADEX"].filter((pl.col("PARAMCD") == "ALONE") & (pl.col("AVAL") == 1))
    rows = rows.filter(pl.col("USUBJID").is_in(sorted(names)))
    counts = {
        one.name: rows.filter(pl.col("EXCOMP") == one.id)["USUBJID"].n_unique()
        for one in protocol.regimen
    }
    return tuple((name, count) for name, count in counts.items() if count)


def _status(row: Row) -> str:
    for column, status in (("DTHDT", "died"), ("WDRAWDT", "withdrew"), ("LOSTDT", "lost")):
        if row[column] is not None:
            return status
    return "alive"


def _clinical_progression(adam: Adam) -> frozenset[str]:
    """Subjects whose treatment ended for progression that no scan had shown by then (C-12)."""
    rows = adam["ADTTE"].filter((pl.col("PARAMCD") == "PFSCLIN") & (pl.col("RULEID") == "C-12"))
    return frozenset(rows["USUBJID"].to_list())


def _stop_reason(row: Row, clinical: frozenset[str]) -> str:
    if row["EOTDT"] is None:
        first = next(words for column, words in _ENDS.items() if row[column] is not None)
        return f"{first}, end of treatment not recorded"
    reason = text(row, "EOTREAS").strip()
    shown = reason.capitalize() if reason.isupper() else reason or NOT_RECORDED
    return f"{shown}, without PD on a scan" if text(row, "USUBJID") in clinical else shown


def _excluded(people: list[Row]) -> tuple[Excluded, ...]:
    return tuple(
        Excluded(name, text(row, "USUBJID"), short_name(row), _without(row, flag, rule))
        for flag, name, rule in _there(people)
        for row in people
        if row[flag] != "Y"
    )


def _without(row: Row, flag: str, rule: str) -> str:
    """Why a subject is without a flag: the reasons of its set and of the sets before it."""
    if flag in _WITHOUT:
        unknown = row[flag] is None
        return _MEASURABLE_UNKNOWN if unknown else _WITHOUT[flag]
    if flag == "DLTEVLFL":
        return text(row, "DLTREAS") or NOT_RECORDED.lower()
    reasons = [one for one in text(row, "SETREAS").split("; ") if _first_set(one) <= rule]
    return "; ".join(reasons) or text(row, "SETREAS") or NOT_RECORDED.lower()


def _first_set(reason: str) -> str:
    """The first set that a reason names, such as "S-3"."""
    return reason.partition("(")[2][:3]
