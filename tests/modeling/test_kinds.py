from __future__ import annotations

from types import MappingProxyType

from gitlabgen import Job
from gitlabgen.modeling.kinds import Anything, FitResult


def test_any_iterable_and_mapping_is_taken() -> None:
    """A generator is a list, and a mapping of any type is one."""
    job = Job("a", script=(line for line in ["b"]), variables=MappingProxyType({"A": "b"}))  # type: ignore[arg-type]
    assert (job.script, job.variables) == (("b",), {"A": "b"})


def test_anything_is_frozen() -> None:
    """A tree of any values has tuples for lists."""
    result = FitResult()
    assert Anything().fit([{"a": [1]}], (), result) == ({"a": (1,)},)
    assert result.problems == []
    assert Anything().alternatives() == ("a value",)
