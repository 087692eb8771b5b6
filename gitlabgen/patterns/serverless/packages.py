"""Packages: a service's code, which AWS SAM builds once for all stacks."""

from __future__ import annotations

from typing import ClassVar, Final

from gitlabgen.gitlab.artifacts import Artifacts
from gitlabgen.gitlab.job import Job
from gitlabgen.gitlab.reports import Reports
from gitlabgen.gitlab.rules import Rule
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import Problem
from gitlabgen.modeling.reporting import report_problem
from gitlabgen.patterns.checks import Commands, job_of
from gitlabgen.patterns.events import AFTER_RUNNER_FAILURES, CHECK_TIMEOUT, ON_SCHEDULE, WHEN_CHECKED
from gitlabgen.patterns.images import BUILD_IMAGE, DEPLOY_IMAGE
from gitlabgen.patterns.serverless.hooks import runtimes_of
from gitlabgen.patterns.serverless.service import Service
from gitlabgen.sam.canaries.wiring import expanded
from gitlabgen.sam.template import Template

__all__ = ["Package"]

BUILT: Final = ".aws-sam/build/template.yaml"
"""The template that `sam build` writes, in the folder of the built code."""


@model
class Package(Commands):
    """How the code is built; see `Commands`.

    The script must create `.aws-sam/build/`, like the default script, `sam build`. The default image is AWS's build image for
    the runtime of the functions.

    Args:
        sbom: The path of the software bill of materials in CycloneDX's format, if the script writes one.
    """

    keyword: ClassVar[str] = "Package"
    docs_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-cli-command-reference-sam-build.html"
    )

    sbom: str | None = None


def package_job(service: Service, template: Template, path: str) -> Job:
    """Return the job that builds the code, for merge requests and for the default branch.

    It has no credentials: the jobs that deploy upload the code.

    Args:
        service: The service.
        template: The template that is deployed.
        path: The template's path.

    Raises:
        KeywordError: If the functions need several images and none is given, and there is no active collector.
    """
    package = service.package or Package()
    image = package.image or _image(package, template)
    reports = None if package.sbom is None else Reports(cyclonedx=package.sbom)
    return job_of(
        package,
        "package",
        stage="package",
        # The build runs in parallel with the tests; deployments wait for both.
        needs=[],
        image=image,
        script=package.script or [f"sam build --template-file {path}"],
        artifacts=Artifacts(paths=[".aws-sam/build/"], reports=reports, expire_in=service.retention),
        # GitLab takes the last package from the newest successful pipeline, which may be a nightly one.
        rules=(*WHEN_CHECKED, Rule(ON_SCHEDULE)) if service.qa_shift else WHEN_CHECKED,
        timeout=package.timeout or CHECK_TIMEOUT,
        interruptible=True,
        retry=AFTER_RUNNER_FAILURES,
    )


def _image(package: Package, template: Template) -> str:
    runtimes = sorted(runtimes_of(expanded(template).resources, template))
    if len(runtimes) > 1:
        hint = "write package=Package(image=…, script=[…])"
        report_problem(package, Problem(f"needs an image for several runtimes: {', '.join(runtimes)}", hint))
    return BUILD_IMAGE.format(runtimes[0]) if runtimes else DEPLOY_IMAGE
