"""Operating characteristics: what a protocol's rules do over many virtual trials of a scenario."""
