"""What can be simulated: a pipeline, or a project with one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitlabgen.codec.argument_types import check_model
from gitlabgen.errors import ArgumentError, Finding
from gitlabgen.project import Project
from gitlabgen.resolution.project_files import ProjectFiles

if TYPE_CHECKING:
    from gitlabgen.gitlab.pipeline import Pipeline
    from gitlabgen.resolution.repositories import Repository

__all__: list[str] = []


def subject(given: Pipeline | Project | None, repository: Repository | None, function: str) -> tuple[Pipeline, Repository | None]:
    """Return the pipeline to simulate, and the repository with the files that it includes.

    Args:
        given: The pipeline, or a project, whose other files are read as if they were rendered.
        repository: The repository of the user.
        function: The name of the user's function, for messages.

    Raises:
        ArgumentError: If it is something else, or a project without a pipeline.
    """
    check_model(given, function, "Pipeline", "Project")
    if not isinstance(given, Project):
        return given, repository  # type: ignore[return-value]  # the check leaves a pipeline
    if given.pipeline is None:
        raise ArgumentError(Finding("wrong-argument", f"`gitlabgen.{function}` got a project without a pipeline"))
    files = {given.path: given.pipeline, **(given.files or {})}
    return given.pipeline, ProjectFiles(files, repository)
