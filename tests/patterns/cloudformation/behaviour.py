"""What AWS's pages do not say: each field is a question, and tests run with each answer."""

from __future__ import annotations

import dataclasses
import typing
from typing import Literal


@dataclasses.dataclass(frozen=True)
class Behaviour:
    """The answers that an emulator assumes.

    Attributes:
        way_back: How CloudFormation's rollback moves an alias to its old version: through CodeDeploy, `gradually`, with hooks and
            the deployment group's alarms; or `at-once`. The page of `UpdatePolicy` speaks of updates only.
            Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-updatepolicy.html
        monitoring_status: The stack's status while CloudFormation monitors after an update. `CancelUpdateStack`, which the page
            recommends for this time, works in `UPDATE_IN_PROGRESS` only, which speaks for that status.
            Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackConfiguration.html
        standing_alarm: Whether a trigger that was in `ALARM` before an operation began takes the operation back. The page says
            "goes to ALARM state".
            Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-rollback-triggers.html
        kept_version_blocks: Whether the version of an update that was rolled back, which is retained, makes Lambda refuse a new
            version with the same content. Lambda compares with the last version, so that it should.
            Source: https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html
        parameters_go_back: Whether the parameters that a stack shows go back with it. If not, the resources still do.
            Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-monitor-stack.html
        triggers_go_back: Whether the rollback configuration of an operation that was rolled back is forgotten, too.
            Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackConfiguration.html
        time_stays: Whether a rollback configuration without a monitoring time keeps that of before. The page says that the
            default is 0 minutes, and that triggers which are given replace those of before.
            Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackConfiguration.html
        failure_stops_shifts: Whether a failed resource, a trigger or a cancellation stops at once what CloudFormation is doing to
            other resources, such as shifting traffic. Otherwise that ends first, and then CloudFormation goes back.
            Source: https://github.com/aws/serverless-application-model/issues/351
        late_status: Whether a stack has its old status for some seconds after a call has begun an operation. The page of
            `ExecuteChangeSet` says only that CloudFormation starts after the call.
            Source: https://github.com/realestate-com-au/stackup/pull/8
        triggers_are_a_change: Whether a change set that changes only the rollback configuration, or stack tags that no resource
            takes, has changes.
            Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html
        empty_reason: The reason of an empty change set of a template with a macro. Tools look for both texts.
            Source: https://github.com/aws/aws-sam-cli/blob/develop/samcli/lib/deploy/deployer.py
    """

    way_back: Literal["gradually", "at-once"] = "gradually"
    monitoring_status: Literal["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"] = "UPDATE_IN_PROGRESS"
    standing_alarm: bool = True
    kept_version_blocks: bool = True
    parameters_go_back: bool = True
    triggers_go_back: bool = False
    time_stays: bool = False
    failure_stops_shifts: bool = True
    late_status: bool = False
    triggers_are_a_change: bool = False
    empty_reason: Literal["No updates are to be performed.", "The submitted information didn't contain changes."] = (
        "No updates are to be performed."
    )

    def __str__(self) -> str:
        default = Behaviour()
        given = [(each.name, getattr(self, each.name)) for each in dataclasses.fields(self)]
        return ", ".join(f"{name}={value}" for name, value in given if value != getattr(default, name)) or "default"


def variants() -> list[Behaviour]:
    """Return the default, and one behaviour for each other answer to one question.

    Tests use it as `@pytest.mark.parametrize("behaviour", variants(), ids=str)`.
    """
    found = [Behaviour()]
    for name, kind in typing.get_type_hints(Behaviour).items():
        answers = (True, False) if kind is bool else typing.get_args(kind)
        found += [dataclasses.replace(found[0], **{name: each}) for each in answers if each != getattr(found[0], name)]
    return found
