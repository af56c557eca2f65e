"""Words in TULOC and TUMETHOD: by which way a lesion was measured, where it lies, what it is."""

from __future__ import annotations

import polars as pl

#: Ways of measuring, the first that fits counts: PET/CT before CT, "X-RAY COMPUTED TOMOGRAPHY" is CT.
_WAYS = (
    ("PET/CT", r"PET.*\bCT\b|\bCT\b.*PET"),
    ("CT", r"\bCT\b|COMPUTED TOMOGRAPHY|COMPUTERI[SZ]ED TOMOGRAPHY"),
    ("MRI", r"\bMRI?\b|MAGNETIC RESONANCE"),
    ("ULTRASOUND", r"ULTRASO|SONOGRA|ECHOGRA|\bUS\b"),
    ("BONE SCAN", r"BONE SCAN|SCINTIGRA"),
    ("PET", r"PET\b|POSITRON"),
    ("X-RAY", r"X[- ]?RAY|RADIOGRAPH|PLAIN FILM"),
    (
        "ENDOSCOPY",
        r"(ENDO|LAPARO|COLONO|RECTO|SIGMOIDO|BRONCHO|GASTRO|CYSTO|THORACO|HYSTERO|O?ESOPHAGO)SCOP",
    ),
    ("CALLIPERS", r"CALL?IPER|PHYSICAL EXAM|CLINICAL EXAM|PALPAT|PHOTOGRAPH|\bRULER\b"),
)
#: Ways by which R-001 measures.
SECTIONAL = ("CT", "MRI", "PET/CT")
#: Locations that are never measurable (R-004).
NEVER_MEASURABLE = (
    r"LEPTOMENING|MENINGITIS|MENINGEOSIS|ASCITES|EFFUSION|INFLAMMATORY BREAST|LYMPHANGI(TI|OSIS)"
)
_BONES = (
    r"\bBONES?\b|OSSEOUS|SKELET|VERTEBRA|\bSPINE\b|SACRUM|\bRIBS?\b|STERNUM|SCAPULA|CLAVICLE|"
    r"FEMUR|HUMERUS|TIBIA|FIBULA|\bILIUM\b|\bPELVIC BONE|SKULL|MANDIBLE|ACETABULUM"
)
#: Cysts by name; ducts and bladders that carry the word are none.
CYSTS = r"\bCYSTS?\b"
CYSTIC = r"\bCYSTIC\b"
NO_CYST = r"CYSTIC (DUCT|ARTERY|VEIN)"
#: Organs that are one whatever part is named (R-009).
_ORGANS = (
    ("ADRENAL", r"ADRENAL"),
    ("KIDNEY", r"KIDNEY|\bRENAL\b"),
    ("LUNG", r"\bLUNGS?\b|PULMON"),
    ("OVARY", r"OVAR"),
    ("LIVER", r"\bLIVER\b|\bHEPATIC (SEGMENT|LOBE|DOME)|HEPATIC LOBE"),
)
_PARTS = r"\b(LEFT|RIGHT|BILATERAL|UPPER|LOWER|MIDDLE|LOBES?|OF|THE|SEGMENT \S+)\b"
NODES = "LYMPH NODES"


def way_of(column: str) -> pl.Expr:
    """The way of measuring that a method names: a word of `_WAYS`, null for any other text."""
    method = pl.col(column)
    found = pl.lit(None, pl.String)
    for way, pattern in reversed(_WAYS):
        found = pl.when(method.str.contains(pattern)).then(pl.lit(way)).otherwise(found)
    return found


def contrast_of(column: str) -> pl.Expr:
    """Whether a method names contrast: "with contrast", "without contrast", null if not said."""
    method = pl.col(column)
    return (
        pl.when(method.str.contains(r"WITHOUT CONTRAST|NON-?CONTRAST|NO CONTRAST|UNENHANCED"))
        .then(pl.lit("without contrast"))
        .when(method.str.contains(r"CONTRAST|ENHANCED"))
        .then(pl.lit("with contrast"))
    )


def in_bone(column: str) -> pl.Expr:
    """Whether a location is a bone; bone marrow is none."""
    place = pl.col(column)
    return place.str.contains(_BONES) & ~place.str.contains("MARROW")


def organ_of(column: str) -> pl.Expr:
    """The organ of a location: laterality and lobes removed, paired organs are one (R-009)."""
    place = pl.col(column)
    plain = (
        place.str.replace(r",.*$", "")
        .str.replace_all(_PARTS, "")
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
    )
    found = pl.when(plain != "").then(plain).otherwise(place)
    for organ, pattern in reversed(_ORGANS):
        found = pl.when(place.str.contains(pattern)).then(pl.lit(organ)).otherwise(found)
    return found


def region_of(column: str) -> pl.Expr:
    """The region of a node with its side, null when the location only says that it is a node."""
    return (
        pl.col(column)
        .str.replace_all(r"LYMPH NODES?|\bNODAL\b|\bNODES?\b|\bREGION\b", "")
        .str.replace_all(r"[\s,;()]+", " ")
        .str.strip_chars()
        .replace("", None)
    )
