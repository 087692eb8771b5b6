"""`serverless_service`: properties of its pipelines, and messages about invalid arguments."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import Any

import pytest
import troposphere.serverless
from hypothesis import given
from hypothesis import strategies as st

import gitlabgen
from gitlabgen import Job, KeywordError, Project
from gitlabgen.modeling.callsites import position
from gitlabgen.modeling.plans import location_of
from gitlabgen.patterns import KubernetesTarget, Package, QaTest, Target, Test, serverless_service
from gitlabgen.patterns.serverless.waits import waits_for
from gitlabgen.sam import (
    Alarm,
    Canary,
    Function,
    FunctionGlobals,
    Globals,
    Hook,
    HttpApi,
    If,
    Parameter,
    Probe,
    Ref,
    Resource,
    Route,
    StateMachine,
    Template,
    TimeBasedCanary,
    TimeBasedLinear,
    loads,
)
from gitlabgen.sam.canaries.shifts import PREDEFINED
from tests.sam.messages import said

TEST = Test(image="node:24-slim", script=["npm test"])
QA = Target(account="111111111111", region="eu-central-1", role="hello-qa", bucket="hello-qa-artifacts")
DEV = Target("dev", account="222222222222", region="eu-central-1", role="hello-dev", bucket="hello-dev-artifacts")
PROD = Target(
    "prod", account="333333333333", region="eu-central-1", role="hello-prod", bucket="hello-prod-artifacts", gate="manual"
)
WAVES = Target(
    "prod",
    account="333333333333",
    waves=[["eu-central-1"], ["us-east-1", "us-west-2"]],
    role="hello-prod",
    bucket="hello-prod-{region}",
)


def template(canary: Canary | None = None, **changes: Any) -> Template:
    """Return a template with a function and its API."""
    api = HttpApi("Api")
    function = Function(
        "Hello",
        runtime="nodejs24.x",
        handler="index.handler",
        code_uri="src/",
        events={"Get": Route("GET", "/", api=api)},
        canary=canary or Canary("Linear10PercentEvery1Minute", alarms=[Alarm.errors()]),
        auto_publish_alias_all_properties=True,
    )
    return Template("Hello", **{"resources": [api, function], "outputs": {"ApiUrl": api.url}, **changes})


OTHER = Template("Other", outputs={"Foo": "bar"})


def service(made: Template | None = None, **changes: Any) -> Project:
    """Return the project of a valid service with some arguments changed."""
    made = made or template()
    qa_test = QaTest(script=["node test/qa.mjs"], env={"API_URL": made.output("ApiUrl"), "LEVEL": "1"})
    valid = {"name": "hello", "test": TEST, "qa": QA, "qa_test": qa_test, "deploy": [DEV, PROD], "scan": []}
    return serverless_service(made, **{**valid, **changes})


def service_image() -> str:
    """Return the image of jobs that deploy."""
    return str(jobs(service())["deploy-dev"].image)


def jobs(project: Project) -> dict[str, Any]:
    """Return the jobs of a project by name."""
    assert project.pipeline is not None
    return {job.name: job for job in project.pipeline.jobs}


def stages(project: Project) -> list[str]:
    """Return the names of a project's stages."""
    assert project.pipeline is not None
    assert isinstance(project.pipeline.stages, tuple)
    return [str(stage) for stage in project.pipeline.stages]


def commands(job: Any) -> str:
    """Return the commands of a job as one string."""
    return "\n".join(job.script)


def conditions(job: Any) -> list[str]:
    """Return the conditions of a job's rules."""
    return [rule.if_ for rule in job.rules]


def problems(**changes: Any) -> list[str]:
    """Return the messages about a service's arguments."""
    with pytest.raises(KeywordError) as caught:
        service(**changes)
    return [said(finding) for finding in caught.value.findings]


EVERYTHING: dict[str, Any] = {
    "deploy": [DEV, WAVES],
    "qa_shift": True,
    "drift": True,
    "release": True,
    "runner_tags": ["aws"],
    "scan": ["sast", "secret-detection", "dependency-scanning"],
}


@pytest.mark.parametrize("changes", [{}, EVERYTHING, {"qa": None}, {"qa_test": None}, {"bake": None, "deploy": [PROD]}])
def test_the_linter_has_no_findings(changes: dict[str, Any]) -> None:
    """The only findings are about GitLab's own templates, which cannot be read offline, and about accounts of examples."""
    found = {(finding.rule, finding.severity) for finding in gitlabgen.lint(service(**changes))}

    assert found <= {("unread-include", "info"), ("placeholder-account", "info")}


def test_a_package_is_built_once_without_credentials() -> None:
    """One job builds the code, for merge requests and the default branch, and only jobs that deploy sign in."""
    made = jobs(service())

    assert [name for name, job in made.items() if "sam build" in commands(job)] == ["package"]
    assert made["package"].id_tokens is None
    assert made["package"].image == "public.ecr.aws/sam/build-nodejs24.x:1.170.0"
    assert all(job.dependencies == ("package",) for name, job in made.items() if name.startswith("deploy-"))


def test_merge_requests_cannot_reach_targets() -> None:
    """Jobs of merge requests use no role, bucket or stack of a target, and other jobs use none of QA."""
    for job in jobs(service()).values():
        text = f"{commands(job)} {job.variables}"
        reviews = any("merge_request_event" in condition for condition in conditions(job))
        assert not (reviews and re.search("hello-(dev|prod)|222222222222|333333333333", text))
        if "CI_COMMIT_BRANCH" in " ".join(conditions(job)):
            assert not re.search("hello-qa|111111111111", text)


def test_deployments_are_not_parallel_and_not_interrupted() -> None:
    """Each job that changes a stack has an environment, the stack's resource group and a timeout, and is not interruptible."""
    changing = {name: job for name, job in jobs(service()).items() if re.search("sam deploy|delete-stack", commands(job))}

    assert {*changing} == {"deploy-qa", "remove-qa", "deploy-dev", "deploy-prod", "rollback-prod"}
    for job in changing.values():
        assert job.environment is not None
        assert job.resource_group in commands(job)
        assert job.interruptible is False
        assert job.retry is None
        assert job.timeout is not None


def test_a_newer_commit_cancels_checks() -> None:
    """Checks are interruptible, and retried if the runner fails."""
    made = service()
    assert made.pipeline is not None
    assert made.pipeline.workflow is not None

    assert made.pipeline.workflow.auto_cancel.on_new_commit == "interruptible"  # type: ignore[union-attr]
    for name in ("test", "validate", "package", "test-qa", "test-dev"):
        job = jobs(made)[name]
        assert job.interruptible is True
        assert job.retry.when == ("runner_system_failure", "scheduler_failure", "stuck_or_timeout_failure")


def test_every_job_has_a_timeout() -> None:
    """No job uses the project's timeout; a check keeps the timeout that it sets."""
    made = jobs(service(**EVERYTHING, test=gitlabgen.evolve(TEST, timeout="1 hour")))

    assert [name for name, job in made.items() if job.timeout is None] == []
    assert made["test"].timeout == "1 hour"


def test_the_stack_of_a_merge_request_is_removed_with_it() -> None:
    """The job that stops the environment needs neither the branch nor other jobs, and does not block the pipeline."""
    made = jobs(service())
    deploy, remove = made["deploy-qa"], made["remove-qa"]

    assert deploy.environment.on_stop == "remove-qa"
    assert deploy.environment.auto_stop_in == "2 days"
    assert remove.environment.name == deploy.environment.name == "qa/$CI_MERGE_REQUEST_IID"
    assert remove.environment.action == "stop"
    assert conditions(remove) == conditions(deploy)
    assert (remove.stage, remove.resource_group, remove.needs) == (deploy.stage, deploy.resource_group, ())
    assert (remove.rules[0].when, remove.rules[0].allow_failure) == ("manual", True)
    assert remove.variables["GIT_STRATEGY"] == "none"
    assert "ci/" not in commands(remove)


def test_tests_get_the_outputs_of_the_stack() -> None:
    """Outputs become variables of the job that checks a stack, and the environment's address."""
    made = jobs(service(url=template().output("ApiUrl")))

    assert commands(made["deploy-qa"]).endswith("outputs hello-qa-$CI_MERGE_REQUEST_IID API_URL=ApiUrl --file stack.env")
    assert made["deploy-qa"].environment.url == "$API_URL"
    assert made["test-qa"].dependencies == ("deploy-qa",)
    assert made["test-qa"].environment.action == "verify"
    assert made["test-qa"].variables == {"LEVEL": "1"}
    assert made["test-qa"].image == "node:24-slim"


def test_the_address_can_be_the_only_output() -> None:
    """If no test uses the output with the address, it gets a separate variable."""
    made = jobs(service(url=template().output("ApiUrl"), qa_test=None))

    assert "outputs hello-prod STACK_URL=ApiUrl" in commands(made["deploy-prod"])
    assert made["deploy-prod"].environment.url == "$STACK_URL"


def test_stages_are_in_the_order_of_the_targets() -> None:
    """Checks, the package, merge requests, one target after the other with its gate, and finally the rollback."""
    assert stages(service()) == [
        "test",
        "package",
        "qa",
        "qa-test",
        "dev",
        "dev-test",
        "prod-gate",
        "prod",
        "prod-bake",
        "rollback",
        "nightly",
    ]


def test_waves_begin_with_one_region() -> None:
    """Each wave is a separate stage after the bake of the previous wave; each region has its bucket."""
    made = service(deploy=[DEV, WAVES])
    assert made.pipeline is not None
    where = {job.name: job.stage for job in made.pipeline.jobs}

    assert where["deploy-prod-eu-central-1"] == "prod-1"
    assert where["deploy-prod-us-east-1"] == where["deploy-prod-us-west-2"] == "prod-2"
    order = stages(made)
    assert order.index("prod-1-bake") < order.index("prod-2")
    one, other = (jobs(made)[f"deploy-prod-{region}"] for region in ("us-east-1", "us-west-2"))
    assert "--s3-bucket hello-prod-us-east-1 " in commands(one)
    assert other.variables["AWS_DEFAULT_REGION"] == "us-west-2"
    assert one.resource_group != other.resource_group
    assert [name for name in jobs(made) if name.startswith("rollback-")] == [
        "rollback-prod-eu-central-1",
        "rollback-prod-us-east-1",
        "rollback-prod-us-west-2",
    ]


def test_partitions_have_their_own_arns() -> None:
    """China's regions and those of the US government are in separate partitions."""
    prod = Target("prod", account="333333333333", region="cn-north-1", role="r", bucket="bucket")
    government = Target("prod", account="333333333333", region="us-gov-west-1", role="r", execution_role="x", bucket="bucket")

    assert "arn:aws-cn:iam::333333333333:role/r-execution" in commands(jobs(service(deploy=[DEV, prod]))["deploy-prod"])
    assert "arn:aws-us-gov:iam::333333333333:role/x" in commands(jobs(service(deploy=[DEV, government]))["deploy-prod"])


def test_production_is_checked_after_the_last_shift() -> None:
    """A deployment is good after a delayed job has checked the alarms' history and the number of requests."""
    bake = jobs(service(min_requests=250, bake="3 hours"))["bake-prod"]

    assert (bake.rules[0].when, bake.rules[0].start_in) == ("delayed", "3 hours")
    assert [*bake.script] == [
        "python3 ci/bake.py hello-prod --min-requests 250",
        "python3 ci/marker.py good hello-prod --bucket hello-prod-artifacts --prefix hello",
    ]
    assert bake.dependencies == ("deploy-prod",)
    assert bake.allow_failure.exit_codes == 3
    assert bake.environment.action == "verify"


def test_a_failure_rolls_production_back_in_one_step() -> None:
    """The rollback runs after any failure, without needs, and shifts all traffic in one step."""
    rollback = jobs(service())["rollback-prod"]

    assert rollback.rules[0].when == "on_failure"
    assert rollback.needs is None
    assert "restore hello-prod" in rollback.script[0]
    assert "--parameter-overrides TrafficShift=AllAtOnce" in rollback.script[1]


def test_switches_remove_jobs() -> None:
    """A feature that is switched off has no jobs or commands."""
    less = service(bake=None, reaper=False, freeze=False, alarm_gate=False, qa_test=None, deploy=[PROD])

    assert [*jobs(less)] == ["test", "validate", "package", "deploy-qa", "remove-qa", "approve-prod", "deploy-prod"]
    assert not re.search("gate|marker", commands(jobs(less)["deploy-prod"]))
    assert [*jobs(service(rollback=False))] == [name for name in jobs(service()) if name != "rollback-prod"]


def test_switches_add_jobs() -> None:
    """A feature that is switched on has jobs for all targets."""
    more = jobs(service(**EVERYTHING))

    assert {"drift-dev", "drift-prod-eu-central-1", "release"} <= {*more}
    assert more["release"].release.tag_name == "v1.$CI_PIPELINE_IID"
    assert all(job.tags == ("aws",) for job in more.values() if job.id_tokens is not None)


def test_the_gate_is_for_production_only() -> None:
    """The script checks freezes, alarms and windows when it runs."""
    prod = gitlabgen.evolve(PROD, windows=["Mon-Thu 08:00-16:00 Europe/Berlin"])
    made = jobs(service(deploy=[DEV, prod], freeze=False))

    assert made["deploy-prod"].script[0] == (
        'python3 ci/gate.py hello-prod --window "Mon-Thu 08:00-16:00 Europe/Berlin" --no-freeze'
    )
    assert "gate.py" not in commands(made["deploy-dev"])


def test_a_deployment_continues_to_all_regions() -> None:
    """Windows and freezes are checked before the first wave only, alarms before each."""
    made = jobs(service(deploy=[DEV, gitlabgen.evolve(WAVES, windows=["Mon-Thu 08:00-16:00 UTC"])]))

    assert "--window" in made["deploy-prod-eu-central-1"].script[0]
    assert made["deploy-prod-us-east-1"].script[0] == "python3 ci/gate.py hello-prod --no-freeze"


def test_a_merge_request_can_exercise_the_shift() -> None:
    """The default branch's last package is deployed in one step, then the merge request's step by step."""
    script = jobs(service(qa_shift=True))["deploy-qa"].script
    previous, candidate = script[2], script[4]

    assert script[1] == "python3 ci/previous.py --job package --output previous"
    assert "--template-file previous.yml" in previous
    assert "TrafficShift=AllAtOnce" in previous
    assert "TrafficShift=Gradual" in candidate


def test_traffic_shifts_by_default() -> None:
    """The template gets a parameter to shift all traffic in one step; by default it shifts as the canary says."""
    made = service().template
    assert made is not None
    assert made.parameters is not None
    tree = gitlabgen.sam.dumps(made)

    assert "Type: !If" in tree
    assert made.parameters["TrafficShift"].default == "Gradual"  # type: ignore[union-attr]


def test_active_alarms_do_not_block_a_rollback() -> None:
    """CodeDeploy stops a deployment with active alarms, so there are none if all traffic moves in one step."""
    made = service().template
    assert made is not None
    (function,) = [resource for resource in made.resources if isinstance(resource, Function)]
    assert function.canary is not None

    assert function.canary.alarms == If("TrafficShiftsGradually", [Ref("HelloErrorsAlarm")], [])


def test_a_template_without_canaries_is_unchanged() -> None:
    """If no traffic shifts, there is no parameter, and no deployment sets it."""
    plain = template(resources=[HttpApi("Api")])
    made = service(plain)

    assert made.template == plain
    assert "TrafficShift" not in commands(jobs(made)["deploy-qa"])
    assert "--capabilities" not in commands(jobs(made)["deploy-qa"])


def test_alarms_continue_after_the_shift() -> None:
    """If production bakes, each alarm of the new version has a twin on the alias, which is a part of the stack's bake alarm."""
    made = gitlabgen.sam.dumps(service().template or Template())

    assert "HelloErrorsBakeAlarm" in made
    assert "AlarmName: !Sub ${AWS::StackName}-bake" in made
    assert "ErrorsBakeAlarm" not in gitlabgen.sam.dumps(service(bake=None).template or Template())


def test_deployments_wait_for_a_probe() -> None:
    """The calls of a probe come before the shift, and take at most the time of its hook."""
    probe = Probe.http("GET", "/", timeout=600)
    made = service(template(Canary("Linear10PercentEvery1Minute", alarms=[Alarm.errors()], probe=probe)))
    without = service(template(Canary("Linear10PercentEvery1Minute", alarms=[Alarm.errors()], probe=Probe.none("why"))))

    assert "--max-wait-duration 50" in commands(jobs(made)["deploy-prod"])
    assert "--max-wait-duration 40" in commands(jobs(without)["deploy-prod"])


def test_the_canary_of_all_functions_counts() -> None:
    """A canary in `Globals` is treated like one of a function."""
    canary = Canary("Linear10PercentEvery10Minutes", alarms=[Alarm.errors()])
    function = Function("Hello", runtime="nodejs24.x", handler="index.handler", code_uri="src/")
    shared = Globals(function=FunctionGlobals(canary=canary, auto_publish_alias_all_properties=True))
    made = service(template(resources=[function], globals_=shared, outputs={"ApiUrl": "a"}), project="group/hello")

    assert "--max-wait-duration 120" in commands(jobs(made)["deploy-prod"])
    assert "Type: !If" in gitlabgen.sam.dumps(made.template or Template())
    assert not [finding for finding in gitlabgen.lint(made) if finding.severity != "info"]


SHIFTS = st.one_of(
    st.sampled_from([*PREDEFINED]),
    st.builds(TimeBasedCanary, canary_percentage=st.integers(1, 99), canary_interval=st.integers(1, 2880)),
    st.builds(TimeBasedLinear, linear_percentage=st.integers(10, 99), linear_interval=st.integers(1, 288)),
)


@given(shift=SHIFTS, hooks=st.integers(0, 2), seconds=st.integers(1, 900))
def test_jobs_wait_until_the_last_shift(shift: Any, hooks: int, seconds: int) -> None:
    """The command waits longer than the shift and the hooks take, and the job's timeout is longer than that."""
    canary = Canary(shift, hooks=[Hook(event, "hooks/a.py", timeout=seconds) for event in ("PreTraffic", "PostTraffic")][:hooks])
    waits = waits_for(template(canary), None, gradual=True)
    assert canary.duration_minutes is not None

    assert waits.deployment >= canary.duration_minutes + hooks * seconds / 60 + 30
    assert waits.job >= waits.stack + waits.deployment + 15


@pytest.mark.parametrize("shift", [*PREDEFINED])
def test_the_linter_agrees_about_the_time(shift: str) -> None:
    """The linter reports no shift that takes longer than the job's timeout."""
    made = service(template(Canary(shift, alarms=[Alarm.errors()])))

    assert "canary-outlasts-job" not in {finding.rule for finding in gitlabgen.lint(made)}


def test_existing_hooks_may_take_an_hour_each() -> None:
    """The duration of an existing hook is unknown, but CodeDeploy waits at most an hour."""
    foreign = template(Canary("AllAtOnce", hooks=[Hook.pre_traffic("hooks/a.py"), Hook.post_traffic(Ref("Other"))]))
    mapping = template(Canary("AllAtOnce", hooks={"PreTraffic": Ref("Other")}))

    assert waits_for(foreign, None, gradual=True).deployment == 95
    assert waits_for(mapping, None, gradual=True).deployment == 90


def test_a_canary_without_a_type_takes_no_time() -> None:
    """A canary without a type is not waited for; CodeDeploy refuses it."""
    assert waits_for(template(Canary(alarms=[Alarm.errors()])), None, gradual=True).deployment == 30


def test_a_configuration_of_the_account_needs_its_minutes() -> None:
    """If the template does not define how long traffic shifts, the user has to set it."""
    made = template(Canary(Ref("Config"), alarms=[Alarm.errors()]), parameters={"Config": Parameter("String", default="x")})

    words = "`Canary`: `type` has a duration that is not known from the template; write shift_minutes=…"
    assert {*problems(made=made)} == {words}
    assert "--max-wait-duration 150" in commands(jobs(service(made, shift_minutes=120))["deploy-prod"])


def test_several_runtimes_need_an_image() -> None:
    """No image builds two languages, so the user has to choose one."""
    other = Function("Other", runtime="python3.13", handler="other.handler", code_uri="other/")
    made = template(resources=[*template().resources, other])

    words = "`Package` needs an image for several runtimes: nodejs24.x, python3.13"
    assert problems(made=made) == [f"{words}; write package=Package(image=…, script=[…])"]
    package = Package(image="builder:1", script=["make build"], sbom="sbom.cdx.json")
    job = jobs(service(made, package=package))["package"]
    assert (job.image, job.script) == ("builder:1", ("make build",))
    assert job.artifacts.reports.cyclonedx == "sbom.cdx.json"


def test_a_hook_of_another_language_is_not_built() -> None:
    """A hook in Python is not built if the functions are in Node; one in the same language is built like the functions."""
    canary = Canary("AllAtOnce", alarms=[Alarm.errors()], hooks=[Hook.pre_traffic("hooks/smoke.py")])
    made = service(template(canary))

    assert jobs(made)["package"].image == "public.ecr.aws/sam/build-nodejs24.x:1.170.0"
    assert gitlabgen.sam.dumps(made.template or Template()).count("SkipBuild: true") == 1
    assert "canary-outlasts-job" not in {finding.rule for finding in gitlabgen.lint(made)}
    same = service(template(Canary("AllAtOnce", hooks=[Hook.pre_traffic("hooks/smoke.mjs")])))
    assert "SkipBuild" not in gitlabgen.sam.dumps(same.template or Template())


def test_a_runtime_for_all_functions_selects_the_image() -> None:
    """A runtime in `Globals`, as a model or a mapping, selects the build image."""
    function = Function("Hello", handler="a.b", code_uri="src/")
    for shared in (Globals(function=FunctionGlobals(runtime="ruby3.4")), {"Function": {"Runtime": "ruby3.4"}}):
        made = jobs(service(template(resources=[function], outputs={"ApiUrl": "a"}, globals_=shared)))
        assert made["package"].image == "public.ecr.aws/sam/build-ruby3.4:1.170.0"


def test_a_missing_parameter_is_reported() -> None:
    """Each target has to set a parameter without a default."""
    made = template(parameters={"Level": Parameter("Number"), "Other": Parameter("String", default="x")})
    set_by_dev = gitlabgen.evolve(DEV, parameters={"Level": 1})

    words = "`Target`: `parameters` has no value for 'Level', which has no default in the template"
    assert problems(made=made, deploy=[set_by_dev, PROD]) == [f"{words}; write parameters={{'Level': …}}"] * 2  # qa and prod


def test_container_images_are_refused() -> None:
    """A function that is a container image needs Docker, which jobs do not have."""
    image = Function("Hello", package_type="Image", metadata={"Dockerfile": "Dockerfile"})

    assert problems(made=template(resources=[image], outputs={"ApiUrl": "a"})) == [
        (
            "`Hello`: `package_type` should be 'Zip': serverless_service deploys no container images; "
            "deploy it with other jobs: `sam build` needs Docker for images"
        )
    ]


def test_code_in_the_template_needs_no_image() -> None:
    """A function whose code is in the template is not built."""
    inline = Function("Inline", runtime="python3.13", handler="index.handler", inline_code="def handler(*_): ...")

    assert jobs(service(template(resources=[inline], outputs={"ApiUrl": "a"})))["package"].image == service_image()


def test_all_problems_are_reported_together() -> None:
    """Problems of names, targets and switches are reported together."""
    unapproved = "unmerged or unapproved code could"
    assert {*problems(name="Hello World", deploy=[DEV, DEV], qa=PROD, bake="soon")} == {
        "`serverless_service`: `name` should be lowercase letters, digits and single dashes, at most 40, got 'Hello World'",
        "`Target`: `name` is 'dev' for two targets; they would share a stack",
        f"`Target`: `role` is 'hello-dev' for two targets of an account; {unapproved} deploy to the other target",
        f"`Target`: `bucket` is 'hello-dev-artifacts' for two targets; {unapproved} replace what the other target deploys",
        "`Target`: `gate` is not for merge requests; merge requests are deployed to one region, at once",
        (
            "`serverless_service`: `bake` is not a duration, got 'soon'; "
            "write a duration such as '30 minutes', '1h 30m' or '2 weeks'"
        ),
    }


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"deploy": []}, "`serverless_service`: `deploy` is empty; list the targets in the order of deployment"),
        ({"test": "npm test"}, "`serverless_service`: `test` should be a Test or a mapping, got the string 'npm test'"),
        ({"test": {"unit": 1}}, "`serverless_service`: `test:unit` should be a Test, got 1"),
        (
            {"deploy": PROD},
            (
                "`serverless_service`: `deploy` should be a list, got Target('prod', account='333333333333', "
                "region='eu-central…; write it as a list"
            ),
        ),
        (
            {"scan": ["sats"]},
            (
                "`serverless_service`: `scan[0]` should be one of container-scanning, dependency-scanning, sast, "
                "secret-detection, got 'sats'; did you mean `sast`?"
            ),
        ),
        (
            {"scan": ["container-scanning"]},
            "`serverless_service`: `scan` has 'container-scanning', which is only for container images; leave it out",
        ),
        ({"test": {}}, "`serverless_service`: `test` is empty; add a Test(…): untested code is not deployed"),
        ({"retention": None}, "`serverless_service`: `retention` cannot be None"),
        (
            {"qa": None, "deploy": [PROD]},
            "`serverless_service`: `qa_test` has no stack to test; add qa=Target(…), or a target before the last one",
        ),
        (
            {"qa_shift": True, "qa": gitlabgen.evolve(QA, canary="AllAtOnce")},
            "`Target`: `canary` cannot be used together with qa_shift=True; leave it out, so that traffic shifts",
        ),
        ({"qa": gitlabgen.evolve(QA, name="dev")}, "`Target`: `name` is 'dev' for two targets; they would share a stack"),
        ({"test": {"unit": None}}, "`serverless_service`: `test:unit` has no value"),
        ({"test": {"": TEST}}, "`serverless_service`: `test` has a check without a name; name it: its job gets the name"),
        ({"files": {"a.txt": None}}, "`serverless_service`: `files:a.txt` has no value"),
        (
            {"files": {"ci/gate.py": "x"}},
            "`serverless_service`: `files:ci/gate.py` is a file that serverless_service writes; choose another path",
        ),
        (
            {"files": {"bootstrap/../ci/gate.py": "x"}},
            (
                "`serverless_service`: `files:bootstrap/../ci/gate.py` is a file that serverless_service writes; choose "
                "another path"
            ),
        ),
        (
            {"scripts": "-ci"},
            "`serverless_service`: `scripts` should be a path in the repository, got '-ci'; use no spaces and no `..`",
        ),
        ({"extra": {}}, "`serverless_service` takes no `extra`; change the jobs of the project instead"),
        (
            {"deploy": [KubernetesTarget("x", agent="a/b:c", namespace="x")]},
            (
                "`serverless_service`: `deploy[0]` should be a Target, got KubernetesTarget('x', agent='a/b:c', "
                "rollout_minutes=10, …"
            ),
        ),
        (
            {"deploy": [gitlabgen.evolve(DEV, windows=["Mon 08:00-16:00 UTC"]), PROD]},
            "`Target`: `windows` works only for the last target; only production waits for its windows",
        ),
        (
            {"gitlab": "gitlab.com"},
            (
                "`serverless_service`: `gitlab` should be an address such as 'https://gitlab.com', without a port, got "
                "'gitlab.com'"
            ),
        ),
        (
            {"project": "hello"},
            "`serverless_service`: `project` should be the path of a project, such as 'group/project', got 'hello'",
        ),
        ({"branch": "release/*"}, "`serverless_service`: `branch` should be the name of one branch, got 'release/*'"),
        (
            {"branch": "$CI_DEFAULT_BRANCH"},
            (
                "`serverless_service`: `branch` should be the name of one branch, got '$CI_DEFAULT_BRANCH'; AWS does not "
                "replace variables"
            ),
        ),
        ({"shift_minutes": -5}, "`serverless_service`: `shift_minutes` must be at least 0, got -5"),
        ({"min_requests": -1}, "`serverless_service`: `min_requests` must be at least 0, got -1"),
        ({"url": OTHER.output("Foo")}, "`serverless_service`: `url` should be an output of the template, got 'Foo'"),
        (
            {"qa_test": QaTest(script=["x"], env={"A": OTHER.output("Foo")})},
            "`QaTest`: `env:A` should be an output of the template, got 'Foo'",
        ),
        (
            {"project": "g/p", "deploy": [gitlabgen.evolve(PROD, execution_role="other")]},
            (
                "`Target`: `execution_role` cannot be used together with `project`; leave it out: the rendered templates "
                "make 'hello-prod-execution', and allow only this role"
            ),
        ),
        ({"template": None}, "`serverless_service`: `template` is missing"),
    ],
)
def test_invalid_arguments_are_refused(changes: dict[str, Any], words: str) -> None:
    """The message about an invalid argument says what is expected, without errors that follow from it."""
    if "template" in changes:
        with pytest.raises(KeywordError) as caught:
            serverless_service(None, name="hello", test=TEST, deploy=[PROD])  # type: ignore[arg-type]
        assert [said(finding) for finding in caught.value.findings] == [words]
    else:
        assert problems(**changes) == [words]


@pytest.mark.parametrize(
    ("keywords", "words"),
    [
        ({"account": "1234"}, "`Target`: `account` should be 12 digits, got '1234'"),
        ({"account": 123456789012}, "`Target`: `account` should be a string, got 123456789012; write `account='123456789012'`"),
        ({"region": "Frankfurt"}, "`Target`: `region` should be a region such as 'eu-central-1', got 'Frankfurt'"),
        (
            {"role": "arn:aws:iam::1:role/x"},
            (
                "`Target`: `role` should be the name of a role, at most 53 characters, got 'arn:aws:iam::1:role/x'; give "
                "the role's name, not its ARN: the account is known"
            ),
        ),
        ({"bucket": "UPPER"}, "`Target`: `bucket` should be the name of a bucket, got 'UPPER'"),
        ({"region": None}, "`Target` needs `region` or `waves`"),
        ({"waves": [["eu-west-1"]]}, "`Target`: `waves` cannot be used together with `region`"),
        (
            {"region": None, "waves": [["eu-west-1", "us-east-1"]], "bucket": "b-{region}"},
            (
                "`Target`: `waves[0]` should have one region, got 2; an error then reaches one region only: begin with "
                "the one with the least traffic"
            ),
        ),
        (
            {"region": None, "waves": [["eu-west-1"], ["us-east-1"]]},
            "`Target`: `bucket` should contain '{region}', got 'bucket'; Lambda reads code only from buckets in its region",
        ),
        (
            {"region": None, "waves": [["eu-west-1"], ["eu-west-1"]], "bucket": "b-{region}"},
            "`Target`: `waves` has 'eu-west-1' twice",
        ),
        (
            {"region": None, "waves": [["eu-west-1"], []], "bucket": "b-{region}"},
            "`Target`: `waves` has an empty list; list the regions of each wave",
        ),
        ({"name": "Prod_1"}, "`Target`: `name` should be lowercase letters, digits and single dashes, got 'Prod_1'"),
        ({"gate": "maual"}, "`Target`: `gate` should be `manual`, got 'maual'; did you mean `manual`?"),
        ({"canary": "Canary10Percent5Minutes"}, "`Target`: `canary` should be `AllAtOnce`, got 'Canary10Percent5Minutes'"),
        ({"acount": "1"}, "`Target` has no keyword `acount`; did you mean `account`?"),
        ({"bucket": "a..b"}, "`Target`: `bucket` should be the name of a bucket, got 'a..b'"),
        ({"bucket": "192.168.0.1"}, "`Target`: `bucket` should be the name of a bucket, got '192.168.0.1'"),
        (
            {"bucket": "x" * 55 + "{region}"},
            (
                "`Target`: `bucket` should be the name of a bucket, got "
                "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx{region}'"
            ),
        ),
        (
            {"region": None, "waves": [["eu-west-1"], [["us-east-1"]]]},
            "`Target`: `waves[1][0]` should be a string, got the list ['us-east-1']; write `'us-east-1'`",
        ),
        (
            {"region": None, "waves": ["eu-west-1"]},
            "`Target`: `waves[0]` should be a list, got the string 'eu-west-1'; write `['eu-west-1']`",
        ),
        (
            {"windows": ["Mon-Thu"]},
            (
                "`Target`: `windows[0]` should be days, hours and a time zone, got 'Mon-Thu'; write a window such as "
                "'Mon-Thu,Sat 08:00-16:00 Europe/Berlin'"
            ),
        ),
        (
            {"windows": ["Mo-Do 08:00-16:00 UTC"]},
            (
                "`Target`: `windows[0]` should be days, hours and a time zone, got 'Mo-Do 08:00-16:00 UTC'; write a "
                "window such as 'Mon-Thu,Sat 08:00-16:00 Europe/Berlin'"
            ),
        ),
        (
            {"windows": ["Mon 26:00-27:00 UTC"]},
            (
                "`Target`: `windows[0]` should be days, hours and a time zone, got 'Mon 26:00-27:00 UTC'; write a window "
                "such as 'Mon-Thu,Sat 08:00-16:00 Europe/Berlin'"
            ),
        ),
        (
            {"windows": ["Mon 16:00-08:00 UTC"]},
            (
                "`Target`: `windows[0]` ends before it begins, got 'Mon 16:00-08:00 UTC'; write a window for each day if "
                "it spans midnight"
            ),
        ),
        (
            {"parameters": {"A b": "x"}},
            "`Target`: `parameters:A b` is not the name of a parameter: only letters (A-Z, a-z) and digits are allowed",
        ),
        ({"parameters": {"TrafficShift": "x"}}, "`Target`: `parameters:TrafficShift` is set by serverless_service; leave it out"),
        ({"parameters": {"A": None}}, "`Target`: `parameters:A` has no value"),
    ],
)
def test_invalid_targets_are_refused(keywords: dict[str, Any], words: str) -> None:
    """A target reports problems of its names, regions and buckets."""
    valid: dict[str, Any] = {"name": "prod", "account": "1" * 12, "region": "eu-west-1", "role": "r", "bucket": "bucket"}
    with pytest.raises(KeywordError) as caught:
        Target(**{**valid, **keywords})

    assert [said(finding) for finding in caught.value.findings] == [words]


@pytest.mark.parametrize("keywords", [{"bucket": "x" * 63}, {"bucket": "abc"}, {"parameters": {"A" * 255: "x"}}])
def test_names_of_targets_may_have_the_length_limits(keywords: dict[str, Any]) -> None:
    """The longest and the shortest names of buckets are valid, and the longest name of a parameter."""
    valid: dict[str, Any] = {"account": "1" * 12, "region": "eu-west-1", "role": "r", "bucket": "bucket"}
    made = Target("prod", **{**valid, **keywords})

    assert {name: getattr(made, name) for name in keywords} == keywords


def test_a_missing_bucket_is_reported_once() -> None:
    """A missing bucket is not also reported as an invalid name."""
    with pytest.raises(KeywordError) as caught:
        Target("prod", account="1" * 12, region="eu-west-1", role="r")  # type: ignore[call-arg]

    assert [finding.message for finding in caught.value.findings] == ["`Target`: `bucket` is missing"]


@pytest.mark.parametrize(
    "windows", ["Mon 08:00-16:00 UTC", "Mon-Thu,Sat 00:00-24:00 Europe/Berlin", "Sat-Mon 09:30-10:00 Etc/GMT+1"]
)
def test_windows_of_the_script_are_valid(windows: str) -> None:
    """Days, hours and a time zone are passed to the gate unchanged."""
    project = service(deploy=[DEV, gitlabgen.evolve(PROD, windows=[windows])])

    assert f'--window "{windows}"' in commands(jobs(project)["deploy-prod"])


def test_a_folder_is_normalized() -> None:
    """Folders with and without a trailing slash are the same."""
    assert service(scripts="./ci/").files == service().files


def test_invalid_names_of_variables_are_refused() -> None:
    """A name that is invalid in a shell is refused when the test is constructed."""
    with pytest.raises(KeywordError) as caught:
        QaTest(script=["x"], env={"A b": "x"})
    assert [said(finding) for finding in caught.value.findings] == [
        "`QaTest`: `env:A b` is not the name of a variable; use letters, digits and '_', with no digit first"
    ]


PREFERENCE: dict[str, Any] = {"Type": "Canary10Percent5Minutes"}
FUNCTION_KEYWORDS: dict[str, Any] = {"runtime": "nodejs24.x", "handler": "i.h", "code_uri": "src/"}
SHIFTED = troposphere.serverless.Function(
    "F",
    Handler="i.h",
    Runtime="nodejs24.x",
    CodeUri="s/",
    DeploymentPreference=troposphere.serverless.DeploymentPreference(**PREFERENCE),
)


@pytest.mark.parametrize(
    ("made", "place"),
    [
        (
            Template(resources=[Function("F", **FUNCTION_KEYWORDS, auto_publish_alias="live", deployment_preference=PREFERENCE)]),
            "`F`: `deployment_preference`",
        ),
        (
            Template(resources=[Resource("F", "AWS::Serverless::Function", {"DeploymentPreference": PREFERENCE})]),
            "`Template`: `resources[0]`",
        ),
        (Template(resources=[SHIFTED]), "`Template`: `resources[0]`"),
        (
            Template(
                globals_=Globals(function=FunctionGlobals(deployment_preference=PREFERENCE)),
                resources=[Function("F", **FUNCTION_KEYWORDS)],
            ),
            "`FunctionGlobals`: `deployment_preference`",
        ),
        (
            Template(globals_={"Function": {"DeploymentPreference": PREFERENCE}}, resources=[Function("F", **FUNCTION_KEYWORDS)]),
            "`Template`: `globals_:Function:DeploymentPreference`",
        ),
    ],
)
def test_shifts_without_a_canary_are_refused(made: Template, place: str) -> None:
    """A `DeploymentPreference` needs a canary, so that jobs wait for it and rollbacks skip it."""
    with pytest.raises(KeywordError) as caught:
        serverless_service(made, name="hello", test=TEST, deploy=[PROD])
    assert [said(finding) for finding in caught.value.findings] == [
        (
            f"{place} shifts traffic without a Canary: no job would wait for it, and a rollback could not skip it; "
            "write canary=Canary(…) instead"
        )
    ]


@pytest.mark.parametrize("globals_", [{}, {"Function": None}, {"Function": {"Timeout": 3}}, {"Function": Ref("x")}])
def test_any_globals_are_accepted(globals_: Any) -> None:
    """Valid and invalid `Globals` cause no error here; SAM refuses the invalid ones."""
    off = Function("Off", **FUNCTION_KEYWORDS, auto_publish_alias="live", deployment_preference={**PREFERENCE, "Enabled": False})
    made = Template(globals_=globals_, resources=[off])
    project = serverless_service(made, name="hello", test=TEST, deploy=[PROD])

    assert "deploy-prod" in jobs(project)


def test_executions_shift_like_traffic() -> None:
    """A state machine's canary needs no role, has the same switch as others, and its alarms do not block a rollback."""
    failed = Alarm.metric("AWS/States", "ExecutionsFailed", threshold=0)
    states = {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}
    flow = StateMachine("Flow", definition=states, canary=Canary("Linear10PercentEvery1Minute", alarms=[failed]))
    project = serverless_service(Template(resources=[flow]), name="hello", project="g/p", test=TEST, deploy=[PROD])
    assert isinstance(project.template, Template)
    written = gitlabgen.sam.dumps(project.template)

    assert "Type: !If [TrafficShiftsGradually, LINEAR, ALL_AT_ONCE]" in written
    assert re.search(r"Alarms: !If\s+- TrafficShiftsGradually\s+- - !Ref \w+\s+- !Ref AWS::NoValue", written)
    assert "--max-wait-duration 40" in commands(jobs(project)["deploy-prod"])


def test_an_invalid_resource_is_left_to_sam() -> None:
    """A loaded template may contain an invalid resource."""
    made = loads("Resources: {A: null, B: {Type: 'AWS::SNS::Topic'}}")

    assert "deploy-prod" in jobs(serverless_service(made, name="hello", project="g/p", test=TEST, deploy=[PROD]))


def test_names_of_the_pattern_are_reserved() -> None:
    """A template cannot have a parameter that the pattern adds."""
    made = template(parameters={"TrafficShift": Parameter("String", default="x")})

    assert problems(made=made) == ["`Template`: `parameters:TrafficShift` is a name that serverless_service uses; rename it"]


def test_a_missing_output_is_reported() -> None:
    """`Template.output` refuses an unknown output."""
    with pytest.raises(KeywordError, match=r"`Template\.output` finds no output named 'ApiUlr'; did you mean `ApiUrl`"):
        template().output("ApiUlr")


def test_parameters_reach_the_deployment() -> None:
    """Values with spaces and quotes are passed unchanged; variables of the job are expanded."""
    prod = gitlabgen.evolve(PROD, parameters={"Level": 3, "Title": 'a "b"', "Sha": "$CI_COMMIT_SHA"})

    assert r'--parameter-overrides Level=3 "Title=a \"b\"" Sha=$CI_COMMIT_SHA' in commands(
        jobs(service(deploy=[DEV, prod]))["deploy-prod"]
    )


@pytest.mark.skipif(shutil.which("sh") is None and not os.environ.get("CI"), reason="sh is missing")
def test_each_script_is_valid_for_a_shell() -> None:
    """No script has a syntax error."""
    for job in jobs(service(**EVERYTHING)).values():
        text = "\n".join([*(job.before_script or ()), *job.script])
        run = subprocess.run(["sh", "-n"], input=text, capture_output=True, text=True, check=False)
        assert (run.returncode, run.stderr) == (0, "")


def test_findings_have_locations_of_the_user() -> None:
    """The location of a job is the call of the pattern, and that of a test is where the user wrote it."""
    made = jobs(service(test={"unit": Test(script=["npm test"])}))

    assert isinstance(made["unit"], Job)
    for name in ("unit", "deploy-prod"):
        where = position(location_of(made[name]))
        assert where is not None
        assert where.file.endswith("test_serverless_service.py")
