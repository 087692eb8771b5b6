"""The permissions boundary of a stack's own roles, and the bootstrap template of each account."""

from __future__ import annotations

from typing import Any

import pytest

import gitlabgen
from gitlabgen import KeywordError, sam
from gitlabgen.patterns import Target, Test, serverless_service
from gitlabgen.sam import (
    Alarm,
    Canary,
    Function,
    FunctionGlobals,
    Globals,
    Parameter,
    ScheduleV2,
    SimpleTable,
    StateMachine,
    Template,
)
from tests.permissions.accounts import deployed

FUNCTION = Function(
    "Hello", runtime="python3.13", handler="a.b", code_uri="src/", canary=Canary("AllAtOnce", alarms=[Alarm.errors()])
)
BOUNDARY = "PermissionsBoundary: !Sub arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/${DeployRole}-boundary"


def rendered(template: Template, **changes: Any) -> dict[str, str]:
    """Return the files of a service with roles, by path."""
    target: dict[str, Any] = {"region": "eu-west-1"}
    valid: dict[str, Any] = {
        "name": "hello",
        "project": "group/hello",
        "test": Test(image="node:24-slim", script=["npm test"]),
        "qa": Target(account="1" * 12, role="hello-qa", bucket="hello-qa", **target),
        "deploy": [Target("prod", account="3" * 12, role="hello-prod", bucket="hello-prod", **target)],
    }
    return gitlabgen.project.texts(serverless_service(template, **{**valid, **changes}))


def test_every_role_of_the_stack_has_the_boundary() -> None:
    """Functions, state machines and schedules get the boundary if SAM generates their roles."""
    machine = StateMachine("Steps", definition={"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}, policies=[])
    nightly = ScheduleV2("rate(1 day)")
    text = rendered(Template(resources=[gitlabgen.evolve(FUNCTION, events={"Nightly": nightly}), machine]))["template.yml"]

    assert text.count(BOUNDARY) == 3  # in Globals, of the state machine, and of the schedule
    assert "Role: !Sub arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${DeployRole}-codedeploy" in text


def test_a_given_boundary_or_role_is_kept() -> None:
    """A given boundary or role is not changed."""
    machine = StateMachine("Steps", definition={}, role="arn:aws:iam::111111111111:role/hello-prod-steps")
    schedule = ScheduleV2("rate(1 day)", role_arn="arn:aws:iam::111111111111:role/hello-prod-schedule")
    shared = Globals(function=FunctionGlobals(permissions_boundary="arn:aws:iam::111111111111:policy/mine"))
    function = gitlabgen.evolve(FUNCTION, events={"Nightly": schedule}, canary=Canary("AllAtOnce", role="arn:aws:iam::1:role/x"))
    text = rendered(Template(resources=[function, machine], globals_=shared))["template.yml"]

    assert "${DeployRole}" not in text
    assert "PermissionsBoundary: arn:aws:iam::111111111111:policy/mine" in text


def test_globals_as_a_mapping_are_kept() -> None:
    """`Globals` as a mapping gets the boundary in addition to its properties."""
    text = rendered(Template(resources=[FUNCTION], globals_={"Function": {"MemorySize": 256}}))["template.yml"]

    assert BOUNDARY in text
    assert "MemorySize: 256" in text


TABLE = SimpleTable("Table", deletion_policy="Retain", update_replace_policy="Retain")


def test_one_bootstrap_template_serves_all_targets() -> None:
    """The roles of all targets are in one template; only those for merge requests trust all branches."""
    files = rendered(Template(resources=[FUNCTION, TABLE]), branch="trunk")

    assert sorted(path for path in files if path.startswith("bootstrap/")) == ["bootstrap/account.yml", "bootstrap/service.yml"]
    assert "AWS::IAM::OIDCProvider" in files["bootstrap/account.yml"]
    made = sam.loads(files["bootstrap/service.yml"])
    for name, number, branch in (("qa", "1", "*"), ("prod", "3", "trunk")):
        account = deployed(made, f"hello-{name}", number * 12)
        (statement,) = account.trust[f"hello-{name}"]["Statement"]
        subject = statement["Condition"]["StringLike"]["gitlab.com:sub"]
        assert subject == [f"project_path:group/hello:ref_type:branch:ref:{branch}"]
        table = f"arn:aws:dynamodb:eu-west-1:{{account}}:table/hello-{name}-Table-1A2B"
        assert account.may("execution", "dynamodb:CreateTable", table, aws__RequestedRegion="eu-west-1")
    assert "--parameter-overrides DeployRole=hello-prod" in files[".gitlab-ci.yml"]


def test_the_role_has_the_name_of_the_target() -> None:
    """The rendered templates name roles after service and target; another name is refused."""
    other = Target("prod", account="3" * 12, region="eu-west-1", role="deployer", bucket="hello-prod")

    with pytest.raises(KeywordError, match="`role` should be 'hello-prod' together with `project`, got 'deployer'"):
        rendered(Template(resources=[FUNCTION]), deploy=[other])


def test_a_parameter_of_the_user_is_not_replaced() -> None:
    """A template with a parameter of the same name is refused."""
    with pytest.raises(
        KeywordError, match="`Template`: `parameters:DeployRole` is a name that serverless_service uses; rename it"
    ):
        rendered(Template(resources=[FUNCTION], parameters={"DeployRole": Parameter("String", default="x")}))


def test_without_the_project_there_are_no_roles() -> None:
    """Without `project`, there are no bootstrap templates and no boundary."""
    files = rendered(Template(resources=[FUNCTION]), project=None)

    assert not [path for path in files if path.startswith("bootstrap/")]
    assert "DeployRole" not in files["template.yml"]
