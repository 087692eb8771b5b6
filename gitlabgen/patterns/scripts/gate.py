"""Refuse to deploy during a freeze, outside the windows, or while an alarm of the stack rings.

python3 ci/gate.py STACK --window "Mon-Thu 08:00-16:00 Europe/Berlin"

It looks when the job runs: GitLab decides `rules` when it makes the pipeline, maybe hours before a click. A pipeline with the
variable FORCE_DEPLOY=STACK, for the repair itself, goes past all checks.
"""

from __future__ import annotations

import argparse
import os
import re
import zoneinfo
from datetime import datetime, timezone, tzinfo
from typing import NamedTuple

import aws

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WINDOW = re.compile(r"(\w{3}(?:-\w{3})?(?:,\w{3}(?:-\w{3})?)*) (\d\d):(\d\d)-(\d\d):(\d\d) (\S+)")


class Window(NamedTuple):
    """Hours on some days of the week."""

    text: str
    days: frozenset[int]
    start: int
    end: int
    zone: tzinfo


def window(text: str) -> Window:
    """Return the hours that a text describes.

    Args:
        text: Days, hours and zone, such as `Mon-Thu,Sat 08:00-16:00 Europe/Berlin`.

    Raises:
        argparse.ArgumentTypeError: If it describes none.
    """
    found = WINDOW.fullmatch(text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} should be like 'Mon-Thu 08:00-16:00 Europe/Berlin': days, hours, time zone")
    days, *hours, zone = found.groups()
    start_hour, start_minute, end_hour, end_minute = map(int, hours)
    start, end = start_hour * 60 + start_minute, end_hour * 60 + end_minute
    if start_minute > 59 or end_minute > 59 or end > 24 * 60:
        raise argparse.ArgumentTypeError(f"{text!r}: hours go from 00:00 to 24:00")
    if start >= end:
        raise argparse.ArgumentTypeError(f"{text!r} ends before it begins: write a window for each day if it spans midnight")
    return Window(text, frozenset(_days(text, days)), start, end, _zone(text, zone))


def _days(text: str, days: str) -> list[int]:
    unknown = [day for day in re.split("[-,]", days) if day not in DAYS]
    if unknown:
        raise argparse.ArgumentTypeError(f"{text!r}: {unknown[0]} is no day, the days are {', '.join(DAYS)}")
    found = []
    for part in days.split(","):
        first, last = DAYS.index(part[:3]), DAYS.index(part[-3:])
        found += [day % 7 for day in range(first, last + (8 if last < first else 1))]
    return found


def _zone(text: str, name: str) -> tzinfo:
    if name == "UTC":
        # Known even where the image has no time zones.
        return timezone.utc
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        hint = "write it like Europe/Berlin; if it is right, the image has no time zones: `pip install tzdata`"
        raise argparse.ArgumentTypeError(f"{text!r}: time zone {name} is not known here; {hint}") from None


def is_open(hours: Window, now: datetime) -> bool:
    """Return whether a time lies in a window.

    Args:
        hours: The window.
        now: The time, with its zone.
    """
    there = now.astimezone(hours.zone)
    return there.weekday() in hours.days and hours.start <= there.hour * 60 + there.minute < hours.end


def refusals(stack: str, windows: list[Window], *, freeze: bool, alarms: bool) -> list[str]:
    """Return why a stack may not be deployed now.

    Args:
        stack: The stack's name.
        windows: The hours in which it may be; none: always.
        freeze: Whether GitLab's deploy freezes count.
        alarms: Whether alarms count.

    Source: https://docs.gitlab.com/user/project/releases/#prevent-unintentional-releases-by-setting-a-deploy-freeze
    """
    why = []
    if freeze and os.environ.get("CI_DEPLOY_FREEZE"):
        why.append("a deploy freeze is on (CI_DEPLOY_FREEZE)")
    now = datetime.now(timezone.utc)
    if windows and not any(is_open(hours, now) for hours in windows):
        why.append(f"it is {now:%a %H:%M} UTC, outside {' and '.join(hours.text for hours in windows)}")
    if alarms:
        why += [f"{alarm['AlarmName']} is in ALARM" for alarm in aws.alarms(stack) if alarm["StateValue"] == "ALARM"]
    return why


def main() -> int:
    """Check, and return 1 if the stack may not be deployed now."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stack", type=aws.stack_name, metavar="STACK")
    parser.add_argument("--window", type=window, action="append", default=[], help="when it may be; several add up")
    parser.add_argument("--no-freeze", action="store_true", help="do not look at CI_DEPLOY_FREEZE")
    parser.add_argument("--no-alarms", action="store_true", help="do not look at alarms")
    given = parser.parse_args()

    forced = os.environ.get("FORCE_DEPLOY")
    if forced == given.stack:
        print(f"WARNING: FORCE_DEPLOY={forced}: deploying whatever freeze, windows and alarms say")
        return 0
    if forced:
        print(f"FORCE_DEPLOY={forced} is not this stack, which is {given.stack}: checking")
    why = refusals(given.stack, given.window, freeze=not given.no_freeze, alarms=not given.no_alarms)
    if why:
        way = f"run this job again later, or start a pipeline with the variable FORCE_DEPLOY={given.stack}"
        raise aws.JobError(f"{given.stack} is not deployed now: {'; '.join(why)}. Either {way}")
    print(f"{given.stack} may be deployed")
    return 0


if __name__ == "__main__":
    aws.run(main)
