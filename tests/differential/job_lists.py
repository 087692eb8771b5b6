"""Two answers to which jobs a pipeline has for an event: ours, and that of gitlab-ci-local."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, TypeAlias

from gitlabgen.files.checkout import Checkout, read_yaml
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.simulation import Event, MergeRequest, ProjectFacts, Push, Schedule, SimulatedJob, Simulation, Tag, Web
from gitlabgen.simulation.simulator import Simulator
from tests.differential.gitlab_ci_local import ListedJob

__all__ = ["VARIABLES", "Jobs", "differences", "event", "plain", "simulation"]

Jobs: TypeAlias = dict[str, ListedJob]

_FEATURE: Final = {"CI_COMMIT_REF_NAME": "feature", "CI_COMMIT_REF_SLUG": "feature"}
_MERGE_REQUEST: Final = {
    "CI_MERGE_REQUEST_IID": "7",
    "CI_MERGE_REQUEST_EVENT_TYPE": "detached",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "feature",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
}

# gitlab-ci-local describes a push to the default branch; these variables describe another event.
VARIABLES: Final[dict[str, dict[str, str | None]]] = {
    "main": {},
    "branch": {"CI_COMMIT_BRANCH": "feature", **_FEATURE},
    "tag": {"CI_COMMIT_BRANCH": None, "CI_COMMIT_TAG": "v1.0.0", "CI_COMMIT_REF_NAME": "v1.0.0", "CI_COMMIT_REF_SLUG": "v1-0-0"},
    "merge_request": {"CI_COMMIT_BRANCH": None, "CI_PIPELINE_SOURCE": "merge_request_event", **_FEATURE, **_MERGE_REQUEST},
    "schedule": {"CI_PIPELINE_SOURCE": "schedule"},
    "web": {"CI_PIPELINE_SOURCE": "web", "DEPLOY": "true"},
}


def event(name: str, changed: tuple[str, ...]) -> Event:
    """Return the event that the variables describe."""
    match name:
        case "main" | "branch":
            return Push("feature" if name == "branch" else "main", changed=changed)
        case "tag":
            return Tag("v1.0.0")
        case "merge_request":
            return MergeRequest("feature", into="main", merge_request_iid=7, changed=changed)
        case "schedule":
            return Schedule("main")
        case _:
            return Web("main", variables={"DEPLOY": "true"})


def simulation(folder: Path, event: Event) -> Simulation:
    """Return our answer for a project without variables in its settings."""
    pipeline, findings = read_yaml(str(folder / ".gitlab-ci.yml"), partial=True)
    assert isinstance(pipeline, Pipeline)
    project = ProjectFacts(path="group/app", default_branch="main", variables=(), protected_refs=())
    return Simulator(pipeline, Checkout(str(folder)), project=project, read=findings).simulate(event)


def plain(found: Simulation) -> Jobs | str:
    """Return the jobs of a pipeline, or GitLab's message if it cannot create it."""
    if found.outcome in ("created", "filtered"):
        return {name: _listed(job) for name, job in found.items()}
    return f"{found.outcome}: {', '.join(found.errors)}"


def _listed(job: SimulatedJob) -> ListedJob:
    return ListedJob(job.stage, job.when, job.exit_codes or job.allow_failure, tuple(sorted(job.needs)))


def differences(our: Jobs | str, their: Jobs) -> dict[tuple[str, str], tuple[Any, Any]]:
    """Return what differs, by the name of the job and what of it differs, with both answers."""
    if isinstance(our, str):
        return {("", "outcome"): (our, their)}
    found: dict[tuple[str, str], tuple[Any, Any]] = {}
    for job in {**our, **their}:
        if job not in our or job not in their:
            found[job, "presence"] = (job in our, job in their)
            continue
        pairs = zip(ListedJob._fields, our[job], their[job], strict=True)
        found.update({(job, field): (left, right) for field, left, right in pairs if left != right})
    return found
