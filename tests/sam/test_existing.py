"""`uses`: what a function uses although its stack does not create it, as a policy and in the boundary."""

from __future__ import annotations

from typing import Any

import pytest

from gitlabgen import KeywordError, sam
from gitlabgen.analysis.template_values import plain
from gitlabgen.codec.templates import tree_of
from gitlabgen.sam import Existing
from tests.sam.messages import said

HERE = "${AWS::Region}:${AWS::AccountId}"
ROLES = sam.DeployRoles("shop", account="1" * 12, regions=["eu-central-1"], bucket="packages", project="group/shop")


def _policies(resource: Any) -> Any:
    return plain(tree_of(sam.Template(resources=[resource])))["Resources"][resource.name].get("Properties", {}).get("Policies")


def _statement(one: Existing) -> dict[str, Any]:
    (policy,) = _policies(sam.Function("F", uses=[one]))
    (statement,) = policy["Statement"]
    assert policy["Version"] == "2012-10-17"
    assert statement["Effect"] == "Allow"
    found: dict[str, Any] = statement
    return found


def _arn(text: str) -> dict[str, str]:
    return {"Fn::Sub": "arn:${AWS::Partition}:" + text}


@pytest.mark.parametrize(
    ("one", "some", "arns"),
    [
        (
            Existing.table("orders"),
            ["dynamodb:GetItem", "dynamodb:PutItem"],
            [_arn(f"dynamodb:{HERE}:table/orders"), _arn(f"dynamodb:{HERE}:table/orders/*")],
        ),
        (Existing.queue("billing"), ["sqs:ReceiveMessage", "sqs:SendMessage*"], [_arn(f"sqs:{HERE}:billing")]),
        (Existing.bucket("files"), ["s3:GetObject", "s3:PutObject"], [_arn("s3:::files"), _arn("s3:::files/*")]),
        (Existing.key("1234-abcd"), ["kms:Decrypt", "kms:Encrypt"], [_arn(f"kms:{HERE}:key/1234-abcd")]),
        (
            Existing.secret("shared/db"),
            ["secretsmanager:GetSecretValue"],
            [_arn(f"secretsmanager:{HERE}:secret:shared/db-??????")],
        ),
        (Existing.parameter("/shared/host"), ["ssm:GetParameter"], [_arn(f"ssm:{HERE}:parameter/shared/host")]),
        (Existing.topic("news"), ["sns:Publish"], [_arn(f"sns:{HERE}:news")]),
        (Existing.event_bus("default"), ["events:PutEvents"], [_arn(f"events:{HERE}:event-bus/default")]),
        (Existing.action("ses:SendEmail", "*"), ["ses:SendEmail"], ["*"]),
        (Existing.queue("arn:aws:sqs:eu-west-1:2:q"), ["sqs:SendMessage*"], ["arn:aws:sqs:eu-west-1:2:q"]),
        (
            Existing.table("arn:aws:dynamodb:eu-west-1:2:table/t"),
            ["dynamodb:Query"],
            ["arn:aws:dynamodb:eu-west-1:2:table/t", "arn:aws:dynamodb:eu-west-1:2:table/t/*"],
        ),
    ],
    ids=lambda value: f"{value.kind}-{value.name}" if isinstance(value, Existing) else "",
)
def test_each_kind(one: Existing, some: list[str], arns: list[Any]) -> None:
    """A function gets a policy with the actions of the kind, on the ARN in its account and region."""
    statement = _statement(one)

    assert {*some} <= {*statement["Action"]}
    assert statement["Resource"] == arns


@pytest.mark.parametrize(
    ("access", "reads", "writes"), [("read", True, False), ("write", False, True), ("read-write", True, True)]
)
def test_access(access: Any, reads: object, writes: object) -> None:
    """Access limits the actions to reading or to writing."""
    for one, read, write in (
        (Existing.table("t", access=access), "dynamodb:GetItem", "dynamodb:PutItem"),
        (Existing.queue("q", access=access), "sqs:ReceiveMessage", "sqs:SendMessage*"),
        (Existing.bucket("b", access=access), "s3:GetObject", "s3:PutObject"),
        (Existing.key("k", access=access), "kms:Decrypt", "kms:Encrypt"),
    ):
        actions = _statement(one)["Action"]
        assert (read in actions, write in actions) == (reads, writes)


def test_the_alias_of_a_key() -> None:
    """IAM knows keys by id only, so the alias is a condition."""
    statement = _statement(Existing.key("alias/shared"))

    assert statement["Resource"] == [_arn(f"kms:{HERE}:key/*")]
    assert statement["Condition"] == {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/shared"}}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (None, []),
        ("AWSLambda_ReadOnlyAccess", ["AWSLambda_ReadOnlyAccess"]),
        (["A", {"SQSPollerPolicy": {"QueueName": "q"}}], ["A", {"SQSPollerPolicy": {"QueueName": "q"}}]),
        ({"Statement": []}, [{"Statement": []}]),
    ],
)
def test_other_policies_are_kept(given: Any, kept: list[Any]) -> None:
    """The policy is added to those of the function or the state machine."""
    for resource in (
        sam.Function("F", policies=given, uses=[Existing.topic("t")]),
        sam.StateMachine("S", definition={}, policies=given, uses=[Existing.topic("t")]),
    ):
        assert _policies(resource)[:-1] == kept
    assert _policies(sam.Function("F")) is None


def test_the_boundary_has_a_statement_for_each() -> None:
    """The boundary names in all regions what functions use, each once, with the functions as the reason."""
    shared = Existing.table("orders")
    functions = [
        sam.Function(name, permissions_boundary=ROLES.boundary, uses=[shared, Existing.topic(name.lower())]) for name in "AB"
    ]
    text = sam.dumps(sam.bootstrap(ROLES, sam.Template(resources=functions)))

    assert text.count("table/orders\n") == 1
    assert "# used by A, B\n          - Sid: Uses1" in text
    assert "dynamodb:*:${AWS::AccountId}:table/orders" in text
    assert "Sid: Uses3" in text


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Existing.table("a b"), "`Existing`: `name` should be a name or an ARN, got 'a b'"),
        (lambda: Existing.table("arn:x"), "`Existing`: `name` should be a name or an ARN, got 'arn:x'"),
        (lambda: Existing.secret("*"), "`Existing`: `name` should be a name, not only wildcards; name what the function uses"),
        (
            lambda: Existing.action("bedrock", "*"),
            "`Existing`: `actions[0]` should be an action such as 'bedrock:InvokeModel', got 'bedrock'",
        ),
        (
            lambda: Existing.action("s3:*", "*"),
            "`Existing`: `actions[0]` allows everything of a service, got 's3:*'; list what the function calls",
        ),
        (
            lambda: Existing.action("s3:GetObject", "bucket"),
            "`Existing`: `resources[0]` should be an ARN, got 'bucket'; its parts may have `*`",
        ),
        (
            lambda: Existing.action("s3:GetObject"),
            "`Existing`: `resources` has no resource; name the ARNs that it is called on; '*' if AWS knows none",
        ),
        (lambda: Existing("action", resources=["*"]), "`Existing`: `actions` has no action"),
        (
            lambda: sam.Function("F", role="r", uses=[Existing.topic("t")]),
            "`F`: `uses` cannot be used together with `role`; give that role the permissions",
        ),
        (
            lambda: sam.StateMachine("S", definition={}, policies=sam.Ref("P"), uses=[Existing.topic("t")]),
            "`S`: `uses` cannot be used together with an intrinsic function as `policies`; write a list",
        ),
    ],
)
def test_mistakes_are_reported(make: Any, words: str) -> None:
    """A name, an action or an ARN that IAM would not accept is a problem at the user's line."""
    with pytest.raises(KeywordError) as caught:
        make()
    (found,) = caught.value.findings
    assert said(found) == words
    assert found.file is not None
    assert found.file.endswith("test_existing.py")
