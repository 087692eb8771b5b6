"""`AWS::CloudWatch::Alarm`: what stops a deployment, or wakes somebody up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from gitlabgen.model import model
from gitlabgen.sam._values import Links, Number, Properties, Switch, Value, Values
from gitlabgen.sam.resource import BaseResource
from gitlabgen.shapes import Misfit

if TYPE_CHECKING:
    from troposphere import AWSHelperFn

    from gitlabgen.sam.intrinsics import Intrinsic

__all__ = ["Alarm"]

ComparisonOperator = Literal[
    "GreaterThanThreshold",
    "GreaterThanOrEqualToThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "GreaterThanUpperThreshold",
]


@model
class Alarm(BaseResource):
    """An alarm on a metric.

    Args:
        metric_name: The metric, such as `Errors`.
        namespace: Where the metric comes from, such as `AWS/Lambda`.
        dimensions: Which resource's metric is meant, by the dimension's name; without it all of the region.
        statistic: How the points of a period become one value.
        extended_statistic: A percentile instead, such as `p90`.
        period: Seconds in 10, 20, 30 or a multiple of 60.
        evaluation_periods: How many periods are looked at.
        datapoints_to_alarm: How many of them must breach; all if not given.
        threshold: The value that must be passed.
        comparison_operator: How it must be passed.
        treat_missing_data: What a period without data counts as.
        metrics: Metrics and expressions instead of one metric.
        alarm_name: The name in the account; without it CloudFormation makes one.
        alarm_description: What the alarm means.
        alarm_actions: What hears of the alarm.
        ok_actions: What hears of its end.
        insufficient_data_actions: What hears that there is too little data.
        actions_enabled: Whether anything hears of it.
        evaluate_low_sample_count_percentile: `ignore` or `evaluate`.
        unit: The metric's unit.
        tags: Tags.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
    """

    type: ClassVar[str] = "AWS::CloudWatch::Alarm"
    docs_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html"
    )

    alarm_name: Value | None = None
    alarm_description: Value | None = None
    namespace: Value | None = None
    metric_name: Value | None = None
    dimensions: Mapping[str, Value] | Values | None = None
    metrics: Values | None = None
    statistic: Literal["Average", "Maximum", "Minimum", "SampleCount", "Sum"] | Intrinsic | AWSHelperFn | None = None
    extended_statistic: Value | None = None
    period: Number | None = None
    evaluation_periods: Number
    datapoints_to_alarm: Number | None = None
    threshold: Number | None = None
    comparison_operator: ComparisonOperator | Intrinsic | AWSHelperFn
    treat_missing_data: Literal["breaching", "notBreaching", "ignore", "missing"] | Intrinsic | AWSHelperFn | None = None
    evaluate_low_sample_count_percentile: Literal["evaluate", "ignore"] | Intrinsic | AWSHelperFn | None = None
    unit: Value | None = None
    actions_enabled: Switch | None = None
    alarm_actions: Links | None = None
    ok_actions: Links | None = None
    insufficient_data_actions: Links | None = None
    tags: Values | Properties | None = None

    def misfits(self) -> Iterator[Misfit]:
        """Yield what CloudWatch would refuse when it is too late."""
        yield from super().misfits()
        if isinstance(self.period, int) and self.period not in (10, 20, 30) and (self.period < 60 or self.period % 60):
            yield Misfit(f"should be 10, 20, 30 or a multiple of 60 seconds, got {self.period}", path=("period",))
        periods, points = self.evaluation_periods, self.datapoints_to_alarm
        if isinstance(periods, int) and periods < 1:
            yield Misfit(f"should be at least 1, got {periods}", path=("evaluation_periods",))
        if isinstance(periods, int) and isinstance(points, int) and not 1 <= points <= periods:
            yield Misfit(f"should be between 1 and evaluation_periods ({periods}), got {points}", path=("datapoints_to_alarm",))
        if self.statistic is not None and self.extended_statistic is not None:
            yield Misfit("cannot be used together with statistic", path=("extended_statistic",))
        if self.metrics is not None and self.metric_name is not None:
            yield Misfit("cannot be used together with metric_name", path=("metrics",))
        if self.metrics == ():
            yield Misfit("can't be blank", path=("metrics",))
