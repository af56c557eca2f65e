"""Find the hidden parameters under which the response engine shows what a scenario states."""
