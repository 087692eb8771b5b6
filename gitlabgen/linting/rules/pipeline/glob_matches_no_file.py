"""`glob-matches-no-file`: a glob of `changes` matches none of the files that git tracks.

Source: https://docs.gitlab.com/ci/yaml/#ruleschanges
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.file_clauses import file_clauses, glob_hint, impossible, matches_among, shallow
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each glob that matches no tracked file, unless another rule says why, or git is not at hand."""
    clauses = [clause for clause in file_clauses(analysis) if clause.keyword == "changes"]
    tracked = analysis.tracked if clauses else None
    if tracked is None:
        return
    matched: dict[str, bool] = {}
    for clause in clauses:
        for path, glob in clause.known_globs():
            if glob not in matched:
                matched[glob] = any(True for _ in matches_among(glob, tracked))
            if matched[glob] or impossible(glob, "changes") or _is_shallow(glob, tracked):
                continue
            meant = _meant(glob, tracked)
            hint = glob_hint(meant) if meant else "write the path that the files have now, or remove it"
            yield RULE.finding(spot(clause.owner, path), f"No tracked file matches `{glob}`.", hint, facts=(glob,))


def _is_shallow(glob: str, tracked: frozenset[str]) -> bool:
    depth = shallow(glob)
    return depth is not None and any(True for _ in matches_among(depth.written, tracked))


def _meant(glob: str, tracked: frozenset[str]) -> str | None:
    """Return the folder's files for the path of a folder, or the only file with the same name; None without one."""
    if any(path.startswith(f"{glob}/") for path in tracked):
        return f"{glob}/**/*"
    name = glob.rpartition("/")[2]
    same = [path for path in tracked if path.rpartition("/")[2] == name]
    return same[0] if len(same) == 1 else None


RULE: Final = LintRule(
    id="glob-matches-no-file",
    summary="A glob of `changes` matches none of the files that git tracks.",
    why=(
        "A file that no longer exists cannot change, so the glob has no effect. "
        "Often its files were moved or renamed, and the job no longer runs when they change. "
        "The rule runs on the pipeline in the root of a git repository, and is silent about globs with variables."
    ),
    severity="warning",
    confidence="likely",
    needs=("files",),
    source="https://docs.gitlab.com/ci/yaml/#ruleschanges",
    examples=[
        Example(
            bad="""
build:
  script: make
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
      changes: [meson/*]
""",
            good="""
build:
  script: make
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
      changes: [build/*]
""",
            files={"build/options.txt": "fast\n"},
        )
    ],
    check=check,
)
