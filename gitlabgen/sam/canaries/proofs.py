"""What calls without an error prove: the error rates that they exclude."""

from __future__ import annotations

import math
from typing import Final

# The probability of so few errors, if the rate were as high as the excluded one.
_DOUBT: Final = 0.05
# Halvings after which the limit is exact to more digits than are shown.
_STEPS: Final = 50


def proven(calls: int, errors: int = 0) -> str:
    """Return what it proves if so many calls have at most so many errors.

    The limit is the exact one of Clopper and Pearson, rounded up to two digits. It is valid for calls like these: a request that
    is repeated proves nothing about another one.

    Args:
        calls: The number of calls.
        errors: The number of calls that fail; fewer than `calls`.

    Source: https://doi.org/10.1093/biomet/26.4.404
    """
    percent = _rounded_up(100 * _excluded(calls, errors))
    made = "1 call" if calls == 1 else f"{calls} calls"
    seen = "without an error" if errors == 0 else f"with at most {errors} error{'s' if errors > 1 else ''}"
    return f"{made} {seen}: an error rate of {percent:g} % or more is excluded with 95 %"


def _excluded(calls: int, errors: int) -> float:
    """Return the rate of errors at which so few of them are too improbable."""
    low, high = errors / calls, 1.0
    for _ in range(_STEPS):
        rate = (low + high) / 2
        as_few = sum(math.comb(calls, count) * rate**count * (1 - rate) ** (calls - count) for count in range(errors + 1))
        low, high = (rate, high) if as_few > _DOUBT else (low, rate)
    return high


def _rounded_up(percent: float) -> float:
    unit: float = 10.0 ** (math.floor(math.log10(percent)) - 1)
    return math.ceil(percent / unit - 1e-6) * unit
