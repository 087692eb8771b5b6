"""CodeDeploy: moves the traffic of an alias from one version to another.

Source: https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-steps-lambda.html
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from tests.patterns.cloudformation.alarms import Alarms
from tests.patterns.cloudformation.clock import Clock, Task
from tests.patterns.cloudformation.errors import BrokenError
from tests.patterns.cloudformation.functions import Alias

# Source: https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
CANARY, LINEAR = (5, 10, 15, 30), (1, 2, 3, 10)
# Source: https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html
HOOK_TIMEOUT = 3_600.0
# Source: https://docs.aws.amazon.com/codedeploy/latest/userguide/error-codes.html
ALARM_ACTIVE = (
    "One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, "
    "and the affected deployments have been stopped. (Error code: ALARM_ACTIVE)"
)


def _predefined() -> dict[str, list[tuple[float, float]]]:
    found = {"CodeDeployDefault.LambdaAllAtOnce": [(0.0, 1.0)]}
    for minutes in CANARY:
        found[f"CodeDeployDefault.LambdaCanary10Percent{minutes}Minutes"] = canary(10, minutes)
    for minutes in LINEAR:
        found[f"CodeDeployDefault.LambdaLinear10PercentEvery{minutes}Minute{'s' * (minutes > 1)}"] = linear(10, minutes)
    return found


def canary(percent: int, minutes: int) -> list[tuple[float, float]]:
    """Return the steps of a canary: after how many seconds the new version has which share."""
    return [(0.0, percent / 100), (minutes * 60.0, 1.0)]


def linear(percent: int, minutes: int) -> list[tuple[float, float]]:
    """Return the steps of a linear shift."""
    count = -(-100 // percent)
    return [(number * minutes * 60.0, min(1.0, (number + 1) * percent / 100)) for number in range(count)]


PREDEFINED = _predefined()


@dataclasses.dataclass
class Shift:
    """A deployment of CodeDeploy.

    Attributes:
        id: Its id.
        group: Application and deployment group.
        before: The old version.
        after: The new version.
        status: `InProgress`, `Succeeded`, `Failed` or `Stopped`.
        reason: Why it did not succeed.
    """

    id: str
    group: tuple[str, str]
    before: str
    after: str
    status: str = "InProgress"
    reason: str | None = None


class CodeDeploy:
    """CodeDeploy in one account and region.

    Args:
        clock: The clock.
        alarms: The alarms.
    """

    def __init__(self, clock: Clock, alarms: Alarms) -> None:
        self._clock, self._alarms = clock, alarms
        self.configurations: dict[str, Mapping[str, Any]] = {}
        self.groups: dict[tuple[str, str], Mapping[str, Any]] = {}
        # What a hook reports by the name of its function; a hook that is not here succeeds, and None says nothing.
        self.hooks: dict[str, str | None] = {}
        self.shifts: list[Shift] = []

    def _steps(self, name: str) -> list[tuple[float, float]]:
        if name in PREDEFINED:
            return PREDEFINED[name]
        if name not in self.configurations:
            raise BrokenError(f"No deployment configuration found for name: {name}")
        routing = self.configurations[name]["TrafficRoutingConfig"]
        if routing["Type"] == "AllAtOnce":
            return PREDEFINED["CodeDeployDefault.LambdaAllAtOnce"]
        given = routing[routing["Type"]]
        if routing["Type"] == "TimeBasedCanary":
            return canary(int(given["CanaryPercentage"]), int(given["CanaryInterval"]))
        return linear(int(given["LinearPercentage"]), int(given["LinearInterval"]))

    def shift(self, alias: Alias, version: str, policy: Mapping[str, Any]) -> Task:
        """Move an alias to a version, as an update policy says.

        Raises:
            BrokenError: If the deployment failed or was stopped. The alias is where it was before.
        """
        group = (policy["ApplicationName"], policy["DeploymentGroupName"])
        if group not in self.groups:
            raise BrokenError(f"No Deployment Group found for name: {group[1]}")
        if alias.shifting:
            raise BrokenError("A conflicting deployment is in progress")
        steps = self._steps(self.groups[group]["DeploymentConfigName"])
        (before,) = alias.shares
        shift = Shift(f"d-{len(self.shifts) + 1:09X}", group, before, version)
        self.shifts.append(shift)
        alias.shifting = True
        try:
            yield from self._hook(policy.get("BeforeAllowTrafficHook"), group)
            yield from self._move(alias, shift, steps, group)
            yield from self._hook(policy.get("AfterAllowTrafficHook"), group)
            shift.status = "Succeeded"
        except BrokenError as error:
            shift.status, shift.reason = "Stopped" if ALARM_ACTIVE in str(error) else "Failed", str(error)
            raise BrokenError(f"Deployment {shift.id} failed: {error}") from None
        finally:
            if shift.status == "InProgress":
                shift.status, shift.reason = "Stopped", "CloudFormation has stopped it"
            alias.shifting = False
            alias.shares = {version: 1.0} if shift.status == "Succeeded" else {before: 1.0}

    def _move(self, alias: Alias, shift: Shift, steps: list[tuple[float, float]], group: tuple[str, str]) -> Task:
        begin = self._clock.now
        for seconds, share in steps:
            while self._clock.now < begin + seconds:
                self._watch(group)
                yield
            self._watch(group)
            alias.shares = {shift.after: 1.0} if share == 1 else {shift.before: 1 - share, shift.after: share}
        yield

    def _watch(self, group: tuple[str, str]) -> None:
        given = self.groups[group].get("AlarmConfiguration", {})
        if str(given.get("Enabled", False)).lower() != "true":
            return
        for each in given.get("Alarms", ()):
            state = self._alarms.state(each["Name"])
            if state is None and str(given.get("IgnorePollAlarmFailure", False)).lower() != "true":
                raise BrokenError(f"The alarm {each['Name']} does not exist. (Error code: ALARM_ACTIVE)")
            if state == "ALARM":
                raise BrokenError(ALARM_ACTIVE)

    def _hook(self, function: str | None, group: tuple[str, str]) -> Task:
        if function is None:
            return
        result = self.hooks.get(function, "Succeeded")
        end = self._clock.now + (HOOK_TIMEOUT if result is None else 0)
        yield
        while self._clock.now < end:
            self._watch(group)
            yield
        if result != "Succeeded":
            words = result or "nothing within an hour"
            raise BrokenError(f"The lifecycle event hook {function} reported {words}. (Error code: HOOK_EXECUTION_FAILURE)")
