"""`unread-include`: an included file was not read, so a part of the configuration is unknown.

Source: https://docs.gitlab.com/ci/yaml/#include
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding, Severity
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

_KINDS: Final = {
    "project": "another project",
    "template": "GitLab template",
    "remote": "remote URL",
    "local": "local file",
    "artifact": "job artifact",
}


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each include that was not read."""
    for include in analysis.resolution.unread:
        if include.is_reported:
            continue
        kind, _, name = include.label.partition(" ")
        what = f"`{name}` was not read ({_KINDS.get(kind, kind)})" if name else "An include was not read"
        message = f"{what}, so the jobs and stages that it defines are unknown."
        severity: Severity = "error" if analysis.strict else "info"
        where = spot(include.owner, include.path, words=(name,))
        yield RULE.finding(where, message, severity=severity, facts=(include.label,))


RULE: Final = LintRule(
    id="unread-include",
    summary="An included file was not read, so the jobs that it defines are unknown.",
    why=(
        "Files of other projects, components, GitLab templates and remote URLs are not read. "
        "So the linter does not know their jobs, stages and defaults. "
        "Checks that depend on them are skipped; with `--strict` each unread file is an error."
    ),
    severity="info",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#include",
    former_ids=("unknown-include",),
    examples=[
        Example(
            bad="""
include:
  - project: group/templates
    ref: 4.2.0
    file: /build.yml
test:
  script: make test
""",
            good="""
include:
  - local: ci/build.yml
test:
  script: make test
""",
            files={"ci/build.yml": "build: {stage: build, script: make}\n"},
        )
    ],
    check=check,
)
