"""Optional parts of pipelines: GitLab's own scans, and releases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

from gitlabgen.gitlab.include import Include
from gitlabgen.gitlab.job import Job
from gitlabgen.gitlab.release import Release
from gitlabgen.gitlab.rules import Rule
from gitlabgen.patterns.events import ON_DEFAULT_BRANCH

Scan = Literal["container-scanning", "dependency-scanning", "sast", "secret-detection"]
"""GitLab's own scans."""

_SCANS: Final = {
    "container-scanning": "Jobs/Container-Scanning.gitlab-ci.yml",
    "dependency-scanning": "Jobs/Dependency-Scanning.gitlab-ci.yml",
    "sast": "Jobs/SAST.gitlab-ci.yml",
    "secret-detection": "Jobs/Secret-Detection.gitlab-ci.yml",
}


def scan_keywords(scans: Sequence[str]) -> dict[str, Any]:
    """Return the pipeline's keywords for GitLab's own scans.

    Args:
        scans: The scans to run.

    Source: https://docs.gitlab.com/user/application_security/
    """
    if not scans:
        return {}
    # By default, the scans do not run in merge request pipelines.
    return {"include": [Include(template=_SCANS[scan]) for scan in scans], "variables": {"AST_ENABLE_MR_PIPELINES": "true"}}


def release_job(description: str, script: str, dependencies: Sequence[str] = ()) -> Job:
    """Return the job that creates a release after the deployment.

    Args:
        description: The release's description.
        script: The job's only command, because GitLab requires a script.
        dependencies: The jobs whose variables the description and the script need.
    """
    return Job(
        "release",
        stage="release",
        image="registry.gitlab.com/gitlab-org/cli:v1.77.0",
        rules=[Rule(ON_DEFAULT_BRANCH)],
        variables={"GIT_STRATEGY": "none"},
        dependencies=dependencies,
        script=[script],
        release=Release(tag_name="v1.$CI_PIPELINE_IID", description=description),
        timeout="10 minutes",
        interruptible=False,
    )
