"""Lint a project or a model with the files of its repository: child pipelines, and the templates that commands name."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from gitlabgen.analysis.sam_configs import SamConfigs
from gitlabgen.linting.runs import Run
from gitlabgen.modeling.lazy import is_instance
from gitlabgen.project import PIPELINE, Project

if TYPE_CHECKING:
    from gitlabgen.analysis.pipelines import PipelineAnalysis
    from gitlabgen.gitlab.pipeline import Pipeline
    from gitlabgen.resolution.repositories import Repository
    from gitlabgen.sam.template import Template

__all__ = ["is_fragment", "lint_files"]

_FRAGMENTS = "templates"


def is_fragment(pipeline: Pipeline, path: str, repository: Repository | None = None) -> bool:
    """Return whether a file is written to be included by others: a component, or a file without a visible job.

    Args:
        pipeline: The content of the file.
        path: The file, relative to the repository's root.
        repository: The repository with the files that it includes.
    """
    folder, _, name = path.rpartition("/")
    if name == PIPELINE:
        return False
    if pipeline.spec is not None or _FRAGMENTS in folder.split("/"):
        return True
    if any(not job.name.startswith(".") for job in pipeline.jobs):
        return False
    if pipeline.include is None:
        return True
    from gitlabgen.resolution.configuration import resolve

    return not resolve(pipeline, repository).jobs


def lint_files(
    run: Run,
    subject: Project | Pipeline | Template,
    repository: Repository | None = None,
    folder: str = "",
    *,
    fragment: bool = False,
    inputs: Mapping[str, Any] | None = None,
) -> None:
    """Run the rules on a project or a model, and on the files of the repository that belong to it.

    Args:
        run: Runs the rules.
        subject: The project, pipeline or template.
        repository: The repository; without it, its files are unknown.
        folder: The project's folder, relative to the repository's root.
        fragment: Whether other files include the pipeline.
        inputs: The values of the pipeline's inputs by name.
    """
    if isinstance(subject, Project):
        _lint_project(run, subject, repository, folder, fragment=fragment, inputs=inputs)
    elif is_instance(subject, "gitlabgen.gitlab", "Pipeline"):
        run.configs = SamConfigs(repository, is_complete=True)
        _join(run, [*_with_children(run, subject, repository, inputs, fragment=fragment)], repository)
    elif repository is None:
        run.template(subject)
    else:
        from gitlabgen.analysis.template_folders import TemplateFolder

        run.template(subject, TemplateFolder(repository, folder))


def _lint_project(
    run: Run,
    project: Project,
    repository: Repository | None,
    folder: str,
    *,
    fragment: bool,
    inputs: Mapping[str, Any] | None,
) -> None:
    from gitlabgen.resolution.project_files import ProjectFiles

    given: dict[str, Any] = dict(project.files or {})
    others = [(path, model) for path, model in given.items() if is_instance(model, "gitlabgen.gitlab", "Pipeline")]
    given |= {} if project.pipeline is None else {project.path: project.pipeline}
    given |= {} if project.template is None else {project.template_path: project.template}
    files = ProjectFiles(given, repository, folder)
    run.configs = SamConfigs(files, is_complete=repository is not None)
    analyses: list[PipelineAnalysis] = []
    if project.pipeline is not None:
        analyses += _with_children(run, project.pipeline, files, inputs, fragment=fragment)
    for path, model in others:
        if posixpath.normpath(path) not in files.used:  # no other pipeline of the project includes or triggers it
            analyses += _with_children(run, model, files, fragment=is_fragment(model, path, files), is_part=True)
    own = [project.template_path] if project.template is not None else []
    own += [path for path, model in given.items() if is_instance(model, "gitlabgen.sam", "Template") and path not in own]
    _join(run, analyses, files, {path: given[path] for path in own}, folder)


def _with_children(
    run: Run,
    pipeline: Any,
    repository: Repository | None,
    inputs: Mapping[str, Any] | None = None,
    *,
    fragment: bool,
    is_part: bool = False,
) -> Iterator[PipelineAnalysis]:
    """Yield the analyses of a pipeline and of its children."""
    from gitlabgen.resolution.configuration import resolve

    resolution = resolve(
        pipeline, repository, inputs, is_fragment=fragment, is_component=fragment or is_part, most_includes=run.limits.includes
    )
    analysis = run.pipeline(resolution, repository, is_part=is_part)
    yield analysis
    if repository is not None and analysis.jobs_with("trigger"):
        from gitlabgen.linting.children import lint_children

        yield from lint_children(run, analysis, repository)


def _join(
    run: Run,
    pipelines: list[PipelineAnalysis],
    repository: Repository | None,
    models: Mapping[str, Any] | None = None,
    folder: str = "",
) -> None:
    """Run the rules on the given templates, and on each pipeline together with the templates that it may deploy.

    Args:
        run: Runs the rules.
        pipelines: The pipelines.
        repository: The repository with the templates that commands name.
        models: The templates of a project by path, relative to its folder; the first one is the default.
        folder: The project's folder.
    """
    if not models and not any(pipeline.commands for pipeline in pipelines):
        return
    from gitlabgen.linting.deployed_templates import Templates

    templates = Templates(run, models or {}, repository, folder)
    for pipeline in pipelines:
        templates.join(pipeline)
