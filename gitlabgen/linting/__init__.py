"""What is wrong with a pipeline, a template or a project as a whole: a file for each rule, named like the rule.

A rule is a module with a function `check` from a subject to findings. What stops GitLab from putting a configuration
together, such as a parent that is not there, is found while `resolution` does so.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from gitlabgen.errors import Finding, GitlabgenError
from gitlabgen.modeling.lazy import is_instance

if TYPE_CHECKING:
    from gitlabgen.analysis.pipelines import PipelineAnalysis
    from gitlabgen.analysis.templates import TemplateAnalysis
    from gitlabgen.gitlab.pipeline import Pipeline
    from gitlabgen.project import Project
    from gitlabgen.resolution.includes import Repository
    from gitlabgen.sam.template import Template

__all__ = ["DEPLOYMENT_RULES", "OTHER_RULES", "PIPELINE_RULES", "PROJECT_RULES", "RULES", "TEMPLATE_RULES", "in_order", "lint"]

PIPELINE_RULES: Final = (
    "default-as-job",
    "deprecated-keyword",
    "duplicate-cells",
    "duplicate-needs",
    "duplicate-pipelines",
    "duplicate-publish",
    "floating-image",
    "invalid-on-stop",
    "later-dependency",
    "later-need",
    "long-need-name",
    "misread-condition",
    "missing-script",
    "needs-cycle",
    "newer-keyword",
    "no-visible-job",
    "replaced-cell",
    "static-aws-keys",
    "too-many-needs",
    "undeclared-input",
    "undefined-dependency",
    "undefined-need",
    "undefined-stage",
    "unknown-include",
    "unknown-keyword",
    "untracked-artifacts",
    "unused-block",
)
"""What is looked at in each pipeline; each rule is a module of this package."""

DEPLOYMENT_RULES: Final = (
    "blocking-cleanup",
    "busybox-timeout",
    "cleanup-after-failure",
    "empty-changeset",
    "interruptible-deploy",
    "missing-environment",
    "racing-deploys",
    "retried-deploy",
    "unguarded-deploy",
    "unknown-stack",
)
"""What is looked at in each pipeline with commands of AWS or with environments."""

TEMPLATE_RULES: Final = (
    "alarm-on-missing-data",
    "alarm-on-other-alias",
    "alarm-on-whole-function",
    "alarm-without-dimensions",
    "always-on-canary",
    "canary-without-alarms",
    "deprecated-runtime",
    "extra-stage",
    "hook-name",
    "hook-permission",
    "invalid-datapoints",
    "invalid-metric-math",
    "invalid-period",
    "missing-alias",
    "missing-sub",
    "missing-threshold",
    "slow-alarm",
    "undefined-alarm",
    "undefined-hook",
    "unknown-canary-key",
    "unknown-canary-type",
    "unknown-metric",
    "unpublished-parameter",
)
"""What is looked at in each template."""

PROJECT_RULES: Final = (
    "canary-outlasts-job",
    "long-hook-name",
    "missing-capability",
    "missing-parameter",
    "unexercised-canary",
    "unknown-output",
    "unknown-parameter",
    "unshared-template",
)
"""What is looked at in a pipeline and the templates that it deploys."""

RULES: Final = tuple(sorted((*PIPELINE_RULES, *DEPLOYMENT_RULES, *TEMPLATE_RULES, *PROJECT_RULES)))
"""All rules."""

OTHER_RULES: Final = (
    "duplicate-key",
    "ignored-document",
    "invalid-condition",
    "invalid-extends",
    "invalid-include",
    "invalid-input",
    "invalid-interpolation",
    "invalid-keyword",
    "invalid-reference",
    "invalid-yaml",
    "merge-order",
)
"""What is found while a file is read and put together."""


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Let what is made live to the end: to look for garbage among many jobs takes longer than to look at them."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@_nothing_collected()
def lint(
    thing: Project | Pipeline | Template,
    *,
    repository: Repository | None = None,
    target_gitlab: str | None = None,
    strict: bool = False,
) -> list[Finding]:
    """Return what GitLab would reject in a project, a pipeline or a template, and what it accepts though nobody wants it.

    Args:
        thing: The project or model.
        repository: Where local includes are read; without it, names that they may define are unknown.
        target_gitlab: The GitLab version that reads the pipeline, such as `17.11`; a project brings its own.
        strict: Whether what cannot be decided, because an include cannot be read, is an error.
    """
    version = target_gitlab or getattr(thing, "target_gitlab", None)
    target = None if version is None else _version(version)
    found: list[Finding] = []
    pipelines: list[PipelineAnalysis] = []
    templates: dict[str, TemplateAnalysis] = {}
    for path, model in _models(thing):
        if is_instance(model, "gitlabgen.gitlab", "Pipeline"):
            is_part = path != getattr(thing, "path", "")
            pipelines.append(_pipeline_subject(model, repository, target, found, strict=strict, is_part=is_part))
        else:
            template = _template_subject(model, found)
            if template is not None:
                templates[path] = template
    if templates and pipelines:
        from gitlabgen.analysis.projects import ProjectAnalysis

        for pipeline in pipelines:
            found += _checked(PROJECT_RULES, ProjectAnalysis(pipeline, templates))
    return in_order(found)


def _pipeline_subject(
    model: Any,
    repository: Repository | None,
    target: tuple[int, int] | None,
    found: list[Finding],
    *,
    strict: bool,
    is_part: bool,
) -> PipelineAnalysis:
    from gitlabgen.analysis.pipelines import PipelineAnalysis
    from gitlabgen.resolution.configuration import resolve

    resolution = resolve(model, repository)
    found += resolution.findings
    subject = PipelineAnalysis(resolution, target, strict=strict, is_part=is_part)
    found += _checked(PIPELINE_RULES, subject)
    if subject.commands or subject.having("environment"):
        found += _checked(DEPLOYMENT_RULES, subject)
    return subject


def _template_subject(model: Any, found: list[Finding]) -> TemplateAnalysis | None:
    from gitlabgen.analysis.templates import TemplateAnalysis

    try:
        subject = TemplateAnalysis(model)
    except GitlabgenError as error:  # troposphere finds one of its objects incomplete
        found += error.findings
        return None
    found += _checked(TEMPLATE_RULES, subject)
    return subject


def _checked(rules: Iterable[str], subject: object) -> Iterator[Finding]:
    for rule in rules:
        yield from import_module(f"gitlabgen.linting.{rule.replace('-', '_')}").check(subject)


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
