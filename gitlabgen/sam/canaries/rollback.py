"""CloudFormation's rollback triggers: alarms that it watches for some time after it has updated a stack."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from gitlabgen.modeling.problems import Problem
from gitlabgen.modeling.reporting import report_problem
from gitlabgen.modeling.wording import short
from gitlabgen.sam.canaries.canary import Canary
from gitlabgen.sam.canaries.wiring import spread
from gitlabgen.sam.function import Function
from gitlabgen.sam.logical_ids import logical_id

if TYPE_CHECKING:
    from gitlabgen.sam.template import Template

__all__ = ["rollback_configuration", "rollback_option"]

_MOST_TRIGGERS: Final = 5
_LONGEST: Final = 180
_VARIABLE: Final = r"\$\{([^!${}]+)\}"


def rollback_configuration(
    template: Template, *, minutes: int, stack_name: str, region: str, account: str, partition: str = "aws"
) -> dict[str, Any]:
    """Return the configuration with which CloudFormation watches the canaries' alarms after the shift and rolls the stack back.

    A version has separate metrics only while its alias points to two versions, so alarms of versions are omitted: write
    `Alarm.errors(of="alias", name="…")`, or give the canary `Hook.bake()`. The alarms must already exist, so the first deployment
    of a stack, or of an alarm, cannot use them. `aws cloudformation deploy` has no such option; `create-change-set` has one.

    Args:
        template: The template.
        minutes: How long CloudFormation watches after all resources are updated, 0 to 180.
        stack_name: The stack's name, or a shell variable such as `$STACK_NAME`.
        region: The region, or a variable.
        account: The account's id, or a variable.
        partition: The partition, or a variable.

    Raises:
        KeywordError: If CloudFormation would reject it, or an alarm's name is unknown before deployment, unless problems are
            collected.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-rollback-triggers.html
    """
    known = {"AWS::StackName": stack_name, "AWS::Region": region, "AWS::AccountId": account, "AWS::Partition": partition}
    names: dict[str, None] = {}
    for found in _names(template):
        filled = _filled(found, known)
        if filled is None:
            hint = "give the alarm an `alarm_name` made of text and the stack's name"
            message = f"has an alarm whose name is known only at deployment: {short(found)}"
            report_problem(template, Problem(message, hint, ("resources",)))
        else:
            names[filled] = None
    if not isinstance(minutes, int) or not 0 <= minutes <= _LONGEST:
        report_problem(template, Problem(f"should be watched for 0 to {_LONGEST} minutes, got {minutes!r}", path=("resources",)))
    if not 1 <= len(names) <= _MOST_TRIGGERS:
        instead = "an alarm of a version has no data after the shift: write Alarm.errors(of='alias')" if not names else None
        message = f"should have 1 to {_MOST_TRIGGERS} alarms to watch after the shift, got {len(names)}"
        report_problem(template, Problem(message, instead, ("resources",)))
    prefix = f"arn:{partition}:cloudwatch:{region}:{account}:alarm:"
    triggers = [{"Arn": f"{prefix}{name}", "Type": "AWS::CloudWatch::Alarm"} for name in names]
    return {"RollbackTriggers": triggers, "MonitoringTimeInMinutes": minutes}


def rollback_option(configuration: Mapping[str, Any]) -> str:
    """Return the option of `aws cloudformation create-change-set`, in which the shell expands variables.

    Args:
        configuration: What `rollback_configuration` returns.

    Source: https://docs.aws.amazon.com/cli/latest/reference/cloudformation/create-change-set.html
    """
    text = json.dumps(configuration, ensure_ascii=False)
    for char in '\\"`':
        text = text.replace(char, f"\\{char}")
    return f'--rollback-configuration "{text}"'


def _names(template: Template) -> Iterator[Any]:
    """Yield the names of the alarms that watch the new version after the shift."""
    from gitlabgen.sam.canaries.recipe_alarms import after_shift, alarm_of
    from gitlabgen.sam.canaries.recipes import Recipe

    resources = {logical_id(resource): resource for resource in template.resources}
    for function in spread(template).resources:
        canary = function.canary if isinstance(function, Function) else None
        if not isinstance(function, Function) or not isinstance(canary, Canary) or canary.enabled is False:
            continue
        for alarm in canary.alarms if isinstance(canary.alarms, tuple) else ():
            if not isinstance(alarm, Recipe):
                is_reference = getattr(alarm, "function", None) == "Ref"
                named = resources.get(getattr(alarm, "argument", None)) if is_reference else None
                yield getattr(named, "alarm_name", None) or alarm
            elif after_shift(alarm) is alarm or canary.bake_minutes:
                yield alarm_of(after_shift(alarm), function, canary.alias).alarm_name


def _filled(name: Any, known: Mapping[str, str]) -> str | None:
    """Return a name with its variables replaced, or None if any of them is unknown."""
    if isinstance(name, str):
        return name
    text = name.argument if getattr(name, "function", None) == "Fn::Sub" else None
    if not isinstance(text, str) or not known.keys() >= {*re.findall(_VARIABLE, text)}:
        return None
    return re.sub(_VARIABLE, lambda match: known[match[1]], text)
