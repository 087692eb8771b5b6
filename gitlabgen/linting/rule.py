"""What a rule is: everything that is known of it, as data, and the function that checks it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias

import attrs

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.projects import ProjectAnalysis
from gitlabgen.analysis.spots import Spot, spot
from gitlabgen.errors import Finding, Severity
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.modeling.reporting import located
from gitlabgen.modeling.spellings import Hint, spelled

__all__ = ["PERSONAS", "Example", "LintRule", "Persona"]

Persona: TypeAlias = Literal["default", "pedantic", "auditor"]
"""Who wants to see a rule's findings; each sees those of the ones before it, too."""

PERSONAS: Final[tuple[Persona, ...]] = ("default", "pedantic", "auditor")


@attrs.frozen(kw_only=True)
class Example:
    """A configuration that a rule finds fault with, and the corrected one; both are checked by the tests.

    Args:
        bad: The text of the `.gitlab-ci.yml`, or of the template for a rule on templates.
        good: The same without the problem.
        files: Further files by path: what is included, or `template.yml` for a rule on projects.
        target_gitlab: The GitLab that reads the pipeline, such as `16.11`.
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
        summary: What it finds, in one sentence.
        why: What happens to the user, and why: 2 to 5 sentences.
        severity: `error` if GitLab or AWS rejects it, or it cannot work; `warning` if it is very likely a mistake; else `info`.
        confidence: `certain` if it follows from the files and the vendor's documentation; else `likely` or `opinion`.
        persona: Who wants to see it.
        needs: What it needs beside the file: `simulation`, `files`, `template`, `shell`.
        since: The first GitLab in which it holds, such as `15.6`; every one if not given.
        limit: The key in `[tool.gitlabgen.limits]` that changes it.
        fix: `safe` if a fix keeps the meaning, `unsafe` if it changes what runs; None if there is none.
        source: The vendor's page.
        former_ids: Names that it had, or whose findings it has taken over.
        examples: At least one.
        check: Yields the findings of an analysis; None for what is found while a file is read and put together.
        project_check: Yields what only a pipeline and the templates that it deploys show together.
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
            where: Where it is.
            message: What happens to the user; the job comes first, in backticks.
            hint: What to do.
            severity: How bad it is, if that differs from the rule's own severity.
            facts: What tells it from other findings of the rule at the same path, such as the name of the missing job.
            gitlab: The sentence in which GitLab says the same.
            related: Other places that belong to it.
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

    def undecided(self, analysis: PipelineAnalysis, job: BaseJob, path: Sequence[str | int], what: str) -> Finding:
        """Return the finding that something depends on an include that cannot be read.

        Args:
            analysis: The pipeline.
            job: The job.
            path: The path to the value.
            what: What cannot be decided, such as "the need build exists".
        """
        severity: Severity = "error" if analysis.strict else "info"
        message = f"`{job.name}`: whether {what} is {analysis.unknown}"
        return self.finding(spot(job, path), message, severity=severity, facts=("undecided", what))
