"""Alarms that are created from recipes, one for each function with the canary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gitlabgen.modeling.model import changed, construct
from gitlabgen.modeling.plans import location_of
from gitlabgen.sam.canaries.alarm import Alarm
from gitlabgen.sam.canaries.recipes import RESULT, STATISTICS, Metric, Recipe
from gitlabgen.sam.intrinsics import GetAtt, Ref, Sub

if TYPE_CHECKING:
    from gitlabgen.sam.function import Function
    from gitlabgen.sam.state_machine import StateMachine


def after_shift(recipe: Recipe) -> Recipe:
    """Return the recipe for an alarm that watches the new version after the shift.

    An alias has metrics by version only while it points to two versions; after the shift, its metrics are those of the new
    version. The alarm has no actions, since it would notify people long after the shift.

    Args:
        recipe: The recipe; it is returned unchanged if it does not watch a version.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html
    """
    if not any(_of_version(metric) for metric in recipe.metrics.values()):
        return recipe
    metrics = {name: changed(metric, of="alias") for name, metric in recipe.metrics.items()}
    return changed(recipe, name=f"{recipe.name}Bake", metrics=metrics, comment=None, alarm_actions=None, ok_actions=None)


def _of_version(metric: Metric) -> bool:
    return metric.of == "version" and metric.dimensions is None and metric.namespace == "AWS/Lambda"


def alarm_of(recipe: Recipe, function: Function | StateMachine, alias: Any) -> Alarm:
    """Return the alarm that a recipe creates for one function or state machine.

    Args:
        recipe: The recipe.
        function: The function or state machine whose new version is watched.
        alias: The alias under which it is called.
    """
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
    return construct(Alarm, (), {name: value for name, value in keywords.items() if value is not None}, location_of(recipe))


def _watched(recipe: Recipe, function: Function | StateMachine, alias: Any) -> dict[str, Any]:
    if recipe.expression is None:
        (metric,) = recipe.metrics.values()
        # Percentiles of fewer than 100 samples are inexact, but a canary rarely has more.
        exact = {"statistic": metric.stat}
        percentile = {"extended_statistic": metric.stat, "evaluate_low_sample_count_percentile": "evaluate"}
        return {
            "namespace": metric.namespace,
            "metric_name": metric.metric_name,
            "dimensions": _dimensions(metric, function, alias) or None,
            **(exact if metric.stat in STATISTICS else percentile),
        }
    queries: list[dict[str, Any]] = [{"Id": RESULT, "Expression": recipe.expression, "Label": recipe.name}]
    for name, metric in recipe.metrics.items():
        pairs = [{"Name": key, "Value": value} for key, value in _dimensions(metric, function, alias).items()]
        about = {"Namespace": metric.namespace, "MetricName": metric.metric_name, **({"Dimensions": pairs} if pairs else {})}
        queries.append(
            {"Id": name, "MetricStat": {"Metric": about, "Period": recipe.period, "Stat": metric.stat}, "ReturnData": False}
        )
    return {"metrics": queries}


def _dimensions(metric: Metric, function: Function | StateMachine, alias: Any) -> Mapping[str, Any]:
    name = function.name
    if metric.dimensions is None and metric.namespace == "AWS/States" and function.type == "AWS::Serverless::StateMachine":
        return {"StateMachineArn": Ref(name)}
    if metric.dimensions is not None or metric.namespace != "AWS/Lambda":
        return metric.dimensions or {}
    called = Sub(f"${{{name}}}:{alias}") if isinstance(alias, str) else Sub(f"${{{name}}}:${{Alias}}", {"Alias": alias})
    version = {"ExecutedVersion": GetAtt(name, "Version.Version")} if _of_version(metric) else {}
    return {"FunctionName": Ref(name), "Resource": called, **version}
