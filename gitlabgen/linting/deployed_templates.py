"""Lint pipelines together with the templates that their commands name."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.projects import ProjectAnalysis
from gitlabgen.analysis.template_files import files_read
from gitlabgen.errors import YamlError
from gitlabgen.linting.runs import Run
from gitlabgen.resolution.project_files import ProjectFiles
from gitlabgen.resolution.repositories import Repository

if TYPE_CHECKING:
    from gitlabgen.analysis.template_folders import TemplateFolder
    from gitlabgen.analysis.templates import TemplateAnalysis

__all__ = ["Templates"]


class Templates:
    """The templates of a project, and those of the repository that commands name; the rules run once on each.

    Args:
        run: Runs the rules.
        models: The project's templates by path, relative to its folder; the first one is the default.
        repository: The repository; without it, it has no templates.
        folder: The project's folder, relative to the repository's root.
    """

    def __init__(self, run: Run, models: Mapping[str, Any], repository: Repository | None, folder: str) -> None:
        self._run = run
        self._repository = repository
        self._default = next(iter(models), None)
        self._known: dict[str, TemplateAnalysis | None] = {}
        for path, model in models.items():
            # Paths in scripts are relative to the repository, but a definition may be tried out in another folder.
            inside = posixpath.normpath(posixpath.join(folder, path))
            self._known[path] = self._known[inside] = run.template(model, self._folder(inside))

    def join(self, pipeline: PipelineAnalysis) -> None:
        """Run the rules on a pipeline together with the templates that it may deploy.

        Args:
            pipeline: The pipeline.
        """
        if self._repository is not None:
            for paths in files_read(pipeline.commands):
                next((path for path in paths if self._find(path, self._repository)), None)
        known = {path: template for path, template in self._known.items() if template is not None}
        if known:
            self._run.check("project", ProjectAnalysis(pipeline, known, self._default))

    def _find(self, path: str, repository: Repository) -> bool:
        """Return whether a file exists, and read it as a template."""
        if path in self._known:
            return True
        # Absolute paths are not those of the repository.
        text = None if posixpath.isabs(path) or path.startswith("..") else repository.text(path)
        if text is None:
            return False
        from gitlabgen.codec.templates import read

        try:
            template, findings = read(text, filename=path)
        except YamlError as error:
            self._run.findings += error.findings
            self._known[path] = None
            return True
        self._run.findings += findings
        self._known[path] = self._run.template(template, self._folder(path))
        return True

    def _folder(self, path: str) -> TemplateFolder:
        """Return the folder of a template with the code of its functions."""
        assert self._repository is not None, "templates come from a project or from a repository"
        from gitlabgen.analysis.template_folders import TemplateFolder

        is_complete = not isinstance(self._repository, ProjectFiles) or self._repository.is_complete
        return TemplateFolder(self._repository, posixpath.dirname(path), is_complete=is_complete)
