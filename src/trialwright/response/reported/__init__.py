"""Responses that a reader stated (RS)."""
