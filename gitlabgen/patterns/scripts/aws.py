"""What the scripts beside it share: one call of the `aws` command line, waiting with an end, and failing in one line."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from datetime import datetime, timezone
from typing import Any, Callable, NoReturn, TypeVar

Found = TypeVar("Found")

STACK_NAME = r"[A-Za-z][-A-Za-z0-9]{0,127}"


class JobError(Exception):
    """A job cannot go on; the text says what is wrong and what to do."""


class CallError(JobError):
    """An `aws` call failed; the text is AWS's own."""

    def __init__(self, command: str, text: str) -> None:
        """Keep AWS's error code.

        Args:
            command: The service and the operation.
            text: What `aws` wrote to standard error.
        """
        found = re.search(r"An error occurred \((\w+)\)", text)
        self.code = found.group(1) if found else ""
        super().__init__(f"`aws {command}` failed: {' '.join(text.split()) or 'it said nothing'}")


class TimeUpError(JobError):
    """What was waited for did not come in time."""


def call(*arguments: str) -> Any:
    """Run `aws` in the job's region and return its answer; `aws` itself follows the pages of a list.

    Args:
        arguments: The service, the operation and its options.

    Raises:
        JobError: If there is no region or no `aws`.
        CallError: If AWS refuses.
    """
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if not region:
        raise JobError("no region: set the job's variable AWS_REGION")
    # Version 1 of the command line knows only the longer name.
    environment = {**os.environ, "AWS_DEFAULT_REGION": region, "AWS_PAGER": ""}
    try:
        done = subprocess.run(
            ["aws", *arguments, "--output", "json"],
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
    except FileNotFoundError:
        raise JobError(
            "there is no `aws` on the PATH: use an image with AWS's command line, such as SAM's build images"
        ) from None
    if done.returncode:
        raise CallError(" ".join(arguments[:2]), done.stderr)
    try:
        return json.loads(done.stdout or "null")
    except ValueError:
        raise CallError(" ".join(arguments[:2]), f"no JSON in its answer: {done.stdout[:200]}") from None


def poll(what: str, look: Callable[[], Found | None], minutes: float, pause: float) -> Found:
    """Look again and again, the first time after a pause, until there is an answer.

    Args:
        what: What is waited for, for the message.
        look: Returns `None` while there is no answer.
        minutes: How long to wait at most.
        pause: Seconds between two looks.

    Raises:
        TimeUpError: If the time is up.
    """
    end = time.monotonic() + minutes * 60
    while True:
        # AWS may still tell the old state at once after a change.
        time.sleep(pause)
        found = look()
        if found is not None:
            return found
        if time.monotonic() >= end:
            raise TimeUpError(f"{what} took longer than {minutes:g} minutes: look at it in AWS's console, then run the job again")


def moment(text: str) -> datetime:
    """Return a time that AWS tells.

    Args:
        text: ISO 8601 in UTC; how the zone and the fraction are written differs between versions of `aws`.
    """
    return datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)


def alarms(stack: str) -> list[dict[str, Any]]:
    """Return the metric and composite alarms whose names begin with a stack's name and a hyphen, by name.

    Args:
        stack: The stack's name.
    """
    types = ("--alarm-types", "MetricAlarm", "CompositeAlarm")  # without it only metric alarms are told
    told = call("cloudwatch", "describe-alarms", "--alarm-name-prefix", f"{stack}-", *types)
    return sorted(told.get("MetricAlarms", []) + told.get("CompositeAlarms", []), key=lambda alarm: str(alarm["AlarmName"]))


def variable(name: str) -> str:
    """Return a variable that GitLab gives every job.

    Args:
        name: Its name.

    Raises:
        JobError: If there is none.
    """
    value = os.environ.get(name)
    if not value:
        raise JobError(f"{name} is not set: run this in a GitLab job")
    return value


def stack_name(text: str) -> str:
    """Return an argument that can name a stack.

    Args:
        text: What the user wrote.

    Raises:
        argparse.ArgumentTypeError: If no stack can have this name.
    """
    if not re.fullmatch(STACK_NAME, text):
        raise argparse.ArgumentTypeError(f"{text!r} is no stack name: a letter, then letters, digits and hyphens, 128 at most")
    return text


def amount(text: str) -> float:
    """Return an argument that is a time of at most a day.

    Args:
        text: What the user wrote.

    Raises:
        argparse.ArgumentTypeError: If it is none.
    """
    if not re.fullmatch(r"\d{1,5}(\.\d+)?", text, re.ASCII) or float(text) > 24 * 60 * 60:
        raise argparse.ArgumentTypeError(f"{text!r} should be a number like 30, or 0.5")
    return float(text)


def add_waiting(parser: argparse.ArgumentParser, minutes: float) -> None:
    """Add the options of a command that waits.

    Args:
        parser: The command.
        minutes: How long it waits at most if nothing is said.
    """
    parser.add_argument("--wait-minutes", type=amount, default=minutes, help="how long each wait may take (default: %(default)s)")
    parser.add_argument("--poll-seconds", type=amount, default=10, help="time between two looks (default: %(default)s)")


def run(main: Callable[[], int]) -> NoReturn:
    """End the process with a script's exit code, 1 with one line if it fails.

    Args:
        main: Returns the exit code.
    """
    try:
        code = main()
    except (JobError, OSError) as error:
        # What went well comes first in the log.
        sys.stdout.flush()
        print(f"error: {error}", file=sys.stderr)
        code = 1
    sys.exit(code)
