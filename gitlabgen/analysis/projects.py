"""Analyse a pipeline together with the templates that it deploys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import attrs

from gitlabgen.analysis.commands import Command
from gitlabgen.analysis.folders import normalized
from gitlabgen.analysis.overrides import Overrides, aws_overrides, sam_overrides
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.template_files import BUILT, default_files, output_of, template_file
from gitlabgen.gitlab.base_job import BaseJob

if TYPE_CHECKING:
    from gitlabgen.analysis.templates import TemplateAnalysis  # a check of a pipeline alone needs nothing of SAM

__all__ = ["ProjectAnalysis"]


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
        file: The path of the template; None if the command gives none.
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

    @cached_property
    def parameters(self) -> Overrides:
        """The parameters that the command passes."""
        command = self.command
        given = command.arguments.values.get("--parameter-overrides")
        if not command.is_sam:
            return aws_overrides(given or ())
        return sam_overrides(command.config.values.get("parameter_overrides", ()) if given is None else given)


class ProjectAnalysis:
    """A pipeline and the templates that it may deploy.

    Args:
        pipeline: The pipeline.
        templates: The templates by their paths, relative to the repository's root.
        default: The path of the template that SAM's commands use if there is none with SAM's name.
    """

    def __init__(self, pipeline: PipelineAnalysis, templates: Mapping[str, TemplateAnalysis], default: str | None = None) -> None:
        self.pipeline = pipeline
        self.templates = {normalized(path): template for path, template in templates.items()}
        self._default = None if default is None else normalized(default)

    @property
    def commands(self) -> Sequence[Command]:
        """The AWS commands of all jobs."""
        return self.pipeline.commands

    @cached_property
    def packages(self) -> list[PackageStep]:
        """The commands that write a template from another one."""
        return [
            PackageStep(command, self._source(command), output)
            for command in self.commands
            if (output := output_of(command)) is not None
        ]

    @cached_property
    def deployments(self) -> list[DeploymentStep]:
        """The commands that create or update a stack."""
        found = []
        for command in self.pipeline.deployments:
            file = template_file(command)
            path = file or (self._built(command) if command.is_sam else None)
            template = None if path is None else self._template(path, command.job)
            found.append(DeploymentStep(command, file, template, command.stack))
        return found

    def _built(self, command: Command) -> str:
        """Return the template that `sam deploy` uses without an option: the one that `sam build` wrote, or the source."""
        built = command.file(BUILT)
        return built if any(package.output == built for package in self.packages) else self._source(command)

    def _source(self, command: Command) -> str:
        own = template_file(command)
        names = default_files(command) if own is None else (own,)
        default = self._default if own is None else None
        return next((name for name in names if name in self.templates), default or names[0])

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
