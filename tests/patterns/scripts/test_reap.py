from __future__ import annotations

from typing import Any

import pytest

REAP = ("reap.py", "orders-mr-", "--older-than", "3d", "--project", "shop/orders", "--poll-seconds", "0")
OLD, NEW = "2020-01-01T08:00:00.123Z", "2999-01-01T08:00:00+00:00"


def stack(name: str, state: str = "UPDATE_COMPLETE", project: str = "shop/orders", **more: object) -> dict[str, object]:
    """Return CloudFormation's answer for an old stack."""
    tags = [{"Key": "mr", "Value": "7"}, {"Key": "project", "Value": project}]
    return {"StackName": name, "StackStatus": state, "CreationTime": OLD, "Tags": tags, **more}


def listed(aws: Any, *stacks: dict[str, object]) -> Any:
    """Plan CloudFormation's answer with a list of stacks."""
    return aws.says("cloudformation describe-stacks", {"Stacks": stacks})


def test_old_stacks_are_deleted(aws: Any) -> None:
    """Old stacks of this project are deleted in parallel, and each is logged."""
    listed(aws, stack("orders-mr-8"), stack("orders-mr-7", LastUpdatedTime="2020-02-01T08:00:00Z"))
    aws.stack("DELETE_IN_PROGRESS", None, name="orders-mr-7").stack(None, name="orders-mr-8")
    assert aws.run(*REAP) == (0, "orders-mr-7: deleted\norders-mr-8: deleted\n", "")
    assert aws.calls == [f"cloudformation delete-stack --stack-name orders-mr-{number}" for number in (7, 8)]


@pytest.mark.parametrize(
    "kept",
    [
        stack("orders-prod"),
        stack("orders-mr-1", project="shop/other"),
        {"StackName": "orders-mr-1", "StackStatus": "UPDATE_COMPLETE", "CreationTime": OLD},
        stack("orders-mr-1", LastUpdatedTime=NEW),
        stack("orders-mr-1", CreationTime=NEW),
        stack("orders-mr-1-Nested", ParentId="arn:aws:cloudformation:eu-west-1:1:stack/orders-mr-1/x"),
    ],
    ids=["name", "project", "no tags", "updated", "created", "nested"],
)
def test_other_stacks_are_kept(aws: Any, kept: dict[str, object]) -> None:
    """A nested stack, or one with another name, project or age, is not deleted."""
    assert listed(aws, kept).run(*REAP) == (0, "no stack orders-mr-* of shop/orders is that old\n", "")
    assert aws.calls == []


def test_a_stack_in_progress_is_skipped(aws: Any) -> None:
    """A stack that CloudFormation is changing is skipped."""
    done = listed(aws, stack("orders-mr-7", "UPDATE_IN_PROGRESS")).run(*REAP)
    assert done == (0, "orders-mr-7: skipped, it is UPDATE_IN_PROGRESS\n", "")


def test_a_dry_run_only_lists(aws: Any) -> None:
    """A dry run deletes nothing."""
    done = listed(aws, stack("orders-mr-7")).run(*REAP, "--dry-run")
    assert done == (0, "orders-mr-7: would be deleted, it is UPDATE_COMPLETE\n", "")
    assert aws.calls == []


def test_a_failed_deletion_does_not_stop_others(aws: Any) -> None:
    """Deletions that are refused, that fail or that take too long are reported, other stacks are deleted, and the job fails."""
    listed(aws, *(stack(f"orders-mr-{number}") for number in (1, 2, 3, 4)))
    aws.fails("cloudformation delete-stack orders-mr-1", "ValidationError", "TerminationProtection is enabled")
    aws.stack("DELETE_FAILED", name="orders-mr-2").stack("DELETE_IN_PROGRESS", name="orders-mr-3").stack(None, name="orders-mr-4")
    held = {"LogicalResourceId": "Uploads", "ResourceType": "AWS::S3::Bucket", "ResourceStatus": "DELETE_FAILED"}
    aws.says("cloudformation list-stack-resources", {"StackResourceSummaries": [held]})
    done = aws.run(*REAP, "--wait-minutes", "0")
    assert done.code == 1
    assert "orders-mr-1: `aws cloudformation delete-stack` failed: " in done.out
    assert done.out.splitlines()[1:] == [
        "deleting took longer than 0 minutes: look at it in AWS's console, then run the job again",
        "orders-mr-2: DELETE_FAILED",
        "  Uploads (AWS::S3::Bucket): no reason told",
        "orders-mr-3: not deleted yet",
        "orders-mr-4: deleted",
    ]
    left = "orders-mr-1, orders-mr-2, orders-mr-3"
    assert done.err == f"error: not deleted: {left}; empty what holds them, or delete them by hand\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("", "--older-than", "3d", "--project", "p"), "'' is too short: give at least 4 characters"),
        (("abc", "--older-than", "3d", "--project", "p"), "'abc' is too short"),
        (("$NAME", "--older-than", "3d", "--project", "p"), "'$NAME' is no stack name"),
        (("orders-mr-", "--older-than", "3", "--project", "p"), "'3' should be like 3d, 12h or 90m"),
        (("orders-mr-", "--older-than", "0d", "--project", "p"), "'0d' should be like"),
        (("orders-mr-", "--older-than", "3d", "--project", " "), "is empty: is the variable set?"),
        (("orders-mr-", "--older-than", "3d"), "required: --project"),
    ],
)
def test_unsafe_arguments_are_refused(job: Any, arguments: tuple[str, ...], message: str) -> None:
    """A prefix, age or project that could match too many stacks is a usage error."""
    done = job.run("reap.py", *arguments)
    assert (done.code, message in done.err) == (2, True)
