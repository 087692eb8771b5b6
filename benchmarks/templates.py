"""Compare the library with troposphere on a template of many functions with canaries, alarms and hooks."""

from __future__ import annotations

import gc
from collections.abc import Callable
from statistics import median
from typing import Any

from troposphere import GetAtt, Ref, Sub, Template, awslambda, cloudwatch, serverless

from benchmarks.measuring import Row, cpu, ratio_row, rounds
from gitlabgen import sam

__all__ = ["assert_equal", "ours", "rows", "theirs"]

_GOAL = 0.10
_RUNTIME = "python3.13"
_RESULTS = (
    "arn:${AWS::Partition}:codedeploy:${AWS::Region}:${AWS::AccountId}:deploymentgroup:${ServerlessDeploymentApplication}/*"
)


def ours(size: int) -> sam.Template:
    """Return the template as the library's models.

    Args:
        size: The number of functions; each has two alarms and a hook.
    """
    canary = sam.Canary(
        "Linear10PercentEvery1Minute",
        alarms=[sam.Alarm.errors(percent=1), sam.Alarm.throttles()],
        hooks=[sam.Hook.pre_traffic("hooks/smoke.py")],
    )
    functions = [
        sam.Function(
            f"Function{index}", code_uri="src/", handler=f"shop{index}.handler", runtime=_RUNTIME, timeout=3, canary=canary
        )
        for index in range(size)
    ]
    return sam.Template("Many functions", resources=functions)


def theirs(size: int) -> Template:
    """Return the same template as troposphere's objects; without recipes, alarms and hooks are written out.

    Args:
        size: The number of functions.
    """
    template = Template(Description="Many functions")
    template.set_version("2010-09-09")
    template.set_transform(sam.Template().transform)
    for index in range(size):
        for resource in _shifted(f"Function{index}", f"shop{index}.handler"):
            template.add_resource(resource)
    return template


def _shifted(name: str, handler: str) -> list[Any]:
    alarms = [_error_rate(name), _throttles(name)]
    hook = f"{name}PreTrafficHook"
    function = serverless.Function(
        name,
        CodeUri="src/",
        Handler=handler,
        Runtime=_RUNTIME,
        Timeout=3,
        AutoPublishAlias="live",
        DeploymentPreference=serverless.DeploymentPreference(
            Type="Linear10PercentEvery1Minute",
            Alarms=[Ref(alarm) for alarm in alarms],
            Hooks=serverless.Hooks(PreTraffic=Ref(hook)),
        ),
    )
    return [function, *alarms, _hook(hook, name)]


def _alias(name: str) -> list[cloudwatch.MetricDimension]:
    return [
        cloudwatch.MetricDimension(Name="FunctionName", Value=Ref(name)),
        cloudwatch.MetricDimension(Name="Resource", Value=Sub(f"${{{name}}}:live")),
    ]


def _error_rate(name: str) -> cloudwatch.Alarm:
    version = cloudwatch.MetricDimension(Name="ExecutedVersion", Value=GetAtt(name, "Version.Version"))

    def query(id_: str, metric: str) -> cloudwatch.MetricDataQuery:
        about = cloudwatch.Metric(Namespace="AWS/Lambda", MetricName=metric, Dimensions=[*_alias(name), version])
        stat = cloudwatch.MetricStat(Metric=about, Period=60, Stat="Sum")
        return cloudwatch.MetricDataQuery(Id=id_, MetricStat=stat, ReturnData=False)

    rate = "IF(invocations >= 20, 100 * errors / invocations, 0)"
    return cloudwatch.Alarm(
        f"{name}ErrorRateAlarm",
        AlarmName=Sub(f"${{AWS::StackName}}-{name}-ErrorRate"),
        Metrics=[
            cloudwatch.MetricDataQuery(Id="result", Expression=rate, Label="ErrorRate"),
            query("errors", "Errors"),
            query("invocations", "Invocations"),
        ],
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
    )


def _throttles(name: str) -> cloudwatch.Alarm:
    return cloudwatch.Alarm(
        f"{name}ThrottlesAlarm",
        AlarmName=Sub(f"${{AWS::StackName}}-{name}-Throttles"),
        Namespace="AWS/Lambda",
        MetricName="Throttles",
        Dimensions=_alias(name),
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
    )


def _hook(hook: str, name: str) -> serverless.Function:
    statements = [
        {"Effect": "Allow", "Action": "codedeploy:PutLifecycleEventHookExecutionStatus", "Resource": Sub(_RESULTS)},
        {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": Ref(f"{name}.Version")},
    ]
    return serverless.Function(
        hook,
        CodeUri="hooks/",
        Handler="smoke.handler",
        Runtime=_RUNTIME,
        FunctionName=Sub(f"CodeDeployHook_${{AWS::StackName}}-{name}Pre"),
        Timeout=60,
        Policies=[{"Version": "2012-10-17", "Statement": statements}],
        Environment=awslambda.Environment(Variables={"NEW_VERSION": Ref(f"{name}.Version")}),
        # troposphere requires a type even if nothing shifts.
        DeploymentPreference=serverless.DeploymentPreference(Type="AllAtOnce", Enabled=False),
    )


def assert_equal(size: int) -> None:
    """Assert that both texts have the same data, except for the type that troposphere requires."""
    tree: Any = theirs(size).to_dict()
    for resource in tree["Resources"].values():
        if resource["Properties"].get("DeploymentPreference", {}).get("Enabled") is False:
            del resource["Properties"]["DeploymentPreference"]["Type"]
    text = sam.dumps(ours(size))
    assert sam.dumps(sam.loads(text)) == text
    from gitlabgen.codec.templates import tree_of

    assert tree_of(ours(size)) == tree


def rows(size: int, count: int) -> list[Row]:
    """Return the ratios of writing, and of building and writing, to troposphere's `to_yaml`.

    Args:
        size: The number of functions.
        count: The number of rounds.
    """
    gc.collect()
    gc.freeze()
    models, objects = ours(size), theirs(size)
    contestants: dict[str, Callable[[], float]] = {
        "dumps": lambda: cpu(lambda: sam.dumps(models))[0],
        "whole": lambda: cpu(lambda: sam.dumps(ours(size)))[0],
        "to_yaml": lambda: cpu(objects.to_yaml)[0],
    }
    times = rounds(contestants, count)
    gc.unfreeze()
    base = times["to_yaml"]
    note = f"{median(times['dumps']) / size * 1e6:.0f} us per function; to_yaml {median(base) / size * 1e6:.0f} us"
    return [
        ratio_row(f"{size} functions with canaries, alarms and hooks: dumps", times["dumps"], base, _GOAL, note),
        ratio_row("  build + checks + dumps", times["whole"], base),
    ]
