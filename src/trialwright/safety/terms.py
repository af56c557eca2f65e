"""Words of adverse events that the rules name: tumour progression (A-06), immune, RCCEP (A-04)."""

from __future__ import annotations

import polars as pl

_TUMOUR = r"(?:DISEASE|NEOPLASM|TUMOU?R|CANCER|CARCINOMA|ADENOCARCINOMA|MALIGNANCY|METASTAS[EI]S)"
#: Words that say no more than that the tumour grew; "kidney disease progression" is not among them.
_PROGRESSION = (
    r"^(?:(?:MALIGNANT |METASTATIC |UNDERLYING |PRIMARY )?" + _TUMOUR + r" PROGRESSION"
    r"|(?:[A-Z-]+ ){1,3}(?:CANCER|CARCINOMA|ADENOCARCINOMA|NEOPLASM|TUMOU?R|METASTAS[EI]S) PROGRESSION"
    r"|PROGRESSIVE (?:DISEASE|CANCER|METASTAS[EI]S)"
    r"|PROGRESSION OF (?:THE )?(?:MALIGNANT |METASTATIC |UNDERLYING |PRIMARY )?" + _TUMOUR + r")$"
)
_NOT_IMMUNE = r"\b(?:NOT|NON)[- ]?(?:AUTO)?IMMUNE"
_RCCEP = r"\bRCCEP\b|REACTIVE (?:CUTANEOUS )?CAPILLARY ENDOTHELIAL PROLIFERATION"


def is_progression(term: pl.Expr) -> pl.Expr:
    """Whether a term in upper case says that the tumour progressed: no adverse event (A-06)."""
    return term.str.contains(_PROGRESSION).fill_null(value=False)


def is_immune_category(category: pl.Expr) -> pl.Expr:
    """Whether a category in upper case says immune-related: "non-immune" denies it (A-04)."""
    said = category.str.contains("IMMUNE", literal=True) & ~category.str.contains(_NOT_IMMUNE)
    return said.fill_null(value=False)


def is_rccep(term: pl.Expr) -> pl.Expr:
    """Whether a term in upper case is reactive cutaneous capillary endothelial proliferation."""
    return term.str.contains(_RCCEP).fill_null(value=False)
