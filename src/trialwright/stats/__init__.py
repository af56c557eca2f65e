"""Statistics: arrays in, numbers out; nothing here knows of trials or files."""
