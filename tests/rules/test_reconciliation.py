"""No record leaves without a word: each TU, TR, RS and PR record is a source, unused, or used by name.

TR and RS: SRCSEQ of ADTR, ADRS or ADTTE. TU: its lesion (or the lesion it is a part of) has rows in
ADTR. PR: SRCSEQ of ADTTE or ADLOC, or the date of the procedure stands in ADSL (first procedure, new
therapy). Otherwise a row of the unused records, or a query of the subject that speaks of it.
"""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest

from support import broken_deliveries as broken
from support import changed_trials as change
from support.trial import sdtm_of
from trialwright.core.tables import Adam, Sdtm
from trialwright.intake.sdtm_delivery import read_sdtm

Key = tuple[str, str, str]


def _sources(adam: Adam) -> set[Key]:
    """Domain, subject and sequence number of every record that a dataset names."""
    found: set[Key] = set()
    for frame in adam.datasets.values():
        if not {"SRCDOM", "SRCSEQ"} <= set(frame.columns):
            continue
        for subject, domains, numbers in frame.select("USUBJID", "SRCDOM", "SRCSEQ").iter_rows():
            for domain in (domains or "").split():
                found |= {(domain, subject, n) for n in (numbers or "").split()}
    return found


def _unused(adam: Adam) -> set[Key]:
    rows = adam.unused.select("DOMAIN", "USUBJID", "SRCSEQ").rows()
    return {(d, s or "", n or "") for d, s, n in rows}


def _lesions(adam: Adam) -> set[tuple[str, str]]:
    return set(adam["ADTR"].drop_nulls("TRLNKID").select("USUBJID", "TRLNKID").rows())


def _tu_used(row: dict[str, str | None], known: set[tuple[str, str]]) -> bool:
    names = [row["TULNKID"] or "", row["TUGRPID"] or "", (row["TULNKID"] or "").split("/")[0]]
    return any((row["USUBJID"] or "", n.strip().upper()) in known for n in names)


def _pr_used(row: dict[str, str | None], adam: Adam) -> bool:
    mine = (
        adam["ADSL"].filter(USUBJID=row["USUBJID"]).select("FPROCDT", "TRTSDT", "NACTDT", "TRTEDT")
    )
    dates = {str(v) for r in mine.rows() for v in r if v is not None}
    said = adam.queries.filter(USUBJID=row["USUBJID"]).filter(
        pl.col("RULEID").is_in(["R-141", "R-103"])
    )
    return row["PRSTDTC"] in dates or said.height > 0


def unaccounted(sdtm: Sdtm, adam: Adam) -> Counter[Key]:
    """Records that nothing speaks of."""
    sources, unused, known = _sources(adam), _unused(adam), _lesions(adam)
    lost: Counter[Key] = Counter()
    for code in ("TU", "TR", "RS", "PR"):
        for row in sdtm[code].to_dicts():
            key = (code, row["USUBJID"] or "", row[f"{code}SEQ"] or "")
            used = key in sources or key in unused
            used = used or (code == "TU" and _tu_used(row, known))
            used = used or (code == "PR" and _pr_used(row, adam))
            lost[key] += not used
    return +lost


def counts(sdtm: Sdtm) -> dict[str, int]:
    return {code: sdtm[code].height for code in ("TU", "TR", "RS", "PR")}


@pytest.mark.parametrize("seed", range(4))
def test_random_trials(seed):
    sdtm = sdtm_of(change.people(seed))
    assert min(counts(sdtm)[code] for code in ("TU", "TR", "PR")) > 0
    assert unaccounted(sdtm, change.base(seed).adam) == Counter()


@pytest.mark.parametrize("kind", [*broken.FLAGGED, *broken.SAME][::3])
def test_broken_deliveries(kind, tmp_path):
    """What is read although it is broken loses nothing either."""
    files, _ = broken.broken(kind, 5)
    found = broken.fate(files)
    if found.adam is None:
        assert found.kind == "refused"
        return
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    assert unaccounted(read_sdtm(tmp_path), found.adam) == Counter()


def test_the_count_can_fail():
    """Without a dataset that names its sources records are missing."""
    sdtm, adam = sdtm_of(change.people(0)), change.base(0).adam
    datasets = {name: frame.clear() for name, frame in adam.datasets.items()}
    bare = Adam(datasets=datasets, unused=adam.unused, queries=adam.queries)
    assert unaccounted(sdtm, bare).total() > 50
