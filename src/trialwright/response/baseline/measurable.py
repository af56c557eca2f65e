"""Is each target measurable? R-001 to R-008, R-100, R-101 and the qualifiers of R-132."""

from __future__ import annotations

import polars as pl

from trialwright.response.baseline.check import Check, per_subject
from trialwright.response.baseline.entry import LESION, NODE, Baseline
from trialwright.response.baseline.terms import CYSTIC, CYSTS, NEVER_MEASURABLE, NO_CYST
from trialwright.vocabulary.recist import LesionState, Role

_NON_TARGET = "record it as a non-target lesion"
_SIZE = "correct the size or the method, or record it as a non-target lesion"
_BONE_TYPES = ("BLASTIC", "LYTIC", "MIXED")
_FILMS = ("PET", "BONE SCAN", "X-RAY")
#: Treatment of the whole liver, and of the part that a catheter supplies (R-101).
_INFUSION = r"\bHAIC?\b|(HEPATIC|INTRA-?) ?ARTERIAL|HEPATIC ARTERY INFUSION"
_REGIONAL = _INFUSION + r"|\bTACE\b|\bTAE\b|\bSIRT\b|EMBOLI[SZ]ATION"


def _targets(baseline: Baseline) -> pl.DataFrame:
    return baseline.known(Role.TARGET)


def _below() -> pl.Expr:
    return pl.col("MICRONS") < pl.col("LEAST")


def _small(baseline: Baseline) -> pl.DataFrame:
    return _targets(baseline).filter(~pl.col("NODE") & pl.col("SECTIONAL") & _below())


def _small_otherwise(baseline: Baseline) -> pl.DataFrame:
    """Targets too small for callipers or a plain film; a film of bone never measures (R-005)."""
    film = (pl.col("WAY") == "X-RAY") & ~pl.col("BONE")
    ways = film | (pl.col("WAY") == "CALLIPERS")
    return _targets(baseline).filter(~pl.col("NODE") & ways & _below())


def _node_in_slices(baseline: Baseline) -> pl.DataFrame:
    return _targets(baseline).filter(pl.col("NODE") & (pl.col("MICRONS") >= NODE) & _below())


def _small_node(baseline: Baseline) -> pl.DataFrame:
    size = pl.col("MICRONS")
    return _targets(baseline).filter(pl.col("NODE") & (size >= LESION) & (size < NODE))


def _normal_node(baseline: Baseline) -> pl.DataFrame:
    return baseline.known().filter(pl.col("NODE") & (pl.col("MICRONS") < LESION))


def _node_called_normal(baseline: Baseline) -> pl.DataFrame:
    absent = (pl.col("STATE") == int(LesionState.ABSENT)) & pl.col("TENTHS").is_null()
    return baseline.known().filter(pl.col("NODE") & absent)


def _without_slice(baseline: Baseline) -> pl.DataFrame:
    wanted = _targets(baseline).filter(
        pl.col("SECTIONAL") & pl.col("MICRONS").is_not_null() & pl.col("SLICEMM").is_null()
    )
    return per_subject(wanted)


def _odd_slice(baseline: Baseline) -> pl.DataFrame:
    return baseline.known().filter(pl.col("SLICEMM").is_not_null() & pl.col("SLICE").is_null())


def _no_method(baseline: Baseline) -> pl.DataFrame:
    return per_subject(_targets(baseline).filter(pl.col("METHOD").is_null()))


def _odd_method(baseline: Baseline) -> pl.DataFrame:
    return _targets(baseline).filter(pl.col("METHOD").is_not_null() & pl.col("WAY").is_null())


def _measured_by_pet(baseline: Baseline) -> pl.DataFrame:
    return _targets(baseline).filter(pl.col("WAY").is_in(("PET", "BONE SCAN")) & ~pl.col("BONE"))


def _pet_ct(baseline: Baseline) -> pl.DataFrame:
    return per_subject(_targets(baseline).filter(pl.col("WAY") == "PET/CT"))


def _never(baseline: Baseline) -> pl.DataFrame:
    place = pl.col("LOC")
    mass = place.str.contains(r"ABDOM.*MASS|MASS.*ABDOM") & (pl.col("WAY") == "CALLIPERS")
    return _targets(baseline).filter(
        place.str.contains(NEVER_MEASURABLE) | mass.fill_null(value=False)
    )


def _blastic(baseline: Baseline) -> pl.DataFrame:
    return _targets(baseline).filter(pl.col("BONETYPE") == "BLASTIC")


def _bone_on_film(baseline: Baseline) -> pl.DataFrame:
    return _targets(baseline).filter(pl.col("BONE") & pl.col("WAY").is_in(_FILMS))


def _bone_untyped(baseline: Baseline) -> pl.DataFrame:
    return _targets(baseline).filter(pl.col("BONE") & pl.col("BONETYPE").is_null())


def _odd_bone_type(baseline: Baseline) -> pl.DataFrame:
    return baseline.known().filter(~pl.col("BONETYPE").is_in(_BONE_TYPES))


def _cyst(baseline: Baseline) -> pl.DataFrame:
    return baseline.known().filter(pl.col("LOC").str.contains(CYSTS))


def _cystic(baseline: Baseline) -> pl.DataFrame:
    place = pl.col("LOC")
    return _targets(baseline).filter(place.str.contains(CYSTIC) & ~place.str.contains(NO_CYST))


def _not_measured(baseline: Baseline) -> pl.DataFrame:
    return _targets(baseline).filter(pl.col("WAY").is_in(("ULTRASOUND", "ENDOSCOPY")))


def _grown() -> pl.Expr:
    return pl.col("PROGLOC") == "Y"


def _treated(baseline: Baseline) -> pl.DataFrame:
    return _targets(baseline).filter(pl.col("TREATED").is_not_null() & ~_grown())


def _grown_untreated(baseline: Baseline) -> pl.DataFrame:
    return baseline.known().filter(pl.col("TREATED").is_null() & _grown())


def _odd_growth(baseline: Baseline) -> pl.DataFrame:
    return baseline.known().filter(~pl.col("PROGLOC").is_in(("", "Y", "N")))


def _perfused(baseline: Baseline) -> pl.DataFrame:
    """Liver targets under an earlier regional treatment that no lesion of its own names (R-101).

    Infusion reaches the whole liver even when it is recorded at one lesion; embolisation may be
    selective, so it counts for all lesions only when its record names none.
    """
    prior = baseline.prior
    whole = prior.filter(
        pl.col("NAME").str.contains(_INFUSION)
        | (pl.col("LNKID").is_null() & pl.col("NAME").str.contains(_REGIONAL))
    ).select("USUBJID", THERAPY="NAME")
    told = baseline.known().filter(pl.col("TREATED").str.contains(_INFUSION))
    therapy = pl.concat([whole, told.select("USUBJID", THERAPY="TREATED")])
    liver = _targets(baseline).filter(
        (pl.col("ORGAN") == "LIVER") & pl.col("TREATED").is_null() & ~_grown()
    )
    named = therapy.group_by("USUBJID").agg(pl.col("THERAPY").unique().sort().str.join(", "))
    return per_subject(liver.join(named, on="USUBJID"), "THERAPY")


#: Checks by which a target is not measurable.
_UNMEASURABLE = (
    _small, _small_otherwise, _small_node, _node_in_slices, _normal_node, _measured_by_pet,
    _never, _blastic, _bone_on_film, _not_measured, _treated,
)  # fmt: skip


def _none_measurable(baseline: Baseline) -> pl.DataFrame:
    """Subjects whose targets all fail a check of this module (R-015)."""
    key = ["USUBJID", "LNKID"]
    failing = pl.concat([find(baseline).select(key) for find in _UNMEASURABLE]).unique()
    targets = _targets(baseline)
    sound = targets.join(failing, on=key, how="anti").select("USUBJID")
    return per_subject(targets.join(sound, on="USUBJID", how="anti"))


CHECKS = (
    Check("R-001", "error", _small, "{NAME}: {SIZE} mm{BY}, {NEED} mm are needed", _SIZE),
    Check("R-002", "error", _small_otherwise, "{NAME}: {SIZE} mm{BY}, {NEED} mm are needed",
          "measure it by CT or MRI, correct the size, or " + _NON_TARGET),
    Check("R-003", "warning", _small_node,
          "{NAME}: short axis {SIZE} mm, a target node needs {NEED} mm; from 10 mm it is non-target",
          "record it as a non-target lesion, or correct the short axis", "R-001"),
    Check("R-001", "warning", _node_in_slices,
          "{NAME}: short axis {SIZE} mm{BY}, {NEED} mm are needed", _SIZE),
    Check("R-003", "error", _normal_node,
          "{NAME}: short axis {SIZE} mm; a node below 10 mm is normal and is not recorded",
          "remove it, or correct the short axis"),
    Check("R-003", "error", _node_called_normal,
          "{NAME}: recorded as normal (LNSTATE or absent); a normal node is not recorded",
          "remove it, or correct its state"),
    Check("R-001", "warning", _without_slice,
          "{LESIONS}: no slice thickness (SLICEMM); read as 5 mm or less",
          "record SLICEMM; above 5 mm a target needs twice the slice"),
    Check("R-132", "warning", _odd_slice,
          "{NAME}: slice thickness \"{SLICEMM}\" cannot be read; taken as 5 mm or less",
          "record SLICEMM as a number of millimetres"),
    Check("R-132", "note", _no_method,
          "{LESIONS}: no method (TUMETHOD, TRMETHOD); judged as CT",
          "record the method: it decides the least size"),
    Check("R-132", "warning", _odd_method,
          "{NAME}: method \"{METHOD}\" is not known; judged as CT",
          "record the method in a usual word, such as CT SCAN or MRI"),
    Check("R-001", "error", _measured_by_pet, "{NAME}: measured by {WAY}; CT or MRI is needed",
          "measure it on CT or MRI, or " + _NON_TARGET),
    Check("R-001", "note", _pet_ct,
          "{LESIONS}: measured on PET/CT, judged as CT",
          "make sure that the CT part is of diagnostic quality"),
    Check("R-004", "error", _never, "{NAME}: disease of this kind is never measurable", _NON_TARGET),
    Check("R-004", "error", _blastic, "{NAME}: a blastic bone lesion is never measurable",
          _NON_TARGET),
    Check("R-005", "error", _bone_on_film,
          "{NAME}: a bone lesion measured by {WAY}; only its soft tissue on CT or MRI is measured",
          "measure the soft tissue on CT or MRI, or " + _NON_TARGET),
    Check("R-005", "warning", _bone_untyped,
          "{NAME}: a bone lesion without BONETYPE; only a lytic or mixed one with soft tissue of "
          "{NEED} mm is measurable",
          "record BONETYPE (BLASTIC, LYTIC, MIXED), or " + _NON_TARGET),
    Check("R-132", "warning", _odd_bone_type, "{NAME}: BONETYPE \"{BONETYPE}\" is not listed",
          "record BLASTIC, LYTIC or MIXED"),
    Check("R-006", "warning", _cyst, "{NAME}: a simple cyst is not disease",
          "remove it, or name it a cystic metastasis if it is one"),
    Check("R-006", "note", _cystic, "{NAME}: a cystic target; a solid lesion is preferred",
          "choose a solid lesion where there is one"),
    Check("R-007", "error", _not_measured, "{NAME}: measured by {WAY}, which does not measure",
          "measure it on CT or MRI, or " + _NON_TARGET),
    Check("R-008", "error", _treated,
          "{NAME}: treated before the study ({TREATED}), growth since then is not recorded "
          "(PROGLOC \"{PROGLOC}\")",
          "record PROGLOC Y if it grew after that treatment, else " + _NON_TARGET, "R-100"),
    Check("R-100", "warning", _grown_untreated,
          "{NAME}: growth after a local treatment (PROGLOC Y), but no treatment (PRIORLOC)",
          "record the treatment in PRIORLOC, or remove PROGLOC"),
    Check("R-100", "warning", _odd_growth, "{NAME}: PROGLOC \"{PROGLOC}\" is not listed",
          "record Y or N"),
    Check("R-101", "warning", _perfused,
          "{LESIONS}: in a liver treated before the study ({THERAPY}), growth since then is not "
          "recorded", "record PRIORLOC, and PROGLOC Y for each lesion that grew after it"),
    Check("R-015", "warning", _none_measurable,
          "No measurable disease as the targets stand: none of {LESIONS} passes the checks of size, "
          "kind and earlier treatment", "correct the records, or check eligibility"),
)  # fmt: skip
