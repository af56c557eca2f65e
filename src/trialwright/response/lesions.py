"""The lesions of a trial as TU identifies them (R-130, R-132, R-137, R-138)."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Sdtm
from trialwright.response.evaluators import of_evaluator
from trialwright.subjects.days import day_column, upper
from trialwright.subjects.reconcile import unused
from trialwright.vocabulary.recist import NODE_LOCATIONS, ROLE_TEXT, ROLE_WORDS

_COLUMNS = ("USUBJID", "LNKID", "ROLE", "NODE", "LOC", "METHOD", "PREEXIST")
_TESTS = ("TUMIDENT", "TUSPLIT", "TUMERGE")
#: Qualifiers of TU that the checks of the baseline read (R-132).
QUALIFIERS = ("SLICEMM", "BONETYPE", "PRIORLOC", "PROGLOC", "NOBLSCAN")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesions:
    """What TU says, for one evaluator.

    Attributes
    ----------
    frame
        One row per lesion: USUBJID, LNKID, ROLE (code), NODE, LOC, METHOD, PREEXIST, TUSEQ, `_ROW`,
        and the qualifiers of `QUALIFIERS` as text.
    sights
        One row per identification: USUBJID, LNKID, ROLE, VISITNUM, DAY, LOC.
    split
        Fragments: USUBJID, LNKID (fragment), PARENT.
    merged
        Merged lesions: USUBJID, LNKID (partner, or a joint id "T01/T02"), PARENT.
    """

    frame: pl.DataFrame
    sights: pl.DataFrame
    split: pl.DataFrame
    merged: pl.DataFrame
    unused: tuple[pl.DataFrame, ...]
    queries: tuple[pl.DataFrame, ...]


def with_qualifiers(frame: pl.DataFrame, *names: str) -> pl.DataFrame:
    """The frame with the named qualifier columns, null where the delivery has none."""
    missing = [pl.lit(None, pl.String).alias(n) for n in names if n not in frame.columns]
    return frame.with_columns(missing)


def identify_lesions(sdtm: Sdtm, evaluator: str) -> Lesions:
    """Read TU: role, organ and nodal status of each lesion, splits and merges.

    Raises
    ------
    DataError
        For a category that is not listed, one identifier for two lesions, a missing visit.
    """
    read = of_evaluator("TU", with_qualifiers(sdtm["TU"], "PREEXIST", *QUALIFIERS), evaluator)
    known = read.frame.join(sdtm["DM"].select("USUBJID"), on="USUBJID", how="semi")
    strangers = read.frame.join(sdtm["DM"].select("USUBJID"), on="USUBJID", how="anti")
    test = upper("TUTESTCD")
    other = known.filter(~test.is_in(_TESTS))
    rows = known.filter(test == "TUMIDENT").with_columns(
        CATEGORY=upper("TUSTRESC").fill_null(upper("TUORRES")).str.replace(r"\s+LESION$", "")
    )
    _refuse_categories(sdtm, rows)
    rows = _typed(rows)
    _refuse_shared_identifiers(sdtm, rows)
    order = ("USUBJID", "LNKID", "DAY", "VISITNUM", "LOC", "TUSEQ")
    key = ("USUBJID", "LNKID")
    told = [pl.col(name).drop_nulls().first().over(key) for name in QUALIFIERS]
    ordered = rows.sort(order, nulls_last=True).with_columns(told)
    frame = ordered.unique(key, keep="first", maintain_order=True)
    part = known.filter(test.is_in(("TUSPLIT", "TUMERGE")))
    return Lesions(
        frame=frame.select(*_COLUMNS, *QUALIFIERS, "TUSEQ", ROW),
        sights=rows.select("USUBJID", "LNKID", "ROLE", "VISITNUM", "DAY", "LOC"),
        split=_pairs(known.filter(test == "TUSPLIT")),
        merged=_pairs(known.filter(test == "TUMERGE")),
        unused=(
            *read.unused,
            unused("TU", strangers, "R-143", "subject not in DM"),
            unused("TU", other, "R-132", "TUTESTCD is not TUMIDENT, TUSPLIT or TUMERGE"),
            unused(
                "TU", _orphans(part, frame), "R-137", "a part of a lesion that TU does not name"
            ),
        ),
        queries=read.queries,
    )


def _typed(rows: pl.DataFrame) -> pl.DataFrame:
    location = upper("TULOC")
    codes = {word: int(role) for word, role in ROLE_WORDS.items()}
    node = pl.any_horizontal(location.str.contains(w, literal=True) for w in NODE_LOCATIONS)
    return rows.with_columns(
        LNKID=upper("TULNKID"),
        ROLE=pl.col("CATEGORY").replace_strict(codes, return_dtype=pl.Int8),
        NODE=node.fill_null(value=False),
        LOC=pl.concat_str(location, upper("TULAT"), separator=", ", ignore_nulls=True).replace(
            "", None
        ),
        METHOD=upper("TUMETHOD"),
        PREEXIST=upper("PREEXIST") == "Y",
        VISITNUM=pl.col("VISITNUM").cast(pl.Float64),
        DAY=day_column("TUDTC"),
    )


def _orphans(parts: pl.DataFrame, lesions: pl.DataFrame) -> pl.DataFrame:
    """Splits and merges whose parent is no lesion of the subject (R-137, R-138)."""
    link, parent = upper("TULNKID"), upper("TUGRPID").replace("", None)
    first = pl.when(link.str.contains("/", literal=True)).then(link.str.split("/").list.first())
    named = parts.with_columns(PARENT=pl.coalesce(parent, first))
    known = lesions.select("USUBJID", PARENT="LNKID")
    return named.join(known, on=["USUBJID", "PARENT"], how="anti")


def _pairs(rows: pl.DataFrame) -> pl.DataFrame:
    """Parts and their parents; a joint identifier T01/T02 names its parent first (R-138)."""
    link = upper("TULNKID")
    joint = pl.when(link.str.contains("/", literal=True)).then(
        link.str.split("/").list.first().str.strip_chars()
    )
    parent = upper("TUGRPID").replace("", None)
    return (
        rows.select("USUBJID", LNKID=link, PARENT=pl.coalesce(parent, joint))
        .unique()
        .sort("USUBJID", "LNKID")
    )


def _refuse_categories(sdtm: Sdtm, rows: pl.DataFrame) -> None:
    bad = rows.filter(~pl.col("CATEGORY").is_in(list(ROLE_WORDS)) | pl.col("CATEGORY").is_null())
    if bad.height:
        row = bad.sort(ROW).row(0, named=True)
        raise DataError(
            f"{bad.height} lesion categories are not listed.",
            where=f'{sdtm.where("TU", row[ROW], "TUSTRESC")}: "{row["CATEGORY"] or ""}"',
            allowed="TARGET, NON-TARGET, NEW (each also with LESION)",
            do="correct the category in TU",
            records=tuple(("TU", at) for at in bad[ROW]),
        )


def _refuse_shared_identifiers(sdtm: Sdtm, rows: pl.DataFrame) -> None:
    """One identifier may not be two lesions: two roles, or two places at one visit."""
    key = ("USUBJID", "LNKID")
    roles = rows.filter(pl.col("ROLE").n_unique().over(key) > 1)
    places = rows.filter(pl.struct("LOC", "TULAT").n_unique().over(*key, "VISITNUM") > 1)
    for bad, what in ((roles, "roles"), (places, "places at one visit")):
        if bad.height:
            row = bad.sort(ROW).row(bad.height - 1, named=True)
            named = ", ".join(ROLE_TEXT[code] for code in sorted(bad["ROLE"].unique()))
            raise DataError(
                f"One lesion identifier has two {what}.",
                where=f'{sdtm.where("TU", row[ROW], "TULNKID")}: "{row["LNKID"]}" of subject '
                f"{row['USUBJID']} ({named if what == 'roles' else row['LOC']})",
                allowed="one identifier for one lesion (R-143)",
                do="give the second lesion an identifier of its own",
                records=tuple(("TU", at) for at in _later(bad)[ROW]),
            )


def _later(rows: pl.DataFrame) -> pl.DataFrame:
    """All records of a lesion but its first in the file."""
    return rows.filter(pl.col(ROW) > pl.col(ROW).min().over("USUBJID", "LNKID"))
