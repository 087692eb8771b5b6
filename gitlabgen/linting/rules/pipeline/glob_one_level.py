"""`glob-one-level`: a glob such as `docs/**` matches only files directly in the folder.

Source: https://docs.gitlab.com/ci/yaml/#ruleschanges
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.file_clauses import (
    Depth,
    FileClause,
    covers_deeper,
    file_clauses,
    glob_hint,
    impossible,
    matches_among,
    shallow,
)
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each glob whose `**` matches one level, unless its list or git shows no deeper file to match."""
    for clause in file_clauses(analysis):
        for path, glob in clause.known_globs():
            depth = shallow(glob)
            if depth is None or impossible(glob, clause.keyword) or not _is_mistake(analysis, clause, glob, depth):
                continue
            inside = "" if depth.glob == glob else f" in `{glob}`"
            message = f"`{depth.glob}`{inside} {_what(depth)}."
            yield RULE.finding(spot(clause.owner, path), message, glob_hint(depth.written), facts=(glob,))


def _is_mistake(analysis: PipelineAnalysis, clause: FileClause, glob: str, depth: Depth) -> bool:
    others = [other for other in clause.globs if other != glob]
    if any(covers_deeper(other, depth) for other in others):
        return False
    tracked = None if clause.is_elsewhere else analysis.tracked
    if tracked is None:
        return True
    found = frozenset(matches_among(glob, tracked))
    if clause.keyword == "exists" and found:
        return False
    return not found.issuperset(matches_among(depth.written, tracked))


def _what(depth: Depth) -> str:
    if depth.folder is None:
        return f"matches one level of folders: `{depth.part}` stands for `*`"
    where = f"directly in `{depth.folder}`" if depth.folder else "in the repository's root"
    return f"matches only files {where}"


RULE: Final = LintRule(
    id="glob-one-level",
    summary="A glob such as `docs/**` matches only files directly in the folder.",
    why=(
        "`**` stands for any folders only as a whole part of a path before a slash, as in `docs/**/*`. "
        "Everywhere else it means the same as `*`. "
        "So a change in a folder below `docs` does not match `docs/**`, and the job does not run. "
        "The rule is silent if the list has another glob for deeper files, or if git tracks no deeper file."
    ),
    severity="warning",
    confidence="certain",
    fix="unsafe",
    source="https://docs.gitlab.com/ci/yaml/#ruleschanges",
    examples=[
        Example(
            bad="""
docs:
  script: make docs
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
      changes: [docs/**]
""",
            good="""
docs:
  script: make docs
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
      changes: [docs/**/*]
""",
        )
    ],
    check=check,
)
