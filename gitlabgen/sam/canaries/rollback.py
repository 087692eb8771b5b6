"""CloudFormation's rollback triggers: alarms that it watches while and after it updates a stack."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from gitlabgen.modeling.problems import Problem
from gitlabgen.modeling.reporting import report_problem
from gitlabgen.sam.canaries.bake_alarms import monitoring_alarms

if TYPE_CHECKING:
    from gitlabgen.sam.template import Template

__all__ = ["rollback_configuration", "rollback_option"]

_LONGEST: Final = 180


def rollback_configuration(
    template: Template, *, minutes: int, stack_name: str, region: str, account: str, partition: str = "aws"
) -> dict[str, Any]:
    """Return the configuration with which CloudFormation watches the bake alarm, and takes the stack back if it fires.

    The alarm must already exist, so the first deployment of a stack cannot use it: CloudFormation refuses a trigger that is
    missing. `aws cloudformation deploy` has no such option; `create-change-set` has one.

    Args:
        template: The template, with the alarm of `with_bake_alarms`.
        minutes: How long CloudFormation watches after all resources are updated, 0 to 180.
        stack_name: The stack's name, or a shell variable such as `$STACK_NAME`.
        region: The region, or a variable.
        account: The account's id, or a variable.
        partition: The partition, or a variable.

    Raises:
        KeywordError: If CloudFormation would reject it, or the template has no bake alarm, unless problems are collected.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-rollback-triggers.html
    """
    if not isinstance(minutes, int) or not 0 <= minutes <= _LONGEST:
        report_problem(template, Problem(f"should be watched for 0 to {_LONGEST} minutes, got {minutes!r}", path=("resources",)))
    names = monitoring_alarms(template, stack_name)
    if not names:
        hint = "write with_bake_alarms(template), with a canary that has alarms"
        report_problem(template, Problem("has no bake alarm to watch", hint, ("resources",)))
    prefix = f"arn:{partition}:cloudwatch:{region}:{account}:alarm:"
    triggers = [{"Arn": f"{prefix}{name}", "Type": "AWS::CloudWatch::CompositeAlarm"} for name in names]
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
