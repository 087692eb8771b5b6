"""What rules ask about a pipeline and the templates that it deploys, worked out once."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from functools import cached_property
from typing import Final

import attrs

from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.linting._commands import Command, commands_of
from gitlabgen.linting._subject import Subject
from gitlabgen.linting._template import TemplateSubject

__all__ = ["Deployment", "Package", "ProjectSubject", "image_of", "normal"]

_SAM_BUILD: Final = ".aws-sam/build/template.yaml"


@attrs.frozen(eq=False)
class Package:
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
class Deployment:
    """A command that creates or updates a stack.

    Args:
        command: The command.
        file: The template that it deploys, as it is named; None if it is not.
        template: That template, if it is one of the project's.
        stack: The stack's name, if it is given.
    """

    command: Command
    file: str | None
    template: TemplateSubject | None
    stack: str | None

    @property
    def job(self) -> BaseJob:
        """The job that runs the command."""
        return self.command.job

    @property
    def tool(self) -> str:
        """The command as people call it."""
        return "sam deploy" if self.command.words[0] == "sam" else "aws cloudformation deploy"

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters that the command sets, by name."""
        given = [word.partition("=") for text in self.command.option("--parameter-overrides") or () for word in text.split()]
        # SAM takes `ParameterKey=Name,ParameterValue=value`, too.
        pairs = [value.partition(",ParameterValue=") if name == "ParameterKey" else (name, _, value) for name, _, value in given]
        return {name: value for name, _, value in pairs}


class ProjectSubject:
    """A pipeline and the templates of its project.

    Args:
        pipeline: The pipeline.
        templates: The templates by their paths.
    """

    def __init__(self, pipeline: Subject, templates: Mapping[str, TemplateSubject]) -> None:
        self.pipeline = pipeline
        self.templates = {normal(path): template for path, template in templates.items()}

    @cached_property
    def commands(self) -> list[Command]:
        """The commands of all jobs."""
        shared = _variables(self.pipeline.pipeline.variables)
        return [
            command
            for job in self.pipeline.jobs.values()
            for command in commands_of(job, {**shared, **_variables(getattr(job, "variables", None))})
        ]

    @cached_property
    def packages(self) -> list[Package]:
        """The commands that make templates of others."""
        found = []
        for command in self.commands:
            source = command.value("--template-file", "--template", "-t")
            output = command.value("--output-template-file")
            if command.runs("sam", "build"):
                found.append(Package(command, normal(source or self._first), _SAM_BUILD))
            elif output is not None and (command.runs("aws", "cloudformation", "package") or command.runs("sam", "package")):
                found.append(Package(command, normal(source or self._first), normal(output)))
        return found

    @property
    def _first(self) -> str:
        return next(iter(self.templates))

    @cached_property
    def deployments(self) -> list[Deployment]:
        """The commands that create or update a stack."""
        found = []
        for command in self.commands:
            if command.runs("aws", "cloudformation", "deploy") or command.runs("sam", "deploy"):
                file = command.value("--template-file", "--template", "-t")
                default = self._first if command.words[0] == "sam" else ""
                template = self._template(normal(file or default))
                found.append(Deployment(command, file, template, command.value("--stack-name")))
        return found

    def _template(self, path: str) -> TemplateSubject | None:
        sources = {package.output: package.source for package in self.packages}
        for _ in range(len(sources) + 1):
            if path in self.templates or path not in sources:
                break
            path = sources[path]
        return self.templates.get(path)


def image_of(subject: Subject, job: BaseJob) -> str:
    """Return the image in which a job runs, as far as the pipeline tells.

    Args:
        subject: The pipeline.
        job: The job.
    """
    holders = (job, subject.pipeline.default, subject.pipeline)
    image = next((image for holder in holders if (image := getattr(holder, "image", None)) is not None), None)
    return str(getattr(image, "name", image))


def normal(path: str) -> str:
    """Return a path as it is compared.

    Args:
        path: A path as scripts write it.
    """
    return posixpath.normpath(path.removeprefix("$CI_PROJECT_DIR/"))


def _variables(variables: object) -> dict[str, str]:
    """Return the variables whose values are known."""
    if not isinstance(variables, Mapping):
        return {}
    values = {name: getattr(value, "value", value) for name, value in variables.items()}
    return {name: str(value) for name, value in values.items() if isinstance(value, str | int) and value is not None}
