"""Random words by counter: every number belongs to a trial, a subject and a purpose.

A word is a function of its place, so patients can be made in any order, in any block and on any
machine, and one subject more changes no other. The functions take arrays or single numbers alike;
the machine code is made from the same text.

References
----------
Salmon, Moraes, Dror, Shaw. Parallel random numbers: as easy as 1, 2, 3. SC11 (2011): Philox4x32
with seven rounds passes every test of BigCrush (table 2).
"""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

import numpy as np

#: An array of one number a subject, or in machine code the number of one subject.
Each = Any

ROUNDS = 7
_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_WORD, _HALF = np.uint64(0xFFFFFFFF), np.uint64(0xFFFF)
_BY_WORD, _BY_HALF = np.uint64(32), np.uint64(16)
#: Number of different values of a half word, and of the entries of a table that it looks up.
HALVES = 65_536


class Words(NamedTuple):
    """Four words of 32 bits, each the source of two half words."""

    a: Each
    b: Each
    c: Each
    d: Each


class Place(NamedTuple):
    """Where the words of a subject are: the two halves of the key, trial and subject number."""

    key: Each
    salt: Each
    trial: Each
    subject: Each


def key_of(seed: int, *path: str) -> tuple[np.uint64, np.uint64]:
    """The key of a stream of words from the seed and a path of names."""
    name = "\x1f".join([str(seed), *path]).encode()
    number = int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), "little")
    return np.uint64(number & 0xFFFFFFFF), np.uint64(number >> 32)


def words_at(place: Place, purpose: Each, rounds: int = ROUNDS) -> Words:
    """The four words of a purpose at a place: Philox4x32 of (trial, subject, purpose, 0)."""
    c0, c1, c2, c3 = place.trial, place.subject, purpose, purpose & np.uint64(0)
    k0, k1 = place.key, place.salt
    for _ in range(rounds):
        p0 = _M0 * c0
        p1 = _M1 * c2
        # Step by step, since on arrays that needs no further memory.
        c0, c2 = p1 >> _BY_WORD, p0 >> _BY_WORD
        c0 ^= c1
        c0 ^= k0
        c2 ^= c3
        c2 ^= k1
        p0 &= _WORD
        p1 &= _WORD
        c1, c3 = p1, p0
        k0 = (k0 + _W0) & _WORD
        k1 = (k1 + _W1) & _WORD
    return Words(c0, c1, c2, c3)


def low(word: Each) -> Each:
    """The lower half of a word: a whole number from 0 to 65,535, each equally likely."""
    return np.int64(word & _HALF)


def high(word: Each) -> Each:
    """The upper half of a word."""
    return np.int64(word >> _BY_HALF)


def half(words: Words, at: int) -> Each:
    """One of the eight half words."""
    word = words[at // 2]
    return high(word) if at % 2 else low(word)
