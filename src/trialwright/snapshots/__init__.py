"""Deliveries kept as numbered, immutable snapshots, and what a correction of the data changed."""
