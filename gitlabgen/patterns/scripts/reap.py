"""Delete the forgotten stacks of merge requests: those that no stop job deleted.

python3 ci/reap.py orders-mr- --older-than 3d --project group/orders

A stack goes if its name begins with the prefix, its tag `project` names this project, and its last update is older. Nested stacks
go with their parents.
"""

from __future__ import annotations

import argparse
import re
from datetime import datetime, timedelta, timezone
from typing import Any

import aws
import stack as stacks

SHORTEST = 4
UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def age(text: str) -> timedelta:
    """Return an argument such as `3d`.

    Args:
        text: A number with `m`, `h` or `d`.

    Raises:
        argparse.ArgumentTypeError: If it is something else.
    """
    found = re.fullmatch(r"([1-9]\d{0,4})([mhd])", text, re.ASCII)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} should be like 3d, 12h or 90m")
    return timedelta(**{UNITS[found.group(2)]: int(found.group(1))})


def prefix(text: str) -> str:
    """Return an argument with which names begin, long enough to mean something.

    Args:
        text: What the user wrote.

    Raises:
        argparse.ArgumentTypeError: If it is too short, or no name can begin with it.
    """
    if len(text) < SHORTEST:
        raise argparse.ArgumentTypeError(f"{text!r} is too short: give at least {SHORTEST} characters, such as orders-mr-")
    return aws.stack_name(text)


def given_text(text: str) -> str:
    """Return an argument that is not empty.

    Args:
        text: What the user wrote.

    Raises:
        argparse.ArgumentTypeError: If it is empty.
    """
    if not text.strip():
        raise argparse.ArgumentTypeError("is empty: is the variable set?")
    return text


def forgotten(told: list[dict[str, Any]], start: str, project: str, before: datetime) -> list[dict[str, Any]]:
    """Return the stacks of a project that were last updated before a time, by name.

    Args:
        told: All stacks of the account and region.
        start: How their names begin.
        project: The value of their tag `project`.
        before: The time.
    """
    found = [
        each
        for each in told
        if each["StackName"].startswith(start)
        and "ParentId" not in each
        and {"Key": "project", "Value": project} in each.get("Tags", [])
        and aws.moment(each.get("LastUpdatedTime", each["CreationTime"])) < before
    ]
    return sorted(found, key=lambda each: str(each["StackName"]))


def reap(found: list[dict[str, Any]], minutes: float, pause: float) -> list[str]:
    """Delete stacks, all at the same time, and return the names of those that are still there.

    Args:
        found: What CloudFormation tells about them.
        minutes: How long to wait for all of them together.
        pause: Seconds between two looks.
    """
    going, left = [], []
    for each in found:
        name, status = str(each["StackName"]), str(each["StackStatus"])
        if stacks.is_moving(status):
            print(f"{name}: skipped, it is {status}")
            continue
        try:
            aws.call("cloudformation", "delete-stack", "--stack-name", name)
            going.append(name)
        except aws.CallError as error:
            print(f"{name}: {error}")
            left.append(name)
    if going:
        left += _await(going, minutes, pause)
    return left


def _await(going: list[str], minutes: float, pause: float) -> list[str]:
    ends: dict[str, str] = {}

    def look() -> bool | None:
        for name in going:
            if name not in ends:
                end = stacks.deletion(name)
                if end:
                    ends[name] = end
        return len(ends) == len(going) or None

    try:
        aws.poll("deleting", look, minutes, pause)
    except aws.TimeUpError as error:
        print(error)
    for name in going:
        print(f"{name}: {'deleted' if ends.get(name) == 'gone' else ends.get(name, 'not deleted yet')}", flush=True)
        if ends.get(name) == "DELETE_FAILED":
            stacks.failed_resources(name, "DELETE_FAILED")
    return [name for name in going if ends.get(name) != "gone"]


def main() -> int:
    """Delete, and return 1 if any stack could not be deleted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prefix", type=prefix, metavar="PREFIX")
    parser.add_argument("--older-than", type=age, required=True, help="since the last update, such as 3d")
    parser.add_argument("--project", type=given_text, required=True, help="the value of the tag `project`")
    parser.add_argument("--dry-run", action="store_true", help="only list them")
    aws.add_waiting(parser, 30)
    given = parser.parse_args()

    told = aws.call("cloudformation", "describe-stacks")["Stacks"]
    found = forgotten(told, given.prefix, given.project, datetime.now(timezone.utc) - given.older_than)
    if not found:
        print(f"no stack {given.prefix}* of {given.project} is that old")
    elif given.dry_run:
        for each in found:
            print(f"{each['StackName']}: would be deleted, it is {each['StackStatus']}")
    else:
        left = reap(found, given.wait_minutes, given.poll_seconds)
        if left:
            raise aws.JobError(f"not deleted: {', '.join(left)}; empty what holds them, or delete them by hand")
    return 0


if __name__ == "__main__":
    aws.run(main)
