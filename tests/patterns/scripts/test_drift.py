from __future__ import annotations

from typing import Any

import pytest

DRIFT = ("drift.py", "orders", "--poll-seconds", "0")


@pytest.fixture
def compared(aws: Any) -> Any:
    """Return a job whose drift detection is complete at the second poll."""
    aws.says("cloudformation detect-stack-drift", {"StackDriftDetectionId": "b78a"})
    status = "cloudformation describe-stack-drift-detection-status b78a"
    aws.says(status, {"DetectionStatus": "DETECTION_IN_PROGRESS"}, {"DetectionStatus": "DETECTION_COMPLETE"})
    return aws


def drifts(*resources: dict[str, Any], **more: str) -> dict[str, Any]:
    """Return CloudFormation's answer for resources that differ."""
    return {"StackResourceDrifts": resources, **more}


def test_no_drift_is_fine(compared: Any) -> None:
    """A stack that matches its template passes."""
    done = compared.says("cloudformation describe-stack-resource-drifts", drifts()).run(*DRIFT)
    assert done == (0, "orders is as its template says\n", "")


def test_differences_of_all_pages_are_reported(compared: Any) -> None:
    """Each resource that differs is reported with its properties, including those of the second page."""
    difference = {"PropertyPath": "/Timeout", "ExpectedValue": "3", "ActualValue": "30", "DifferenceType": "NOT_EQUAL"}
    queue = {"LogicalResourceId": "Queue", "ResourceType": "AWS::SQS::Queue", "StackResourceDriftStatus": "DELETED"}
    function = {"LogicalResourceId": "Hello", "ResourceType": "AWS::Lambda::Function", "StackResourceDriftStatus": "MODIFIED"}
    compared.says("cloudformation describe-stack-resource-drifts", drifts(queue, NextToken="page2"))
    compared.says(
        "cloudformation describe-stack-resource-drifts page2", drifts({**function, "PropertyDifferences": [difference]})
    )
    done = compared.run(*DRIFT)
    assert done.code == 1
    assert done.out.splitlines() == [
        "Hello (AWS::Lambda::Function): MODIFIED",
        "  /Timeout: 3 in the template, 30 in AWS",
        "Queue (AWS::SQS::Queue): DELETED",
    ]
    assert (
        done.err == "error: orders differs from its template in Hello, Queue: put the change into the template, or deploy again\n"
    )


def test_a_failed_comparison_is_reported(compared: Any) -> None:
    """If CloudFormation cannot read a resource, the job fails with the reason."""
    failed = {"DetectionStatus": "DETECTION_FAILED", "DetectionStatusReason": "no access to Table"}
    done = compared.says("cloudformation describe-stack-drift-detection-status", failed).run(*DRIFT)
    assert (done.code, "no access to Table (may the role read each resource?)" in done.err) == (1, True)


def test_a_comparison_has_a_time_limit(compared: Any) -> None:
    """The job fails if a comparison does not end in time."""
    compared.says("cloudformation describe-stack-drift-detection-status", {"DetectionStatus": "DETECTION_IN_PROGRESS"})
    assert "comparing orders with its template took longer than 0 minutes" in compared.run(*DRIFT, "--wait-minutes", "0").err


def test_a_missing_stack_is_reported(aws: Any) -> None:
    """If the stack does not exist, the message contains AWS's error."""
    aws.fails("cloudformation detect-stack-drift", "ValidationError", "Stack [orders] does not exist")
    assert "Stack [orders] does not exist" in aws.run(*DRIFT).err
