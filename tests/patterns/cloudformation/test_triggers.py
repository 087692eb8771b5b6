"""Rollback triggers: what they take back, when, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError  # type: ignore[import-untyped,unused-ignore]

from tests.patterns.cloudformation import Behaviour, standing
from tests.patterns.cloudformation.service import Service, fill, template

pytestmark = pytest.mark.emulator


def test_a_quiet_release_is_complete_after_shift_and_monitoring(service: Service) -> None:
    """The stack stays in progress while traffic shifts and while CloudFormation monitors."""
    service.deploy(template("one"))
    service.site.alarm("bake", "OK")
    service.begin(template("two"), RollbackConfiguration=service.triggers("bake"))
    service.cloud.advance(1)
    assert service.shares == {"one": 0.9, "two": 0.1}
    service.cloud.advance(11)
    assert (service.status, service.shares) == ("UPDATE_IN_PROGRESS", {"two": 1.0})
    service.cloud.advance(10)
    assert service.status == "UPDATE_COMPLETE"


@pytest.mark.parametrize("way", ["gradually", "at-once"])
def test_an_alarm_while_monitoring_takes_the_stack_back(cloud: str, way: str) -> None:
    """What ran before runs again: code, configuration and parameters."""
    with standing(cloud, Behaviour(way_back=way)) as world:  # type: ignore[arg-type]
        fill(world.site())
        service = Service(world)
        service.deploy(template("one"), Parameters=[{"ParameterKey": "Level", "ParameterValue": "warn"}])
        service.site.alarm("bake", "OK")
        service.site.alarm("bake", after=15)
        level = [{"ParameterKey": "Level", "ParameterValue": "debug"}]
        service.begin(template("two"), Parameters=level, RollbackConfiguration=service.triggers("bake"))
        world.advance(15)
        assert service.shares == ({"two": 0.9, "one": 0.1} if way == "gradually" else {"one": 1.0})
        world.advance(10)
        assert service.status == "UPDATE_ROLLBACK_COMPLETE"
        assert service.shares == {"one": 1.0}
        assert service.site.version("hello", "Hello").configuration["Environment"] == {"Variables": {"LEVEL": "warn"}}
        assert service.site.parameters("hello") == {"Level": "warn"}


@pytest.mark.parametrize("moment", [0.0, 5.0, 15.0])
def test_an_alarm_takes_the_stack_back_at_any_moment(service: Service, moment: float) -> None:
    """Before traffic, while it shifts, and while CloudFormation monitors; a composite alarm counts, too."""
    service.deploy(template("one"))
    service.site.alarm("part", "OK")
    service.site.composite("bake", 'ALARM("part") OR (ALARM(other) AND NOT OK(part))')
    kind = "AWS::CloudWatch::CompositeAlarm"
    triggers = {"MonitoringTimeInMinutes": 10, "RollbackTriggers": [{"Arn": service.site.alarm_arn("bake"), "Type": kind}]}
    service.begin(template("two"), RollbackConfiguration=triggers)
    service.cloud.advance(moment)
    service.site.alarm("part")
    service.cloud.advance(1)
    assert "UPDATE_ROLLBACK_IN_PROGRESS" in service.site.statuses("hello")
    service.cloud.advance(20)
    assert (service.status, service.shares) == ("UPDATE_ROLLBACK_COMPLETE", {"one": 1.0})


@pytest.mark.parametrize("state", ["OK", "INSUFFICIENT_DATA"])
def test_other_states_are_fine(service: Service, state: str) -> None:
    """Only ALARM takes a stack back."""
    service.deploy(template("one"))
    service.site.alarm("bake", state)
    assert service.deploy(template("two"), RollbackConfiguration=service.triggers("bake")) == "UPDATE_COMPLETE"


@pytest.mark.parametrize("counts", [True, False])
def test_an_alarm_that_was_up_before(cloud: str, counts: bool) -> None:  # noqa: FBT001
    """Whether it counts is not documented; if it does not, it does so once it was OK."""
    with standing(cloud, Behaviour(standing_alarm=counts)) as world:
        fill(world.site())
        service = Service(world)
        service.deploy(template("one"))
        service.site.alarm("bake")
        service.begin(template("two"), RollbackConfiguration=service.triggers("bake"))
        world.advance(1)
        assert ("UPDATE_ROLLBACK_IN_PROGRESS" in service.site.statuses("hello")) is counts
        service.site.alarm("bake", "OK", after=1)
        service.site.alarm("bake", after=2)
        world.advance(20)
        assert service.status == "UPDATE_ROLLBACK_COMPLETE"


def test_a_missing_trigger_fails_the_operation(service: Service) -> None:
    """Also if the stack would create it itself, and if it is deleted meanwhile."""
    triggers = service.triggers("hello-errors")
    assert service.deploy(template("one"), RollbackConfiguration=triggers) == "ROLLBACK_COMPLETE"
    service.call.delete_stack(StackName="hello")
    service.cloud.advance(2)
    service.deploy(template("one"))
    service.site.alarm("bake", "OK")
    service.begin(template("two"), RollbackConfiguration=service.triggers("bake", "hello-errors"))
    service.cloud.advance(12)
    assert service.status == "UPDATE_IN_PROGRESS"
    service.site.delete_alarm("bake")
    service.cloud.advance(12)
    assert service.status == "UPDATE_ROLLBACK_COMPLETE"


def test_a_trigger_of_another_region_is_missing(service: Service) -> None:
    """Its ARN names another place."""
    other = service.cloud.site(region="us-east-1")
    for site in (other, service.site):
        site.alarm("bake", "OK")
    triggers = {"RollbackTriggers": [{"Arn": other.alarm_arn("bake"), "Type": "AWS::CloudWatch::Alarm"}]}
    assert service.deploy(template("one"), RollbackConfiguration=triggers) == "ROLLBACK_COMPLETE"


def test_the_first_deployment_is_monitored(service: Service) -> None:
    """An alarm takes the creation back."""
    service.site.alarm("bake", "OK")
    service.begin(template("one"), RollbackConfiguration=service.triggers("bake"))
    service.cloud.advance(8)
    assert service.status == "CREATE_IN_PROGRESS"
    service.site.alarm("bake")
    service.cloud.advance(2)
    assert service.status == "ROLLBACK_COMPLETE"


def test_triggers_stay_unless_given_anew(service: Service) -> None:
    """A later operation has them, until a list is given; an empty one is a list."""
    service.site.alarm("bake", "OK")
    service.deploy(template("one"), RollbackConfiguration=service.triggers("bake"))
    service.site.alarm("bake")
    assert service.deploy(template("two")) == "UPDATE_ROLLBACK_COMPLETE"
    none = {"MonitoringTimeInMinutes": 0, "RollbackTriggers": []}
    assert service.deploy(template("three"), RollbackConfiguration=none) == "UPDATE_COMPLETE"
    (stack,) = service.call.describe_stacks(StackName="hello")["Stacks"]
    assert stack["RollbackConfiguration"] == {"MonitoringTimeInMinutes": 0}
    assert service.deploy(template("one", Description="x"), Capabilities=["CAPABILITY_IAM"]) == "UPDATE_COMPLETE"


@pytest.mark.parametrize("back", [True, False])
def test_triggers_of_a_release_that_was_taken_back(cloud: str, back: bool) -> None:  # noqa: FBT001
    """Whether they stay attached is not documented."""
    with standing(cloud, Behaviour(triggers_go_back=back)) as world:
        fill(world.site())
        service = Service(world)
        service.deploy(template("one"))
        service.site.alarm("bake")
        service.deploy(template("two"), RollbackConfiguration=service.triggers("bake"))
        assert bool(service.site.stack("hello").triggers.alarms) is not back


@pytest.mark.parametrize("stays", [True, False])
def test_a_monitoring_time_that_is_not_given(cloud: str, stays: bool) -> None:  # noqa: FBT001
    """Whether it is zero or that of before is not documented."""
    with standing(cloud, Behaviour(time_stays=stays)) as world:
        fill(world.site())
        service = Service(world)
        service.site.alarm("bake", "OK")
        service.deploy(template("one"), RollbackConfiguration=service.triggers("bake", minutes=60), minutes=70)
        triggers = {"RollbackTriggers": service.triggers("bake")["RollbackTriggers"]}
        assert service.deploy(template("two"), RollbackConfiguration=triggers) == (
            "UPDATE_IN_PROGRESS" if stays else "UPDATE_COMPLETE"
        )


@pytest.mark.parametrize("status", ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"])
def test_the_status_while_monitoring(cloud: str, status: str) -> None:
    """Which of the two is not documented; an alarm takes the stack back in both."""
    with standing(cloud, Behaviour(monitoring_status=status)) as world:  # type: ignore[arg-type]
        fill(world.site())
        service = Service(world)
        service.deploy(template("one"))
        service.site.alarm("bake", "OK")
        service.begin(template("two"), RollbackConfiguration=service.triggers("bake"))
        world.advance(12)
        assert service.status == status
        service.site.alarm("bake")
        world.advance(15)
        assert (service.status, service.shares) == ("UPDATE_ROLLBACK_COMPLETE", {"one": 1.0})


def test_triggers_are_not_watched_on_the_way_back(service: Service) -> None:
    """An alarm that rings again does not stop the rollback."""
    service.deploy(template("one"))
    service.site.alarm("bake")
    service.site.alarm("second", "OK")
    service.site.alarm("second", after=2)
    assert service.deploy(template("two"), RollbackConfiguration=service.triggers("bake", "second")) == "UPDATE_ROLLBACK_COMPLETE"


@pytest.mark.parametrize(
    ("triggers", "words"),
    [
        ({"MonitoringTimeInMinutes": 181}, "less than or equal to 180"),
        ({"MonitoringTimeInMinutes": -1}, "valid min value: 0"),
        (
            {"RollbackTriggers": [{"Arn": "arn:aws:cloudwatch:x:333333333333:alarm:a", "Type": "AWS::CloudWatch::Alarm"}] * 6},
            "to 5",
        ),
        ({"RollbackTriggers": [{"Arn": "bake", "Type": "AWS::CloudWatch::Alarm"}]}, "Invalid rollback trigger"),
        (
            {"RollbackTriggers": [{"Arn": "arn:aws:cloudwatch:x:333333333333:alarm:a", "Type": "Alarm"}]},
            "Invalid rollback trigger",
        ),
    ],
)
def test_configurations_that_are_refused(service: Service, triggers: dict[str, Any], words: str) -> None:
    """At most five triggers, and between 0 and 180 minutes."""
    with pytest.raises((ClientError, ParamValidationError), match=words):
        service.plan(template("one"), RollbackConfiguration=triggers)
