"""Judge a deployment after the last shift: no alarm may have rung since, and enough requests must have come.

python3 ci/bake.py STACK --since "$DEPLOYED_AT" --min-requests 100

It reads the alarms' history, so one that rang and went quiet again counts. Exit code 1: an alarm rang; 3: not enough traffic to
judge. Functions of nested stacks are not counted.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from datetime import datetime, timezone
from typing import Any

import aws

NOT_ENOUGH = 3
QUERIES = 100
HOOK = "CodeDeployHook_"


def rings(stack: str, since: str) -> list[dict[str, Any]]:
    """Return the changes to ALARM since a time of the alarms that begin with a stack's name and a hyphen, oldest first.

    Args:
        stack: The stack's name.
        since: ISO 8601.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html
    """
    found = []
    # One call tells either metric or composite alarms.
    for kind in ("MetricAlarm", "CompositeAlarm"):
        options = ("--alarm-types", kind, "--history-item-type", "StateUpdate", "--start-date", since)
        found += aws.call("cloudwatch", "describe-alarm-history", *options)["AlarmHistoryItems"]
    return sorted(
        (item for item in found if item["AlarmName"].startswith(f"{stack}-") and _rang(item)),
        key=lambda item: str(item["Timestamp"]),
    )


def _rang(item: dict[str, Any]) -> bool:
    try:
        return bool(json.loads(item["HistoryData"])["newState"]["stateValue"] == "ALARM")
    except (KeyError, TypeError, ValueError):
        return str(item.get("HistorySummary", "")).endswith("to ALARM")


def functions(stack: str) -> list[str]:
    """Return the names of a stack's functions, without those that CodeDeploy calls.

    Args:
        stack: The stack's name.
    """
    told = aws.call("cloudformation", "list-stack-resources", "--stack-name", stack)["StackResourceSummaries"]
    names = [str(each.get("PhysicalResourceId", "")) for each in told if each["ResourceType"] == "AWS::Lambda::Function"]
    return sorted(name for name in names if name and not name.startswith(HOOK))


def invocations(names: list[str], since: str, until: str) -> dict[str, int]:
    """Return how often functions were called between two times.

    Args:
        names: The functions.
        since: ISO 8601; CloudWatch counts by the minute.
        until: ISO 8601.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
    """
    counts = dict.fromkeys(names, 0)
    for first in range(0, len(names), QUERIES):
        queries = [
            {
                "Id": f"m{first + number}",
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/Lambda",
                        "MetricName": "Invocations",
                        "Dimensions": [{"Name": "FunctionName", "Value": name}],
                    },
                    "Period": 60,
                    "Stat": "Sum",
                },
            }
            for number, name in enumerate(names[first : first + QUERIES])
        ]
        span = ("--start-time", since, "--end-time", until)
        told = aws.call("cloudwatch", "get-metric-data", "--metric-data-queries", json.dumps(queries), *span)
        for result in told["MetricDataResults"]:
            counts[names[int(result["Id"][1:])]] += int(sum(result["Values"]))
    return counts


def table(rows: list[tuple[str, ...]]) -> str:
    """Return rows in columns.

    Args:
        rows: The heading and the rows.
    """
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)


def bake(stack: str, since: int, min_requests: int) -> int:
    """Print what was seen since a time and return the exit code.

    Args:
        stack: The stack's name.
        since: Seconds since 1970.
        min_requests: How many calls all functions together must have had.

    Raises:
        JobError: If an alarm rang, or rings.
    """
    start, end = (
        f"{datetime.fromtimestamp(seconds, timezone.utc):%Y-%m-%dT%H:%M:%SZ}" for seconds in (since, int(time.time()) + 1)
    )
    states = {str(alarm["AlarmName"]): str(alarm["StateValue"]) for alarm in aws.alarms(stack)}
    rang = [str(item["AlarmName"]) for item in rings(stack, start)]
    for name in rang:
        # History outlives its alarm.
        states.setdefault(name, "deleted")
    calls = invocations(functions(stack), start, end)

    print(f"{stack} since {start}:")
    if states:
        print(
            table([("alarm", "state", "rang"), *((name, state, str(rang.count(name))) for name, state in sorted(states.items()))])
        )
    else:
        print(f"WARNING: no alarm's name begins with {stack}-: nothing watches this stack")
    if calls:
        print(table([("function", "calls"), *((name, str(count)) for name, count in calls.items())]))
    bad = sorted(name for name, state in states.items() if state == "ALARM" or name in rang)
    if bad:
        raise aws.JobError(f"{', '.join(bad)} rang since the deployment: roll back, or repair and deploy again")
    if sum(calls.values()) < min_requests:
        seen = f"{sum(calls.values())} calls, at least {min_requests} are asked for"
        print(f"not enough traffic to judge: {seen}; run this job again later")
        return NOT_ENOUGH
    print("good")
    return 0


def main() -> int:
    """Judge, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stack", type=aws.stack_name, metavar="STACK")
    parser.add_argument("--since", default=os.environ.get("DEPLOYED_AT", ""), help="seconds since 1970 (default: $DEPLOYED_AT)")
    parser.add_argument("--min-requests", type=int, default=0, help="calls of all functions together (default: %(default)s)")
    given = parser.parse_args()
    # Clocks of runners differ by a few minutes.
    if not given.since.isascii() or not given.since.isdigit() or int(given.since) > time.time() + 300:
        said = (
            f"got {given.since!r}"
            if given.since
            else "DEPLOYED_AT is not set, does this job get the dotenv report of the deployment?"
        )
        parser.error(f"--since should be a time in the past, in seconds since 1970: {said}")
    return bake(given.stack, int(given.since), given.min_requests)


if __name__ == "__main__":
    aws.run(main)
