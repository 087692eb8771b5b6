"""What is wrong with a pipeline, a template or a project as a whole: one file per rule, named like the rule.

A rule is a module with a record, `RULE`, whose `check` yields the findings of an analysis. What stops GitLab from putting a
configuration together, such as a parent that does not exist, is found while `resolution` does so.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
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
    thing: Project | Pipeline | Template,
    *,
    repository: Repository | None = None,
    target_gitlab: str | None = None,
    strict: bool = False,
    persona: Persona = "default",
    selected: Iterable[str] = (),
) -> list[Finding]:
    """Return what GitLab would reject in a project, a pipeline or a template, and what is almost certainly a mistake.

    Args:
        thing: The project or model.
        repository: Where local includes are read; without it, names that they may define are unknown.
        target_gitlab: The GitLab version that reads the pipeline, such as `17.11`; a project brings its own.
        strict: Whether what cannot be decided, because an include cannot be read, is an error.
        persona: Who reads the findings: `default`, `pedantic` or `auditor`; each sees those of the ones before it, too.
        selected: Names of rules that are wanted whatever their persona.
    """
    version = target_gitlab or getattr(thing, "target_gitlab", None)
    target = None if version is None else _version(version)
    run = _Run(persona, frozenset(selected))
    pipelines: list[PipelineAnalysis] = []
    templates: dict[str, TemplateAnalysis] = {}
    for path, model in _models(thing):
        if is_instance(model, "gitlabgen.gitlab", "Pipeline"):
            is_part = path != getattr(thing, "path", "")
            pipelines.append(run.pipeline(model, repository, target, strict=strict, is_part=is_part))
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
    """The rules that are wanted, and what they have found."""

    def __init__(self, persona: Persona, selected: frozenset[str]) -> None:
        self._persona = persona
        self._selected = selected
        self.findings: list[Finding] = []

    def check(self, group: Group, analysis: object) -> None:
        """Run the rules of a group on an analysis."""
        for check in checks(group, self._persona, self._selected):
            self.findings += check(analysis)

    def pipeline(
        self, model: Any, repository: Repository | None, target: tuple[int, int] | None, *, strict: bool, is_part: bool
    ) -> PipelineAnalysis:
        """Run the rules on a pipeline, and return its analysis."""
        from gitlabgen.analysis.pipelines import PipelineAnalysis
        from gitlabgen.resolution.configuration import resolve

        resolution = resolve(model, repository)
        self.findings += resolution.findings
        analysis = PipelineAnalysis(resolution, target, strict=strict, is_part=is_part)
        self.check("pipeline", analysis)
        if analysis.commands or analysis.jobs_with("environment"):
            self.check("deployment", analysis)
        return analysis

    def template(self, model: Any) -> TemplateAnalysis | None:
        """Run the rules on a template, and return its analysis; None if the template cannot be written."""
        from gitlabgen.analysis.templates import TemplateAnalysis

        try:
            analysis = TemplateAnalysis(model)
        except GitlabgenError as error:  # troposphere finds one of its objects incomplete
            self.findings += error.findings
            return None
        self.check("template", analysis)
        return analysis


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings by their place, each once, though several jobs may inherit it."""
    return sorted({_place(finding): finding for finding in reversed([*findings])}.values(), key=_place)


def _place(finding: Finding) -> tuple[str, int, int, str, str]:
    return finding.file or "", finding.line or 0, finding.column or 0, finding.rule, finding.message


def _version(text: str) -> tuple[int, int]:
    major, _, minor = text.partition(".")
    return int(major), int(minor)


def _models(thing: Project | Pipeline | Template) -> Iterator[tuple[str, Pipeline | Template]]:
    """Yield the pipelines and templates of a project by their paths; a model alone has none."""
    from gitlabgen.project import Project

    if not isinstance(thing, Project):
        yield "", thing
        return
    models = {thing.path: thing.pipeline, thing.template_path: thing.template} if thing.template else {thing.path: thing.pipeline}
    for path, model in {**models, **(thing.files or {})}.items():
        if model is not None and not isinstance(model, str):
            yield path, model
