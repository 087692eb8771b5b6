"""A project as data: its models, and where each is written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from gitlabgen.model import Model, model
from gitlabgen.shapes import Misfit

if TYPE_CHECKING:
    from gitlabgen.gitlab.pipeline import Pipeline
    from gitlabgen.sam.template import Template

__all__ = ["PIPELINE", "TEMPLATE", "Project", "texts"]

PIPELINE = ".gitlab-ci.yml"
TEMPLATE = "template.yml"


def _version(value: Any) -> Any:
    if not re.fullmatch(r"\d+\.\d+", value):
        raise Misfit(f"should be a version such as '17.11', got {value!r}")
    return value


@model
class Project(Model):
    """What a definition defines.

    Args:
        pipeline: The pipeline.
        template: The SAM template.
        path: Where the pipeline is written, relative to the definition's folder.
        template_path: Where the template is written.
        files: Further files by their path: pipelines for child pipelines, templates, or text.
        target_gitlab: The GitLab version that reads the pipeline, such as `17.11`.
    """

    keyword: ClassVar[str] = "project"

    pipeline: Pipeline | None = None
    template: Template | None = None
    path: str = PIPELINE
    template_path: str = TEMPLATE
    files: Mapping[str, str | Pipeline | Template] | None = None
    target_gitlab: Annotated[str, _version] | None = None

    def misfits(self) -> Iterator[Misfit]:
        """Yield a problem for a project of nothing, and for two files of one path."""
        if self.pipeline is None and self.template is None and not self.files:
            yield Misfit("is empty", "give it a pipeline, a template or files")
        taken = [path for path, model in ((self.path, self.pipeline), (self.template_path, self.template)) if model is not None]
        for path in self.files or ():
            if path in taken:
                yield Misfit(f"writes {path} twice", path=("files", path))


def texts(project: Project) -> dict[str, str]:
    """Return the text of each file of a project, by its path.

    Args:
        project: The project.

    Raises:
        YamlError: If a value can stand in no YAML file.
    """
    models: dict[str, Any] = {project.path: project.pipeline, project.template_path: project.template, **(project.files or {})}
    return {path: _text(model) for path, model in models.items() if model is not None}


def _text(model: str | Pipeline | Template) -> str:
    if isinstance(model, str):
        return model if model.endswith("\n") else f"{model}\n"
    if type(model).__name__ == "Pipeline":
        from gitlabgen.codec import pipelines

        return pipelines.dumps(model)  # type: ignore[arg-type]
    from gitlabgen.codec import templates

    return templates.dumps(model)  # type: ignore[arg-type]
