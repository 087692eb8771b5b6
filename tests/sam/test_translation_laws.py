"""The result of SAM's translator for random canaries."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from gitlabgen import sam
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.analysis.traffic_shifts import shifts_of
from gitlabgen.sam.canaries.shifts import PREDEFINED, branches, short_name
from gitlabgen.verification import REGION
from gitlabgen.verification.translation import translated
from tests.sam.canaries import ALIAS_DEFAULT, templates

pytestmark = pytest.mark.skipif(
    find_spec("samtranslator") is None and not os.environ.get("CI"), reason="the extra verify is missing"
)

_law = settings(suppress_health_check=[HealthCheck.too_slow], phases=[Phase.generate, Phase.shrink])


@settings(_law, max_examples=60)
@given(templates())
def test_random_canaries_are_wired(template: sam.Template) -> None:
    """Alias, deployment group, alarms and hooks of each function refer to each other after SAM's translation."""
    _assert_wired(template)


@pytest.mark.fuzz
@settings(_law, max_examples=settings().max_examples // 4)
@given(templates())
def test_many_random_canaries_are_wired(template: sam.Template) -> None:
    """The same for many more templates."""
    _assert_wired(template)


def _assert_wired(template: sam.Template) -> None:
    subject = TemplateAnalysis(template)
    problems, tree = translated(subject.tree, REGION)
    assert problems == []
    assert tree is not None
    made = tree["Resources"]
    for function in template.resources:
        if isinstance(function, sam.Function) and function.canary is not None:
            if function.canary.enabled is False:
                assert "UpdatePolicy" not in _alias(made, function)
                assert f"{function.name}DeploymentGroup" not in made
            else:
                _assert_shifts(made, function, function.canary)
                _assert_same_time(subject, function, function.canary)
    _assert_present(tree)
    _assert_no_cycle(made)


def _assert_shifts(made: dict[str, Any], function: sam.Function, canary: sam.Canary) -> None:
    alias = _alias(made, function)
    name = ALIAS_DEFAULT if canary.alias == sam.Ref("Alias") else canary.alias
    assert alias["Properties"]["Name"] == name
    version = alias["Properties"]["FunctionVersion"]["Fn::GetAtt"][0]
    assert made[version]["Properties"]["FunctionName"] == {"Ref": function.name}
    hooks = _hooks(canary, function)
    assert alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"] == {
        "ApplicationName": {"Ref": "ServerlessDeploymentApplication"},
        "DeploymentGroupName": {"Ref": f"{function.name}DeploymentGroup"},
        **{key: {"Ref": hook} for key, hook in hooks.items()},
    }
    for hook in {*hooks.values()} - {"OwnHook"}:
        _assert_hook(made, hook, version)
    group = made[f"{function.name}DeploymentGroup"]
    assert group.get("Condition") in (None, function.condition)
    _assert_configuration(made, group["Properties"]["DeploymentConfigName"], canary.type)
    named = group["Properties"].get("AlarmConfiguration", {}).get("Alarms", [])
    given = canary.alarms or ()
    assert isinstance(given, tuple)
    assert len(named) == len(given)
    for alarm, link in zip(given, named, strict=True):
        if isinstance(alarm, sam.Recipe):
            found = _alarm(made, link["Name"])
            assert found.get("Condition") == (None if alarm.subject else function.condition)
            _assert_watches(found["Properties"], alarm, _about(function.name, str(name), version))
        else:
            assert link["Name"] == (alarm if isinstance(alarm, str) else {"Ref": "Own"})


def _assert_hook(made: dict[str, Any], name: str, version: str) -> None:
    properties = made[name]["Properties"]
    assert properties["FunctionName"]["Fn::Sub"].startswith("CodeDeployHook_")
    variables = properties["Environment"]["Variables"]
    assert variables["NEW_VERSION"] == {"Ref": version}


def _metrics(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    found = [alarm] if "MetricName" in alarm else [query["MetricStat"]["Metric"] for query in alarm["Metrics"][1:]]
    return [{"Dimensions": [], **metric} for metric in found]


def _alias(made: dict[str, Any], function: sam.Function) -> dict[str, Any]:
    (alias,) = (
        resource
        for resource in made.values()
        if resource["Type"] == "AWS::Lambda::Alias" and resource["Properties"]["FunctionName"] == {"Ref": function.name}
    )
    found: dict[str, Any] = alias
    return found


def _hooks(canary: sam.Canary, function: sam.Function) -> dict[str, str]:
    """Return the hook functions by CodeDeploy's names of the events."""
    keys = {"PreTraffic": "BeforeAllowTrafficHook", "PostTraffic": "AfterAllowTrafficHook"}
    has_calls = canary.probe is not None and canary.probe.reason is None
    probed = {keys["PreTraffic"]: f"{function.name}PreTrafficHook"} if has_calls else {}
    if isinstance(canary.hooks, Mapping):
        return probed | {keys[event]: "OwnHook" for event in canary.hooks}
    given: Any = canary.hooks or ()
    own = {hook.event: f"{function.name}{hook.event}Hook" if isinstance(hook.source, str) else "OwnHook" for hook in given}
    return probed | {keys[event]: name for event, name in own.items()}


def _assert_configuration(made: dict[str, Any], name: Any, type_: Any) -> None:
    if len(branches(type_)) > 1:
        assert name["Fn::If"][0] == type_.argument[0]
        for one, other in zip(name["Fn::If"][1:], type_.argument[1:], strict=True):
            _assert_configuration(made, one, other)
    elif isinstance(type_, str):
        ready = {"Fn::Sub": ["CodeDeployDefault.Lambda${ConfigName}", {"ConfigName": type_}]}
        assert name == (ready if type_ in PREDEFINED else type_)
        assert short_name(type_) in PREDEFINED
    elif isinstance(type_, sam.Intrinsic):
        assert name == {"Ref": "Mine"}
    elif type_.name in PREDEFINED:
        _assert_configuration(made, name, type_.name)
    else:
        words = type_.keyword.removeprefix("TimeBased")
        properties = made[name["Ref"]]["Properties"]
        percent, minutes = (
            (type_.canary_percentage, type_.canary_interval)
            if words == "Canary"
            else (type_.linear_percentage, type_.linear_interval)
        )
        assert properties == {
            "ComputePlatform": "Lambda",
            "TrafficRoutingConfig": {
                "Type": type_.keyword,
                type_.keyword: {f"{words}Percentage": percent, f"{words}Interval": minutes},
            },
        }


def _assert_same_time(subject: TemplateAnalysis, function: sam.Function, canary: sam.Canary) -> None:
    """Assert that the linter, which reads the rendered template, and the canary have the same duration."""
    (found,) = (one for one in subject.canaries if one.function.name == function.name)
    longest = max((shift.minutes for shift in shifts_of(subject, found)), default=0)
    if canary.duration_minutes is not None:
        assert longest == canary.duration_minutes
    else:
        assert sam.Ref("Mine") in branches(canary.type)
        assert longest >= 7


def _alarm(made: dict[str, Any], name: dict[str, Any]) -> dict[str, Any]:
    if "Ref" in name:
        found: dict[str, Any] = made[name["Ref"]]
        return found
    (found,) = (resource for resource in made.values() if resource.get("Properties", {}).get("AlarmName") == name)
    return found


def _about(function: str, alias: str, version: str) -> dict[str, str]:
    return {"FunctionName": f"<{function}>", "Resource": f"<{function}>:{alias}", "ExecutedVersion": f"<{version}.Version>"}


def _assert_watches(alarm: dict[str, Any], recipe: sam.Recipe, function: dict[str, str]) -> None:
    for metric, wanted in zip(_metrics(alarm), recipe.metrics.values(), strict=True):
        assert (metric["Namespace"], metric["MetricName"]) == (wanted.namespace, wanted.metric_name)
        dimensions = {pair["Name"]: _resolved(pair["Value"]) for pair in metric["Dimensions"]}
        if wanted.namespace == "AWS/Lambda":
            assert dimensions == {
                key: value for key, value in function.items() if wanted.of == "version" or key != "ExecutedVersion"
            }
        else:
            assert dimensions == _OTHERS[recipe.name]


_OTHERS = {
    "5xx": {"ApiId": "<Http>", "Stage": "$default"},
    "Rest5xx": {"ApiName": "<AWS::StackName>", "Stage": "prod"},
    "Depth": {"QueueName": "<Queue.QueueName>"},
    "DlqDepth": {"QueueName": "queue-of-others"},
    "Orders": {"Shop": "x"},
    "Math": {"Shop": "x"},
    "Bare": {},
}


def _resolved(value: Any) -> str:
    """Return a value with `<Name>` or `<Name.Attribute>` for values that are known only at deployment."""
    if isinstance(value, str):
        return value
    ((name, argument),) = value.items()
    if name == "Ref":
        return ALIAS_DEFAULT if argument == "Alias" else f"<{argument}>"
    if name == "Fn::GetAtt":
        return f"<{'.'.join(argument)}>"
    text, variables = argument if isinstance(argument, list) else (argument, {})
    return re.sub(r"\$\{([^}]+)\}", lambda match: _resolved(variables.get(match[1], {"Ref": match[1]})), text)


def _targets(value: Any) -> Iterator[str]:
    """Yield the logical ids to which a value refers, except in conditions."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key == "Ref":
                yield item
            elif key == "Fn::GetAtt":
                yield item[0] if isinstance(item, list) else item.partition(".")[0]
            elif key == "Fn::Sub":
                text, variables = item if isinstance(item, list) else (item, {})
                yield from (name.partition(".")[0] for name in re.findall(r"\$\{([^!}]+)\}", text) if name not in variables)
                yield from _targets(variables)
            elif key == "DependsOn":
                yield from [item] if isinstance(item, str) else item
            elif key != "Fn::If":
                yield from _targets(item)
    elif isinstance(value, list):
        for item in value:
            yield from _targets(item)


def _assert_present(tree: dict[str, Any]) -> None:
    """Assert that a resource refers only to resources that exist under its condition."""
    made, conditions = tree["Resources"], tree["Conditions"]
    for name, resource in made.items():
        for target in _targets(resource):
            needed = made.get(target, {}).get("Condition")
            either = [one["Condition"] for one in conditions.get(needed, {}).get("Fn::Or", [])]
            assert needed in (None, resource.get("Condition")) or resource.get("Condition") in either, (name, target)


def _assert_no_cycle(made: dict[str, Any]) -> None:
    links = {name: {target for target in _targets(resource) if target in made} for name, resource in made.items()}
    while links:
        free = {name for name, targets in links.items() if not targets}
        assert free, links
        links = {name: targets - free for name, targets in links.items() if name not in free}
