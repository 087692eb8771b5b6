"""A project as data: its models, and the files to write them to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from gitlabgen.modeling.kinds import NULL
from gitlabgen.modeling.lazy import is_instance
from gitlabgen.modeling.model import Model, model
from gitlabgen.modeling.problems import InvalidValue, Problem

if TYPE_CHECKING:
    from gitlabgen.gitlab.pipeline import Pipeline
    from gitlabgen.sam.template import Template

__all__ = ["PIPELINE", "TEMPLATE", "VERSION", "Project", "texts"]

PIPELINE = ".gitlab-ci.yml"
TEMPLATE = "template.yml"


VERSION: Final = r"[0-9]+\.[0-9]+"
"""The pattern of a GitLab version."""


def _version(value: Any) -> Any:
    if not re.fullmatch(VERSION, value):
        raise InvalidValue(f"should be a version such as '17.11', got {value!r}")
    return value


@model
class Project(Model):
    """The files of a definition.

    Args:
        pipeline: The pipeline.
        template: The SAM template.
        path: The path of the pipeline's file, relative to the definition's folder.
        template_path: The path of the template's file.
        files: Further files by path: child pipelines, templates, or text.
        without_header: The paths of files that get no header, such as files of a kind that gitlabgen does not know.
        target_gitlab: The GitLab version that reads the pipeline, such as `17.11`.
    """

    keyword: ClassVar[str] = "project"

    pipeline: Pipeline | None = None
    template: Template | None = None
    path: str = PIPELINE
    template_path: str = TEMPLATE
    files: Mapping[str, str | Pipeline | Template] | None = None
    target_gitlab: Annotated[str, _version] | None = None
    without_header: Sequence[str] | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield a problem if the project is empty, or if two files have the same path."""
        paths = [path for path, _ in _files(self)]
        if not paths:
            yield Problem("is empty", "add a pipeline, a template or files")
        for path, body in (self.files or {}).items():
            if body is NULL:
                yield Problem("has no content", path=("files", path))
            if paths.count(path) > 1:
                yield Problem("is written twice", "give one of the two another path", ("files", path))
        yield from self._problems_with_headers(paths)
        if None not in (self.pipeline, self.template) and self.path == self.template_path:
            yield Problem(f"is the path of the pipeline, too: {self.path}", "give the template another path", ("template_path",))

    def _problems_with_headers(self, paths: Sequence[str]) -> Iterator[Problem]:
        from gitlabgen.codec.comment_styles import is_known

        for index, path in enumerate(self.without_header or ()):
            if path not in paths:
                yield Problem("names no file of the project", path=("without_header", index))
        for path in paths:
            if path in (self.without_header or ()) or is_known(path):
                continue
            where = ("files", path) if path in (self.files or {}) else ("path" if path == self.path else "template_path",)
            hint = f"write without_header=[{path!r}]"
            yield Problem("is of a kind whose comments are not known, so it can get no header", hint, where)


def texts(project: Project) -> dict[str, str]:
    """Return the text of each file of a project by path.

    Args:
        project: The project.

    Raises:
        ArgumentError: If it is not a project.
        YamlError: If YAML cannot represent a value.
    """
    from gitlabgen.codec.argument_types import check_model

    check_model(project, "texts", "Project")
    return {path: _text(model) for path, model in _files(project)}


def _files(project: Project) -> Iterator[tuple[str, str | Pipeline | Template]]:
    if project.pipeline is not None:
        yield project.path, project.pipeline
    if project.template is not None:
        yield project.template_path, project.template
    yield from (project.files or {}).items()


def _text(model: str | Pipeline | Template) -> str:
    if isinstance(model, str):
        return model if model.endswith("\n") else f"{model}\n"
    # Without a template, the modules of templates are not loaded.
    if is_instance(model, "gitlabgen.gitlab", "Pipeline"):
        from gitlabgen.codec import pipelines

        return pipelines.dumps(model)  # type: ignore[arg-type]
    from gitlabgen.codec import templates

    return templates.dumps(model)  # type: ignore[arg-type]
