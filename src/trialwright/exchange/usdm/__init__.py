"""Protocols as studies of the Unified Study Definitions Model (USDM) v4, out and in."""
