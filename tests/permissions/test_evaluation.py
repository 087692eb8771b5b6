"""The evaluation of policies that the other tests rely on."""

from __future__ import annotations

from typing import Any

import pytest

from tests.permissions.evaluation import Request, is_allowed


def _document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", **one} for one in statements]}


@pytest.mark.parametrize(
    ("condition", "context", "allowed"),
    [
        ({"StringEquals": {"a:b": ["x", "y"]}}, {"a:b": "y"}, True),
        ({"StringEquals": {"a:b": "x"}}, {"a:b": "y"}, False),
        ({"StringEquals": {"a:b": "x"}}, {}, False),
        ({"StringEqualsIfExists": {"a:b": "x"}}, {}, True),
        ({"StringNotEquals": {"a:b": "x"}}, {}, True),
        ({"StringNotEquals": {"a:b": ["x", "y"]}}, {"a:b": "y"}, False),
        ({"StringLike": {"a:b": "x*"}}, {"a:b": "xyz"}, True),
        ({"ArnLike": {"a:b": "arn:aws:lambda:*:1:function:x-*"}}, {"a:b": "arn:aws:lambda:r:1:function:x-y:live"}, True),
        ({"ArnLike": {"a:b": "arn:*"}}, {"a:b": "arn:aws:lambda:r:1:function:x"}, False),
        ({"Null": {"a:b": "false"}}, {"a:b": "x"}, True),
        ({"Null": {"a:b": "false"}}, {}, False),
        ({"ForAnyValue:StringEquals": {"a:b": "x"}}, {"a:b": ["w", "x"]}, True),
        ({"StringEquals": {"a:b": "x", "a:c": "y"}}, {"a:b": "x"}, False),
    ],
)
def test_conditions(condition: dict[str, Any], context: dict[str, Any], allowed: object) -> None:
    """Conditions hold as in IAM's reference, also for keys that a request does not have."""
    policy = _document({"Action": "a:Do", "Condition": condition})

    assert is_allowed([policy], Request("a:Do", context=context)) is allowed


def test_denials_and_boundaries() -> None:
    """A denial wins over what is allowed, and only what the boundary allows too is allowed."""
    policy = _document({"Action": "s3:*"}, {"Effect": "Deny", "NotAction": ["s3:Get*", "sqs:*"], "Resource": "arn:aws:s3:::a/*"})
    boundary = _document({"Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/?"})

    assert is_allowed([policy], Request("s3:GetObject", "arn:aws:s3:::a/b"))
    assert is_allowed([policy], Request("s3:getobject", "arn:aws:s3:::a/b"), boundary)
    assert not is_allowed([policy], Request("s3:GetObject", "arn:aws:s3:::a/bc"), boundary)
    assert not is_allowed([policy], Request("s3:PutObject", "arn:aws:s3:::a/b"))
    assert not is_allowed([policy], Request("sqs:SendMessage", "arn:aws:s3:::a/b"))
    assert not is_allowed([policy], Request("s3:PutObject", "arn:aws:s3:::b/b"), boundary)
