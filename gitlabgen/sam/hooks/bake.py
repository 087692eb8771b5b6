"""A hook of CodeDeploy: watches alarms once all traffic has moved, and always tells the result.

A silent hook blocks for an hour. Variables: `ALARMS`, the names of the alarms, one a line; `MINUTES`, how long they are watched,
0 for not at all. Lambda ends a run after 15 minutes; what is left of the time is watched by another run, which the first one
starts.
"""

from __future__ import annotations

import json
import os
import time
import traceback
from typing import Any

import boto3  # type: ignore[import-not-found,import-untyped,unused-ignore]

_PAUSE = 20
"""Seconds between two looks."""

_RESERVE = 60
"""Seconds that are kept for starting the next run, or for telling the result."""

_DELAY = 180
"""Seconds after which calls of the old version are in no metric that is still to come."""


def handler(event: dict[str, Any], context: Any) -> None:
    """Watch the alarms, and tell CodeDeploy whether all stayed quiet; or let another run do so.

    Args:
        event: The ids of the deployment and of this call, and what an earlier run saw.
        context: What Lambda knows of the call, such as how long it may still take.
    """
    quiet: bool | None = False
    try:
        quiet = watch(event, context)
    except Exception:  # noqa: BLE001 - whatever happens, the result is told
        traceback.print_exc()
    if quiet is None:
        return
    boto3.client("codedeploy").put_lifecycle_event_hook_execution_status(
        deploymentId=event["DeploymentId"],
        lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
        status="Succeeded" if quiet else "Failed",
    )


def watch(event: dict[str, Any], context: Any) -> bool | None:
    """Return whether no alarm fired, or None once another run goes on.

    Args:
        event: What the run was called with.
        context: What Lambda knows of the call.
    """
    if not float(os.environ["MINUTES"]):
        return True
    names = os.environ["ALARMS"].splitlines()
    began = event.get("Began", time.time())
    end = began + 60 * float(os.environ["MINUTES"])
    # What fires from before the new version had all of the traffic may still mean the old one.
    seen_quiet = set(event.get("SeenQuiet", []))
    client = boto3.client("cloudwatch")
    while True:
        alarms = client.describe_alarms(AlarmNames=names, MaxRecords=100)["MetricAlarms"]
        now = time.time()
        missing = {*names} - {alarm["AlarmName"] for alarm in alarms}
        firing = [alarm for alarm in alarms if alarm["StateValue"] == "ALARM"]
        seen_quiet |= {alarm["AlarmName"] for alarm in alarms if alarm not in firing}
        meant = [
            alarm["AlarmName"] for alarm in firing if alarm["AlarmName"] in seen_quiet or now >= min(end, began + _memory(alarm))
        ]
        if missing or meant:
            print("missing:", sorted(missing), "firing:", sorted(meant))  # noqa: T201 - this is the log
            return False
        if now >= end:
            return True
        if context.get_remaining_time_in_millis() / 1000 < _PAUSE + _RESERVE:
            known = {**event, "Began": began, "SeenQuiet": sorted(seen_quiet)}
            function = context.invoked_function_arn
            boto3.client("lambda").invoke(FunctionName=function, InvocationType="Event", Payload=json.dumps(known).encode())
            return None
        time.sleep(min(_PAUSE, end - now))


def _memory(alarm: dict[str, Any]) -> float:
    """Return the seconds until an alarm has forgotten what was before."""
    stats = [metric.get("MetricStat", {}) for metric in alarm.get("Metrics", [])]
    periods = [block["Period"] for block in (alarm, *stats) if "Period" in block]
    return _DELAY + max(periods, default=0) * int(alarm["EvaluationPeriods"])
