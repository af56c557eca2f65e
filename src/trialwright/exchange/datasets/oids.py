"""Identifiers that tie datasets to their define.xml; the same names give the same identifiers."""

from __future__ import annotations


def study_oid(study: str) -> str:
    """Identifier of the study."""
    return f"STUDY.{study}"


def version_oid(study: str, standard: str) -> str:
    """Identifier of the metadata version of one standard."""
    return f"MDV.{study}.{standard}"


def group_oid(dataset: str) -> str:
    """Identifier of a dataset."""
    return f"IG.{dataset}"


def item_oid(dataset: str, variable: str, value: str = "") -> str:
    """Identifier of a variable, or of it where a parameter has that value."""
    return f"IT.{dataset}.{variable}.{value}" if value else f"IT.{dataset}.{variable}"
