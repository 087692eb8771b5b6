"""Characters as sequences of bytes in UTF-8."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, TypeAlias

from gitlabgen.matching.characters import LAST, CharacterSet

__all__: list[str] = []

ByteRange: TypeAlias = tuple[int, int]
"""The first and the last value of a byte."""

_LAST_OF_LENGTH: Final = (0x7F, 0x7FF, 0xFFFF, LAST)
# All characters with several bytes. Text is valid, so the ranges need not exclude invalid sequences, just as in RE2.
_SEVERAL_BYTES: Final = (0x80, LAST)
_SEQUENCES_OF_SEVERAL_BYTES: Final = (
    ((0xC2, 0xDF), (0x80, 0xBF)),
    ((0xE0, 0xEF), (0x80, 0xBF), (0x80, 0xBF)),
    ((0xF0, 0xF4), (0x80, 0xBF), (0x80, 0xBF), (0x80, 0xBF)),
)


def text_as_bytes(text: str) -> str:
    """Return a text with one character for each byte of its UTF-8 form."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


@lru_cache(maxsize=256)
def sequences(members: CharacterSet) -> tuple[tuple[ByteRange, ...], ...]:
    """Return the sequences of byte ranges that match the characters of a set."""
    return tuple(sequence for pair in members.ranges() for sequence in _sequences(*pair))


def _sequences(first: int, last: int) -> Iterator[tuple[ByteRange, ...]]:
    if (first, last) == _SEVERAL_BYTES:
        yield from _SEQUENCES_OF_SEVERAL_BYTES
        return
    cut = next((limit for limit in (*_LAST_OF_LENGTH, *_boundaries(first, last)) if first <= limit < last), None)
    if cut is None:
        yield tuple(zip(_encoded(first), _encoded(last), strict=True))
    else:
        yield from _sequences(first, cut)
        yield from _sequences(cut + 1, last)


def _boundaries(first: int, last: int) -> Iterator[int]:
    """Yield code points after which a range of characters has to be cut, so that its bytes vary independently."""
    for bits in (6, 12, 18) if last > _LAST_OF_LENGTH[0] else ():
        block = (1 << bits) - 1
        if first & ~block != last & ~block:
            if first & block:
                yield first | block
            if last & block != block:
                yield (last & ~block) - 1


def _encoded(code: int) -> bytes:
    return chr(code).encode("utf-8", "surrogatepass")
