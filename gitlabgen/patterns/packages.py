"""Packages: a service's code as AWS SAM builds it once, for all stacks."""

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
from gitlabgen.patterns.hooks import runtimes_of
from gitlabgen.patterns.images import BUILD_IMAGE, DEPLOY_IMAGE
from gitlabgen.patterns.service import Service
from gitlabgen.sam.canaries.wiring import expanded
from gitlabgen.sam.template import Template

__all__ = ["Package"]

BUILT: Final = ".aws-sam/build/template.yaml"
"""Where `sam build` leaves the template, beside the code that it built."""


@model
class Package(Commands):
    """How the code is built; see `Commands`.

    The script has to leave `.aws-sam/build/`, as `sam build` does, which is the script if there is none. Without an image it
    is AWS's build image for the runtime of the functions.

    Args:
        sbom: The software bill of materials in CycloneDX's format, if the script writes one.
    """

    keyword: ClassVar[str] = "Package"
    docs_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-cli-command-reference-sam-build.html"
    )

    sbom: str | None = None


def package_job(service: Service, template: Template, path: str) -> Job:
    """Return the job that builds the code, for merge requests and for the default branch.

    It has no credentials: what is uploaded, and to which bucket, is the matter of the jobs that deploy.

    Args:
        service: The service.
        template: The template that is deployed.
        path: Where the template stands.

    Raises:
        KeywordError: If the functions need several images and none is given, and nobody collects problems.
    """
    package = service.package or Package()
    image = package.image or _image(package, template)
    reports = None if package.sbom is None else Reports(cyclonedx=package.sbom)
    return job_of(
        package,
        "package",
        stage="package",
        # Built while the tests run; what is deployed waits for both.
        needs=[],
        image=image,
        script=package.script or [f"sam build --template-file {path}"],
        artifacts=Artifacts(paths=[".aws-sam/build/"], reports=reports, expire_in=service.retention),
        # GitLab looks for the last package in the newest pipeline that succeeded, be it a nightly one.
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
