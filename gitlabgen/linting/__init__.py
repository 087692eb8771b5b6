"""What is wrong with a pipeline or a project as a whole: a file for each rule, named like the rule.

A rule is a module with a function `check` from a subject to findings. What stops GitLab from putting a configuration
together, such as a parent that is not there, is found while `resolution` does so.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Final

from gitlabgen.errors import Finding

if TYPE_CHECKING:
    from gitlabgen.gitlab.pipeline import Pipeline
    from gitlabgen.project import Project
    from gitlabgen.resolution.includes import Repository
    from gitlabgen.sam.template import Template

__all__ = ["OTHER_RULES", "RULES", "in_order", "lint"]

RULES: Final = (
    "default-as-job",
    "deprecated-keyword",
    "duplicate-cells",
    "duplicate-needs",
    "duplicate-pipelines",
    "duplicate-publish",
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
    "too-many-needs",
    "undeclared-input",
    "undefined-dependency",
    "undefined-need",
    "undefined-stage",
    "unknown-include",
    "unknown-keyword",
    "unused-block",
)
"""Each is a module of this package."""

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
    from gitlabgen.linting._subject import Subject
    from gitlabgen.resolution.configuration import resolve

    version = target_gitlab or getattr(thing, "target_gitlab", None)
    target = None if version is None else _version(version)
    found: list[Finding] = []
    for pipeline in _pipelines(thing):
        resolution = resolve(pipeline, repository)
        found += resolution.findings
        subject = Subject(resolution, target, strict=strict)
        for rule in RULES:
            found += import_module(f"gitlabgen.linting.{rule.replace('-', '_')}").check(subject)
    return in_order(found)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings by their place, each once, though several jobs may inherit it."""
    return sorted({_place(finding): finding for finding in reversed([*findings])}.values(), key=_place)


def _place(finding: Finding) -> tuple[str, int, int, str, str]:
    return finding.file or "", finding.line or 0, finding.column or 0, finding.rule, finding.message


def _version(text: str) -> tuple[int, int]:
    major, _, minor = text.partition(".")
    return int(major), int(minor)


def _pipelines(thing: Project | Pipeline | Template) -> Iterator[Pipeline]:
    from gitlabgen.gitlab.pipeline import Pipeline
    from gitlabgen.project import Project

    if isinstance(thing, Pipeline):
        yield thing
    elif isinstance(thing, Project):
        models = (thing.pipeline, *(thing.files or {}).values())
        yield from (model for model in models if isinstance(model, Pipeline))
