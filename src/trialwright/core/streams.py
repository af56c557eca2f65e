"""Independent random streams from one seed.

A stream is named by a path such as `("subject", 17, "tumours")`. Each path has its own
counter-based generator, so adding a subject, or drawing more for one purpose, changes no other
stream. Source: Salmon et al., Parallel random numbers: as easy as 1, 2, 3, SC11 (2011).
"""

from __future__ import annotations

import hashlib

import numpy as np


def stream(seed: int, *path: int | str) -> np.random.Generator:
    """The generator that belongs to `seed` and `path`, the same on every machine."""
    name = "\x1f".join([str(seed), *(str(part) for part in path)])
    key = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=16).digest(), "little")
    return np.random.Generator(np.random.Philox(key=key))
