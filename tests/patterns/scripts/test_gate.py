from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest

from gitlabgen.patterns.serverless import scripts

ALWAYS = "Mon-Sun 00:00-24:00 UTC"


def alarms(*states: tuple[str, str], kind: str = "MetricAlarms") -> dict[str, Any]:
    """Return the answer of `describe-alarms`."""
    return {kind: [{"AlarmName": name, "StateValue": state} for name, state in states]}


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the script as a module that can import `aws`."""
    for name in ("aws", "gate"):
        module = ModuleType(name)
        monkeypatch.setitem(sys.modules, name, module)
        exec(compile(scripts.source(f"{name}.py"), name, "exec"), vars(module))
    return sys.modules["gate"]


def closed_window() -> str:
    """Return a window that is closed now, even if midnight passes during a test."""
    day = datetime.now(UTC) + timedelta(days=3)
    return f"{day:%a} 08:00-16:00 UTC"


def test_an_open_gate(aws: Any) -> None:
    """Without a freeze, in a window and without active alarms, the stack may be deployed."""
    aws.says("cloudwatch describe-alarms orders-", alarms(("orders-errors", "OK"), ("orders-new", "INSUFFICIENT_DATA")))
    assert aws.run("gate.py", "orders", "--window", ALWAYS) == (0, "orders may be deployed\n", "")
    assert "--alarm-types MetricAlarm CompositeAlarm" in " ".join(aws.records[0]["arguments"])


@pytest.mark.parametrize("kind", ["MetricAlarms", "CompositeAlarms"])
def test_an_active_alarm_refuses(aws: Any, kind: str) -> None:
    """A metric or composite alarm in ALARM stops the deployment, and the message explains how to force it."""
    aws.says("cloudwatch describe-alarms", alarms(("orders-errors", "ALARM"), ("orders-slow", "OK"), kind=kind))
    done = aws.run("gate.py", "orders")
    advice = "Either run this job again later, or start a pipeline with the variable FORCE_DEPLOY=orders"
    assert done == (1, "", f"error: orders is not deployed now: orders-errors is in ALARM. {advice}\n")


def test_all_reasons_are_reported_together(aws: Any) -> None:
    """The message has the freeze, the window and the alarms."""
    aws.says("cloudwatch describe-alarms", alarms(("orders-b", "ALARM"), ("orders-a", "ALARM")))
    done = aws.run("gate.py", "orders", "--window", closed_window(), CI_DEPLOY_FREEZE="true")
    assert done.code == 1
    assert "a deploy freeze is on (CI_DEPLOY_FREEZE); it is " in done.err
    assert f" UTC, outside {closed_window()}; orders-a is in ALARM; orders-b is in ALARM. " in done.err


def test_one_open_window_is_enough(job: Any) -> None:
    """Of several windows, one has to be open."""
    assert job.run("gate.py", "orders", "--no-alarms", "--window", closed_window(), "--window", ALWAYS).code == 0


def test_checks_can_be_turned_off(job: Any) -> None:
    """Without the checks for freezes and alarms, `aws` is not called."""
    done = job.run("gate.py", "orders", "--no-freeze", "--no-alarms", CI_DEPLOY_FREEZE="true")
    assert done == (0, "orders may be deployed\n", "")


def test_force_skips_all_checks_with_a_warning(job: Any) -> None:
    """The pipeline variable with the stack's name skips the gate, and logs a warning."""
    done = job.run("gate.py", "orders", "--window", closed_window(), CI_DEPLOY_FREEZE="true", FORCE_DEPLOY="orders")
    assert done.code == 0
    assert done.out.startswith("WARNING: FORCE_DEPLOY=orders: ")


def test_force_of_another_stack_does_not_count(job: Any) -> None:
    """The name of another stack, or `true`, does not skip the gate."""
    done = job.run("gate.py", "orders", "--no-alarms", CI_DEPLOY_FREEZE="true", FORCE_DEPLOY="true")
    assert (done.code, done.out) == (1, "FORCE_DEPLOY=true is not this stack, which is orders: checking\n")


def test_unreadable_alarms_refuse(aws: Any) -> None:
    """If the alarms cannot be read, the gate stays closed."""
    aws.fails("cloudwatch describe-alarms", "AccessDenied", "no")
    assert aws.run("gate.py", "orders").code == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "should be like 'Mon-Thu 08:00-16:00 Europe/Berlin'"),
        ("Mon-Thu 8-16 UTC", "should be like"),
        ("Mon-Thu 08:00-16:00", "should be like"),
        ("Mon-Don 08:00-16:00 UTC", "Don is no day, the days are Mon, Tue, Wed, Thu, Fri, Sat, Sun"),
        ("Mon 08:60-16:00 UTC", "hours go from 00:00 to 24:00"),
        ("Mon 08:00-24:01 UTC", "hours go from 00:00 to 24:00"),
        ("Mon 22:00-06:00 UTC", "ends before it begins: write a window for each day"),
        ("Mon 08:00-08:00 UTC", "ends before it begins"),
        ("Mon 08:00-16:00 Berlin", "time zone Berlin is not known here; write it like Europe/Berlin"),
        ("Mon 08:00-16:00 ../x", "time zone ../x is not known here"),
        ("Mon 08:00-16:00 Europe", "time zone Europe is not known here"),
    ],
)
def test_an_invalid_window_is_refused(job: Any, text: str, message: str) -> None:
    """An invalid window is a usage error that shows the format."""
    done = job.run("gate.py", "orders", "--window", text)
    assert (done.code, message in done.err) == (2, True)


@pytest.mark.parametrize(
    ("text", "moment", "is_open"),
    [
        ("Mon-Thu 08:00-16:00 UTC", "2026-11-23T08:00", True),
        ("Mon-Thu 08:00-16:00 UTC", "2026-11-23T07:59", False),
        ("Mon-Thu 08:00-16:00 UTC", "2026-11-26T15:59", True),
        ("Mon-Thu 08:00-16:00 UTC", "2026-11-26T16:00", False),
        ("Mon-Thu 08:00-16:00 UTC", "2026-11-27T12:00", False),
        ("Mon,Fri 08:00-16:00 UTC", "2026-11-27T12:00", True),
        ("Mon,Fri 08:00-16:00 UTC", "2026-11-24T12:00", False),
        ("Fri-Mon 08:00-16:00 UTC", "2026-11-29T12:00", True),
        ("Fri-Mon 08:00-16:00 UTC", "2026-11-24T12:00", False),
        ("Mon,Wed-Thu 08:00-16:00 UTC", "2026-11-26T12:00", True),
        ("Sun-Sun 08:00-24:00 UTC", "2026-11-29T23:59", True),
        ("Mon 08:00-16:00 Europe/Berlin", "2026-11-23T07:00", True),
        ("Mon 08:00-16:00 Europe/Berlin", "2026-07-20T06:00", True),
        ("Mon 08:00-16:00 Europe/Berlin", "2026-07-20T14:00", False),
        ("Tue 00:00-02:00 Asia/Tokyo", "2026-11-23T16:30", True),
    ],
)
def test_hours_are_in_the_time_zone(gate: ModuleType, text: str, moment: str, is_open: bool) -> None:  # noqa: FBT001
    """Days and hours of a window are in its time zone, with daylight saving time."""
    assert gate.is_open(gate.window(text), datetime.fromisoformat(f"{moment}+00:00")) is is_open


def test_utc_needs_no_time_zone_data(gate: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without time zone data, UTC still works, and other zones name the missing package."""

    def missing(name: str) -> None:
        raise gate.zoneinfo.ZoneInfoNotFoundError(name)

    monkeypatch.setattr(gate.zoneinfo, "ZoneInfo", missing)
    assert gate.window(ALWAYS).zone is UTC
    with pytest.raises(argparse.ArgumentTypeError, match="pip install tzdata"):
        gate.window("Mon 08:00-16:00 Europe/Berlin")
