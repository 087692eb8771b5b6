"""Recipes for alarms, which name no function: each function with the canary gets its own alarm."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import ClassVar, Final, Literal

from gitlabgen.errors import did_you_mean, few
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import Problem
from gitlabgen.sam.canaries.evaluation import ComparisonOperator, evaluation_problems
from gitlabgen.sam.canaries.metrics import METRICS
from gitlabgen.sam.property_types import Links, Number, Value
from gitlabgen.sam.template_model import TemplateModel

__all__ = ["Metric", "Recipe"]

STATISTICS: Final = ("Average", "Maximum", "Minimum", "SampleCount", "Sum")
# Strings, which `re` compiles when they are first used.
_PERCENTILE: Final = r"p(?:\d{1,2}(?:\.\d{1,10})?|100)"
_IDENTIFIER: Final = r"[a-z][a-zA-Z0-9_]*"
_QUOTED: Final = r"\"[^\"]*\"|'[^']*'"
RESULT: Final = "result"
_MOST_METRICS: Final = 10


@model
class Metric(TemplateModel):
    """A metric that a recipe watches.

    Args:
        namespace: Where the metric comes from, such as `AWS/Lambda`.
        metric_name: The metric, such as `Errors`.
        stat: How the data points of a period are aggregated: `Sum`, `Maximum` and so on, or a percentile such as `p90`.
        dimensions: The resource whose metric is watched; if not given, the function for `AWS/Lambda`, and none elsewhere.
        of: Whether to watch the function's new version, or all calls of the alias.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Metric
    """

    keyword: ClassVar[str] = "Metrics"
    docs_url: ClassVar[str] = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Metric"

    namespace: str = field(kw_only=False)
    metric_name: str = field(kw_only=False)
    stat: str = "Sum"
    dimensions: Mapping[str, Value] | None = None
    of: Literal["version", "alias"] = "version"

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for an unknown metric, and for an unknown statistic."""
        known = METRICS.get(self.namespace)
        if known is not None and self.metric_name not in known:
            hint = did_you_mean(str(self.metric_name), known, f"use one of {few(known)}")
            yield Problem(f"should be a metric of {self.namespace}, got {self.metric_name!r}", hint, ("metric_name",))
        if isinstance(self.stat, str) and self.stat not in STATISTICS and not re.fullmatch(_PERCENTILE, self.stat):
            words = f"should be one of {few(STATISTICS)}, or a percentile such as 'p90'"
            yield Problem(f"{words}, got {self.stat!r}", did_you_mean(self.stat, STATISTICS), ("stat",))


@model
class Recipe(TemplateModel):
    """An alarm without its function: a canary creates one for each function. `Alarm.errors()` and similar functions return it.

    Args:
        name: What the alarm watches; a part of the alarm's logical id and name, so letters and digits only.
        metrics: The metrics by the ids that the expression uses.
        expression: Metric math over several metrics.
        threshold: The threshold.
        comparison_operator: How values are compared with the threshold.
        period: Seconds: a multiple of 60; for custom metrics also 10, 20 or 30.
        evaluation_periods: How many periods are evaluated.
        datapoints_to_alarm: How many of them must breach; all if not given.
        treat_missing_data: How a period without data counts: a new version has no data before its first call.
        subject: The logical id of the watched resource if it is not a function; all functions then share one alarm.
        condition: The condition under which the subject exists.
        later: Whether the subject depends on the functions: the canary then uses the alarm's name, and does not wait for it.
        alarm_actions: What is notified of the alarm, in addition to CodeDeploy.
        ok_actions: What is notified of its end.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
    """

    keyword: ClassVar[str] = "Alarms"
    docs_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html"
    )
    from_mapping: ClassVar[bool] = False

    name: str = field(kw_only=False)
    metrics: Mapping[str, Metric]
    expression: str | None = None
    threshold: Number
    comparison_operator: ComparisonOperator = "GreaterThanThreshold"
    period: int = 60
    evaluation_periods: int = 1
    datapoints_to_alarm: int | None = None
    treat_missing_data: Literal["breaching", "notBreaching", "ignore", "missing"] = "notBreaching"
    subject: str | None = None
    condition: str | None = None
    later: bool = False
    alarm_actions: Links | None = None
    ok_actions: Links | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield problems that would leave the alarm without data, or that CloudWatch would report."""
        yield from evaluation_problems(self)
        if isinstance(self.name, str) and not (self.name.isascii() and self.name.isalnum()):
            yield Problem(f"should have only letters (A-Z, a-z) and digits, got {self.name!r}", path=("name",))
        if not (isinstance(self.metrics, dict) and all(isinstance(metric, Metric) for metric in self.metrics.values())):
            return  # missing, or of the wrong type, which is already reported
        namespaces = {str(metric.namespace) for metric in self.metrics.values()}
        of_aws = sorted(name for name in namespaces if name.startswith("AWS/"))
        if self.period in (10, 20, 30) and of_aws:
            hint = f"{of_aws[0]} has one value a minute"
            yield Problem(f"should be a multiple of 60 seconds, got {self.period}", hint, ("period",))
        yield from self._math_problems(self.metrics)

    def _math_problems(self, metrics: Mapping[str, Metric]) -> Iterator[Problem]:
        if not 1 <= len(metrics) <= _MOST_METRICS:
            yield Problem(f"should have 1 to {_MOST_METRICS} metrics, got {len(metrics)}", path=("metrics",))
        if self.expression is None:
            if len(metrics) > 1:
                yield Problem("is missing", "metric math combines several metrics into one value", ("expression",))
            return
        expression = str(self.expression)
        for name in metrics:
            if not re.fullmatch(_IDENTIFIER, name) or name == RESULT:
                message = "is not an ID of a metric: use letters, digits and '_', with a lowercase letter first"
                taken = "is the ID of the result: choose another one"
                yield Problem(taken if name == RESULT else message, path=("metrics", name))
        used = set(re.findall(rf"\b{_IDENTIFIER}", re.sub(_QUOTED, "", expression)))
        for name in sorted(used - {*metrics}):
            hint = did_you_mean(name, metrics)
            yield Problem(f"uses the metric {name!r}, which is not in `metrics`", hint, ("expression",))
        # `METRICS()` uses all of them.
        for name in (
            sorted({name for name in metrics if re.fullmatch(_IDENTIFIER, name)} - used) if "METRICS(" not in expression else ()
        ):
            yield Problem(f"does not use the metric {name!r}", path=("expression",))
