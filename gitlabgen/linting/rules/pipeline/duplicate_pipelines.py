"""`duplicate-pipelines`: one push may start two pipelines.

Source: https://docs.gitlab.com/ci/jobs/job_rules/#avoid-duplicate-pipelines
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.rules import Rule
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]

_CLAUSES: Final = frozenset(("if_", "changes", "exists"))


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job whose last rule matches always, where no workflow rules keep pipelines apart."""
    if is_set(getattr(analysis.pipeline.workflow, "rules", None)) or analysis.open:
        return
    for job in analysis.having("rules"):
        rules = job.rules if isinstance(job.rules, tuple) else ()
        last = rules[-1] if rules else None
        if isinstance(last, Rule) and last.when not in (None, "never") and _CLAUSES.isdisjoint(vars(last)):
            message = (
                f"jobs:{job.name} may allow multiple pipelines to run for a single action due to `rules:when` clause "
                "with no `workflow:rules`"
            )
            hint = "add `workflow:rules` that keep the pipelines of branches and of merge requests apart"
            yield RULE.finding(spot(job, ("rules", len(rules) - 1)), message, hint)


RULE: Final = LintRule(
    id="duplicate-pipelines",
    summary="a last rule that always matches, without `workflow:rules`",
    why="",
    severity="warning",
    confidence="certain",
    source="https://docs.gitlab.com/ci/jobs/job_rules/#avoid-duplicate-pipelines",
    examples=(),
    check=check,
)
