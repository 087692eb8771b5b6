"""Find the jobs that remove what other jobs created: stacks, releases of Helm, and what Terraform manages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from gitlabgen.analysis.commands import SCRIPTS, Command, commands_of
from gitlabgen.analysis.deployments import cleanups_of
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.gitlab.base_job import BaseJob

__all__: list[str] = []

_MARKERS: Final = ("terraform", "tofu", "helm")
_TERRAFORM: Final = frozenset(("terraform", "tofu", "gitlab-terraform", "gitlab-tofu"))


class Cleanup(NamedTuple):
    """A command that removes what other jobs created, in a job that creates nothing itself.

    Args:
        command: The command.
        what: What it removes, with an article.
    """

    command: Command
    what: str

    @property
    def job(self) -> BaseJob:
        """The job."""
        return self.command.job


def cleanups_in(analysis: PipelineAnalysis) -> Iterator[Cleanup]:
    """Yield the first cleanup of each job.

    Args:
        analysis: The pipeline.
    """
    seen = {command.job.name for command in analysis.deployments}
    for command in cleanups_of(analysis):
        seen.add(command.job.name)
        yield Cleanup(command, "the stack")
    for commands in _other_commands(analysis):
        removals = [(command, _removed(command)) for command in commands]
        creates = any(map(_creates, commands)) or commands[0].job.name in seen
        first = next((Cleanup(command, what) for command, what in removals if what), None)
        if first is not None and not creates:
            yield first


def creating_jobs(analysis: PipelineAnalysis) -> list[str]:
    """Return the names of the jobs that certainly create what a cleanup removes.

    Args:
        analysis: The pipeline.
    """
    others = (commands[0].job.name for commands in _other_commands(analysis) if any(map(_creates, commands)))
    return [*(command.job.name for command in analysis.deployments), *others]


def is_stopped_later(analysis: PipelineAnalysis, job: BaseJob) -> bool:
    """Return whether GitLab runs a job again automatically, because it stops an environment that has `auto_stop_in`.

    Args:
        analysis: The pipeline.
        job: The job.
    """
    if not stops_environment(job):
        return False
    name = _environment_name(job)
    same = (other.environment for other in analysis.jobs_with("environment") if _environment_name(other) == name)
    return bool(analysis.unknown) or any(getattr(environment, "auto_stop_in", None) for environment in same)


def stops_environment(job: BaseJob) -> bool:
    """Return whether a job stops an environment.

    Args:
        job: The job.
    """
    return getattr(job.environment, "action", None) == "stop"


def _environment_name(job: BaseJob) -> Any:
    return getattr(job.environment, "name", job.environment)


def _other_commands(analysis: PipelineAnalysis) -> Iterator[list[Command]]:
    """Yield the commands of Terraform and Helm, job by job."""
    if any(marker in analysis.texts_of(keyword) for keyword in SCRIPTS for marker in _MARKERS):
        for job in analysis.jobs.values():
            commands = [*commands_of(job, analysis.variables(job), _MARKERS)]
            if commands:
                yield commands


def _removed(command: Command) -> str | None:
    program, words = _program(command), command.words
    if program in _TERRAFORM and ("destroy" in words or ("apply" in words and "-destroy" in words)):
        return "what Terraform created"
    is_removal = program == "helm" and ("uninstall" in words or words[1:2] == ("delete",))
    return "the release" if is_removal else None


def _creates(command: Command) -> bool:
    program, words = _program(command), command.words
    if program in _TERRAFORM:
        return "apply" in words and "-destroy" not in words
    return program == "helm" and not {"install", "upgrade"}.isdisjoint(words)


def _program(command: Command) -> str:
    return command.words[0].rpartition("/")[2]
