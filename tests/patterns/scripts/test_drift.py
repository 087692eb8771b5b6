from __future__ import annotations

from typing import Any

import pytest

DRIFT = ("drift.py", "orders", "--poll-seconds", "0")


@pytest.fixture
def compared(aws: Any) -> Any:
    """Return a job whose stack has been compared after two looks."""
    aws.says("cloudformation detect-stack-drift", {"StackDriftDetectionId": "b78a"})
    status = "cloudformation describe-stack-drift-detection-status b78a"
    aws.says(status, {"DetectionStatus": "DETECTION_IN_PROGRESS"}, {"DetectionStatus": "DETECTION_COMPLETE"})
    return aws


def drifts(*resources: dict[str, Any], **more: str) -> dict[str, Any]:
    """Return what CloudFormation tells about resources that differ."""
    return {"StackResourceDrifts": resources, **more}


def test_no_drift_is_fine(compared: Any) -> None:
    """A stack that is as its template says passes."""
    done = compared.says("cloudformation describe-stack-resource-drifts", drifts()).run(*DRIFT)
    assert done == (0, "orders is as its template says\n", "")


def test_differences_of_all_pages_are_told(compared: Any) -> None:
    """Each resource that differs is told with its properties, also those of the second page."""
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


def test_a_comparison_that_fails_is_told(compared: Any) -> None:
    """What CloudFormation could not read fails the job with its reason."""
    told = {"DetectionStatus": "DETECTION_FAILED", "DetectionStatusReason": "no access to Table"}
    done = compared.says("cloudformation describe-stack-drift-detection-status", told).run(*DRIFT)
    assert (done.code, "no access to Table (may the role read each resource?)" in done.err) == (1, True)


def test_a_comparison_has_an_end(compared: Any) -> None:
    """A comparison that does not end is given up."""
    compared.says("cloudformation describe-stack-drift-detection-status", {"DetectionStatus": "DETECTION_IN_PROGRESS"})
    assert "comparing orders with its template took longer than 0 minutes" in compared.run(*DRIFT, "--wait-minutes", "0").err


def test_a_stack_that_is_not_there_is_told(aws: Any) -> None:
    """A stack that AWS does not know gives AWS's sentence."""
    aws.fails("cloudformation detect-stack-drift", "ValidationError", "Stack [orders] does not exist")
    assert "Stack [orders] does not exist" in aws.run(*DRIFT).err
