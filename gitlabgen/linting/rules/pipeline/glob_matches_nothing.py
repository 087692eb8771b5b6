"""`glob-matches-nothing`: a glob of `changes` or `exists` can match no path.

Source: https://docs.gitlab.com/ci/yaml/#ruleschanges
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.file_clauses import file_clauses, glob_hint, impossible
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each glob without variables that can match nothing."""
    for clause in file_clauses(analysis):
        for path, glob in clause.known_globs():
            found = impossible(glob, clause.keyword)
            if found is not None:
                reason, meant = found
                message = f"`{glob}` can match nothing: {reason}." if glob else f"An empty glob can match nothing: {reason}."
                hint = "remove it, or write the path from the repository's root" if meant is None else glob_hint(meant)
                yield RULE.finding(spot(clause.owner, path), message, hint, facts=(glob,))


RULE: Final = LintRule(
    id="glob-matches-nothing",
    summary="A glob of `changes` or `exists` can match no path.",
    why=(
        "GitLab compares globs with paths from the repository's root, as git writes them: without `./` or `/` at the beginning, "
        "and without `/` at the end. "
        "So `./docs/*` never matches, and the rule never applies, without an error. "
        "The same holds for a glob with a brace or a bracket that is not closed."
    ),
    severity="warning",
    confidence="certain",
    fix="safe",
    source="https://docs.gitlab.com/ci/yaml/#ruleschanges",
    examples=[
        Example(
            bad="""
docs:
  script: make docs
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
      changes: [./docs/*]
""",
            good="""
docs:
  script: make docs
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
      changes: [docs/*]
""",
        )
    ],
    check=check,
)
