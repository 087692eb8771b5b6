"""Ways back: resources that fail, updates that are cancelled, and rollbacks that fail."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped,unused-ignore]

from tests.patterns.cloudformation import Behaviour, Cloud, standing
from tests.patterns.cloudformation.service import Service, fill, template

pytestmark = pytest.mark.emulator


def two(code: str) -> dict[str, Any]:
    """Return a template with two functions."""
    tree = template(code)
    other = copy.deepcopy(tree["Resources"]["Hello"])
    other["Properties"]["FunctionName"] = {"Fn::Sub": "${AWS::StackName}-other"}
    other["Properties"]["DeploymentPreference"] = {"Type": "Canary10Percent5Minutes", "Alarms": ["other-errors"]}
    tree["Resources"]["Other"] = other
    return tree


def shown(service: Service) -> dict[str, Any]:
    """Return the stack as the API describes it."""
    (found,) = service.call.describe_stacks(StackName="hello")["Stacks"]
    return dict(found)


def test_an_alarm_of_the_group_stops_the_shift(service: Service) -> None:
    """CodeDeploy moves the alias back at once, the alias fails, and CloudFormation takes the rest back."""
    service.deploy(template("one"))
    service.site.alarm("hello-errors", after=4)
    service.begin(template("two"))
    service.cloud.advance(5)
    assert service.shares == {"one": 1.0}
    service.cloud.advance(5)
    assert service.status == "UPDATE_ROLLBACK_COMPLETE"
    assert [each.status for each in service.site.shifts] == ["Stopped"]
    assert service.site.stack("hello").resources["Hello"].properties["Code"]["S3Key"] == "one"
    assert "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS" in service.site.statuses("hello")
    reasons = [each.reason for each in service.site.stack("hello").events if each.status == "UPDATE_ROLLBACK_IN_PROGRESS"]
    assert reasons == ["The following resource(s) failed to update: [HelloAliaslive]. "]


def test_an_alarm_that_is_up_blocks_the_release(service: Service) -> None:
    """A fix cannot be released while an alarm of the group is up, as reported in serverless-application-model#716."""
    service.deploy(template("one"))
    service.site.alarm("hello-errors")
    assert service.deploy(template("two")) == "UPDATE_ROLLBACK_COMPLETE"
    assert service.shares == {"one": 1.0}


@pytest.mark.parametrize("way", ["gradually", "at-once"])
def test_the_way_back_meets_alarms_that_are_up(cloud: str, way: Any) -> None:
    """If CodeDeploy moves the alias back, an alarm of its group stops that, too, and the rollback fails."""
    with standing(cloud, Behaviour(way_back=way)) as world:
        fill(world.site())
        service = Service(world)
        service.deploy(template("one"))
        service.site.alarm("bake", "OK")
        service.begin(template("two"), RollbackConfiguration=service.triggers("bake"))
        world.advance(12)
        service.site.alarm("hello-errors")
        service.site.alarm("bake")
        world.advance(20)
        if way == "at-once":
            assert (service.status, service.shares) == ("UPDATE_ROLLBACK_COMPLETE", {"one": 1.0})
            return
        assert (service.status, service.shares) == ("UPDATE_ROLLBACK_FAILED", {"two": 1.0})
        with pytest.raises(ClientError, match="is in UPDATE_ROLLBACK_FAILED state and can not be updated"):
            service.plan(template("three"))
        service.site.alarm("hello-errors", "OK")
        service.call.continue_update_rollback(StackName="hello")
        world.advance(20)
        assert (service.status, service.shares) == ("UPDATE_ROLLBACK_COMPLETE", {"one": 1.0})


def test_skipped_resources_stay_as_they_are(service: Service) -> None:
    """ResourcesToSkip ends a rollback that cannot go on; only resources that failed can be skipped."""
    service.deploy(template("one"))
    service.site.break_resource("hello", "HelloAliaslive", during="update", reason="no")
    service.site.break_resource("hello", "Hello", during="rollback", reason="never")
    assert service.deploy(template("two")) == "UPDATE_ROLLBACK_FAILED"
    assert shown(service)["StackStatusReason"] == "The following resource(s) failed to update: [Hello]. "
    with pytest.raises(ClientError, match="only resources in UPDATE_FAILED"):
        service.call.continue_update_rollback(StackName="hello", ResourcesToSkip=["Errors"])
    service.call.continue_update_rollback(StackName="hello", ResourcesToSkip=["Hello"])
    service.cloud.advance(5)
    assert service.status == "UPDATE_ROLLBACK_COMPLETE"
    assert service.site.stack("hello").resources["Hello"].status == "UPDATE_COMPLETE"
    with pytest.raises(ClientError, match="can not continue rollback"):
        service.call.continue_update_rollback(StackName="hello")


def test_an_update_can_be_cancelled(service: Service) -> None:
    """While traffic shifts and while CloudFormation monitors; never before or after."""
    service.deploy(template("one"))
    with pytest.raises(ClientError, match="cannot be called from current stack status"):
        service.call.cancel_update_stack(StackName="hello")
    service.begin(template("two"))
    service.cloud.advance(3)
    service.call.cancel_update_stack(StackName="hello")
    service.cloud.advance(5)
    assert (service.status, service.shares) == ("UPDATE_ROLLBACK_COMPLETE", {"one": 1.0})
    assert "Resource update cancelled" in {each.reason for each in service.site.stack("hello").events}
    service.begin(template("three"), RollbackConfiguration={"MonitoringTimeInMinutes": 30, "RollbackTriggers": []})
    service.cloud.advance(15)
    assert service.shares == {"three": 1.0}
    service.call.cancel_update_stack(StackName="hello")
    service.cloud.advance(15)
    assert (service.status, service.shares) == ("UPDATE_ROLLBACK_COMPLETE", {"one": 1.0})


@pytest.mark.parametrize("stops", [True, False])
def test_one_function_fails_while_another_one_shifts(cloud: str, stops: bool) -> None:  # noqa: FBT001
    """Both go back; whether the other shift is stopped or ends first is not documented."""
    with standing(cloud, Behaviour(failure_stops_shifts=stops)) as world:
        fill(world.site())
        service = Service(world)
        service.site.alarm("other-errors", "OK")
        service.deploy(two("one"))
        service.site.alarm("other-errors", after=2.5)
        service.begin(two("two"))
        world.advance(5)
        service.site.alarm("other-errors", "OK")
        assert service.shares == ({"one": 1.0} if stops else {"one": 0.5, "two": 0.5})
        world.advance(40)
        assert service.status == "UPDATE_ROLLBACK_COMPLETE"
        assert service.shares == {"one": 1.0}
        assert service.site.version("hello", "Other").file("index.mjs") == "one"


def test_a_new_resource_goes_and_a_removed_one_stays(service: Service) -> None:
    """The cleanup of a rollback deletes what the update created; what it removed was not deleted yet."""
    first, second = template("one"), template("two")
    first["Resources"]["Gone"] = {"Type": "AWS::SQS::Queue"}
    second["Resources"]["New"] = {"Type": "AWS::SQS::Queue"}
    service.deploy(first)
    service.site.alarm("hello-errors")
    assert service.deploy(second) == "UPDATE_ROLLBACK_COMPLETE"
    assert {"Gone", "New"} & set(service.site.stack("hello").resources) == {"Gone"}


def test_a_replaced_resource_comes_back(service: Service) -> None:
    """The old one takes its place again, and the new one is deleted."""

    def named(code: str, queue: str) -> dict[str, Any]:
        tree = template(code)
        tree["Resources"]["Jobs"] = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": queue}}
        return tree

    service.deploy(named("one", "a"))
    service.site.alarm("hello-errors")
    service.deploy(named("two", "b"))
    assert service.site.stack("hello").resources["Jobs"].physical.endswith("/a")
    deleted = [each.physical for each in service.site.stack("hello").events if each.status == "DELETE_COMPLETE"]
    assert [each.rpartition("/")[2] for each in deleted] == ["b"]


@pytest.mark.parametrize("back", [True, False])
def test_parameters_after_a_rollback(cloud: str, back: bool) -> None:  # noqa: FBT001
    """Whether the stack shows the old parameters again; the resources have the old values in any case."""
    with standing(cloud, Behaviour(parameters_go_back=back)) as world:
        fill(world.site())
        service = Service(world)
        service.deploy(template("one"))
        service.site.alarm("hello-errors")
        service.deploy(template("two"), Parameters=[{"ParameterKey": "Level", "ParameterValue": "debug"}])
        assert service.site.parameters("hello") == {"Level": "info" if back else "debug"}
        assert shown(service)["Parameters"] == [{"ParameterKey": "Level", "ParameterValue": "info" if back else "debug"}]
        assert service.site.version("hello", "Hello").configuration["Environment"] == {"Variables": {"LEVEL": "info"}}


def test_a_failed_creation_leaves_a_stack_that_can_only_be_deleted(service: Service) -> None:
    """Its status is ROLLBACK_COMPLETE, and nothing of it is left."""
    service.site.break_resource("hello", "HelloAliaslive", during="create", reason="no")
    assert service.deploy(template("one")) == "ROLLBACK_COMPLETE"
    assert service.site.records.functions == {}
    with pytest.raises(ClientError, match="is in ROLLBACK_COMPLETE state and can not be updated"):
        service.plan(template("one"))
    reason = [each.reason for each in service.site.stack("hello").events if each.status == "ROLLBACK_IN_PROGRESS"]
    assert reason == ["The following resource(s) failed to create: [HelloAliaslive]. Rollback requested by user."]
    service.site.mend_resource("hello", "HelloAliaslive")
    service.call.delete_stack(StackName="hello")
    service.cloud.advance(2)
    assert service.deploy(template("one")) == "CREATE_COMPLETE"


def test_a_rollback_of_a_creation_can_fail(service: Service) -> None:
    """Its status is ROLLBACK_FAILED; deletion works once the resource does."""
    service.site.break_resource("hello", "HelloAliaslive", during="create", reason="no")
    service.site.break_resource("hello", "HelloRole", during="delete", reason="never")
    assert service.deploy(template("one")) == "ROLLBACK_FAILED"
    service.call.delete_stack(StackName="hello")
    service.cloud.advance(2)
    assert service.status == "DELETE_FAILED"
    service.site.mend_resource("hello", "HelloRole")
    service.call.delete_stack(StackName="hello")
    service.cloud.advance(2)
    with pytest.raises(ClientError, match="Stack with id hello does not exist"):
        service.call.describe_stacks(StackName="hello")


def test_code_that_is_gone_makes_the_way_back_fail(world: Cloud) -> None:
    """A rollback reads the old code from the bucket again."""
    fill(world.site())
    service = Service(world)
    service.deploy(template("one"))
    service.site.client("s3").delete_object(Bucket="packages", Key="one")
    service.site.alarm("hello-errors")
    assert service.deploy(template("two")) == "UPDATE_ROLLBACK_FAILED"
    failed = [
        each.reason for each in service.site.stack("hello").events if each.status == "UPDATE_FAILED" and each.name == "Hello"
    ]
    assert "S3 Error Code: NoSuchKey" in str(failed[-1])


@pytest.mark.parametrize("how", ["alarm", "cancel"])
def test_a_shift_may_end_before_the_stack_goes_back(cloud: str, how: str) -> None:
    """If CloudFormation cannot stop CodeDeploy, all traffic has moved before it goes back."""
    with standing(cloud, Behaviour(failure_stops_shifts=False)) as world:
        fill(world.site())
        service = Service(world)
        service.deploy(template("one"))
        service.site.alarm("bake", "OK")
        service.begin(template("two"), RollbackConfiguration=service.triggers("bake"))
        world.advance(3)
        if how == "alarm":
            service.site.alarm("bake")
        else:
            service.call.cancel_update_stack(StackName="hello")
        world.advance(3)
        assert service.shares == {"one": 0.4, "two": 0.6}
        world.advance(5)
        assert (service.status, service.shares) == ("UPDATE_ROLLBACK_IN_PROGRESS", {"one": 0.1, "two": 0.9})
        world.advance(20)
        assert (service.status, service.shares) == ("UPDATE_ROLLBACK_COMPLETE", {"one": 1.0})
