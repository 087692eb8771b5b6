"""Recipes for alarms: what is watched, without the function; each function that has the canary gets its own alarm."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

import attrs

from gitlabgen.errors import closest
from gitlabgen.model import Model, construct, model, place_of
from gitlabgen.sam._values import Links, Number, Value, changed
from gitlabgen.sam.alarm import Alarm, ComparisonOperator, evaluation_misfits
from gitlabgen.sam.metrics import METRICS
from gitlabgen.shapes import Misfit

if TYPE_CHECKING:
    from gitlabgen.sam.function import Function
    from gitlabgen.sam.state_machine import StateMachine

__all__ = ["Metric", "Recipe", "after_shift", "alarm_of"]

_STATISTICS: Final = ("Average", "Maximum", "Minimum", "SampleCount", "Sum")
# Texts, which `re` compiles when they are first used.
_PERCENTILE: Final = r"p(?:\d{1,2}(?:\.\d{1,10})?|100)"
_IDENTIFIER: Final = r"[a-z][a-zA-Z0-9_]*"
_QUOTED: Final = r"\"[^\"]*\"|'[^']*'"
_RESULT: Final = "result"
_MOST_METRICS: Final = 10


@model
class Metric(Model):
    """A metric that a recipe watches.

    Args:
        namespace: Where the metric comes from, such as `AWS/Lambda`.
        metric_name: The metric, such as `Errors`.
        stat: How the points of a period become one value: `Sum`, `Maximum` and so on, or a percentile such as `p90`.
        dimensions: Which resource's metric is meant; without it the function's in `AWS/Lambda`, and the bare one elsewhere.
        of: Whether the function's new version is watched, or all that is called under the alias.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Metric
    """

    keyword: ClassVar[str] = "Metrics"
    docs_url: ClassVar[str] = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Metric"

    namespace: str = attrs.field(kw_only=False)
    metric_name: str = attrs.field(kw_only=False)
    stat: str = "Sum"
    dimensions: Mapping[str, Value] | None = None
    of: Literal["version", "alias"] = "version"

    def misfits(self) -> Iterator[Misfit]:
        """Yield what no metric is called, and what is no statistic."""
        known = METRICS.get(self.namespace)
        if known is not None and self.metric_name not in known:
            near = closest(str(self.metric_name), [*known])
            hint = f"did you mean {near!r}?" if near else f"{self.namespace} has: {', '.join(known)}"
            yield Misfit(f"is no metric of {self.namespace}: {self.metric_name!r}", hint, ("metric_name",))
        if isinstance(self.stat, str) and self.stat not in _STATISTICS and not re.fullmatch(_PERCENTILE, self.stat):
            meant = closest(self.stat, [*_STATISTICS])
            words = f"should be one of: {', '.join(_STATISTICS)}, or a percentile such as 'p90'"
            yield Misfit(f"{words}, got {self.stat!r}", f"did you mean {meant!r}?" if meant else None, ("stat",))


@model
class Recipe(Model):
    """An alarm without its function: a canary makes one of it for each function; `Alarm.errors()` and its like return them.

    Args:
        name: What the alarm watches; it ends the alarm's logical id and name, so letters and digits only.
        metrics: The metrics by the ids under which the expression names them.
        expression: Metric math over several metrics.
        threshold: The value that must be passed.
        comparison_operator: How it must be passed.
        period: Seconds in a multiple of 60; for metrics of one's own 10, 20 and 30, too.
        evaluation_periods: How many periods are looked at.
        datapoints_to_alarm: How many of them must breach; all if not given.
        treat_missing_data: What a period without data counts as: a new version has none before its first call.
        subject: The logical id of what is watched if it is no function; all functions then share one alarm.
        condition: The condition under which the subject exists.
        later: Whether the subject needs the functions: the canary then names the alarm, and does not wait for it.
        alarm_actions: What hears of the alarm, beside CodeDeploy.
        ok_actions: What hears of its end.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
    """

    keyword: ClassVar[str] = "Alarms"
    docs_url: ClassVar[str] = Alarm.docs_url

    name: str = attrs.field(kw_only=False)
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

    def misfits(self) -> Iterator[Misfit]:
        """Yield what would leave the alarm without data, or what CloudWatch would refuse."""
        yield from evaluation_misfits(self)
        if isinstance(self.name, str) and not (self.name.isascii() and self.name.isalnum()):
            yield Misfit(f"should be letters and digits only, got {self.name!r}", path=("name",))
        if not (isinstance(self.metrics, dict) and all(isinstance(metric, Metric) for metric in self.metrics.values())):
            return  # missing, or of the wrong type, which is told already
        namespaces = {str(metric.namespace) for metric in self.metrics.values()}
        theirs = sorted(name for name in namespaces if name.startswith("AWS/"))
        if self.period in (10, 20, 30) and theirs:
            yield Misfit(f"should be a multiple of 60 seconds: {theirs[0]} has one point a minute", path=("period",))
        yield from self._math_misfits(self.metrics)

    def _math_misfits(self, metrics: Mapping[str, Metric]) -> Iterator[Misfit]:
        if not 1 <= len(metrics) <= _MOST_METRICS:
            yield Misfit(f"should be 1 to {_MOST_METRICS} metrics, got {len(metrics)}", path=("metrics",))
        if self.expression is None:
            if len(metrics) > 1:
                yield Misfit("can't be blank", "metric math makes one value of several metrics", ("expression",))
            return
        expression = str(self.expression)
        for name in metrics:
            if not re.fullmatch(_IDENTIFIER, name) or name == _RESULT:
                message = (
                    f"should be ids of letters, digits and '_' that begin with a small letter, but {_RESULT!r}; got {name!r}"
                )
                yield Misfit(message, path=("metrics", name))
        used = set(re.findall(rf"\b{_IDENTIFIER}", re.sub(_QUOTED, "", expression)))
        for name in sorted(used - {*metrics}):
            near = closest(name, [*metrics])
            hint = f"did you mean {near!r}?" if near else None
            yield Misfit(f"names a metric that is not there: {name!r}", hint, ("expression",))
        # `METRICS()` names all of them.
        for name in sorted({*metrics} - used) if "METRICS(" not in expression else ():
            yield Misfit(f"does not use the metric {name!r}", path=("expression",))


def after_shift(recipe: Recipe) -> Recipe:
    """Return the recipe for an alarm that tells of the new version once it has all of the traffic.

    An alias has metrics by version only while it leads to two; then those of the alias are the new version's. Such an alarm wakes
    nobody: it would do so long after the shift.

    Args:
        recipe: The recipe; one that watches no version is returned as it is.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html
    """
    if not any(_of_version(metric) for metric in recipe.metrics.values()):
        return recipe
    metrics = {name: changed(metric, of="alias") for name, metric in recipe.metrics.items()}
    return changed(recipe, name=f"{recipe.name}Bake", metrics=metrics, comment=None, alarm_actions=None, ok_actions=None)


def _of_version(metric: Metric) -> bool:
    return metric.of == "version" and metric.dimensions is None and metric.namespace == "AWS/Lambda"


def alarm_of(recipe: Recipe, function: Function | StateMachine, alias: Any) -> Alarm:
    """Return the alarm that a recipe is for one function or state machine.

    Args:
        recipe: The recipe.
        function: The function whose new version is watched, or the state machine.
        alias: The alias under which it is called.
    """
    from gitlabgen.sam.intrinsics import Sub

    subject = recipe.subject or function.name
    keywords: dict[str, Any] = {
        "name": f"{subject}{recipe.name}Alarm",
        "comment": recipe.comment,
        "condition": recipe.condition if recipe.subject else function.condition,
        "alarm_name": Sub(f"${{AWS::StackName}}-{subject}-{recipe.name}"),
        **_watched(recipe, function, alias),
        "period": recipe.period if recipe.expression is None else None,
    }
    for name in (
        "evaluation_periods",
        "datapoints_to_alarm",
        "threshold",
        "comparison_operator",
        "treat_missing_data",
        "alarm_actions",
        "ok_actions",
    ):
        keywords[name] = getattr(recipe, name)
    return construct(Alarm, (), {name: value for name, value in keywords.items() if value is not None}, place_of(recipe))


def _watched(recipe: Recipe, function: Function | StateMachine, alias: Any) -> dict[str, Any]:
    if recipe.expression is None:
        (metric,) = recipe.metrics.values()
        # Below a hundred samples a percentile is a guess; an alarm that waits for them never sees a canary.
        exact = {"statistic": metric.stat}
        percentile = {"extended_statistic": metric.stat, "evaluate_low_sample_count_percentile": "evaluate"}
        return {
            "namespace": metric.namespace,
            "metric_name": metric.metric_name,
            "dimensions": _dimensions(metric, function, alias) or None,
            **(exact if metric.stat in _STATISTICS else percentile),
        }
    queries: list[dict[str, Any]] = [{"Id": _RESULT, "Expression": recipe.expression, "Label": recipe.name}]
    for name, metric in recipe.metrics.items():
        pairs = [{"Name": key, "Value": value} for key, value in _dimensions(metric, function, alias).items()]
        about = {"Namespace": metric.namespace, "MetricName": metric.metric_name, **({"Dimensions": pairs} if pairs else {})}
        queries.append(
            {"Id": name, "MetricStat": {"Metric": about, "Period": recipe.period, "Stat": metric.stat}, "ReturnData": False}
        )
    return {"metrics": queries}


def _dimensions(metric: Metric, function: Function | StateMachine, alias: Any) -> Mapping[str, Any]:
    from gitlabgen.sam.intrinsics import GetAtt, Ref, Sub

    name = function.name
    if metric.dimensions is None and metric.namespace == "AWS/States" and function.type == "AWS::Serverless::StateMachine":
        return {"StateMachineArn": Ref(name)}
    if metric.dimensions is not None or metric.namespace != "AWS/Lambda":
        return metric.dimensions or {}
    called = Sub(f"${{{name}}}:{alias}") if isinstance(alias, str) else Sub(f"${{{name}}}:${{Alias}}", {"Alias": alias})
    version = {"ExecutedVersion": GetAtt(name, "Version.Version")} if _of_version(metric) else {}
    return {"FunctionName": Ref(name), "Resource": called, **version}
