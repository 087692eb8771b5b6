"""A hook of CodeDeploy: calls the new version before it gets traffic, and reports whether it works.

Variables: NEW_VERSION, the version's ARN; EVENT, the JSON that it is called with; CALLS, how often; ERRORS, how many calls may
fail; AT_ONCE, how many run at the same time; PROVES, what so many calls prove. CodeDeploy waits an hour for a hook that does not
report, so this one reports in any case.
"""

import json
import os
import random
import threading
import time
import traceback
import uuid
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError

RESERVE = 30  # seconds that are kept for the report
# With these, AWS did not make the call; it is repeated, and is no error of the new version.
BUSY = ("EC2ThrottledException", "ResourceNotReadyException", "ServiceException", "TooManyRequestsException")


def handler(event: dict[str, str], context: Any) -> None:
    """Probe the new version, and report the result."""
    works = False
    try:
        works = probe(context.get_remaining_time_in_millis() / 1000 - RESERVE)
    except Exception:
        traceback.print_exc()
    retries = {"mode": "standard", "total_max_attempts": 5}
    codedeploy = boto3.client("codedeploy", config=Config(connect_timeout=3, read_timeout=5, retries=retries))
    try:
        codedeploy.put_lifecycle_event_hook_execution_status(
            deploymentId=event["DeploymentId"],
            lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
            status="Succeeded" if works else "Failed",
        )
    except codedeploy.exceptions.LifecycleEventAlreadyCompletedException:
        print("CodeDeploy already has the result of this hook.")


def probe(seconds: float) -> bool:
    """Return whether all calls are made in time, and at most ERRORS of them fail."""
    calls, allowed, at_once = (int(os.environ[name]) for name in ("CALLS", "ERRORS", "AT_ONCE"))
    seconds = max(seconds, 1)
    config = Config(read_timeout=seconds, connect_timeout=5, max_pool_connections=at_once, retries={"total_max_attempts": 1})
    client = boto3.client("lambda", config=config)
    stop, answered, errors = threading.Event(), 0, 0
    busy: set[str] = set()
    pool = ThreadPoolExecutor(at_once)
    try:
        for future in as_completed([pool.submit(call, client, stop, busy) for _ in range(calls)], timeout=seconds):
            answered += 1
            error = future.result()
            if error:
                errors += 1
                print(f"Call {answered} failed: {error}"[:1000])
            if errors > allowed:  # no further call can change the result
                print(f"Failed: {errors} of {answered} calls failed, at most {allowed} may.")
                return False
    except TimeoutError:
        why = f"; AWS did not make calls: {', '.join(sorted(busy))}" if busy else ""
        print(f"Failed: {answered} of {calls} calls were answered in {seconds:.0f} seconds{why}.")
        return False
    finally:
        stop.set()
        pool.shutdown(wait=False, cancel_futures=True)
    print(f"Succeeded: {os.environ['PROVES']}.")
    return True


def call(client: Any, stop: threading.Event, busy: set[str]) -> str | None:
    """Call the new version once, and return what is wrong with the answer; wait while AWS is busy."""
    pause = 0.1
    while True:
        event = json.loads(filled(os.environ["EVENT"]))
        try:
            answer = client.invoke(FunctionName=os.environ["NEW_VERSION"], Payload=json.dumps(event))
            return problem(event, answer.get("FunctionError"), answer["Payload"].read())
        except ClientError as error:
            if error.response["Error"]["Code"] not in BUSY:
                return str(error)
            busy.add(error.response["Error"]["Code"])
        except HTTPClientError as error:
            busy.add(type(error).__name__)
        pause = min(2 * pause, 5)
        if stop.wait(random.uniform(pause / 2, pause)):
            return None


def filled(text: str) -> str:
    """Return an event with what is different in each call, under API Gateway's names."""
    now = time.time()
    for name, value in (
        ('"$context.requestTimeEpoch"', str(int(1000 * now))),
        ("$context.requestTime", time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now))),
        ("$context.requestId", str(uuid.uuid4())),
    ):
        text = text.replace(name, value)
    return text


def problem(event: Any, function_error: str | None, payload: bytes) -> str | None:
    """Return what is wrong with an answer, or None: an error, or what an API turns into a status of 500 or above."""
    shown = payload.decode(errors="replace")
    if function_error:
        return f"{function_error}: {shown}"
    if not isinstance(event, dict) or "requestContext" not in event:
        return None
    try:
        # Before a streamed body are the status and the headers, and eight zero bytes.
        response = json.loads(payload.partition(bytes(8))[0])
    except ValueError:
        response = None
    if isinstance(response, dict):
        status = str(response.get("statusCode", 200))
        return None if status.isdigit() and int(status) < 500 else f"status {status}: {shown}"
    # With format 1.0 an API takes nothing but an object.
    return f"no HTTP response: {shown}" if "httpMethod" in event else None
