"""Job lists of real pipelines: what gitlab-ci-local lists differently has a known reason."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any, Final

import pytest

from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.simulation import Simulation, Unknown
from tests.differential.disagreements import REASONS
from tests.differential.gitlab_ci_local import commit, job_list
from tests.differential.job_lists import VARIABLES, differences, event, plain, simulation

_CORPUS: Final = Path(__file__).parents[1] / "corpus"
_INSTANCE: Final = re.compile(r"(: \[.*\]| \d+/\d+)$")

LEFT_OUT: Final = {
    "projects/auto_devops": "it includes a template of the server",
    "projects/java_maven": "it includes a file of another project",
    "dast_profiles.yml": "it includes a template of the server",
    "include_everything.yml": "it includes files of other projects",
    "component_image.yml": "it is a component with required inputs",
    "component_rules.yml": "it is a component with required inputs",
    "include_single.yml": "a file that it includes does not exist",
    "node_frontend.yml": "a file that it includes does not exist",
    "partial_jobs.yml": "a file that it includes does not exist",
    "cache_layers.yml": "gitlab-ci-local rejects a variable in `cache:policy`",
    "rules_clauses.yml": "gitlab-ci-local fails at `exists:regexp`",
    "services_database.yml": "gitlab-ci-local rejects a text as `services:command`",
    "steps_run.yml": "gitlab-ci-local rejects `run`",
    "traps.yml": "gitlab-ci-local does not list jobs with the names `default` and `workflow`",
    "upstream_status.yml": "gitlab-ci-local rejects `needs:pipeline` without `script`",
}
"""The pipelines that cannot be compared, and why."""

PATHS: Final = {
    name: path
    for path in sorted((*_CORPUS.glob("*.yml"), *_CORPUS.glob("projects/*")))
    if (name := path.relative_to(_CORPUS).as_posix()) not in LEFT_OUT
}
EVENTS: Final = ("main", "tag", "merge_request")


def reason(found: Simulation, kind: str, job: str, field: str, our: Any, their: Any) -> str | None:
    """Return the reason for what differs in a pipeline that the table does not know; None if it is not known.

    Args:
        found: Our answer.
        kind: The name of the event.
        job: The name of the job; empty for the pipeline.
        field: What differs.
        our: Our answer about it.
        their: The other one.
    """
    decided = found.get(job) or found.absent.get(job)
    written = decided.seed.job if decided else None
    match field:
        case "outcome" if found.outcome == "creation_error" and all("needs:optional" in error for error in found.errors):
            return "ignores absent needs"
        case "presence" if found.reason == "filtered_by_workflow_rules":
            return "ignores the workflow"
        case "presence" if their and written is not None and not is_set(written.rules):
            return "keeps jobs without `rules`"
        case "presence" if kind in ("tag", "schedule", "web") and "changes" in repr(written):
            return "compares for each event"
        case "allow_failure" if (our, their) == (True, False) and written is not None and written.when == "manual":
            return "manual jobs may not fail"
        case "needs" if {_INSTANCE.sub("", name) for name in our} == {*their}:
            return "does not split needs"
    return None


def _is_known(found: Simulation, job: str, field: str) -> bool:
    """Whether our answer is certain."""
    if found.outcome == "unknown":
        return False
    return job not in found or (found[job].presence is True and not isinstance(getattr(found[job], field, None), Unknown))


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_job_lists(path: Path, tmp_path: Path) -> None:
    """Each certain answer agrees, or the reason is known."""
    folder = tmp_path / "project"
    if path.is_dir():
        shutil.copytree(path, folder)
    else:
        folder.mkdir()
        shutil.copy(path, folder / ".gitlab-ci.yml")
    commit(folder, {})
    unexplained = []
    for kind in EVENTS:
        found, their = simulation(folder, event(kind, ())), job_list(folder, VARIABLES[kind])
        assert not isinstance(their, str), their
        for (job, field), (ours, theirs) in differences(plain(found), their).items():
            if _is_known(found, job, field) and reason(found, kind, job, field, ours, theirs) not in REASONS:
                unexplained.append((kind, job, field, ours, theirs))

    assert unexplained == []


def test_what_is_left_out_exists() -> None:
    """Each pipeline that is left out is there."""
    assert [name for name in LEFT_OUT if not (_CORPUS / name).exists()] == []
