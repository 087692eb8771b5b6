"""The moto server, extended with resources of any type, stacks that fail or are old, and the history of alarms."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from typing import Any

from moto.cloudformation import models, parsing
from moto.cloudwatch.models import cloudwatch_backends
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.common_models import CloudFormationModel
from moto.core.responses import ActionResult
from moto.s3.models import s3_backends
from moto.server import main


class Anything(CloudFormationModel):
    """A resource that has only a name."""

    def __init__(self, name: str) -> None:
        self.physical_resource_id = name

    def get_cfn_attribute(self, attribute: str) -> str:
        """Return the value of `Fn::GetAtt`."""
        return f"{self.physical_resource_id}.{attribute}"

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: dict[str, Any], account_id: str, region_name: str, **_: Any
    ) -> Anything:
        """Create the resource from a template."""
        del cloudformation_json, account_id, region_name
        return cls(resource_name)

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: Any,
        new_resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
    ) -> Anything:
        """Return the resource unchanged."""
        del cloudformation_json, account_id, region_name
        return cls(getattr(original_resource, "physical_resource_id", new_resource_name))

    @classmethod
    def delete_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: dict[str, Any], account_id: str, region_name: str
    ) -> None:
        """Delete nothing."""


class Alarm(Anything):
    """An alarm that is also created in CloudWatch."""

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: dict[str, Any], account_id: str, region_name: str, **_: Any
    ) -> Anything:
        """Create the resource from a template."""
        given = cloudformation_json["Properties"]
        # Metric math is not evaluated, since tests set the states of alarms.
        stats = [query["MetricStat"] for query in given.get("Metrics", ()) if "MetricStat" in query]
        metric = {**stats[0]["Metric"], **stats[0]} if stats else given
        alarm = cloudwatch_backends[account_id][region_name].put_metric_alarm(
            name=given["AlarmName"],
            namespace=metric.get("Namespace", ""),
            metric_name=metric.get("MetricName", ""),
            comparison_operator=given.get("ComparisonOperator", ""),
            evaluation_periods=given.get("EvaluationPeriods", 1),
            period=metric.get("Period", 60),
            threshold=given.get("Threshold", 0),
            statistic=given.get("Statistic", "Sum"),
            description=resource_name,
            dimensions=[],
            alarm_actions=[],
            rule=given.get("AlarmRule"),
        )
        return cls(alarm.name)


def class_of(resource_type: str) -> type[CloudFormationModel]:
    """Return the class that emulates a resource type."""
    return Alarm if resource_type in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm") else Anything


def refuses(template: dict[str, Any], account: str, region: str) -> bool:
    """Return whether a template cannot be deployed, because of its metadata or because code is not in a bucket of the region."""
    return "Fails" in template.get("Metadata", {}) or not all(
        region == s3_backends[account]["aws"].get_bucket(code["S3Bucket"]).region_name
        and s3_backends[account]["aws"].get_object(code["S3Bucket"], code["S3Key"])
        for code in codes(template)
    )


def codes(template: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Yield the location of each function's code, unless it is in the template."""
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Lambda::Function" and "ZipFile" not in resource["Properties"]["Code"]:
            yield resource["Properties"]["Code"]


def creating(create: Callable[..., Any]) -> Callable[..., Any]:
    """Return a `create_stack` that rolls a stack back if its template cannot be deployed."""

    def call(backend: Any, name: str, template: str, **given: Any) -> Any:
        tree = json.loads(template)
        if refuses(tree, backend.account_id, backend.region_name):
            stack = create(backend, name=name, template=json.dumps({**tree, "Resources": {}, "Outputs": {}}), **given)
            stack.status = "ROLLBACK_COMPLETE"
            return stack
        stack = create(backend, name=name, template=template, **given)
        stack.creation_time -= dt.timedelta(days=tree.get("Metadata", {}).get("AgeInDays", 0))
        return stack

    return call


def updating(update: Callable[..., Any]) -> Callable[..., Any]:
    """Return an `update_stack` that leaves a stack unchanged if the template cannot be deployed."""

    def call(backend: Any, name: str, template: str, **given: Any) -> Any:
        if refuses(json.loads(template), backend.account_id, backend.region_name):
            stack = backend.get_stack(name)
            stack.status = "UPDATE_ROLLBACK_COMPLETE"
            return stack
        return update(backend, name=name, template=template, **given)

    return call


def describe_alarm_history(request: Any) -> ActionResult:
    """Return each change of an alarm's state."""
    kind, since = request._get_param("AlarmTypes")[0], request._get_param("StartDate")
    found = []
    for alarm in request.cloudwatch_backend.describe_alarms():
        # Each entry is a state that has ended.
        states = [*((entry[3], entry[4]) for entry in alarm.history[1:]), (alarm.state_value, alarm.state_updated_timestamp)]
        found += [
            {
                "AlarmName": alarm.name,
                "Timestamp": time,
                "HistoryItemType": "StateUpdate",
                "HistoryData": json.dumps({"newState": {"stateValue": state}}),
            }
            for state, time in states
            if alarm.history and kind == ("CompositeAlarm" if alarm.rule else "MetricAlarm") and not earlier(time, since)
        ]
    return ActionResult({"AlarmHistoryItems": found})


def earlier(time: dt.datetime, since: Any) -> bool:
    """Return whether a time is before another one, which may be a string; both are in UTC."""
    start = dt.datetime.fromisoformat(since) if isinstance(since, str) else since
    return time.replace(tzinfo=None) < start.replace(tzinfo=None)


def serve() -> None:
    """Run the server at the address in the arguments."""
    backend: Any = models.CloudFormationBackend
    backend.create_stack = creating(backend.create_stack)
    backend.update_stack = updating(backend.update_stack)
    parsing.resource_class_from_type = class_of
    responses: Any = CloudWatchResponse
    responses.describe_alarm_history = describe_alarm_history
    main()
