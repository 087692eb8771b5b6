"""Lint pipelines, templates and projects, with one module per rule, named after the rule.

A rule is a module with a record `RULE`, whose `check` yields findings for an analysis. Problems that prevent GitLab from
resolving a configuration, such as a parent that does not exist, are found by `resolution`.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gitlabgen.errors import Finding, GitlabgenError
from gitlabgen.linting.catalogue import Group, all_rules, checks, rule_named
from gitlabgen.linting.rule import Example, LintRule, Persona
from gitlabgen.modeling.lazy import is_instance

if TYPE_CHECKING:
    from gitlabgen.analysis.pipelines import PipelineAnalysis
    from gitlabgen.analysis.templates import TemplateAnalysis
    from gitlabgen.gitlab.pipeline import Pipeline
    from gitlabgen.project import Project
    from gitlabgen.resolution.includes import Repository
    from gitlabgen.sam.template import Template

__all__ = ["Example", "LintRule", "all_rules", "in_order", "lint", "rule_named"]


@contextmanager
def _gc_paused() -> Iterator[None]:
    """Pause garbage collection: on large pipelines collection costs more than linting."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@_gc_paused()
def lint(
    project_or_model: Project | Pipeline | Template,
    *,
    repository: Repository | None = None,
    target_gitlab: str | None = None,
    strict: bool = False,
    persona: Persona = "default",
    selected: Iterable[str] = (),
    inputs: Mapping[str, Any] | None = None,
) -> list[Finding]:
    """Return findings for what GitLab or AWS would reject in a project or a model, and for likely mistakes.

    Args:
        project_or_model: The project, pipeline or template.
        repository: Resolves local includes; without it, the names that they define are unknown.
        target_gitlab: The GitLab version that reads the pipeline, such as `17.11`; by default the one of the project.
        strict: Whether a check that an unread include leaves undecided is an error.
        persona: `default`, `pedantic` or `auditor`; each one also gets the findings of those before it.
        selected: Names of rules that run whatever their persona.
        inputs: The values of the inputs that the header of the pipeline declares, by name; the others have their defaults, and
            what depends on an input without a default is unknown.
    """
    version = target_gitlab or getattr(project_or_model, "target_gitlab", None)
    target = None if version is None else _version(version)
    run = _Run(persona, frozenset(selected))
    pipelines: list[PipelineAnalysis] = []
    templates: dict[str, TemplateAnalysis] = {}
    for path, model in _models(project_or_model):
        if is_instance(model, "gitlabgen.gitlab", "Pipeline"):
            is_part = path != getattr(project_or_model, "path", "")
            given = None if is_part else inputs
            pipelines.append(run.pipeline(model, repository, given, target, strict=strict, is_part=is_part))
        else:
            template = run.template(model)
            if template is not None:
                templates[path] = template
    if templates and pipelines:
        from gitlabgen.analysis.projects import ProjectAnalysis

        for pipeline in pipelines:
            run.check("project", ProjectAnalysis(pipeline, templates))
    return in_order(run.findings)


class _Run:
    """Run the selected rules and collect their findings."""

    def __init__(self, persona: Persona, selected: frozenset[str]) -> None:
        self._persona = persona
        self._selected = selected
        self.findings: list[Finding] = []

    def check(self, group: Group, analysis: object) -> None:
        """Run the rules of a group on an analysis."""
        for check in checks(group, self._persona, self._selected):
            self.findings += check(analysis)

    def pipeline(
        self,
        model: Any,
        repository: Repository | None,
        inputs: Mapping[str, Any] | None,
        target: tuple[int, int] | None,
        *,
        strict: bool,
        is_part: bool,
    ) -> PipelineAnalysis:
        """Run the rules on a pipeline, and return its analysis."""
        from gitlabgen.analysis.pipelines import PipelineAnalysis
        from gitlabgen.resolution.configuration import resolve

        resolution = resolve(model, repository, inputs, is_component=is_part)
        self.findings += resolution.findings
        analysis = PipelineAnalysis(resolution, target, strict=strict, is_part=is_part)
        self.check("pipeline", analysis)
        if analysis.commands or analysis.jobs_with("environment"):
            self.check("deployment", analysis)
        return analysis

    def template(self, model: Any) -> TemplateAnalysis | None:
        """Run the rules on a template, and return its analysis; None if the template cannot be rendered."""
        from gitlabgen.analysis.templates import TemplateAnalysis

        try:
            analysis = TemplateAnalysis(model)
        except GitlabgenError as error:  # troposphere finds one of its objects incomplete
            self.findings += error.findings
            return None
        self.check("template", analysis)
        return analysis


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings sorted by location, without duplicates, which occur if several jobs inherit a value."""
    return sorted({_sort_key(finding): finding for finding in reversed([*findings])}.values(), key=_sort_key)


def _sort_key(finding: Finding) -> tuple[str, int, int, str, str]:
    return finding.file or "", finding.line or 0, finding.column or 0, finding.rule, finding.message


def _version(text: str) -> tuple[int, int]:
    major, _, minor = text.partition(".")
    return int(major), int(minor)


def _models(project_or_model: Project | Pipeline | Template) -> Iterator[tuple[str, Pipeline | Template]]:
    """Yield the pipelines and templates of a project with their paths; a single model has an empty path."""
    from gitlabgen.project import Project

    if not isinstance(project_or_model, Project):
        yield "", project_or_model
        return
    project = project_or_model
    models: dict[str, Pipeline | Template | str | None] = {project.path: project.pipeline}
    if project.template:
        models[project.template_path] = project.template
    for path, model in {**models, **(project.files or {})}.items():
        if model is not None and not isinstance(model, str):
            yield path, model
