"""A hook of CodeDeploy: calls the new version once, and always tells the result; a silent hook blocks for an hour.

Variables: `NEW_VERSION`, the ARN of the new version; `PAYLOAD`, the event that it is called with, `{}` if not given.
"""

from __future__ import annotations

import json
import os
import traceback
from typing import Any

import boto3  # type: ignore[import-not-found,import-untyped,unused-ignore]
from botocore.config import Config  # type: ignore[import-not-found,import-untyped,unused-ignore]

_RESERVE = 10
"""Seconds that are kept for telling the result."""


def handler(event: dict[str, Any], context: Any) -> None:
    """Check the new version and tell CodeDeploy whether it works.

    Args:
        event: The ids of the deployment and of this call.
        context: What Lambda knows of the call, such as how long it may still take.
    """
    works = False
    try:
        works = check(os.environ["NEW_VERSION"], seconds=context.get_remaining_time_in_millis() / 1000 - _RESERVE)
    except Exception:  # noqa: BLE001 - whatever happens, the result is told
        traceback.print_exc()
    boto3.client("codedeploy").put_lifecycle_event_hook_execution_status(
        deploymentId=event["DeploymentId"],
        lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
        status="Succeeded" if works else "Failed",
    )


def check(version: str, seconds: float) -> bool:
    """Return whether a version answers in time, without an error and without a status from 500 on.

    Args:
        version: The version's ARN.
        seconds: How long it may take.
    """
    config = Config(connect_timeout=5, read_timeout=max(1, int(seconds)), retries={"total_max_attempts": 1})
    answer = boto3.client("lambda", config=config).invoke(FunctionName=version, Payload=os.environ.get("PAYLOAD", "{}").encode())
    text = answer["Payload"].read().decode()
    print(text)  # noqa: T201 - this is the log
    if "FunctionError" in answer:
        return False
    body = json.loads(text or "null")
    return not (isinstance(body, dict) and int(body.get("statusCode", 200)) >= 500)
