"""Safe defaults of accounts, names and data, which a service has to say if it needs something else."""

from __future__ import annotations

from typing import Any

import pytest

from gitlabgen import sam
from gitlabgen.errors import Finding, collecting
from gitlabgen.patterns import Target, Test, serverless_service
from tests.sam.messages import said

FUNCTION = sam.Function("Hello", runtime="python3.13", handler="a.b", code_uri="src/")
KEPT: dict[str, Any] = {"deletion_policy": "Retain", "update_replace_policy": "Delete"}


def _target(name: str, number: int, **changes: Any) -> Target:
    keywords = {"region": "eu-west-1", "role": f"hello-{name}", "bucket": f"hello-{name}", **changes}
    return Target(name, account=str(number) * 12, **keywords)


def _found(*resources: Any, **changes: Any) -> list[Finding]:
    arguments: dict[str, Any] = {
        "name": "hello",
        "project": "group/hello",
        "test": Test(image="node:24-slim", script=["npm test"]),
        "deploy": [_target("prod", 3)],
        **changes,
    }
    with collecting() as found:
        serverless_service(sam.Template(resources=[FUNCTION, *resources]), **arguments)
    return list(found)


@pytest.mark.parametrize("name", ["qa", "dev"])
def test_the_account_of_production_is_not_shared(name: str) -> None:
    """Merge requests and earlier targets have other accounts than production, unless the definition says why not."""

    def placed(target: Target) -> list[Finding]:
        if name == "qa":
            return _found(qa=target)
        return _found(deploy=[target, _target("prod", 3)])

    (found,) = placed(_target(name, 3))
    assert found.rule == "shared-account"
    assert said(found) == (
        "`Target`: `account` is also the account of 'prod', which is production; "
        "give it another account, or say why it may be the same: shared_account='…'"
    )
    assert found.related[0].message == "the first is here"
    assert placed(_target(name, 3, shared_account="we have one account until May")) == []
    assert placed(_target(name, 1)) == []


def test_a_reason_is_text() -> None:
    """An empty reason is refused."""
    with collecting() as found:
        _target("qa", 3, shared_account=" ")
    assert [said(finding) for finding in found] == ["`Target`: `shared_account` needs the reason, as text"]


def test_names_of_targets_of_an_account_may_not_overlap() -> None:
    """A target whose name begins with another's and a dash is reported if they share an account."""
    why = {"shared_account": "one account"}
    (found,) = _found(deploy=[_target("prod-eu", 3, **why), _target("prod", 3)])

    assert found.rule == "overlapping-prefix"
    assert said(found) == (
        "`Target`: `name` is 'hello-prod', which overlaps 'hello-prod-eu' in the same account; "
        "'hello-prod-eu-execution' begins with 'hello-prod-', so that one could change the other: rename one of them"
    )
    assert _found(deploy=[_target("prod-eu", 2), _target("prod", 3)]) == []
    assert _found(deploy=[_target("eu", 3, **why), _target("prod", 3)]) == []


def test_the_same_name_twice_is_reported_once() -> None:
    """Two targets with the same name do not overlap, but conflict."""
    found = _found(deploy=[_target("prod", 3), _target("prod", 3, role="hello-prod2", bucket="other")], project=None)

    assert {finding.rule for finding in found} == {"invalid-keyword"}


TABLE = sam.Resource("Table", "AWS::DynamoDB::Table", {})


@pytest.mark.parametrize(
    ("resource", "lost"),
    [
        (sam.SimpleTable("T"), True),
        (sam.SimpleTable("T", deletion_policy="Retain"), True),
        (sam.SimpleTable("T", update_replace_policy="Retain"), True),
        (sam.SimpleTable("T", **KEPT), False),
        (sam.Resource("Q", "AWS::SQS::Queue"), True),
        (sam.Resource("Q", "AWS::SQS::Queue", {}, **KEPT), False),
        (sam.Resource("N", "AWS::SNS::Topic"), False),
    ],
)
def test_data_is_kept_or_said_to_be_lost(resource: Any, lost: object) -> None:
    """What has data says what happens when it is removed, and when it is replaced; either value will do."""
    found = _found(resource)

    assert [finding.rule for finding in found] == (["lost-state"] if lost else [])
    assert not lost or said(found[0]) == (
        f"`{resource.name}` loses its data when it leaves the template, or when an update replaces it; "
        "write deletion_policy='Retain' and update_replace_policy='Retain', or 'Delete' if the data may be lost"
    )


def test_data_in_the_objects_of_troposphere() -> None:
    """Objects of troposphere are checked like resources."""
    sqs = pytest.importorskip("troposphere.sqs")
    (found,) = _found(sqs.Queue("Jobs"))

    assert (
        found.message == "`Template` has 'Jobs', which loses its data when it leaves the template, or when an update replaces it"
    )
    assert _found(sqs.Queue("Jobs", DeletionPolicy="Retain", UpdateReplacePolicy="Retain")) == []


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        (sam.Sub("${AWS::StackName}-jobs"), True),
        (sam.Sub("${Name}"), True),
        ("hello-prod-jobs", True),
        (sam.Ref("AWS::StackName"), False),
        (sam.Sub("${AWS::StackName}jobs"), False),
        ("jobs", False),
    ],
)
def test_names_that_the_role_could_not_create(name: Any, fits: object) -> None:
    """A name that does not begin with the stack's name and a dash is reported at its line."""
    found = _found(sam.Resource("Jobs", "AWS::SQS::Queue", {"QueueName": name}, **KEPT))

    assert [finding.rule for finding in found] == ([] if fits else ["foreign-name"])
