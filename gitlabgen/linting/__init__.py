"""Lint pipelines, templates and projects, with one module per rule, named after the rule.

A rule is a module with a record `RULE`, whose `check` yields findings for an analysis. Problems that prevent GitLab from
resolving a configuration, such as a parent that does not exist, are found by `resolution`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from gitlabgen.codec.argument_types import check_model
from gitlabgen.errors import Finding
from gitlabgen.gitlab.limits import DEFAULT_LIMITS, Limits
from gitlabgen.linting.catalogue import all_rules, rule_named
from gitlabgen.linting.places import in_order
from gitlabgen.linting.rule import Example, LintRule, Persona
from gitlabgen.modeling.collection import collection_paused

if TYPE_CHECKING:
    from gitlabgen.gitlab.pipeline import Pipeline
    from gitlabgen.project import Project
    from gitlabgen.resolution.repositories import Repository
    from gitlabgen.sam.template import Template
    from gitlabgen.simulation.events import Event
    from gitlabgen.simulation.project_facts import ProjectFacts

__all__ = ["Example", "Limits", "LintRule", "all_rules", "in_order", "lint", "rule_named"]


def lint(
    project_or_model: Project | Pipeline | Template,
    *,
    repository: Repository | None = None,
    folder: str = "",
    target_gitlab: str | None = None,
    strict: bool = False,
    persona: Persona = "default",
    selected: Iterable[str] = (),
    fragment: bool = False,
    inputs: Mapping[str, Any] | None = None,
    limits: Limits | None = None,
    project: ProjectFacts | None = None,
    events: Mapping[str, Event] | None = None,
) -> list[Finding]:
    """Return findings for what GitLab or AWS would reject in a project or a model, and for likely mistakes.

    Args:
        project_or_model: The project, pipeline or template.
        repository: Has local includes, child pipelines and the templates that commands name; without it, they are unknown.
        folder: The project's folder, relative to the repository's root.
        target_gitlab: The GitLab version that reads the pipeline, such as `17.11`; by default the one of the project.
        strict: Whether a check that an unread include leaves undecided is an error.
        persona: `default`, `pedantic` or `auditor`; each one also gets the findings of those before it.
        selected: Names of rules that run whatever their persona.
        fragment: Whether other files include the pipeline, so that they may define the names that it uses.
        inputs: The values of the inputs that the header of the pipeline declares, by name; the others have their defaults, and
            what depends on an input without a default is unknown.
        limits: The limits of the GitLab server; by default GitLab's own.
        project: What only the server knows about the project, such as the variables in its settings.
        events: The events that may start pipelines, by name; by default pushes, a merge request, a tag, a schedule, and a person
            who starts a pipeline.

    Raises:
        ArgumentError: If it is neither a project nor a model.
    """
    from gitlabgen.linting.repositories import lint_files
    from gitlabgen.linting.runs import Run

    check_model(project_or_model, "lint", "Project", "Pipeline", "Template")
    with collection_paused():
        version = target_gitlab or getattr(project_or_model, "target_gitlab", None)
        target = None if version is None else _version(version)
        server = limits or DEFAULT_LIMITS
        run = Run(target, persona, selected, strict=strict, limits=server, project=project, events=events)
        lint_files(run, project_or_model, repository, folder, fragment=fragment, inputs=inputs)
        return in_order(run.findings)


def _version(text: str) -> tuple[int, int]:
    major, _, minor = text.partition(".")
    return int(major), int(minor)
