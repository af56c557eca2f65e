"""What a protocol plans, by day: doses, visits and what is done at each."""
