"""Random templates with canaries, as a user composes them from the builders."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from gitlabgen import sam
from gitlabgen.sam.canaries.shifts import PREDEFINED

__all__ = ["ALIAS_DEFAULT", "templates"]

ALIAS_DEFAULT = "green"

_HTTP_API = sam.HttpApi("Http")
_REST_API = sam.RestApi("Rest", stage_name="prod")
_QUEUE = sam.Resource("Queue", "AWS::SQS::Queue")
_OWN_ALARM = sam.Alarm(
    "Own",
    namespace="Mine",
    metric_name="Orders",
    statistic="Sum",
    period=60,
    evaluation_periods=1,
    threshold=1,
    comparison_operator="LessThanThreshold",
)
_OWN_HOOK = sam.Function(
    "OwnHook", handler="a.b", runtime="python3.13", code_uri="hooks/", deployment_preference={"Enabled": False}
)
_OWN_ROLE = sam.Role("OwnRole", assume_role_policy_document=sam.trust("codedeploy.amazonaws.com"))
_OWN_CONFIGURATION = sam.Resource(
    "Mine",
    "AWS::CodeDeploy::DeploymentConfig",
    {
        "ComputePlatform": "Lambda",
        "TrafficRoutingConfig": {
            "Type": "TimeBasedCanary",
            "TimeBasedCanary": {"CanaryPercentage": 1, "CanaryInterval": 7},
        },
    },
)
_SHARED = (_HTTP_API, _REST_API, _QUEUE, _OWN_ALARM, _OWN_HOOK, _OWN_ROLE, _OWN_CONFIGURATION)
_CONDITIONS = ("Gradual", "Other")

_percents, _minutes = st.integers(1, 99), st.integers(1, 20)
_schedules = st.one_of(
    st.sampled_from([*PREDEFINED]),
    st.sampled_from([f"CodeDeployDefault.Lambda{name}" for name in PREDEFINED]),
    st.builds(sam.TimeBasedCanary, canary_percentage=_percents, canary_interval=_minutes),
    st.builds(sam.TimeBasedLinear, linear_percentage=_percents, linear_interval=_minutes),
    st.just(sam.Ref(_OWN_CONFIGURATION)),
)
_types = st.recursive(_schedules, lambda inner: st.builds(sam.If, st.sampled_from(_CONDITIONS), inner, inner), max_leaves=4)

_periods = st.fixed_dictionaries(
    {},
    optional={
        "period": st.sampled_from([60, 120, 300]),
        "evaluation_periods": st.integers(1, 5),
        "alarm_actions": st.just(["arn:x"]),
    },
)
_both = {
    "new": sam.Metric("AWS/Lambda", "Errors"),
    "all": sam.Metric("AWS/Lambda", "Invocations", of="alias"),
    "theirs": sam.Metric("Mine", "Orders", dimensions={"Shop": "x"}),
}
_recipes = st.one_of(
    st.builds(
        lambda limit, given: sam.Alarm.metric("AWS/Lambda", "Errors", threshold=limit, **given), st.integers(0, 9), _periods
    ),
    st.builds(lambda percent, given: sam.Alarm.errors(percent, name="Rate", **given), st.integers(0, 99), _periods),
    st.builds(lambda stat: sam.Alarm.duration(stat, milliseconds=900), st.sampled_from(["p90", "p99.9", "Average"])),
    st.builds(lambda given: sam.Alarm.throttles(**given), _periods),
    st.just(sam.Alarm.iterator_age(milliseconds=1000)),
    st.sampled_from([sam.Alarm.api_5xx(_HTTP_API), sam.Alarm.api_5xx(_REST_API, name="Rest5xx")]),
    st.sampled_from([sam.Alarm.dlq_depth(_QUEUE), sam.Alarm.dlq_depth("queue-of-others")]),
    st.just(sam.Alarm.metric("AWS/Lambda", "Invocations", threshold=1, comparison_operator="LessThanThreshold")),
    st.just(sam.Alarm.metric("Mine", "Orders", threshold=1, dimensions={"Shop": "x"})),
    st.just(sam.Alarm.metric("Mine", "Bare", threshold=1)),
    st.just(sam.Alarm.math("new / all + theirs", metrics=_both, threshold=1)),
)
_own_alarms = st.sampled_from(
    [_OWN_ALARM, sam.Ref("Own"), sam.GetAtt("Own", "Arn"), "by-name", "arn:aws:cloudwatch:eu-central-1:1:alarm:by-arn"]
)


def _distinct(alarm: Any) -> Any:
    return (alarm.subject, alarm.name) if isinstance(alarm, sam.Recipe) else str(alarm)


_alarms = st.lists(_recipes | _own_alarms, max_size=6, unique_by=_distinct)


def _hook(event: str) -> st.SearchStrategy[Any]:
    make = sam.Hook.pre_traffic if event == "PreTraffic" else sam.Hook.post_traffic
    options = st.fixed_dictionaries({}, optional={"timeout": st.just(9), "environment": st.just({"A": "b"})})
    code = st.builds(lambda source, given: make(source, **given), st.sampled_from(["hooks/a.py", "b.mjs"]), options)
    return st.none() | code | st.just(make(_OWN_HOOK))


_hooks = st.one_of(
    st.none(),
    st.tuples(_hook("PreTraffic"), _hook("PostTraffic")).map(lambda pair: [hook for hook in pair if hook is not None]),
    st.just({"PostTraffic": sam.Ref("OwnHook")}),
)


def _canary(type_: Any, **keywords: Any) -> sam.Canary:
    hooks = keywords["hooks"]
    if isinstance(hooks, list) and any(hook.event == "PreTraffic" for hook in hooks):
        keywords["probe"] = None  # CodeDeploy calls only one function before the shift
    return sam.Canary(type_, **keywords)


_canaries = st.builds(
    _canary,
    _types,
    alarms=_alarms.map(lambda alarms: alarms or None),
    hooks=_hooks,
    probe=st.sampled_from([None, sam.Probe.event({"Records": []}), sam.Probe.http("GET", "/any"), sam.Probe.none("why")]),
    alias=st.sampled_from(["live", "blue2", "a-b_c", sam.Ref("Alias")]),
    enabled=st.sampled_from([None, None, None, True, False]),
    role=st.sampled_from([None, _OWN_ROLE, "arn:aws:iam::1:role/deploy"]),
    passthrough_condition=st.sampled_from([None, True]),
)


@st.composite
def templates(draw: st.DrawFn) -> sam.Template:
    """Draw a template with one to three functions; some functions share a canary."""
    canaries = draw(st.lists(_canaries, min_size=1, max_size=2))
    functions = [
        sam.Function(
            f"F{index}",
            handler="a.b",
            runtime="python3.13",
            code_uri="src/",
            canary=draw(st.sampled_from(canaries)),
            condition=draw(st.sampled_from([None, None, *_CONDITIONS])),
            function_url_config={"AuthType": "NONE"},
            events={
                "Get": sam.Route("GET", f"/{index}", api=draw(st.sampled_from([_HTTP_API, _REST_API]))),
                "Daily": sam.Schedule(schedule="rate(1 day)"),
            },
        )
        for index in range(draw(st.integers(1, 3)))
    ]
    template = sam.Template(
        parameters={"Alias": sam.Parameter(type="String", default=ALIAS_DEFAULT), "Stage": sam.Parameter(type="String")},
        conditions={name: sam.Equals(sam.Ref("Stage"), name) for name in _CONDITIONS},
        resources=[*functions, *_SHARED],
    )
    template = sam.with_bake_alarms(template) if draw(st.booleans()) else template
    return sam.gradual_if(template, "Gradual") if draw(st.booleans()) else template
