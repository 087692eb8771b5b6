"""Situations in which releases begin, meet, end or are lost: what happens to each region, and how the job ends."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gitlabgen_runtime as runtime
import pytest

from tests.patterns.cloudformation import Behaviour, Version, change_sets, stack_calls
from tests.patterns.runtime.pipelines import ACCOUNT, BAKE, FIRST, SECOND, THIRD, World, check, world

pytestmark = pytest.mark.emulator


@pytest.fixture
def prod(cloud: str, tmp_path: Path) -> Iterator[World]:
    """Return a service in one region that runs release 1."""
    with world(cloud, tmp_path, waves=[[FIRST]]) as made:
        check(made.release(1, "one"))
        yield made


def plan(prod: World, number: int, code: str) -> None:
    """Plan a release of other code."""
    prod.template["Resources"]["Hello"]["Properties"]["CodeUri"] = f"s3://packages/{code}"
    check([prod.run("plan", release=number)])


# Change sets


def test_an_empty_change_set_changes_nothing_and_owns_nothing(prod: World) -> None:
    """The same content again: all jobs are green, and a rollback of that release has nothing to take back."""
    done = prod.release(2)
    check(done)
    assert "changes nothing" in done[0].out
    assert "this release changed nothing here" in done[2].out
    back = prod.run("rollback", release=2)
    assert back.code == 0
    assert "runs release 1: nothing to take back" in back.out


def test_an_empty_change_set_with_the_other_words_of_aws(cloud: str, tmp_path: Path) -> None:
    """AWS has two sentences for a change set without changes."""
    behaviour = Behaviour(empty_reason="The submitted information didn't contain changes.")
    with world(cloud, tmp_path, behaviour, waves=[[FIRST]]) as prod:
        check(prod.release(1, "one"))
        assert "changes nothing" in prod.release(2)[0].out


def test_a_change_of_outputs_only_is_deployed(prod: World) -> None:
    """It changes no resource, and still goes live."""
    prod.template["Outputs"]["More"] = {"Value": "text"}
    check(prod.release(2))
    assert prod.sites[FIRST].stack("hello-prod").outputs["More"]["OutputValue"] == "text"


def test_a_refused_change_set_stops_the_plan(prod: World) -> None:
    """The log has AWS's reason."""
    prod.template["Resources"]["Hello"]["Properties"]["Events"] = {"Other": {"Type": "Nope", "Properties": {}}}
    done = prod.run("plan", release=2)
    assert done.code == 1
    assert "CloudFormation refuses the change set" in done.out


def test_another_update_came_between_plan_and_deploy(prod: World) -> None:
    """The change set is made again; the rollback afterwards goes back to what ran when the deployment began."""
    plan(prod, 3, "three")
    prod.template["Resources"]["Hello"]["Properties"]["CodeUri"] = "s3://packages/two"
    check(prod.release(2))
    done = prod.run("deploy", release=3)
    assert done.code == 0
    assert "the planned change set is gone" in done.out
    prod.cloud.advance(70)
    assert prod.codes() == {"three": 1.0}
    check([prod.run("rollback", release=3)])
    assert prod.codes() == {"two": 1.0}


def test_a_plan_that_would_now_remove_something_else_is_refused(prod: World) -> None:
    """Release 2 adds a queue; release 3, planned before without it, would remove the queue."""
    plan(prod, 3, "three")
    prod.template["Resources"]["Queue"] = {"Type": "AWS::SQS::Queue"}
    check(prod.release(2, "two"))
    done = prod.run("deploy", release=3)
    assert done.code == 5
    assert "would now change what was not planned: REMOVES Queue" in done.out
    assert prod.codes() == {"two": 1.0}


def test_deploy_without_a_plan_plans_itself(cloud: str, tmp_path: Path) -> None:
    """As for development: no plan job, no monitoring; it waits until the stack is complete."""
    with world(cloud, tmp_path, waves=[[FIRST]], monitoring_minutes=0, monitoring_alarms=[]) as prod:
        check([prod.run("deploy", release=1)])
        assert prod.status() == "CREATE_COMPLETE"
        prod.template["Resources"]["Hello"]["Properties"]["Timeout"] = 9
        check([prod.run("deploy", release=2)])
        assert prod.status() == "UPDATE_COMPLETE"
        assert prod.configuration()["Timeout"] == 9


# The first deployment


def test_the_first_deployment_names_alarms_that_do_not_exist_yet(cloud: str, tmp_path: Path) -> None:
    """A stack that makes its alarms itself is not monitored the first time; the next time it is."""
    alarms = ["hello-prod-errors", BAKE]
    with world(cloud, tmp_path, waves=[[FIRST]], monitoring_alarms=alarms) as prod:
        prod.sites[FIRST].delete_alarm(BAKE)
        done = prod.release(1, "one")
        check(done)
        assert "there is no alarm hello-prod-errors: CloudFormation cannot watch it in this release" in done[0].out
        assert prod.sites[FIRST].stack("hello-prod").triggers.minutes == 0
        check(prod.release(2, "two"))
        (trigger,) = prod.sites[FIRST].stack("hello-prod").triggers.alarms
        assert trigger[0].endswith(":alarm:hello-prod-errors")


def test_the_first_release_that_goes_bad_stays_for_people(prod: World) -> None:
    """There is nothing to go back to, and no stack that worked is deleted."""
    done = prod.run("rollback", release=1)
    assert done.code == 1
    assert "was the first here, and stays" in done.out
    assert prod.codes() == {"one": 1.0}


def test_a_composite_alarm_is_a_trigger(prod: World) -> None:
    """CloudFormation gets its type, and it takes the release back."""
    site = prod.sites[FIRST]
    site.alarm("part", "OK")
    site.delete_alarm(BAKE)
    site.composite(BAKE, 'ALARM("part")')
    prod.composite_alarms.add(BAKE)
    site.alarm("part", after=30)
    done = prod.release(2, "two")
    assert done[-1].code == 1
    assert site.stack("hello-prod").triggers.alarms[0][1] == "AWS::CloudWatch::CompositeAlarm"
    assert prod.codes() == {"one": 1.0}


# Configuration


@pytest.mark.parametrize("minutes", [5, 30], ids=["shifting", "monitoring"])
def test_a_change_of_the_time_out_only_goes_through_the_canary_and_back(prod: World, minutes: float) -> None:
    """It is a new version, gets a share of the traffic, and an alarm takes it back."""
    prod.template["Resources"]["Hello"]["Properties"]["Timeout"] = 9
    check([prod.run("plan", release=2)])
    seen: list[list[tuple[float, object]]] = []
    prod.cloud.after(3, lambda: seen.append([(share, each.configuration.get("Timeout")) for share, each in traffic(prod)]))
    prod.sites[FIRST].alarm(BAKE, after=minutes)
    codes = [prod.run("deploy", release=2).code]
    prod.cloud.advance(60)
    codes.append(prod.run("confirm", release=2).code)
    assert codes == ([1, 1] if minutes == 5 else [0, 1])
    assert {timeout for _, timeout in seen[0]} == {None, 9}
    assert "Timeout" not in prod.configuration()


def test_a_change_of_a_parameter_only_goes_through_the_canary_and_back(cloud: str, tmp_path: Path) -> None:
    """A new version holds the new value; after the alarm, stack and function have the old one."""
    with world(cloud, tmp_path, waves=[[FIRST]], parameters={"Level": {"variable": "LEVEL"}}) as prod:
        prod.variables["LEVEL"] = "warn"
        check(prod.release(1, "one"))
        prod.variables["LEVEL"] = "debug"
        seen: list[set[str]] = []
        prod.cloud.after(
            4, lambda: seen.append({each.configuration["Environment"]["Variables"]["LEVEL"] for _, each in traffic(prod)})
        )
        done = prod.release(2, alarm=FIRST)
        assert 'parameter Level: "warn" -> "debug"' in done[0].out
        assert done[-1].code == 1
        assert seen == [{"warn", "debug"}]
        assert prod.configuration()["Environment"] == {"Variables": {"LEVEL": "warn"}}
        assert prod.sites[FIRST].parameters("hello-prod") == {"Level": "warn"}


def traffic(prod: World) -> list[tuple[float, Version]]:
    """Return what the calls of the function get."""
    return prod.sites[FIRST].traffic("hello-prod", "Hello")


def test_a_resource_that_is_replaced_gives_its_function_a_version(prod: World) -> None:
    """The function names a queue: if the queue is replaced, the version with the old name must not stay live."""
    own = prod.template["Resources"]["Hello"]["Properties"]
    own["Environment"]["Variables"]["QUEUE"] = {"Ref": "Queue"}
    prod.template["Resources"]["Queue"] = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "first"}}
    check(prod.release(2))
    prod.template["Resources"]["Queue"]["Properties"]["QueueName"] = "second"
    done = prod.release(3)
    check(done)
    assert "REPLACES AWS::SQS::Queue Queue" in done[0].out
    assert prod.configuration()["Environment"]["Variables"]["QUEUE"].endswith("/second")
    assert "changes nothing" in prod.run("plan", release=4).out


def test_a_value_of_the_parameter_store_that_changed_gives_a_version(prod: World) -> None:
    """The parameter's name is the same, and CloudFormation alone knows the new value."""
    store = prod.sites[FIRST].client("ssm")
    store.put_parameter(Name="/level", Value="warn", Type="String")
    prod.template["Parameters"]["Level"] = {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/level"}
    check(prod.release(2))
    assert prod.configuration()["Environment"]["Variables"]["LEVEL"] == "warn"
    assert "changes nothing" in prod.run("plan", release=3).out
    store.put_parameter(Name="/level", Value="debug", Type="String", Overwrite=True)
    done = prod.release(4)
    check(done)
    assert 'parameter Level: "warn" -> "debug"' in done[0].out
    assert prod.configuration()["Environment"]["Variables"]["LEVEL"] == "debug"


# Releases that meet


def test_a_release_that_arrives_while_cloudformation_monitors_waits(prod: World) -> None:
    """Its plan waits for the end of the monitoring, and then sees what runs."""
    plan(prod, 2, "two")
    check([prod.run("deploy", release=2)])
    assert prod.status() == "UPDATE_IN_PROGRESS"
    done = prod.run("plan", release=3)
    assert done.code == 0
    assert "is UPDATE_IN_PROGRESS because of release-2-" in done.out
    assert prod.status() == "UPDATE_COMPLETE"
    check([prod.run("confirm", release=2)])


def test_a_release_that_waits_too_long_gives_up_without_a_change(prod: World) -> None:
    """It ends before the job's timeout."""
    plan(prod, 2, "two")
    check([prod.run("deploy", release=2)])
    done = prod.run("plan", release=3, CI_JOB_TIMEOUT="1800")
    assert done.code == 4
    assert "this job's time is over" in done.out
    assert prod.status() == "UPDATE_IN_PROGRESS"


def test_an_older_pipeline_that_never_deployed_arrives_late(prod: World) -> None:
    """Neither its plan nor its deployment does anything."""
    plan(prod, 2, "two")
    check(prod.release(3, "three"))
    for command in ("plan", "deploy"):
        done = prod.run(command, release=2)
        assert done.code == 5
        assert "runs release 3, which is newer than 2" in done.out
    assert prod.codes() == {"three": 1.0}


def test_a_newer_release_has_taken_over(prod: World) -> None:
    """The old `confirm` and the old `rollback` find nothing to do."""
    check(prod.release(2, "two"))
    check(prod.release(3, "three"))
    done = [prod.run("confirm", release=2), prod.run("rollback", release=2)]
    check(done)
    assert "superseded by release-3-" in done[0].out
    assert "runs release 3: nothing to take back" in done[1].out
    assert prod.codes() == {"three": 1.0}


def test_an_old_rollback_while_a_newer_release_is_deployed(prod: World) -> None:
    """It does nothing."""
    check(prod.release(2, "two"))
    plan(prod, 3, "three")
    check([prod.run("deploy", release=3)])
    done = prod.run("rollback", release=2)
    assert done.code == 0
    assert "nothing to take back" in done.out
    prod.cloud.advance(70)
    assert prod.codes() == {"three": 1.0}


def test_gitlabs_rollback_button(cloud: str, tmp_path: Path) -> None:
    """The deployment job of an old release, run again, deploys its stored template at once in all waves."""
    with world(cloud, tmp_path) as prod:
        for number, code in enumerate(("one", "two", "three"), 1):
            check(prod.release(number, code))
        began = prod.cloud.now
        done = prod.run("deploy", "--wave", "1", release=2)
        check([done])
        assert prod.cloud.now - began < 9 * 60
        assert prod.codes(FIRST) == prod.codes(SECOND) == {"two": 1.0}
        late = prod.run("confirm", release=3)
        assert late.code == 0
        check(prod.release(4, "four"))


# Jobs that are cancelled, retried, or lost


def test_the_runner_is_lost_while_traffic_shifts(prod: World) -> None:
    """CloudFormation goes on alone; the job, run again, follows it; `settle` says what happens."""
    plan(prod, 2, "two")
    assert prod.run("deploy", release=2, killed_after=3).code == -1
    said = prod.run("settle", release=2)
    assert said.code == 0
    assert "is UPDATE_IN_PROGRESS because of release-2-" in said.out
    again = prod.run("deploy", release=2)
    assert again.code == 0
    assert "this release is being deployed already: following it" in again.out
    prod.cloud.advance(60)
    check([prod.run("confirm", release=2)])
    assert prod.codes() == {"two": 1.0}
    assert len([each for each in prod.cloud.calls if each[0] == "ExecuteChangeSet"]) == 2


def test_a_deployment_is_run_again_after_it_succeeded(prod: World) -> None:
    """Nothing happens, and what ran before stays known."""
    check(prod.release(2, "two"))
    done = [prod.run("deploy", release=2), prod.run("plan", release=2)]
    check(done)
    assert "runs this release already" in done[0].out
    assert "this release is deployed already" in done[1].out
    check([prod.run("rollback", release=2)])
    assert prod.codes() == {"one": 1.0}


@pytest.mark.parametrize("blocks", [True, False], ids=["version-blocks", "version-does-not-block"])
def test_a_deployment_is_run_again_after_cloudformation_went_back(cloud: str, tmp_path: Path, *, blocks: bool) -> None:
    """Lambda has kept the version of the first attempt; the second one gets another stamp, so that it is not refused."""
    with world(cloud, tmp_path, Behaviour(kept_version_blocks=blocks), waves=[[FIRST]]) as prod:
        check(prod.release(1, "one"))
        assert prod.release(2, "two", alarm=FIRST)[-1].code == 1
        prod.sites[FIRST].alarm(BAKE, "OK")
        done = prod.run("deploy", release=2)
        assert done.code == 0
        prod.cloud.advance(60)
        check([prod.run("confirm", release=2)])
        assert prod.codes() == {"two": 1.0}
        assert "changes nothing" in prod.run("plan", release=3).out


def test_a_deployment_that_never_began_is_not_confirmed(prod: World) -> None:
    """The job was cancelled before it did anything."""
    plan(prod, 2, "two")
    for release in (2, 3):
        done = prod.run("confirm", release=release)
        assert done.code == 1
        assert "this release was not deployed here" in done.out


def test_a_young_stack_whose_release_never_began(cloud: str, tmp_path: Path) -> None:
    """All its operations are looked at."""
    with world(cloud, tmp_path, waves=[[FIRST]], monitoring_minutes=0) as prod:
        check([prod.run("deploy", release=1)])
        plan(prod, 2, "two")
        assert prod.run("confirm", release=2).code == 1


def test_lists_of_cloudformation_have_pages(prod: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events, and the changes of a change set."""
    monkeypatch.setattr(stack_calls, "PAGE", 3)
    monkeypatch.setattr(change_sets, "PAGE", 2)
    done = prod.release(2, "two")
    check(done)
    assert done[0].out.count("AWS::Lambda") == 4
    assert prod.codes() == {"two": 1.0}


def test_an_operation_that_its_events_do_not_show_yet(prod: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked for again."""
    plan(prod, 2, "two")
    find, seen = runtime.Stack.find, []

    def late(stack: runtime.Stack, prefix: str, since: float) -> runtime.Operation | None:
        seen.append(prefix)
        return find(stack, prefix, since) if len(seen) > 1 else None

    monkeypatch.setattr(runtime.Stack, "find", late)
    check([prod.run("deploy", release=2)])


# People


def test_a_rollback_to_what_runs_already(prod: World) -> None:
    """Somebody has restored the old code by hand, in a template that names the release."""
    own = prod.template["Resources"]["Hello"]["Properties"]
    del own["DeploymentPreference"]
    check(prod.release(2))
    call = prod.sites[FIRST].client("cloudformation")
    old = call.get_template(StackName="hello-prod")["TemplateBody"]
    check(prod.release(3, "two"))
    again = {**old, "Metadata": call.get_template(StackName="hello-prod")["TemplateBody"]["Metadata"]}
    call.update_stack(
        StackName="hello-prod",
        TemplateBody=json.dumps(again),
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        RollbackConfiguration={"RollbackTriggers": [], "MonitoringTimeInMinutes": 0},
    )
    prod.cloud.advance(10)
    done = prod.run("rollback", release=3)
    check([done])
    assert "runs that already" in done.out


def test_a_rollback_restores_the_saved_state_and_its_second_run_does_nothing(cloud: str, tmp_path: Path) -> None:
    """Code, configuration and parameters, all traffic at once, in all waves; the next release has its canary again."""
    with world(cloud, tmp_path, parameters={"Level": {"variable": "LEVEL"}}) as prod:
        prod.variables["LEVEL"] = "warn"
        check(prod.release(1, "one"))
        prod.variables["LEVEL"] = "debug"
        check(prod.release(2, "two", Timeout=9))
        shifts = len(prod.sites[FIRST].shifts)
        began = prod.cloud.now
        done = prod.run("rollback", release=2)
        check([done])
        assert prod.cloud.now - began < 9 * 60
        assert prod.codes(FIRST) == prod.codes(SECOND) == {"one": 1.0}
        assert "Timeout" not in prod.configuration(SECOND)
        assert prod.sites[SECOND].parameters("hello-prod") == {"Level": "warn"}
        assert 'parameter Level: "debug" -> "warn"' in done.out
        again = prod.run("rollback", release=2)
        check([again])
        assert "runs release 1: nothing to take back" in again.out
        late = prod.run("confirm", release=2)
        assert (late.code, "superseded by rollback-2-" in late.out) == (0, True)
        check(prod.release(3, "three"))
        assert len(prod.sites[FIRST].shifts) == shifts + 2


def test_a_rollback_while_the_release_is_monitored(prod: World) -> None:
    """CloudFormation takes the update back."""
    plan(prod, 2, "two")
    check([prod.run("deploy", release=2)])
    done = prod.run("rollback", release=2)
    check([done])
    assert "CloudFormation takes this release back" in done.out
    assert prod.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert prod.codes() == {"one": 1.0}
    assert prod.run("confirm", release=2).code == 1


def test_a_rollback_of_a_stack_that_is_not_there(cloud: str, tmp_path: Path) -> None:
    """There is nothing to do."""
    with world(cloud, tmp_path) as prod:
        check([prod.run("rollback", release=1), prod.run("settle", release=1)])


def test_a_stack_with_a_secret_that_no_release_of_ours_made(prod: World) -> None:
    """Its value is not shown, and a rollback keeps the one that the stack has."""
    call = prod.sites[FIRST].client("cloudformation")
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "Secret"}}}
    old: dict[str, Any] = {"Parameters": {"Secret": {"Type": "String", "NoEcho": True}}, "Resources": {"Queue": queue}}
    secret = [{"ParameterKey": "Secret", "ParameterValue": "hidden"}]
    call.create_stack(StackName="other-prod", TemplateBody=json.dumps(old), Parameters=secret)
    prod.cloud.advance(5)
    reference = "{{resolve:secretsmanager:db:SecretString:name}}"
    prod.target = {**prod.target, "stack": "other-prod", "parameters": {"Secret": {"value": reference}}}
    prod.template["Parameters"]["Secret"] = old["Parameters"]["Secret"]
    check([prod.run("plan", release=2)])
    stored = (
        prod.sites[FIRST]
        .client("s3")
        .get_object(Bucket=prod.target["bucket"].replace("{region}", FIRST), Key="hello/other-prod/releases/2/plan.json")
    )
    previous = json.loads(stored["Body"].read())["previous"]
    assert previous["parameters"] == [{"ParameterKey": "Secret", "UsePreviousValue": True}]


def test_a_stack_that_no_release_of_ours_made(prod: World) -> None:
    """It is adopted: what ran before is kept as text, also if it is YAML, and a rollback restores it."""
    call = prod.sites[FIRST].client("cloudformation")
    text = "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n"
    call.create_stack(StackName="other-prod", TemplateBody=text)
    prod.cloud.advance(5)
    prod.target = {**prod.target, "stack": "other-prod"}
    assert "runs release (none of ours)" in prod.run("settle", release=2).out
    assert "runs no release of ours: nothing to take back" in prod.run("rollback", release=2).out
    check(prod.release(2, "two"))
    check([prod.run("rollback", release=2)])
    assert set(prod.sites[FIRST].stack("other-prod").resources) == {"Queue"}


# The hotfix lane


@pytest.mark.parametrize("way_back", ["gradually", "at-once"])
def test_a_hotfix_cancels_what_is_monitored_and_deploys_all_at_once(cloud: str, tmp_path: Path, way_back: str) -> None:
    """It waits until the stack is back; neither alarms nor monitoring nor a canary hold it."""
    behaviour = dataclasses.replace(Behaviour(), way_back=way_back)  # type: ignore[arg-type]
    with world(cloud, tmp_path, behaviour, waves=[[FIRST]]) as prod:
        check(prod.release(1, "one"))
        plan(prod, 2, "two")
        check([prod.run("deploy", release=2)])
        prod.template["Resources"]["Hello"]["Properties"]["CodeUri"] = "s3://packages/fix"
        planned = prod.run("plan", "--lane", "hotfix", release=3)
        assert planned.code == 0
        assert "`deploy` cancels it" in planned.out
        assert prod.status() == "UPDATE_IN_PROGRESS"
        done = prod.run("deploy", "--lane", "hotfix", release=3)
        assert done.code == 0
        assert "cancelled release-2-" in done.out
        assert prod.codes() == {"fix": 1.0}
        stack = prod.sites[FIRST].stack("hello-prod")
        assert (stack.triggers.alarms, stack.triggers.minutes, stack.status) == ((), 0, "UPDATE_COMPLETE")
        late = prod.run("confirm", release=2)
        assert (late.code, "superseded by release-3-" in late.out) == (0, True)


def test_a_hotfix_while_an_alarm_is_raised(prod: World) -> None:
    """The usual lane refuses; the hotfix lane deploys, with a plan that was made in it."""
    prod.sites[FIRST].alarm(BAKE)
    plan(prod, 2, "two")
    done = prod.run("deploy", release=2)
    assert done.code == 1
    assert f"{BAKE} is in ALARM" in done.out
    assert prod.codes() == {"one": 1.0}
    check([prod.run("deploy", "--lane", "hotfix", release=2)])
    assert prod.codes() == {"two": 1.0}


# Stuck stacks


def test_a_rollback_that_failed_names_the_command_that_frees_the_stack(prod: World) -> None:
    """`confirm`, the next plan and `settle` say it; after the command all goes on."""
    site = prod.sites[FIRST]
    site.break_resource("hello-prod", "Hello", "rollback", "Not allowed")
    done = prod.release(2, "two", alarm=FIRST)
    assert done[-1].code == 3
    for each in (done[-1], prod.run("plan", release=3), prod.run("settle", release=2), prod.run("rollback", release=2)):
        assert f"aws cloudformation continue-update-rollback --stack-name hello-prod --region {FIRST}" in each.out
        assert "Hello (AWS::Lambda::Function): Not allowed" in each.out
    site.mend_resource("hello-prod", "Hello")
    site.client("cloudformation").continue_update_rollback(StackName="hello-prod")
    site.alarm(BAKE, "OK")
    prod.cloud.advance(15)
    check(prod.release(3, "three"))


def test_a_first_deployment_that_failed_names_the_command(cloud: str, tmp_path: Path) -> None:
    """ROLLBACK_COMPLETE: the stack never worked."""
    with world(cloud, tmp_path, waves=[[FIRST]]) as prod:
        prod.sites[FIRST].break_resource("hello-prod", "Hello", "create", "No quota")
        done = prod.release(1, "one")
        assert done[-1].code == 1
        assert "Hello (AWS::Lambda::Function): No quota" in done[-1].out
        assert prod.status() == "ROLLBACK_COMPLETE"
        stuck = prod.run("plan", release=2)
        assert stuck.code == 3
        assert f"aws cloudformation delete-stack --stack-name hello-prod --region {FIRST}" in stuck.out
        assert f"--role-arn arn:aws:iam::{ACCOUNT}:role/hello-prod-execution" in stuck.out


def test_a_deletion_that_failed_names_the_command(prod: World) -> None:
    """DELETE_FAILED, with the resource that holds the stack."""
    site = prod.sites[FIRST]
    site.break_resource("hello-prod", "Errors", "delete", "is in use")
    site.client("cloudformation").delete_stack(StackName="hello-prod")
    prod.cloud.advance(5)
    done = prod.run("plan", release=2)
    assert done.code == 3
    assert "delete-stack" in done.out
    assert "Errors (AWS::CloudWatch::Alarm): is in use" in done.out


def test_a_leftover_in_review_is_used(cloud: str, tmp_path: Path) -> None:
    """A planned first deployment that no one executed: the next plan replaces its change set."""
    with world(cloud, tmp_path, waves=[[FIRST]]) as prod:
        check([prod.run("plan", release=1)])
        assert prod.status() == "REVIEW_IN_PROGRESS"
        assert "is not deployed" in prod.run("settle", release=1).out
        check(prod.release(2, "two"))
        assert [each.name for each in prod.sites[FIRST].stack("hello-prod").change_sets if each.status == "AVAILABLE"] == []
        assert prod.codes() == {"two": 1.0}


# Waves


def test_the_regions_of_a_wave_are_deployed_together(cloud: str, tmp_path: Path) -> None:
    """One of them goes back: the others of the wave keep the release, or go back too with `undo_waves`."""
    for undo in (False, True):
        with world(cloud, tmp_path, waves=[[FIRST], [SECOND, THIRD]], undo_waves=undo) as prod:
            check(prod.release(1, "one"))
            done = prod.release(2, "two", alarm=THIRD)
            assert done[-1].code == 1
            rest = {"one": 1.0} if undo else {"two": 1.0}
            assert [prod.codes(region) for region in (FIRST, SECOND, THIRD)] == [rest, rest, {"one": 1.0}]


def test_nothing_begins_in_a_wave_if_one_region_cannot_begin(cloud: str, tmp_path: Path) -> None:
    """An alarm is raised in one region: the other one of the wave keeps what it runs."""
    with world(cloud, tmp_path, waves=[[FIRST, SECOND]]) as prod:
        check(prod.release(1, "one"))
        plan(prod, 2, "two")
        prod.sites[SECOND].alarm(BAKE)
        assert prod.run("deploy", release=2).code == 1
        assert prod.status(FIRST) == "CREATE_COMPLETE"


def test_undo_waves_does_not_touch_a_region_that_a_newer_release_has(cloud: str, tmp_path: Path) -> None:
    """Release 3 has already reached the first region when release 2 fails in the second."""
    with world(cloud, tmp_path, undo_waves=True) as prod:
        check(prod.release(1, "one"))
        plan(prod, 2, "two")
        check([prod.run("deploy", "--wave", "1", release=2)])
        prod.cloud.advance(60)
        check([prod.run("confirm", "--wave", "1", release=2)])
        check([prod.run("deploy", "--wave", "2", release=2)])
        prod.sites[SECOND].alarm(BAKE)
        prod.cloud.advance(30)
        prod.sites[SECOND].alarm(BAKE, "OK")
        plan(prod, 3, "three")
        check([prod.run("deploy", "--wave", "1", release=3)])
        done = prod.run("confirm", "--wave", "2", release=2)
        assert done.code == 1
        assert "nothing to take back" in done.out
        prod.cloud.advance(70)
        assert prod.codes(FIRST) == {"three": 1.0}
        assert prod.codes(SECOND) == {"one": 1.0}


def test_the_report_of_a_plan_shows_what_approvers_have_to_know(prod: World) -> None:
    """Replacements and removals first, then parameters, then the rest."""
    prod.template["Resources"]["Queue"] = {"Type": "AWS::SQS::Queue"}
    check(prod.release(2))
    del prod.template["Resources"]["Queue"]
    prod.target = {**prod.target, "parameters": {"Level": {"value": "two\n```\nlines"}}}
    plan(prod, 3, "three")
    report = (prod.folder / "plan.md").read_text()
    lines = [line.strip() for line in report.splitlines() if line.startswith("    ")]
    assert report.startswith("# Release 3 of hello to prod\n")
    assert lines[0] == "REMOVES AWS::SQS::Queue Queue"
    assert (
        lines[1]
        == f'parameter Level: {json.dumps("info")} -> {json.dumps("two```").replace("two", "two" + chr(92) + "n")[:-1]}\\nlines"'
    )
    assert lines[-1].startswith("removes AWS::Lambda::Version")
