"""The record of a rule: its documentation as data, and its check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias

import attrs

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.projects import ProjectAnalysis
from gitlabgen.analysis.spots import Spot, spot
from gitlabgen.errors import UNDECIDED, Finding, Severity, suggestion
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.modeling.reporting import located
from gitlabgen.modeling.spellings import Hint, spelled

__all__ = ["PERSONAS", "Example", "LintRule", "Persona"]

Persona: TypeAlias = Literal["default", "pedantic", "auditor"]
"""The reader of findings; each persona also gets the findings of those before it."""

PERSONAS: Final[tuple[Persona, ...]] = ("default", "pedantic", "auditor")


@attrs.frozen(kw_only=True)
class Example:
    """A configuration that violates a rule, and the corrected one; tests check both.

    Args:
        bad: The content of `.gitlab-ci.yml`, or of the template for a rule on templates.
        good: The same file without the problem.
        files: Other files by path: included files, or `template.yml` for a rule on projects.
        target_gitlab: The GitLab version that reads the pipeline, such as `16.11`.
    """

    bad: str
    good: str
    files: Mapping[str, str] = attrs.field(factory=dict)
    target_gitlab: str | None = None


@attrs.frozen(kw_only=True)
class LintRule:
    """A rule of the linter.

    Args:
        id: The name in kebab case, such as `undefined-need`.
        summary: The problem that it finds, in one sentence.
        why: The consequences for the user, in 2 to 5 sentences.
        severity: `error` if GitLab or AWS rejects it, or it cannot work; `warning` if it is very likely a mistake; else `info`.
        confidence: `certain` if it follows from the files and the vendor's documentation; else `likely` or `opinion`.
        persona: The first persona that gets its findings.
        needs: What it needs in addition to the file: `simulation`, `files`, `template`, `shell`.
        since: The first GitLab version that it applies to, such as `15.6`; None for all.
        limit: The key in `[tool.gitlabgen.limits]` that changes its limit.
        fix: `safe` if a fix keeps the behaviour, `unsafe` if it changes what runs; None without a fix.
        source: The vendor's page.
        former_ids: Its former names, and the names of rules that were merged into it.
        examples: At least one.
        check: Yields the findings for an analysis; None if they come from reading or resolving the file.
        project_check: Yields findings that need both a pipeline and the templates that it deploys.
        default_check: Yields the findings that every persona gets, if the others are for a later persona.
    """

    id: str
    summary: str
    why: str
    severity: Severity
    confidence: Literal["certain", "likely", "opinion"]
    persona: Persona = "default"
    needs: tuple[Literal["simulation", "files", "template", "shell"], ...] = ()
    since: str | None = None
    limit: str | None = None
    fix: Literal["safe", "unsafe"] | None = None
    source: str
    former_ids: tuple[str, ...] = ()
    examples: Sequence[Example]
    check: Callable[[Any], Iterator[Finding]] | None = None
    project_check: Callable[[ProjectAnalysis], Iterator[Finding]] | None = None
    default_check: Callable[[Any], Iterator[Finding]] | None = None

    def finding(
        self,
        where: Spot,
        message: str,
        hint: Hint | None = None,
        *,
        severity: Severity | None = None,
        facts: Sequence[str] = (),
        gitlab: str | None = None,
        related: Iterable[Finding] = (),
    ) -> Finding:
        """Return a finding of the rule.

        Args:
            where: The location.
            message: The problem; the job comes first, in backticks.
            hint: How to fix it.
            severity: The severity, if it differs from that of the rule.
            facts: Values that distinguish it from other findings at the same path, such as the name of the missing job.
            gitlab: GitLab's own message for the problem.
            related: Findings at related locations.
        """
        found = Finding(
            rule=self.id,
            message=message,
            severity=severity or self.severity,
            hint=spelled(hint, where.language),
            job=where.job,
            path=where.path,
            url=self.source,
            related=tuple(related),
            facts=tuple(facts),
            gitlab=gitlab,
        )
        return located(found, where.position)

    def undecided(
        self,
        analysis: PipelineAnalysis,
        job: BaseJob,
        path: Sequence[str | int],
        what: str,
        because: str | None = None,
        near: str | None = None,
    ) -> Finding:
        """Return the finding that a check is undecided because of an unread include, or of an input without a value.

        Args:
            analysis: The pipeline.
            job: The job.
            path: The path to the value.
            what: The undecided condition, such as "the need build exists".
            because: The end of the sentence; by default that includes are unknown.
            near: A known name that was probably meant.
        """
        is_error = analysis.strict and not analysis.resolution.is_fragment
        severity: Severity = "error" if is_error else "warning" if near else "info"
        message = f"`{job.name}`: whether {what} is {because or analysis.unknown}"
        return self.finding(spot(job, path), message, suggestion(near), severity=severity, facts=(UNDECIDED, what))
