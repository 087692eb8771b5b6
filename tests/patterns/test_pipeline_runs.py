"""Runs the jobs of `serverless_service` one after the other, with the real `aws` and a moto server."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from gitlabgen.patterns import QaTest, Target, Test, serverless_service
from gitlabgen.project import texts
from gitlabgen.sam import Alarm, Canary, Function, HttpApi, Probe, Route, Template
from tests.patterns.emulation import servers
from tests.patterns.emulation.runner import Checkout, Pipeline
from tests.patterns.emulation.world import Site, World

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.skipif(find_spec("samtranslator") is None and not os.environ.get("CI"), reason="the extra verify is missing"),
    pytest.mark.skipif(
        (shutil.which("bash") is None or not hasattr(os, "fork")) and not os.environ.get("CI"), reason="bash or fork is missing"
    ),
]

MERGE_REQUEST = '$CI_PIPELINE_SOURCE == "merge_request_event"'
DEFAULT_BRANCH = '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_PIPELINE_SOURCE != "schedule"'
SCHEDULE = '$CI_PIPELINE_SOURCE == "schedule"'

QA_ACCOUNT, DEV_ACCOUNT, PROD_ACCOUNT = "111111111111", "222222222222", "333333333333"
FIRST, SECOND = "eu-central-1", "us-east-1"
QA = Target(account=QA_ACCOUNT, region=FIRST, role="hello-qa", bucket="hello-qa-artifacts")
DEV = Target("dev", account=DEV_ACCOUNT, region=FIRST, role="hello-dev", bucket="hello-dev-artifacts")
PROD = Target(
    "prod",
    account=PROD_ACCOUNT,
    waves=[[FIRST], [SECOND]],
    role="hello-prod",
    bucket="hello-prod-{region}",
    gate="manual",
)
ERRORS = "hello-prod-Hello-Errors"


def checkout(code: str = "1", **changes: Any) -> Checkout:
    """Return a commit of a service with some code."""
    api = HttpApi("Api")
    function = Function(
        "Hello",
        runtime="nodejs24.x",
        handler="index.handler",
        code_uri="src/",
        events={"Get": Route("GET", "/", api=api)},
        canary=Canary("Linear10PercentEvery1Minute", alarms=[Alarm.errors()], probe=Probe.http("GET", "/")),
    )
    template = Template("Hello", resources=[api, function], outputs={"ApiUrl": api.url})
    valid: dict[str, Any] = {
        "name": "hello",
        "project": "group/hello",
        "url": template.output("ApiUrl"),
        "test": Test(script=["test -f src/index.mjs"]),
        "qa": QA,
        "qa_test": QaTest(script=['echo "asked $API_URL"'], env={"API_URL": template.output("ApiUrl")}),
        "deploy": [DEV, PROD],
        "scan": [],
    }
    return Checkout({**texts(serverless_service(template, **{**valid, **changes})), "src/index.mjs": code})


def production_only(code: str, **changes: Any) -> Checkout:
    """Return a commit of a service with production as its only target."""
    return checkout(code, deploy=[PROD], qa=None, qa_test=None, **changes)


@pytest.fixture(scope="session")
def deployable() -> Iterator[str]:
    """Return the address of a moto server that can deploy resources of any type."""
    with servers.moto("-c", "from tests.patterns.emulation import cloud; cloud.serve()") as address:
        yield address


@pytest.fixture
def world(tmp_path: Path, deployable: str, programs: Path) -> World:
    """Return an empty moto server with pipelines."""
    return World(tmp_path, deployable, programs)


@pytest.fixture
def qa(world: World) -> Site:
    """Return the account of merge requests."""
    site = Site(world, QA_ACCOUNT)
    site.bucket("hello-qa-artifacts")
    return site


@pytest.fixture
def dev(world: World) -> Site:
    """Return the account of the target before production."""
    site = Site(world, DEV_ACCOUNT)
    site.bucket("hello-dev-artifacts")
    return site


@pytest.fixture
def prod(world: World) -> tuple[Site, Site]:
    """Return production's account in the region of each wave."""
    sites = Site(world, PROD_ACCOUNT, FIRST), Site(world, PROD_ACCOUNT, SECOND)
    for site, region in zip(sites, (FIRST, SECOND), strict=True):
        site.bucket(f"hello-prod-{region}")
    return sites


def released(world: World, prod: tuple[Site, Site], commit: Checkout, number: int, **failing: str) -> Pipeline:
    """Run a pipeline of the default branch, with enough requests during the bake of production."""
    pipeline = world.pipeline(commit, number)
    traffic = {
        f"bake-prod-{region}": lambda site=site: site.calls("hello-prod", 200)
        for region, site in zip((FIRST, SECOND), prod, strict=True)
    }
    pipeline.play(DEFAULT_BRANCH, more={job: {"SAM_FAILS": why} for job, why in failing.items()}, before=traffic)
    return pipeline


def failed(pipeline: Pipeline) -> list[str]:
    """Return the jobs that failed, with their logs."""
    return [f"{name}: {done.log}" for name, done in pipeline.done.items() if done.code]


def test_each_event_has_its_jobs() -> None:
    """Only these conditions exist, each with these jobs."""
    found: dict[tuple[str, str], list[str]] = {}
    for name, job in checkout().jobs.items():
        for rule in job["rules"]:
            found.setdefault((rule["if"], rule.get("when", "on_success")), []).append(name)

    checks = ["test", "validate", "package"]
    both = [f"prod-{FIRST}", f"prod-{SECOND}"]
    assert found == {
        (MERGE_REQUEST, "on_success"): [*checks, "deploy-qa", "test-qa"],
        (MERGE_REQUEST, "manual"): ["remove-qa"],
        (DEFAULT_BRANCH, "on_success"): [*checks, "deploy-dev", "test-dev", *(f"deploy-{place}" for place in both)],
        (DEFAULT_BRANCH, "manual"): ["approve-prod"],
        (DEFAULT_BRANCH, "delayed"): [f"bake-{place}" for place in both],
        (DEFAULT_BRANCH, "on_failure"): [f"rollback-{place}" for place in both],
        (SCHEDULE, "on_success"): ["reap-qa"],
    }


def test_the_life_of_a_merge_request(world: World, qa: Site) -> None:
    """The stack is deployed in one step, the test gets its address, and its removal needs no file of the repository."""
    pipeline = world.pipeline(checkout(), 1, CI_MERGE_REQUEST_IID="7")

    assert pipeline.play(MERGE_REQUEST) == ["test", "validate", "package", "deploy-qa", "test-qa"]
    assert failed(pipeline) == []
    assert (qa.stacks(), qa.code("hello-qa-7"), qa.traffic("hello-qa-7")) == (
        {"hello-qa-7": "CREATE_COMPLETE"},
        "1",
        "AllAtOnce",
    )
    assert pipeline.done["test-qa"].log.startswith("asked https://hello-qa-7-Api-")

    assert pipeline.run("remove-qa") == (0, "")
    assert not (pipeline.folder / "remove-qa" / "ci").exists()
    assert qa.stacks() == {}


def test_the_default_branch_reaches_production_once(world: World, dev: Site, prod: tuple[Site, Site]) -> None:
    """One package is deployed to all accounts and waves, and deploying the same code again changes nothing."""
    first = released(world, prod, checkout(), 1)

    assert failed(first) == []
    places = [f"deploy-prod-{FIRST}", f"bake-prod-{FIRST}", f"deploy-prod-{SECOND}", f"bake-prod-{SECOND}"]
    assert [*first.done] == ["test", "validate", "package", "deploy-dev", "test-dev", "approve-prod", *places]
    assert first.done["approve-prod"].log == f"ada agreed to {first.checkout.sha[:8]}\n"
    for site in (dev, *prod):
        (stack,) = site.stacks()
        assert (site.code(stack), site.traffic(stack)) == ("1", "Gradual")
    for site, region in zip(prod, (FIRST, SECOND), strict=True):
        assert first.done[f"bake-prod-{region}"].log.endswith("good\npipeline 1 is the last good one\n")
        assert site.marker(f"hello-prod-{region}", "hello-prod") == ("1", "good")

    again = world.pipeline(checkout(), 2)
    again.run("package")
    for name in ("deploy-dev", f"deploy-prod-{FIRST}", f"deploy-prod-{SECOND}"):
        done = again.run(name)
        assert (done.code, "there already" in done.log, "uploaded" in done.log) == (0, True, False)
        assert "No changes to deploy" in done.log
    assert [site.stacks() for site in prod] == [{"hello-prod": "CREATE_COMPLETE"}] * 2


def test_a_failure_in_the_second_wave_rolls_back_the_first(world: World, prod: tuple[Site, Site]) -> None:
    """The first wave is rolled back even after its bake, and the next deployment shifts step by step again."""
    assert failed(released(world, prod, production_only("1"), 1)) == []
    broken = released(world, prod, production_only("2"), 2, **{f"deploy-prod-{SECOND}": "yes"})

    assert broken.done[f"bake-prod-{FIRST}"].code == 0
    assert broken.done[f"deploy-prod-{SECOND}"].code == 1
    assert [*broken.done][-2:] == [f"rollback-prod-{FIRST}", f"rollback-prod-{SECOND}"]
    for name in (f"rollback-prod-{FIRST}", f"rollback-prod-{SECOND}"):
        assert broken.done[name].code == 0, broken.done[name].log
        assert "rollback.yml: the template of pipeline 1, commit" in broken.done[name].log
    assert [site.code("hello-prod") for site in prod] == ["1", "1"]
    assert prod[0].traffic("hello-prod") == "AllAtOnce"

    fixed = world.pipeline(production_only("3"), 3)
    fixed.run("package")
    assert fixed.run(f"deploy-prod-{FIRST}").code == 0
    assert (prod[0].code("hello-prod"), prod[0].traffic("hello-prod")) == ("3", "Gradual")


def test_a_rollback_does_not_change_other_deployments(world: World, prod: tuple[Site, Site]) -> None:
    """A failure before production, or in its first wave, does not undo deployments of an earlier pipeline."""
    assert failed(released(world, prod, production_only("1"), 1)) == []
    states = [site.stacks() for site in prod]
    early = released(world, prod, production_only("2", test=Test(script=["false"])), 2)
    wave = released(world, prod, production_only("2"), 3, **{f"deploy-prod-{FIRST}": "yes"})

    nothing = "nothing to roll back: the newest deployment is of pipeline 1, this is pipeline"
    for place in (FIRST, SECOND):
        assert early.done[f"rollback-prod-{place}"] == (0, f"{nothing} 2\n")
    assert wave.done[f"rollback-prod-{SECOND}"] == (0, f"{nothing} 3\n")
    assert wave.done[f"rollback-prod-{FIRST}"].code == 0
    assert prod[1].stacks() == states[1]
    assert [site.code("hello-prod") for site in prod] == ["1", "1"]


def test_a_first_failure_keeps_the_wave_after_its_bake(world: World, prod: tuple[Site, Site]) -> None:
    """Without a good deployment, a wave is kept after its bake, and a stack that never worked is deleted later."""
    broken = released(world, prod, production_only("1"), 1, **{f"deploy-prod-{SECOND}": "yes"})
    assert broken.done[f"rollback-prod-{FIRST}"].code == 0
    assert broken.done[f"rollback-prod-{SECOND}"].code == 1
    assert [site.stacks() for site in prod] == [{"hello-prod": "CREATE_COMPLETE"}, {"hello-prod": "ROLLBACK_COMPLETE"}]

    fixed = world.pipeline(production_only("1"), 2)
    fixed.run("package")
    assert fixed.run(f"deploy-prod-{SECOND}").code == 0
    freed = "hello-prod is ROLLBACK_COMPLETE, it never worked: deleting it\nhello-prod: deleted\n"
    assert freed in fixed.done[f"deploy-prod-{SECOND}"].log
    assert prod[1].stacks() == {"hello-prod": "CREATE_COMPLETE"}


def test_an_alarm_during_the_bake_rolls_the_deployment_back(world: World, prod: tuple[Site, Site]) -> None:
    """An alarm that was active and recovered fails the bake, and the next wave is not deployed."""
    assert failed(released(world, prod, production_only("1"), 1)) == []
    pipeline = world.pipeline(production_only("2"), 2)

    def ring_and_recover() -> None:
        prod[0].calls("hello-prod", 200)
        prod[0].ring(ERRORS)
        prod[0].ring(ERRORS, "OK")

    ran = pipeline.play(DEFAULT_BRANCH, before={f"bake-prod-{FIRST}": ring_and_recover})
    assert f"{ERRORS} rang since the deployment" in pipeline.done[f"bake-prod-{FIRST}"].log
    assert f"deploy-prod-{SECOND}" not in ran
    assert [site.code("hello-prod") for site in prod] == ["1", "1"]


def test_the_gate_stops_and_can_be_forced(world: World, prod: tuple[Site, Site]) -> None:
    """An active alarm and a freeze stop a deployment to production, and a variable with the stack's name skips both."""
    pipeline = world.pipeline(production_only("1"), 1)
    deploy = f"deploy-prod-{FIRST}"
    pipeline.run("package")
    assert pipeline.run(deploy).code == 0
    frozen = pipeline.run(deploy, CI_DEPLOY_FREEZE="true")
    prod[0].ring(ERRORS)
    rung = pipeline.run(deploy)

    for done, why in ((frozen, "a deploy freeze is on"), (rung, f"{ERRORS} is in ALARM")):
        assert (done.code, f"error: hello-prod is not deployed now: {why}" in done.log, done.log.count("\n")) == (1, True, 1)
    assert pipeline.run(deploy, CI_DEPLOY_FREEZE="true", FORCE_DEPLOY="hello-prod").code == 0


def test_the_reaper_removes_old_stacks(world: World, qa: Site) -> None:
    """Only old stacks of this project's merge requests are removed."""
    qa.make("hello-qa-1", "group/hello", days=5)
    qa.make("hello-qa-2", "group/hello", days=1)
    qa.make("hello-qa-3", "group/other", days=5)
    qa.make("hello-other", "group/hello", days=5)
    pipeline = world.pipeline(checkout(), 1)

    assert pipeline.play(SCHEDULE) == ["reap-qa"]
    assert pipeline.done["reap-qa"] == (0, "hello-qa-1: deleted\n")
    assert [*qa.stacks()] == ["hello-qa-2", "hello-qa-3", "hello-other"]


class Registry:
    """A fake GitLab whose API returns an archive, or none."""

    def __init__(self) -> None:
        self.archive: bytes | None = None
        registry = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                request = (self.path, self.headers["JOB-TOKEN"])
                expected = ("/projects/42/jobs/artifacts/main/download?job=package", "job-token")
                body = registry.archive if request == expected else None
                self.send_response(404 if body is None else 200)
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_: object) -> None:
                """Log nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def registry() -> Iterator[Registry]:
    """Return a fake GitLab that runs until the test ends."""
    found = Registry()
    thread = threading.Thread(target=found.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


def test_a_merge_request_shifts_from_the_released_package(world: World, qa: Site, registry: Registry) -> None:
    """The last package of the default branch is deployed first and in one step, then the merge request's step by step."""
    release = world.pipeline(checkout("1", qa_shift=True), 1)
    release.run("package")
    commit = checkout("2", qa_shift=True)
    new = world.pipeline(commit, 2, CI_MERGE_REQUEST_IID="7", CI_API_V4_URL=registry.address)
    new.play(MERGE_REQUEST)
    assert failed(new) == []
    assert "nothing was released yet" in new.done["deploy-qa"].log

    registry.archive = release.archive("package")
    pipeline = world.pipeline(commit, 3, CI_MERGE_REQUEST_IID="7", CI_API_V4_URL=registry.address)
    pipeline.play(MERGE_REQUEST)
    assert failed(pipeline) == []
    deployed = [line for line in pipeline.done["deploy-qa"].log.splitlines() if "TrafficShift" in line]
    assert deployed == [
        "hello-qa-7 is UPDATE_COMPLETE with DeployRole=hello-qa, TrafficShift=AllAtOnce",
        "hello-qa-7 is UPDATE_COMPLETE with DeployRole=hello-qa, TrafficShift=Gradual",
    ]
    assert qa.code("hello-qa-7") == "2"
