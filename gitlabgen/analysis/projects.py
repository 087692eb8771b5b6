"""Analyse a pipeline together with the templates that it deploys."""

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

__all__ = ["ProjectAnalysis"]

_SAM_BUILD: Final = ".aws-sam/build"


@attrs.frozen(eq=False)
class PackageStep:
    """A command that writes a template from another one.

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
        file: The path of the template as the command gives it; None if it gives none.
        template: The template, if it belongs to the project.
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
        # SAM also accepts `ParameterKey=Name,ParameterValue=value`.
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
        self.templates = {normalized(path): template for path, template in templates.items()}

    @property
    def commands(self) -> Sequence[Command]:
        """The AWS commands of all jobs."""
        return self.pipeline.commands

    @cached_property
    def packages(self) -> list[PackageStep]:
        """The commands that write a template from another one."""
        found = []
        for command in self.commands:
            source = command.value("--template-file", "--template", "-t")
            output = command.value("--output-template-file")
            if command.runs("sam", "build"):
                folder = command.value("--build-dir", "-b") or _SAM_BUILD
                found.append(PackageStep(command, normalized(source or self._first_path), normalized(f"{folder}/template.yaml")))
            elif output is not None and (command.runs("aws", "cloudformation", "package") or command.runs("sam", "package")):
                found.append(PackageStep(command, normalized(source or self._first_path), normalized(output)))
        return found

    @property
    def _first_path(self) -> str:
        return next(iter(self.templates))

    @cached_property
    def deployments(self) -> list[DeploymentStep]:
        """The commands that create or update a stack."""
        found = []
        for command in self.pipeline.deployments:
            file = command.value("--template-file", "--template", "-t")
            default = self._first_path if command.words[0] == "sam" else ""
            found.append(DeploymentStep(command, file, self._template(normalized(file or default), command.job), command.stack))
        return found

    def _template(self, path: str, job: BaseJob) -> TemplateAnalysis | None:
        """Return the template that a file is built from; None if it is unknown or jobs build the file from different ones."""
        for _ in range(len(self.packages) + 1):
            builders = [package for package in self.packages if package.output == path]
            own = [package for package in builders if package.command.job is job]
            sources = {package.source for package in own or builders}
            if path in self.templates or len(sources) != 1:
                break
            (path,) = sources
        return self.templates.get(path)


def normalized(path: str) -> str:
    """Return a path in the form in which paths are compared.

    Args:
        path: A path from a script.
    """
    return posixpath.normpath(path.removeprefix("$CI_PROJECT_DIR/"))
