"""ODM 1.3: a snapshot of a study with its metadata, one table for each item group."""
