"""Limits of names in patterns: values just beyond them are refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gitlabgen import KeywordError
from gitlabgen.patterns import KubernetesTarget, Target


def _target(**keywords: object) -> Target:
    valid: dict[str, object] = {"account": "1" * 12, "region": "eu-west-1", "role": "r", "bucket": "bucket"}
    return Target("prod", **{**valid, **keywords})  # type: ignore[arg-type]


BEYOND: list[tuple[Callable[[], object], str]] = [
    (lambda: KubernetesTarget("x" * 64, agent="a:b", namespace="x"), "at most 63"),
    (lambda: KubernetesTarget("prod", agent="a:b", namespace="x" * 64), "at most 63"),
    (lambda: _target(bucket="x" * 64), "should be the name of a bucket"),
    (lambda: _target(bucket="ab"), "should be the name of a bucket"),
    (lambda: _target(parameters={"A" * 256: "x"}), "is not the name of a parameter"),
]


@pytest.mark.parametrize(("call", "message"), BEYOND)
def test_names_just_beyond_a_limit_are_refused(call: Callable[[], object], message: str) -> None:
    """A name that is one character longer or shorter than Kubernetes or AWS allows is an error."""
    with pytest.raises(KeywordError) as caught:
        call()
    assert message in caught.value.findings[0].message
