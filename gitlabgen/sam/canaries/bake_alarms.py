"""Bake alarms: what is watched after the shift, too, and takes the whole stack back.

CodeDeploy gets only the alarms of the new version. They have no data once the alias has one version, so none can block the way
back. All others, and a twin on the alias for each alarm of the version, are the parts of one composite alarm. It is a rollback
trigger of CloudFormation, and never an alarm of CodeDeploy.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-rollback-triggers.html and
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gitlabgen.modeling.model import changed, construct
from gitlabgen.modeling.plans import location_of
from gitlabgen.sam.canaries.alarm import Alarm
from gitlabgen.sam.canaries.canary import Canary
from gitlabgen.sam.canaries.recipe_alarms import after_shift, alarm_of
from gitlabgen.sam.canaries.recipes import Recipe
from gitlabgen.sam.canaries.wiring import spread
from gitlabgen.sam.function import Function
from gitlabgen.sam.intrinsics import If, Intrinsic, Join, Ref, Sub
from gitlabgen.sam.logical_ids import logical_id
from gitlabgen.sam.resource import Resource

if TYPE_CHECKING:
    from gitlabgen.sam.template import Template

__all__ = ["monitoring_alarms", "with_bake_alarms"]

_ID: Final = "BakeAlarm"
_KIND: Final = "AWS::CloudWatch::CompositeAlarm"
# A rule has at most 100 alarms and 10,240 characters; with long names, fewer alarms fit.
_MOST_PARTS: Final = 40


def with_bake_alarms(template: Template) -> Template:
    """Return a template with one composite alarm, `<stack>-bake`, for all that its canaries watch.

    The canaries of its functions keep only the alarms of the new version.

    Args:
        template: The template; returned unchanged if its canaries watch nothing.
    """
    template = spread(template)
    own = {logical_id(resource): resource for resource in template.resources}
    resources: list[Any] = []
    parts: dict[Any, None] = {}
    made: dict[str, Alarm] = {}
    listed: Sequence[Any] = template.resources
    for resource in listed:
        canary = getattr(resource, "canary", None)
        if not isinstance(canary, Canary) or canary.enabled is False or not isinstance(canary.alarms, tuple):
            resources.append(resource)
            continue
        split = [_split(alarm, resource, canary, own) for alarm in canary.alarms]
        new = {one.watched.name: one.watched for one in split if isinstance(one.watched, Alarm)}
        parts |= dict.fromkeys(_part(one.watched, own) for one in split if one.watched is not None)
        kept = [one.kept for one in split if one.kept is not None]
        resources += [changed(resource, canary=changed(canary, alarms=kept or None))]
        resources += [alarm for name, alarm in new.items() if name not in made]
        made |= new
    return changed(template, resources=[*resources, *_composites(template, [*parts])]) if parts else template


def monitoring_alarms(template: Template, stack_name: str) -> list[str]:
    """Return the names of the alarms that are rollback triggers of a stack.

    Args:
        template: The template that is deployed, with its bake alarms.
        stack_name: The name of the stack.
    """
    return [f"{stack_name}-bake"] if _ID in map(logical_id, template.resources) else []


class _Split(NamedTuple):
    """What an alarm of a canary becomes.

    Args:
        kept: What stays an alarm of the canary.
        watched: What is a part of the composite alarm: a new alarm, or a link to another one.
    """

    kept: Any
    watched: Any


def _split(alarm: Any, resource: Any, canary: Canary, own: Mapping[Any, Any]) -> _Split:
    if not isinstance(resource, Function):
        # Step Functions has no metrics of a version.
        watched = alarm_of(alarm, resource, canary.alias) if isinstance(alarm, Recipe) else alarm
        return _Split(Ref(watched) if isinstance(watched, Alarm) else watched, watched)
    if isinstance(alarm, Recipe):
        later = after_shift(alarm)
        return _Split(None if later is alarm else alarm, alarm_of(later, resource, canary.alias))
    return _Split(alarm, None) if _watches_version(own.get(_target(alarm))) else _Split(None, alarm)


def _target(link: Any) -> Any:
    """Return the logical id to which an alarm of a canary refers; None if it is another value, such as a name."""
    if isinstance(link, Alarm):
        return link.name
    block = {link.function: link.argument} if isinstance(link, Intrinsic) else getattr(link, "data", None)
    return block.get("Ref") if isinstance(block, Mapping) else None


def _watches_version(alarm: Any) -> bool:
    """Return whether an alarm of the template has data only while its version gets a part of the traffic."""
    if isinstance(alarm, Alarm):
        return "ExecutedVersion" in repr((alarm.dimensions, alarm.metrics))
    # Objects of troposphere are known only as mappings.
    block = alarm.to_dict(validation=False) if hasattr(alarm, "to_dict") else getattr(alarm, "properties", None)
    return "ExecutedVersion" in repr(block)


def _part(alarm: Any, own: Mapping[Any, Any]) -> Any:
    """Return the part of the rule for one alarm; it never applies if the alarm does not exist."""
    name = _target(alarm)
    resource = alarm if isinstance(alarm, Alarm) else own.get(name)
    condition = getattr(resource, "condition", None) or getattr(resource, "resource", {}).get("Condition")
    if isinstance(alarm, str):
        escaped = alarm.replace('"', '\\"')
        return f'ALARM("{escaped}")'
    part = Sub('ALARM("${Alarm}")', {"Alarm": alarm}) if name is None else Sub(f'ALARM("${{{name}}}")')
    return part if condition is None else If(condition, part, "FALSE")


def _composites(template: Template, parts: Sequence[Any]) -> Iterator[Resource]:
    """Yield the composite alarm, after others with a part of the alarms each if there are too many for one rule."""
    groups = [parts[start : start + _MOST_PARTS] for start in range(0, len(parts), _MOST_PARTS)]
    if len(groups) > 1:
        for number, group in enumerate(groups, 1):
            yield _composite(template, str(number), group)
        parts = [Sub(f'ALARM("${{{_ID}{number}}}")') for number in range(1, len(groups) + 1)]
    yield _composite(template, "", parts)


def _composite(template: Template, number: str, parts: Sequence[Any]) -> Resource:
    properties = {
        "AlarmName": Sub(f"${{AWS::StackName}}-bake{'-' * bool(number)}{number}"),
        "AlarmDescription": "A rollback trigger: while CloudFormation monitors a deployment, this alarm takes the stack back",
        "AlarmRule": Join(" OR ", parts),
    }
    return construct(Resource, (f"{_ID}{number}", _KIND, properties), {}, location_of(template))
