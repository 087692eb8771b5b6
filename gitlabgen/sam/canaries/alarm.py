"""`AWS::CloudWatch::Alarm`: an alarm that stops a deployment or notifies people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypedDict

from gitlabgen.modeling.fields import field
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import Problem
from gitlabgen.modeling.reporting import report_problem
from gitlabgen.sam._vocabulary import AlarmUnit
from gitlabgen.sam.canaries.evaluation import ComparisonOperator, evaluation_problems
from gitlabgen.sam.logical_ids import logical_id
from gitlabgen.sam.property_types import Link, Links, Number, Properties, Switch, Value, Values
from gitlabgen.sam.resource import BaseResource

if TYPE_CHECKING:
    from typing import Unpack

    from gitlabgen.sam._troposphere import AWSHelperFn
    from gitlabgen.sam.api import HttpApi, RestApi
    from gitlabgen.sam.canaries.recipes import Metric, Recipe
    from gitlabgen.sam.intrinsics import Intrinsic

    class _Options(TypedDict, total=False):
        name: str
        period: int
        evaluation_periods: int
        datapoints_to_alarm: int
        alarm_actions: Links
        ok_actions: Links
        comment: str


__all__ = ["Alarm"]

Scope = Literal["version", "alias"]


@model
class Alarm(BaseResource):
    """An alarm on a metric.

    Args:
        metric_name: The metric, such as `Errors`.
        namespace: Where the metric comes from, such as `AWS/Lambda`.
        dimensions: The resource whose metric is watched, by the dimension's name; if not given, the whole region.
        statistic: How the data points of a period are aggregated.
        extended_statistic: A percentile instead, such as `p90`.
        period: Seconds: 10, 20, 30 or a multiple of 60.
        evaluation_periods: How many periods are evaluated.
        datapoints_to_alarm: How many of them must breach; all if not given.
        threshold: The threshold.
        comparison_operator: How values are compared with the threshold.
        treat_missing_data: How a period without data counts.
        metrics: Metrics and expressions instead of one metric.
        alarm_name: The name in the account; if not given, CloudFormation generates one.
        alarm_description: What the alarm means.
        alarm_actions: What is notified of the alarm.
        ok_actions: What is notified of its end.
        insufficient_data_actions: What is notified of insufficient data.
        actions_enabled: Whether actions run.
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
    unit: AlarmUnit | Value | None = None
    actions_enabled: Switch | None = None
    alarm_actions: Links | None = None
    ok_actions: Links | None = field("OKActions", default=None)
    insufficient_data_actions: Links | None = None
    tags: Values | Properties | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield problems that CloudWatch would report only at deployment."""
        yield from super().problems()
        yield from evaluation_problems(self)
        if self.statistic is not None and self.extended_statistic is not None:
            yield Problem("cannot be used together with `statistic`", path=("extended_statistic",))
        if self.metrics is not None and self.metric_name is not None:
            yield Problem("cannot be used together with `metric_name`", path=("metrics",))
        if self.metrics == ():
            yield Problem("is empty", path=("metrics",))

    @staticmethod
    def errors(percent: float = 5, *, min_samples: int = 20, of: Scope = "version", **options: Unpack[_Options]) -> Recipe:
        """Return a recipe for an alarm on the rate of failed calls of the new version.

        It is a rate, since one error among thousands of calls is no reason to go back. With fewer calls than `min_samples` in a
        period nothing is known, and the alarm stays silent; a `Probe` makes the calls that a quiet service lacks.

        Args:
            percent: The percentage of calls in a period that may fail.
            min_samples: The minimum number of calls in a period.
            of: `alias` for all calls of the alias, those of the old version included.
            options: `period`, `evaluation_periods`, `datapoints_to_alarm`, `alarm_actions`, `ok_actions` and `name`.

        Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
        """
        from gitlabgen.sam.canaries.recipes import Metric

        metrics = {name.lower(): Metric("AWS/Lambda", name, of=of) for name in ("Errors", "Invocations")}
        expression = f"IF(invocations >= {min_samples}, 100 * errors / invocations, 0)"
        options.setdefault("name", "Errors")
        recipe = Alarm.math(expression, metrics=metrics, threshold=percent, **options)
        if isinstance(percent, int | float) and not 0 <= percent < 100:
            report_problem(recipe, Problem(f"should be at least 0 and below 100, got {percent}", path=("percent",)))
        if not isinstance(min_samples, int) or min_samples < 1:
            report_problem(recipe, Problem(f"should be at least 1, got {min_samples!r}", path=("min_samples",)))
        return recipe

    @staticmethod
    def duration(statistic: str = "p90", *, milliseconds: float, of: Scope = "version", **options: Unpack[_Options]) -> Recipe:
        """Return a recipe for an alarm on the duration of calls of the new version.

        Args:
            statistic: A percentile such as `p90`, or `Average` or `Maximum`.
            milliseconds: The maximum duration.
            of: As for `errors`.
            options: As for `errors`.

        Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
        """
        suffix = str(statistic)
        name = f"Duration{suffix[:1].upper()}{suffix[1:]}".replace(".", "")
        return _single(name, "AWS/Lambda", "Duration", milliseconds, options, stat=statistic, of=of)

    @staticmethod
    def throttles(threshold: float = 0, **options: Unpack[_Options]) -> Recipe:
        """Return a recipe for an alarm on throttled calls of the alias; such calls do not reach any version.

        Args:
            threshold: How many calls may be throttled in a period.
            options: As for `errors`.

        Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
        """
        return _single("Throttles", "AWS/Lambda", "Throttles", threshold, options, of="alias")

    @staticmethod
    def iterator_age(*, milliseconds: float, **options: Unpack[_Options]) -> Recipe:
        """Return a recipe for an alarm on the age of a stream's records when the alias gets them.

        Args:
            milliseconds: The maximum age.
            options: As for `errors`.

        Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
        """
        return _single("IteratorAge", "AWS/Lambda", "IteratorAge", milliseconds, options, of="alias", stat="Maximum")

    @staticmethod
    def api_5xx(api: HttpApi | RestApi, threshold: float = 0, **options: Unpack[_Options]) -> Recipe:
        """Return a recipe for an alarm on responses of an API with a status of 500 or above, shared by all its functions.

        The id of an HTTP API is known only after its functions exist, so its alarm is created after the shift that adds it.

        Args:
            api: The API.
            threshold: How many such responses a period may have.
            options: As for `errors`.

        Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
        """
        from gitlabgen.sam.intrinsics import Ref

        given: object = api
        if not isinstance(given, BaseResource):
            recipe = _single("5xx", "AWS/ApiGateway", "5xx", threshold, options)
            report_problem(recipe, Problem(f"should be an HttpApi or a RestApi, got {api!r}", path=("api",)))
            return recipe
        subject: dict[str, Any] = {"subject": api.name, "condition": api.condition}
        # No `isinstance`: it would load the module of APIs also for templates without one.
        if api.type == "AWS::Serverless::HttpApi":
            found: dict[str, Any] = {"ApiId": Ref(api.name), "Stage": api.stage_name or "$default"}
            return _single("5xx", "AWS/ApiGateway", "5xx", threshold, options, dimensions=found, later=True, **subject)
        # SAM names an API without a name after its stack.
        found = {"ApiName": api.name_ or Ref("AWS::StackName"), "Stage": api.stage_name}
        recipe = _single("5xx", "AWS/ApiGateway", "5XXError", threshold, options, dimensions=found, **subject)
        if api.name_ is None and (api.definition_body is not None or api.definition_uri is not None):
            report_problem(recipe, Problem("has no `name_`", "set it: CloudWatch finds the API's metrics by this name", ("api",)))
        return recipe

    @staticmethod
    def dlq_depth(queue: Link, threshold: float = 0, **options: Unpack[_Options]) -> Recipe:
        """Return a recipe for an alarm on messages in a dead-letter queue, shared by all functions that use the queue.

        Args:
            queue: The queue's resource, or its name.
            threshold: How many messages may wait.
            options: As for `errors`.

        Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
        """
        from gitlabgen.sam.intrinsics import GetAtt

        name = logical_id(queue)
        own = name is not queue
        return _single(
            "Depth" if own else "DlqDepth",
            "AWS/SQS",
            "ApproximateNumberOfMessagesVisible",
            threshold,
            options,
            stat="Maximum",
            dimensions={"QueueName": GetAtt(name, "QueueName") if own else queue},
            subject=name if own else None,
            condition=getattr(queue, "condition", None),
        )

    @staticmethod
    def metric(
        namespace: str,
        metric_name: str,
        *,
        threshold: float,
        stat: str = "Sum",
        dimensions: Mapping[str, Value] | None = None,
        comparison_operator: ComparisonOperator = "GreaterThanThreshold",
        **options: Unpack[_Options],
    ) -> Recipe:
        """Return a recipe for an alarm on any metric.

        Args:
            namespace: Where the metric comes from, such as `AWS/Lambda` or a custom namespace.
            metric_name: The metric.
            threshold: The threshold.
            stat: How the data points of a period are aggregated.
            dimensions: The resource whose metric is watched; if not given, the function for `AWS/Lambda`, and none elsewhere.
            comparison_operator: How values are compared with the threshold.
            options: As for `errors`.

        Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Metric
        """
        name = "".join(char for char in str(metric_name) if char.isascii() and char.isalnum())
        options_ = {"comparison_operator": comparison_operator, **options}
        return _single(name, namespace, metric_name, threshold, options_, stat=stat, dimensions=dimensions)

    @staticmethod
    def math(
        expression: str,
        *,
        metrics: Mapping[str, Metric],
        threshold: float,
        comparison_operator: ComparisonOperator = "GreaterThanThreshold",
        **options: Unpack[_Options],
    ) -> Recipe:
        """Return a recipe for an alarm on an expression over several metrics.

        Args:
            expression: The expression in CloudWatch's metric math, such as `errors / invocations`.
            metrics: The metrics by the ids that the expression uses.
            threshold: The threshold.
            comparison_operator: How values are compared with the threshold.
            options: As for `errors`.

        Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
        """
        from gitlabgen.sam.canaries.recipes import Recipe

        given: dict[str, Any] = {"name": "Math", **options}
        return Recipe(
            metrics=metrics, expression=expression, threshold=threshold, comparison_operator=comparison_operator, **given
        )


def _single(name: str, namespace: str, metric: str, threshold: float, options: Mapping[str, Any], **about: Any) -> Recipe:
    from gitlabgen.sam.canaries.recipes import Metric, Recipe

    recipe_keywords: dict[str, Any] = {key: about.pop(key) for key in ("subject", "condition", "later") if key in about}
    given: dict[str, Any] = {"name": name, "threshold": threshold, **recipe_keywords, **options}
    return Recipe(metrics={"value": Metric(namespace, metric, **about)}, **given)
