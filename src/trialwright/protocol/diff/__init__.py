"""What differs between two protocols, in clinical terms: what changes, and for whom."""
