"""Limits of CloudFormation, IAM and CloudWatch: values that exceed them by one are rejected."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gitlabgen import KeywordError, sam
from tests.sam.test_deploy_roles import _roles

BEYOND: dict[str, tuple[Callable[[], object], str]] = {
    "a logical ID of 256 characters": (lambda: sam.HttpApi("a" * 256), "`"),
    "a logical ID with 256 letters": (lambda: sam.HttpApi("-" + "a" * 256), "is not a logical ID"),
    "a description of 1025 bytes": (lambda: sam.Template("é" * 512 + "a"), "1024 bytes"),
    "a role with 54 characters": (lambda: _roles(role="a" * 54), "at most 53 characters"),
    "a prefix with 54 characters": (lambda: _roles(prefix="a" * 54), "at most 53 characters"),
    "a bucket with 64 characters": (lambda: _roles(bucket="a" * 64), "should be the name of a bucket"),
    "a bucket with 2 characters": (lambda: _roles(bucket="ab"), "should be the name of a bucket"),
}


@pytest.mark.parametrize(("call", "message"), BEYOND.values(), ids=BEYOND)
def test_a_value_beyond_a_limit_is_rejected(call: Callable[[], object], message: str) -> None:
    """A value that is longer or shorter by one than AWS allows is an error."""
    with pytest.raises(KeywordError) as caught:
        call()
    assert message in caught.value.findings[0].message


def test_the_suggested_logical_id_is_valid() -> None:
    """A logical ID without its invalid characters is suggested only if it is short enough."""
    for length, hint in ((255, f"did you mean `{'a' * 255}`?"), (256, None)):
        with pytest.raises(KeywordError) as caught:
            sam.HttpApi("-" + "a" * length)
        assert caught.value.findings[0].hint == hint


@pytest.mark.parametrize("period", [10, 20, 30])
def test_metrics_of_lambda_have_one_value_a_minute(period: int) -> None:
    """A period below a minute is only for custom metrics."""
    with pytest.raises(KeywordError, match="should be a multiple of 60 seconds"):
        sam.Alarm.errors(period=period)
    assert sam.Alarm.metric("Shop", "A", threshold=0, period=period).period == period


@pytest.mark.parametrize("period", [0, 9, 11, 19, 21, 29, 31, 40, 59, 61, 90])
def test_a_period_is_one_that_cloudwatch_supports(period: int) -> None:
    """A period is 10, 20, 30 or a multiple of 60 seconds."""
    with pytest.raises(KeywordError, match="10, 20, 30 or a multiple of 60 seconds"):
        sam.Alarm.metric("Shop", "A", threshold=0, period=period)
