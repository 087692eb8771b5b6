"""Tell what was changed by hand: the resources that differ from their stack's template.

python3 ci/drift.py STACK
"""

from __future__ import annotations

import argparse
from typing import Any

import aws


def detect(stack: str, minutes: float, pause: float) -> None:
    """Let CloudFormation compare a stack with its template, and wait.

    Args:
        stack: The stack's name.
        minutes: How long to wait at most.
        pause: Seconds between two looks.

    Raises:
        JobError: If CloudFormation could not compare.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
    """
    detection = aws.call("cloudformation", "detect-stack-drift", "--stack-name", stack)["StackDriftDetectionId"]

    def look() -> dict[str, Any] | None:
        options = ("--stack-drift-detection-id", detection)
        told: dict[str, Any] = aws.call("cloudformation", "describe-stack-drift-detection-status", *options)
        return None if told["DetectionStatus"] == "DETECTION_IN_PROGRESS" else told

    told = aws.poll(f"comparing {stack} with its template", look, minutes, pause)
    if told["DetectionStatus"] != "DETECTION_COMPLETE":
        reason = told.get("DetectionStatusReason", "no reason told")
        raise aws.JobError(f"{stack} could not be compared with its template: {reason} (may the role read each resource?)")


def drifted(stack: str) -> list[dict[str, Any]]:
    """Return the resources that were changed or deleted.

    Args:
        stack: The stack's name.
    """
    options = ["--stack-name", stack, "--stack-resource-drift-status-filters", "MODIFIED", "DELETED"]
    found: list[dict[str, Any]] = []
    page: list[str] = []
    while True:
        # `aws` does not follow the pages of this list by itself.
        told = aws.call("cloudformation", "describe-stack-resource-drifts", *options, *page)
        found += told["StackResourceDrifts"]
        if not told.get("NextToken"):
            return sorted(found, key=lambda each: str(each["LogicalResourceId"]))
        page = ["--next-token", told["NextToken"]]


def lines(resource: dict[str, Any]) -> list[str]:
    """Return what is different in a resource.

    Args:
        resource: What CloudFormation tells about it.
    """
    title = f"{resource['LogicalResourceId']} ({resource['ResourceType']}): {resource['StackResourceDriftStatus']}"
    return [title] + [
        f"  {each['PropertyPath']}: {each['ExpectedValue']} in the template, {each['ActualValue']} in AWS"
        for each in resource.get("PropertyDifferences", [])
    ]


def main() -> int:
    """Compare, and return 1 if anything differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stack", type=aws.stack_name, metavar="STACK")
    aws.add_waiting(parser, 15)
    given = parser.parse_args()

    detect(given.stack, given.wait_minutes, given.poll_seconds)
    found = drifted(given.stack)
    for resource in found:
        print("\n".join(lines(resource)))
    if found:
        names = ", ".join(str(resource["LogicalResourceId"]) for resource in found)
        raise aws.JobError(
            f"{given.stack} differs from its template in {names}: put the change into the template, or deploy again"
        )
    print(f"{given.stack} is as its template says")
    return 0


if __name__ == "__main__":
    aws.run(main)
