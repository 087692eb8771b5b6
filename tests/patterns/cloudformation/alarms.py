"""CloudWatch's alarms: moto has them, and the emulator knows their states.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html
"""

from __future__ import annotations

import dataclasses
import re
import urllib.parse
import urllib.request
from typing import Any

from tests.patterns.cloudformation.backing import Backing

STATE = re.compile(r'\b(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]+)"|([^\s()"]+))\s*\)')


@dataclasses.dataclass
class Alarm:
    """An alarm of a region."""

    name: str
    arn: str
    state: str
    rule: str | None


class Alarms:
    """The alarms of one account and region.

    Args:
        backing: The moto server.
        account: The account.
        region: The region.
    """

    def __init__(self, backing: Backing, account: str, region: str) -> None:
        self._backing, self._account, self._region = backing, account, region
        self._known: dict[str, Alarm] | None = None
        self._rules: dict[str, str] = {}  # moto does not show them

    @property
    def client(self) -> Any:
        """A client of moto's CloudWatch."""
        return self._backing.client("cloudwatch", self._account, self._region)

    def forget(self) -> None:
        """Ask moto again: somebody else may have changed an alarm."""
        self._known = None

    @property
    def _alarms(self) -> dict[str, Alarm]:
        if self._known is None:
            found = self.client.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
            every = [*found["MetricAlarms"], *found["CompositeAlarms"]]
            self._known = {
                each["AlarmName"]: Alarm(
                    each["AlarmName"], each["AlarmArn"], each["StateValue"], self._rules.get(each["AlarmName"])
                )
                for each in every
            }
        return self._known

    def state(self, name: str) -> str | None:
        """Return an alarm's state by its name or ARN, or None if there is no such alarm in this region."""
        found = self._alarms.get(name.rpartition(":alarm:")[2])
        if found is None or (name.startswith("arn:") and name != found.arn):
            return None
        return self._evaluated(found.rule) if found.rule else found.state

    def _evaluated(self, rule: str) -> str:
        """Return the state of a composite alarm."""

        def holds(match: re.Match[str]) -> str:
            return str(self.state(match[2] or match[3]) == match[1])

        text = STATE.sub(holds, rule)
        words = {"AND": "and", "OR": "or", "NOT": "not", "TRUE": "True", "FALSE": "False"}
        expression = re.sub(r"\b(AND|OR|NOT|TRUE|FALSE)\b", lambda match: words[match[1]], text)
        assert re.fullmatch(r"(and|or|not|True|False|[\s()])+", expression), rule
        return "ALARM" if eval(expression, {}) else "OK"

    def set(self, name: str, state: str, reason: str = "set by a test") -> None:
        """Change the state of an alarm, and of those composed of it."""
        if name not in self._alarms:
            raise LookupError(f"no alarm {name} in {self._account}/{self._region}; there are {sorted(self._alarms)}")
        self.client.set_alarm_state(AlarmName=name, StateValue=state, StateReason=reason)
        self._alarms[name].state = state
        for each in self._alarms.values():
            if each.rule and each.state != (now := self._evaluated(each.rule)):
                self.client.set_alarm_state(AlarmName=each.name, StateValue=now, StateReason=f"because of {name}")
                each.state = now

    def put(self, name: str, given: dict[str, Any]) -> None:
        """Create or change an alarm; its state stays unchanged.

        Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
        """
        before = self._alarms.get(name)
        if "AlarmRule" in given:
            self._compose(name, given["AlarmRule"])
        else:
            self.client.put_metric_alarm(
                AlarmName=name,
                Namespace=given.get("Namespace", "AWS/Lambda"),
                MetricName=given.get("MetricName", "Errors"),
                Statistic=given.get("Statistic", "Sum"),
                Period=int(given.get("Period", 60)),
                EvaluationPeriods=int(given.get("EvaluationPeriods", 1)),
                Threshold=float(given.get("Threshold", 0)),
                ComparisonOperator=given.get("ComparisonOperator", "GreaterThanThreshold"),
                AlarmDescription=given.get("AlarmDescription", ""),
            )
        self.forget()
        if "AlarmRule" not in given:
            self.set(name, before.state if before else "OK")

    def _compose(self, name: str, rule: str) -> None:
        """Create a composite alarm: moto has no operation for it, but takes a rule for any alarm."""
        self._rules[name] = rule
        scope = f"emulator/20270101/{self._region}/monitoring/aws4_request"
        signed = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=none"
        headers = {
            "Authorization": signed,
            "Content-Type": "application/x-www-form-urlencoded",
            "x-moto-account-id": self._account,
        }
        form = {"Action": "PutMetricAlarm", "Version": "2010-08-01", "AlarmName": name, "AlarmRule": rule}
        request = urllib.request.Request(self._backing.address, urllib.parse.urlencode(form).encode(), headers)
        urllib.request.urlopen(request, timeout=10).close()

    def delete(self, name: str) -> None:
        """Delete an alarm."""
        self.client.delete_alarms(AlarmNames=[name])
        self.forget()
