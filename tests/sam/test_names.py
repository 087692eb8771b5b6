"""Names that the execution role cannot create."""

from __future__ import annotations

from typing import Any

import pytest

from gitlabgen import sam
from gitlabgen.errors import Finding, collecting
from gitlabgen.sam.bootstrapping.arns import PATTERNS
from gitlabgen.sam.bootstrapping.names import NAMES
from tests.permissions.evaluation import matches
from tests.sam.messages import said

ROLES = sam.DeployRoles("shop", account="1" * 12, regions=["eu-central-1"], bucket="packages", project="group/shop")
HINT = "or leave it out: the execution role can change only resources with this prefix"


def _found(*resources: Any, **changes: Any) -> list[Finding]:
    roles = sam.DeployRoles(**{**{name: value for name, value in vars(ROLES).items() if value is not None}, **changes})
    with collecting() as found:
        sam.bootstrap(roles, sam.Template(resources=[*resources]))
    return [finding for finding in found if finding.rule == "foreign-name"]


@pytest.mark.parametrize("kind", NAMES)
def test_the_role_may_create_each_form_of_name(kind: str) -> None:
    """Each name that is accepted for a type is one that the ARN patterns of the execution role cover."""
    _, about, forms = NAMES[kind]
    patterns = [pattern.replace("{prefix}", "shop") for pattern in PATTERNS[about] if "{prefix}" in pattern]

    for form in forms:
        name = form.replace("{prefix}", "shop").replace("*", "x").removeprefix("/" if about == "ssm parameter" else "")
        ends = [pattern.partition("{at}:")[2] or pattern for pattern in patterns]
        candidates = [pattern.replace("shop-*", name, 1) for pattern in ends] + [
            pattern.replace("shop/*", name) for pattern in ends
        ]
        assert any(matches(pattern, one) for pattern in ends for one in candidates if name in one), (form, ends)


@pytest.mark.parametrize(
    ("resource", "name"),
    [
        (sam.Resource("T", "AWS::DynamoDB::Table", {"TableName": "stock"}), "TableName"),
        (sam.SimpleTable("T", table_name="stock"), "table_name"),
        (sam.StateMachine("T", definition={}, role="r", name_="stock"), "name_"),
        (sam.LayerVersion("T", content_uri="a", layer_name="stock"), "layer_name"),
        (sam.Resource("T", "AWS::Logs::LogGroup", {"LogGroupName": "stock"}), "LogGroupName"),
        (sam.Resource("T", "AWS::SSM::Parameter", {"Name": "stock"}), "Name"),
        (sam.Resource("T", "AWS::CloudWatch::CompositeAlarm", {"AlarmName": "stock"}), "AlarmName"),
    ],
)
def test_a_foreign_name(resource: Any, name: str) -> None:
    """A name that does not begin with the prefix is reported at the property of the resource."""
    (found,) = _found(resource)

    assert said(found) == f"`T`: `{name}` should begin with 'shop-', got 'stock'; {HINT}"


def test_names_in_events() -> None:
    """Rules and schedules of events have names, too."""
    events: dict[str, Any] = {
        "A": sam.Schedule("rate(1 day)", name="nightly"),
        "B": sam.ScheduleV2("rate(1 day)", name="shop-nightly", role_arn="r"),
        "C": sam.EventBridgeRule(pattern={"source": ["a"]}, rule_name="rule"),
        "D": sam.Route("GET", "/"),
    }
    found = _found(sam.Function("F", role="r", events=events))

    assert [said(finding) for finding in found] == [
        f"`F`: `events:{name}` should begin with 'shop-', got {value!r}; {HINT}"
        for name, value in (("A", "nightly"), ("C", "rule"))
    ]


@pytest.mark.parametrize(
    ("kind", "key", "name"),
    [
        ("AWS::Logs::LogGroup", "LogGroupName", "/aws/lambda/shop-orders"),
        ("AWS::Logs::LogGroup", "LogGroupName", sam.Sub("/aws/lambda/${AWS::StackName}-orders")),
        ("AWS::Logs::LogGroup", "LogGroupName", sam.Sub("/aws/lambda/${Function}")),
        ("AWS::SSM::Parameter", "Name", "/shop/host"),
        ("AWS::SQS::Queue", "QueueName", sam.Ref("AWS::StackName")),
        ("AWS::SQS::Queue", "QueueName", sam.Join("-", ["shop", "a"])),
        ("AWS::SQS::Queue", "QueueName", sam.Sub("${AWS::StackName}-a")),
        ("AWS::ApiGateway::RestApi", "Name", "any"),
    ],
)
def test_names_that_may_fit(kind: str, key: str, name: Any) -> None:
    """Names of the usual forms fit, and what is known only at deployment may fit: stacks may have longer names."""
    assert _found(sam.Resource("R", kind, {key: name})) == []


def test_the_stacks_name_is_known() -> None:
    """If the stack's name is given, a name without a dash after it does not fit."""
    queue = sam.Resource("Q", "AWS::SQS::Queue", {"QueueName": sam.Ref("AWS::StackName")})
    (found,) = _found(queue, stack="shop")

    assert said(found) == f"`Q`: `QueueName` should begin with 'shop-', got '${{AWS::StackName}}'; {HINT}"
    assert _found(queue, stack="shop-prod") == []
