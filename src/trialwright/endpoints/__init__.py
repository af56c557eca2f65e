"""Endpoints, one file each: ADaM to frozen results that carry denominator, method and cautions."""
