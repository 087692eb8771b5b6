"""What rules ask about a pipeline and the templates that it deploys, worked out once."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

import attrs

from gitlabgen.analysis.commands import Command
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.gitlab.base_job import BaseJob

if TYPE_CHECKING:
    from gitlabgen.analysis.templates import TemplateAnalysis  # a check of a pipeline alone needs nothing of SAM

__all__ = ["DeploymentStep", "PackageStep", "ProjectAnalysis", "normal"]

_SAM_BUILD: Final = ".aws-sam/build"


@attrs.frozen(eq=False)
class PackageStep:
    """A command that makes a template of another.

    Args:
        command: The command.
        source: The template that it reads.
        output: The template that it writes.
    """

    command: Command
    source: str
    output: str


@attrs.frozen(eq=False)
class DeploymentStep:
    """A command that creates or updates a stack.

    Args:
        command: The command.
        file: The template that it deploys, as it is named; None if it is not.
        template: That template, if it is one of the project's.
        stack: The stack's name, if it is given.
    """

    command: Command
    file: str | None
    template: TemplateAnalysis | None
    stack: str | None

    @property
    def job(self) -> BaseJob:
        """The job that runs the command."""
        return self.command.job

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters that the command sets, by name."""
        given = [word.partition("=") for text in self.command.option("--parameter-overrides") or () for word in text.split()]
        # SAM takes `ParameterKey=Name,ParameterValue=value`, too.
        pairs = [value.partition(",ParameterValue=") if name == "ParameterKey" else (name, _, value) for name, _, value in given]
        return {name: value for name, _, value in pairs}


class ProjectAnalysis:
    """A pipeline and the templates of its project.

    Args:
        pipeline: The pipeline.
        templates: The templates by their paths.
    """

    def __init__(self, pipeline: PipelineAnalysis, templates: Mapping[str, TemplateAnalysis]) -> None:
        self.pipeline = pipeline
        self.templates = {normal(path): template for path, template in templates.items()}

    @property
    def commands(self) -> Sequence[Command]:
        """The commands of all jobs."""
        return self.pipeline.commands

    @cached_property
    def packages(self) -> list[PackageStep]:
        """The commands that make templates of others."""
        found = []
        for command in self.commands:
            source = command.value("--template-file", "--template", "-t")
            output = command.value("--output-template-file")
            if command.runs("sam", "build"):
                folder = command.value("--build-dir", "-b") or _SAM_BUILD
                found.append(PackageStep(command, normal(source or self._first), normal(f"{folder}/template.yaml")))
            elif output is not None and (command.runs("aws", "cloudformation", "package") or command.runs("sam", "package")):
                found.append(PackageStep(command, normal(source or self._first), normal(output)))
        return found

    @property
    def _first(self) -> str:
        return next(iter(self.templates))

    @cached_property
    def deployments(self) -> list[DeploymentStep]:
        """The commands that create or update a stack."""
        found = []
        for command in self.pipeline.deployments:
            file = command.value("--template-file", "--template", "-t")
            default = self._first if command.words[0] == "sam" else ""
            found.append(DeploymentStep(command, file, self._template(normal(file or default), command.job), command.stack))
        return found

    def _template(self, path: str, job: BaseJob) -> TemplateAnalysis | None:
        """Return the template that a file is made of; None if it is not known, or if jobs make the file of different ones."""
        for _ in range(len(self.packages) + 1):
            made = [package for package in self.packages if package.output == path]
            own = [package for package in made if package.command.job is job]
            sources = {package.source for package in own or made}
            if path in self.templates or len(sources) != 1:
                break
            (path,) = sources
        return self.templates.get(path)


def normal(path: str) -> str:
    """Return a path as it is compared.

    Args:
        path: A path as scripts write it.
    """
    return posixpath.normpath(path.removeprefix("$CI_PROJECT_DIR/"))
