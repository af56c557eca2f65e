"""Why a response is what it is, what would change it: sentences."""
