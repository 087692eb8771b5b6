"""`serverless_service`: a deployment pipeline for a template, its tests and its targets."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from gitlabgen.codec.encoding import bare
from gitlabgen.codec.templates import tree_of
from gitlabgen.gitlab.environment import Environment
from gitlabgen.gitlab.job import Job
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.gitlab.rules import Rule
from gitlabgen.modeling.problems import Problem
from gitlabgen.modeling.reporting import report_problem
from gitlabgen.patterns.arguments import pattern
from gitlabgen.patterns.checks import job_of
from gitlabgen.patterns.events import (
    AFTER_RUNNER_FAILURES,
    CHECK_TIMEOUT,
    ON_DEFAULT_BRANCH,
    WHEN_CHECKED,
    merge_requests_and_default_branch,
)
from gitlabgen.patterns.extras import release_job, scan_keywords
from gitlabgen.patterns.serverless.hooks import without_foreign_builds
from gitlabgen.patterns.serverless.jobs import Deployments
from gitlabgen.patterns.serverless.packages import package_job
from gitlabgen.patterns.serverless.roles import bootstraps, bounded
from gitlabgen.patterns.serverless.scripts import NAMES, source
from gitlabgen.patterns.serverless.service import Service
from gitlabgen.patterns.serverless.traffic import switchable
from gitlabgen.project import TEMPLATE, Project
from gitlabgen.sam.canaries.bake_alarms import with_bake_alarms
from gitlabgen.sam.capabilities import capabilities

if TYPE_CHECKING:
    from gitlabgen.patterns.serverless.targets import Target
    from gitlabgen.sam.template import Template

__all__ = ["serverless_service"]


@pattern(Service)
def serverless_service(service: Service) -> Project:
    """Return the project of a service; `Service` has the arguments."""
    template = service.template if service.project is None else bounded(service.template)
    template = switchable(with_bake_alarms(template) if any(map(service.bakes, service.deploy)) else template)
    if service.package is None:
        template = without_foreign_builds(template)
    deployments = Deployments(service, _capabilities(template))
    package = package_job(service, template, TEMPLATE)
    staged = [*_checks(service), ("package", package), *_reviews(service, deployments), *_promotion(service, deployments)]
    staged += [*_nightly(service, deployments)]
    pipeline = Pipeline(
        workflow=merge_requests_and_default_branch(service.name),
        **scan_keywords(service.scan),
        stages=[*dict.fromkeys(stage for stage, _ in staged)],
        jobs=[job for _, job in staged],
    )
    scripts = {f"{service.scripts}/{name}": source(name) for name in NAMES}
    files: dict[str, Any] = {**scripts, **bootstraps(service, template)}
    for path in service.files or {}:
        if posixpath.normpath(path) in files:
            report_problem(service, Problem("is a file that serverless_service writes", "choose another path", ("files", path)))
    files = {**(service.files or {}), **files}
    return Project(pipeline=pipeline, template=template, files=files)


def _capabilities(template: Template) -> list[str]:
    blocks = {name: bare(block) for name, block in bare(tree_of(template).get("Resources", {})).items()}
    typed = {name: block for name, block in blocks.items() if isinstance(block, dict) and "Type" in block}
    resources = [(name, str(bare(block["Type"])), _properties(block)) for name, block in typed.items()]
    return [*capabilities(resources)]


def _properties(block: Mapping[str, object]) -> dict[str, object]:
    return {key: bare(value) for key, value in bare(block.get("Properties") or {}).items()}


def _checks(service: Service) -> Iterator[tuple[str, Job]]:
    """Yield the jobs that check the code without deploying it, each with its stage."""
    shared: dict[str, Any] = {"stage": "test", "rules": WHEN_CHECKED, "interruptible": True, "retry": AFTER_RUNNER_FAILURES}
    for name, test in service.tests.items():
        yield "test", job_of(test, name, timeout=test.timeout or CHECK_TIMEOUT, **shared)
    validate = f"sam validate --lint --template-file {TEMPLATE}"
    yield "test", Job("validate", image=service.image, script=[validate], variables=_REGION, timeout="10 minutes", **shared)


# `sam validate --lint` requires a region; any will do.
_REGION: Final = {"AWS_DEFAULT_REGION": "us-east-1"}


def _reviews(service: Service, deployments: Deployments) -> Iterator[tuple[str, Job]]:
    """Yield the jobs that deploy a merge request, check it, and remove it, each with its stage."""
    if service.qa is None:
        return
    stage = service.qa.name
    for job in deployments.review(stage):
        yield stage, job
    if service.qa_test is not None:
        yield f"{stage}-test", deployments.review_test(f"{stage}-test")


def _promotion(service: Service, deployments: Deployments) -> Iterator[tuple[str, Job]]:
    """Yield the jobs that deploy the package to each target, and roll back after a failure, each with its stage."""
    for target in service.deploy:
        tier = "production" if target is service.deploy[-1] else "staging"
        if target.gate is not None:
            yield f"{target.name}-gate", _gate(target, service.image, tier)
        for place in service.places(target):
            # One stage per wave: the next begins after the bake of this one.
            stage = target.name if target.waves is None else f"{target.name}-{place.wave + 1}"
            yield stage, deployments.deploy(place, stage, tier=tier)
            if tier == "staging" and service.qa_test is not None:
                yield f"{stage}-test", deployments.test(place, f"{stage}-test")
            if service.bakes(target) is not None:
                yield f"{stage}-bake", deployments.bake(place, f"{stage}-bake")
    for target in service.deploy if service.rollback else ():
        for place in service.places(target) if service.bakes(target) is not None else ():
            yield "rollback", deployments.rollback(place, "rollback")
    if service.release:
        what = f"{service.name} as it was deployed by $CI_PIPELINE_URL"
        yield "release", release_job(what, 'echo "Releases $CI_COMMIT_SHORT_SHA."')


def _gate(target: Target, image: str, tier: str) -> Job:
    return Job(
        f"approve-{target.name}",
        comment="One click for all regions: where the environment is protected, only for those who may deploy to it.",
        stage=f"{target.name}-gate",
        image=image,
        rules=[Rule(ON_DEFAULT_BRANCH, when="manual", allow_failure=False)],
        variables={"GIT_STRATEGY": "none"},
        dependencies=[],
        script=['echo "$GITLAB_USER_LOGIN agreed to $CI_COMMIT_SHORT_SHA"'],
        environment=Environment(target.name, action="verify", deployment_tier=tier),
        timeout="5 minutes",
        interruptible=False,
    )


def _nightly(service: Service, deployments: Deployments) -> Iterator[tuple[str, Job]]:
    """Yield the scheduled jobs, each with its stage."""
    if service.reaper and service.qa is not None:
        yield "nightly", deployments.reap("nightly")
    for target in service.deploy if service.drift else ():
        for place in service.places(target):
            yield "nightly", deployments.drift(place, "nightly")
