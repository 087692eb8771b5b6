"""A service with a function whose traffic shifts, as tests of the emulator deploy it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from tests.patterns.cloudformation.cloud import Cloud, Site

ERRORS = {
    "Type": "AWS::CloudWatch::Alarm",
    "Properties": {
        "AlarmName": {"Fn::Sub": "${AWS::StackName}-errors"},
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
        "MetricName": "Errors",
        "Namespace": "AWS/Lambda",
        "Period": 60,
        "Statistic": "Sum",
        "Threshold": 0,
    },
}


def template(code: str = "one", **more: Any) -> dict[str, Any]:
    """Return a SAM template with a function whose traffic shifts.

    Args:
        code: The name of its code.
        more: Further properties of the function.
    """
    function = {
        "FunctionName": {"Fn::Sub": "${AWS::StackName}-hello"},
        "CodeUri": f"s3://packages/{code}",
        "Handler": "index.handler",
        "Runtime": "nodejs24.x",
        "AutoPublishAlias": "live",
        "Environment": {"Variables": {"LEVEL": {"Ref": "Level"}}},
        "DeploymentPreference": {"Type": "Linear10PercentEvery1Minute", "Alarms": [{"Ref": "Errors"}]},
        **more,
    }
    return {
        "Transform": "AWS::Serverless-2016-10-31",
        "Parameters": {"Level": {"Type": "String", "Default": "info"}},
        "Resources": {"Hello": {"Type": "AWS::Serverless::Function", "Properties": function}, "Errors": ERRORS},
        "Outputs": {"Name": {"Value": {"Ref": "Hello"}}},
    }


def archive(text: str) -> bytes:
    """Return the archive of a function's code."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as files:
        files.writestr(zipfile.ZipInfo("index.mjs"), text)
    return body.getvalue()


class Service:
    """A stack in production, and the calls that deploy it.

    Args:
        cloud: The cloud.
        name: The stack's name.
    """

    def __init__(self, cloud: Cloud, name: str = "hello") -> None:
        self.cloud, self.name, self.site = cloud, name, cloud.site()
        self.call = self.site.client("cloudformation")
        self._number = 0

    def plan(self, tree: Mapping[str, Any], minutes: float = 1, **more: Any) -> dict[str, Any]:
        """Create a change set, and return it as described after some minutes."""
        self._number += 1
        name = f"r{self._number}"
        known = self.name in {
            each.name for each in self.site.records.stacks if each.status != "REVIEW_IN_PROGRESS" and not each.deleted
        }
        given = {"Capabilities": ["CAPABILITY_IAM"], "ChangeSetType": "UPDATE" if known else "CREATE", **more}
        self.call.create_change_set(StackName=self.name, ChangeSetName=name, TemplateBody=json.dumps(tree), **given)
        self.cloud.advance(minutes)
        return dict(self.call.describe_change_set(StackName=self.name, ChangeSetName=name))

    def begin(self, tree: Mapping[str, Any], **more: Any) -> None:
        """Create a change set and execute it."""
        made = self.plan(tree, **more)
        assert made["Status"] == "CREATE_COMPLETE", made.get("StatusReason")
        self.call.execute_change_set(StackName=self.name, ChangeSetName=made["ChangeSetName"])

    def deploy(self, tree: Mapping[str, Any], minutes: float = 30, **more: Any) -> str:
        """Deploy a template, and return the stack's status after some minutes."""
        self.begin(tree, **more)
        self.cloud.advance(minutes)
        return self.status

    @property
    def status(self) -> str:
        """The stack's status, as the API shows it."""
        return str(self.call.describe_stacks(StackName=self.name)["Stacks"][0]["StackStatus"])

    @property
    def shares(self) -> dict[str, float]:
        """The share of calls by the text of the code that they get."""
        return {version.file("index.mjs"): share for share, version in self.site.traffic(self.name, "Hello")}

    def triggers(self, *names: str, minutes: int = 10) -> dict[str, Any]:
        """Return a rollback configuration."""
        alarms = [{"Arn": self.site.alarm_arn(name), "Type": "AWS::CloudWatch::Alarm"} for name in names]
        return {"MonitoringTimeInMinutes": minutes, "RollbackTriggers": alarms}


def fill(site: Site) -> None:
    """Create the bucket with the code of three releases."""
    site.bucket("packages")
    for name in ("one", "two", "three"):
        site.client("s3").put_object(Bucket="packages", Key=name, Body=archive(name))
