"""`container_service`: properties of its pipelines."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import gitlabgen
from gitlabgen import Artifacts, Image, Job, Project
from gitlabgen.definitions.loading import load
from gitlabgen.gitlab import Reports
from gitlabgen.patterns import ImageBuild, KubernetesReview, KubernetesTarget, Test, container_service
from gitlabgen.project import PIPELINE, texts

BLUEPRINT = Path(__file__).parent.parent.parent / "blueprints" / "container_service"
TEST = Test(image="python:3.13-slim", script=["pytest"])
SMOKE = Test(image="curlimages/curl:8.16.0", script=['curl --fail "$CI_ENVIRONMENT_URL"'])
REVIEW = KubernetesReview(agent="acme/platform:review", url="https://mr-$CI_MERGE_REQUEST_IID.example.com", smoke=SMOKE)
STAGING = KubernetesTarget("staging", agent="acme/platform:staging", namespace="shop")
PROD = KubernetesTarget(
    "prod",
    agent="acme/platform:prod",
    namespace="shop",
    deployments=["shop", "worker"],
    rollout_minutes=20,
    url="https://example.com",
    smoke=SMOKE,
    gate="manual",
)
FULL: dict[str, Any] = {"name": "shop", "test": TEST, "review": REVIEW, "deploy": [STAGING, PROD], "release": True}


def jobs_of(project: Project) -> dict[str, Job]:
    """Return the jobs of a project's pipeline by name."""
    assert project.pipeline is not None
    return {job.name: job for job in project.pipeline.jobs if isinstance(job, Job)}


def jobs(**arguments: Any) -> dict[str, Job]:
    """Return the jobs of a service with many features and these arguments."""
    return jobs_of(container_service(**{**FULL, **arguments}))


def lines(job: Job) -> list[str]:
    """Return the lines of a job's script."""
    assert isinstance(job.script, tuple)
    return [str(line) for line in job.script]


def conditions(job: Job) -> list[str]:
    """Return the conditions of a job's rules."""
    assert isinstance(job.rules, tuple)
    return [str(getattr(rule, "if_", None)) for rule in job.rules]


SERVICES = st.fixed_dictionaries(
    {
        "name": st.just("shop"),
        "test": st.sampled_from([TEST, {"lint": TEST, "unit": TEST}]),
        "image": st.sampled_from([None, ImageBuild(platforms=["linux/arm64"], after_tests=True, provenance=None, sbom=False)]),
        "review": st.sampled_from([None, REVIEW, KubernetesReview(agent="a/b:review", reap_days=None)]),
        "deploy": st.sampled_from([[], [PROD], [STAGING, PROD]]),
        "freeze": st.booleans(),
        "release": st.booleans(),
        "pull_secret": st.sampled_from([None, "registry"]),
        "scan": st.sampled_from([(), ["sast"], ["container-scanning", "dependency-scanning", "sast", "secret-detection"]]),
        "runner_tags": st.sampled_from([None, ["kubernetes"]]),
    }
)


@settings(max_examples=30)
@given(SERVICES)
def test_any_service_has_a_valid_pipeline(arguments: dict[str, Any]) -> None:
    """For any arguments, `lint` has no findings, and each script is valid for a shell."""
    project = container_service(**arguments)
    assert [str(found) for found in gitlabgen.lint(project) if found.severity != "info"] == []
    scripts = [line for job in jobs_of(project).values() if job.script for line in lines(job)]
    subprocess.run(["sh", "-n"], input="\n".join(scripts), text=True, check=True)


@settings(max_examples=30)
@given(SERVICES)
def test_jobs_that_deploy_are_safe(arguments: dict[str, Any]) -> None:
    """A job with an environment has a tier and a timeout and is not interruptible; jobs that change it never run in parallel."""
    for job in jobs_of(container_service(**arguments)).values():
        environment: Any = job.environment
        if environment is None:
            assert job.interruptible or job.name == "release"
            continue
        assert job.timeout
        assert job.interruptible is False
        if environment.action not in ("stop", "verify"):
            assert environment.deployment_tier
        if environment.action != "verify":
            assert job.resource_group == environment.name
            assert job.retry is None


@settings(max_examples=30)
@given(SERVICES)
def test_unmerged_code_cannot_reach_targets(arguments: dict[str, Any]) -> None:
    """No job of a merge request uses a target's agent, or writes to the deployed image or to the cache of its build."""
    agents = [target.agent for target in arguments["deploy"]]
    for job in jobs_of(container_service(**arguments)).values():
        if not any("merge_request_event" in condition for condition in conditions(job)):
            continue
        script = "\n".join(lines(job))
        assert not any(agent in script for agent in agents)
        assert "name=$CI_REGISTRY_IMAGE:" not in script
        assert '--export-cache "type=registry,ref=$CI_REGISTRY_IMAGE/cache:default' not in script
        if "sh ci/" in script or "push=true" in script:
            assert all("$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == " in condition for condition in conditions(job))


def test_a_whole_service() -> None:
    """Jobs are ordered by stage, and each target has separate jobs."""
    project = container_service(**FULL)
    assert project.pipeline is not None
    assert project.pipeline.stages == (
        "test",
        "build",
        "review",
        "deploy-staging",
        "approve-prod",
        "deploy-prod",
        "release",
        "nightly",
    )
    assert [*jobs_of(project)] == [
        "test",
        "build-review-image",
        "build-image",
        "container_scanning",
        "deploy-review",
        "smoke-review",
        "stop-review",
        "deploy-staging",
        "approve-prod",
        "deploy-prod",
        "smoke-prod",
        "undo-prod",
        "release",
        "reap-reviews",
    ]
    assert [*texts(project)] == [PIPELINE, "ci/kubernetes.sh"]


def test_the_digest_is_promoted() -> None:
    """The image is built once and deployed by digest, which is kept for the rollback button."""
    made = jobs(retention="30 days")
    assert made["build-image"].artifacts == Artifacts(reports=Reports(dotenv="image.env"), expire_in="30 days")
    for name in ("staging", "prod"):
        deploy = made[f"deploy-{name}"]
        assert deploy.dependencies == ("build-image",)
        assert f'deploy deploy/{name} shop "$CI_REGISTRY_IMAGE@$IMAGE_DIGEST"' in lines(deploy)[-1]
    assert made["deploy-review"].dependencies == ("build-review-image",)
    assert '"$CI_REGISTRY_IMAGE/review@$IMAGE_DIGEST"' in lines(made["deploy-review"])[-1]


def test_the_stop_job_can_always_run() -> None:
    """The job that stops a review is in the same pipelines as the one that deploys, and needs no other job."""
    made = jobs()
    deploy, stop = made["deploy-review"], made["stop-review"]
    assert conditions(stop) == conditions(deploy)
    rules: Any = stop.rules
    assert (rules[0].when, rules[0].allow_failure) == ("manual", True)
    assert stop.needs == ()
    assert stop.stage == deploy.stage
    assert stop.resource_group == deploy.resource_group
    assert stop.variables == {"GIT_STRATEGY": "none"}
    assert not any("ci/" in line for line in lines(stop))
    environments: Any = (deploy.environment, stop.environment)
    assert environments[0].on_stop == stop.name
    assert environments[0].auto_stop_in == "2 days"
    assert environments[1].name == environments[0].name
    assert 'delete namespace "shop-mr-$CI_MERGE_REQUEST_IID"' in lines(stop)[-1]


def test_the_timeout_allows_for_all_rollouts() -> None:
    """A job that deploys has time to roll out each Deployment, and to roll each back."""
    made = jobs()
    assert made["deploy-staging"].timeout == f"{2 * 10 + 10} minutes"
    assert made["deploy-prod"].timeout == made["undo-prod"].timeout == f"{2 * 2 * 20 + 10} minutes"
    assert lines(made["deploy-prod"])[-1].endswith(" 20m shop worker")
    assert lines(made["undo-prod"])[-1] == "sh ci/kubernetes.sh undo 20m"


def test_a_gate_blocks_later_stages() -> None:
    """A separate manual job blocks the stage of the deployment."""
    approve: Any = jobs()["approve-prod"]
    assert (approve.rules[0].when, approve.rules[0].allow_failure) == ("manual", False)
    assert approve.environment.action == "verify"
    assert approve.environment.deployment_tier == "production"
    assert "approve-prod" not in jobs(deploy=[gitlabgen.evolve(PROD, gate=None)])


def test_the_last_target_is_production() -> None:
    """The default tiers of targets follow from their order."""
    other = gitlabgen.evolve(PROD, tier="other", gate=None)
    tiers = [job.environment.deployment_tier for job in jobs().values() if job.name in ("deploy-staging", "deploy-prod")]  # type: ignore[union-attr]
    assert tiers == ["staging", "production"]
    environment: Any = jobs(deploy=[other])["deploy-prod"].environment
    assert environment.deployment_tier == "other"


def test_a_failed_smoke_test_rolls_the_target_back() -> None:
    """The job that undoes a deployment runs if the smoke test fails, and gets the revisions from the deployment."""
    made = jobs()
    undo: Any = made["undo-prod"]
    assert undo.rules[0].when == "on_failure"
    assert undo.needs == ("deploy-prod", "smoke-prod")
    revisions: Any = made["deploy-prod"].artifacts
    assert revisions.paths == (".deploy/before", ".deploy/after")  # not the manifests, which may contain secrets
    smoke: Any = made["smoke-prod"]
    assert (smoke.environment.action, smoke.environment.url) == ("verify", "https://example.com")
    assert made["deploy-staging"].artifacts is None


def test_switches() -> None:
    """Each switch adds or removes its jobs or commands."""
    assert "sh ci/kubernetes.sh gate" in lines(jobs()["deploy-prod"])
    assert "sh ci/kubernetes.sh gate" not in lines(jobs(freeze=False)["deploy-prod"])
    assert not any("pull-secret" in line for line in lines(jobs(pull_secret=None)["deploy-prod"]))
    assert "release" not in jobs(release=False)
    assert "reap-reviews" not in jobs(review=gitlabgen.evolve(REVIEW, reap_days=None))
    own = gitlabgen.evolve(REVIEW, namespace="x-${CI_MERGE_REQUEST_IID}-y")
    assert 'delete namespace "x-${CI_MERGE_REQUEST_IID}-y"' in lines(jobs(review=own)["stop-review"])[-1]
    assert jobs(runner_tags=["k8s"])["deploy-prod"].tags == ("k8s",)
    assert jobs(kubectl=Image("kubectl:1", entrypoint=["/x"]))["deploy-prod"].image == Image("kubectl:1", entrypoint=["/x"])
    assert "sh tools/kubernetes.sh gate" in lines(jobs(scripts="tools")["deploy-prod"])
    assert " deploy k8s/live " in lines(jobs(deploy=[gitlabgen.evolve(PROD, manifests="k8s/live")])["deploy-prod"])[-1]
    assert " deploy deploy/prod acme/app " in lines(jobs(image_name="acme/app")["deploy-prod"])[-1]


def test_without_targets_only_the_image_is_built() -> None:
    """Without targets, the default branch pushes the image, and merge requests only build it."""
    project = container_service(name="shop", test=TEST, scan=[])
    made = jobs_of(project)
    assert [*made] == ["test", "check-image", "build-image"]
    assert "push=true" in lines(made["build-image"])[3]
    assert "push=true" not in lines(made["check-image"])[3]
    assert made["check-image"].artifacts is None
    assert [*texts(project)] == [PIPELINE]


def test_how_the_image_is_built() -> None:
    """Each keyword of `ImageBuild` is passed to BuildKit, quoted so that the shell expands only variables."""
    image = ImageBuild(
        "docker/Dockerfile",
        context="src",
        target="runtime",
        build_args={"V": '$CI_COMMIT_SHA "`x` $(x) \\'},
        platforms=["linux/amd64", "linux/arm64"],
        provenance="max",
        sbom=False,
        tags=["buildkit"],
        after_tests=True,
    )
    job = jobs(image=image)["build-image"]
    command = lines(job)[3]
    for part in (
        "--local context=src --local dockerfile=docker",
        '"filename=Dockerfile"',
        '"target=runtime"',
        '"platform=linux/amd64,linux/arm64"',
        r'"build-arg:V=$CI_COMMIT_SHA \"\`x\` \$(x) \\"',
        '"attest:provenance=mode=max"',
    ):
        assert part in command
    assert "attest:sbom" not in command
    assert job.tags == ("buildkit",)
    assert job.needs is None
    assert jobs()["build-image"].needs == ()


def test_scans_come_from_gitlabs_templates() -> None:
    """A scan is an include; the container scan gets the image, and runs after the build."""
    project = container_service(**{**FULL, "scan": ["container-scanning", "sast"]})
    assert project.pipeline is not None
    includes: Any = project.pipeline.include
    assert [include.template for include in includes] == [
        "Jobs/Container-Scanning.gitlab-ci.yml",
        "Jobs/SAST.gitlab-ci.yml",
    ]
    assert project.pipeline.variables == {"AST_ENABLE_MR_PIPELINES": "true"}
    scan = jobs_of(project)["container_scanning"]
    assert scan.needs == ("build-image",)
    assert scan.script is None  # the template has it
    assert scan.variables == {"CS_IMAGE": "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"}
    assert "container_scanning" not in jobs(scan=["sast"])


def test_tests_keep_their_keywords() -> None:
    """A test keeps its timeout and the lifetime of its artifacts; otherwise there are defaults."""
    own = Test(script=["x"], timeout="2 hours", artifacts=Artifacts(paths=["a"], expire_in="1 day"))
    plain = Test(script=["x"], artifacts=Artifacts(paths=["a"]))
    made = jobs(test={"own": own, "plain": plain})
    artifacts: Any = (made["own"].artifacts, made["plain"].artifacts)
    assert [entry.expire_in for entry in artifacts] == ["1 day", "1 week"]
    assert [made["own"].timeout, made["plain"].timeout] == ["2 hours", "30 minutes"]


def test_the_blueprint_has_the_manifests_of_its_jobs() -> None:
    """Each folder of manifests that a job of the blueprint deploys exists, with the Deployment and the image of the job."""
    deployed = []
    for job in jobs_of(load(str(BLUEPRINT / "gitlab_ci.py")).project).values():
        if job.script is None or " deploy deploy/" not in lines(job)[-1]:
            continue
        _, _, _, folder, image, _, _, *deployments = lines(job)[-1].split()
        overlay = yaml.safe_load((BLUEPRINT / folder / "kustomization.yaml").read_text("utf-8"))
        base = BLUEPRINT / folder / overlay["resources"][0]
        manifest = yaml.safe_load((base / "deployment.yaml").read_text("utf-8"))
        containers = manifest["spec"]["template"]["spec"]["containers"]
        assert [manifest["metadata"]["name"]] == deployments
        assert [container["image"] for container in containers] == [image]
        deployed.append(folder)
    assert deployed == ["deploy/review", "deploy/staging", "deploy/prod"]


def test_the_blueprint_tests_itself() -> None:
    """The blueprint's own tests pass."""
    run = [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=.", "-c", os.devnull]
    subprocess.run(run, cwd=BLUEPRINT, check=True, capture_output=True)
