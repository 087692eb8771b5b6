"""`undefined-need`: a job needs a job that is not there.

Source: https://docs.gitlab.com/ci/yaml/#needs
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.pipelines import PipelineAnalysis, finding, needs_of
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.needs import Need
from gitlabgen.gitlab.parallel import Matrix
from gitlabgen.modeling.kinds import is_interpolated
from gitlabgen.resolution.job_expansion import cells

__all__ = ["check"]


def check(subject: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each need, of a job or of its rules, that no job fulfils."""
    jobs = subject.jobs
    for job, index, name, need in subject.needs:
        if need is not None or name not in jobs:
            yield from _check(subject, job, ("needs", index), name, need)
    for job, place, rule in subject.rule_needs:
        for index, name, need in needs_of(rule.needs):
            yield from _check(subject, job, ("rules", place, "needs", index), name, need, in_rule=True)


def _check(
    subject: PipelineAnalysis, job: BaseJob, path: tuple[str | int, ...], name: str, need: Need | None, *, in_rule: bool = False
) -> Iterator[Finding]:
    problem = _problem(subject, name, need, in_rule=in_rule)
    if problem is None or (need is not None and need.optional is True):
        return
    if subject.open and subject.job(name) is None:
        yield subject.undecided("undefined-need", job, path, f"the need {name} exists")
        return
    hint, related = (problem[1], ()) if problem[1] else subject.hint(name)
    yield finding("undefined-need", job, path, f"{job.name} job: undefined need: {problem[0]}", hint, related=related)


def _problem(subject: PipelineAnalysis, name: str, need: Need | None, *, in_rule: bool) -> tuple[str, str | None] | None:
    """Return the name that GitLab misses, with a hint."""
    if not subject.is_known(name):
        return name, None
    if in_rule and name in subject.children:
        return name, f"GitLab does not look for the jobs of a matrix here; name one: {subject.children[name][0]!r}"
    if need is None or not isinstance(need.parallel, Matrix) or name not in subject.children:
        return None
    wanted = (cell.name for cell in cells(name, need.parallel))
    missing = next((cell for cell in wanted if cell not in subject.children[name] and not is_interpolated(cell)), None)
    return None if missing is None else (missing, "values stand in the order of the matrix of the job that is needed")
