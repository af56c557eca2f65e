"""Registered text: records read verbatim, drafted as protocols with sources and findings."""
