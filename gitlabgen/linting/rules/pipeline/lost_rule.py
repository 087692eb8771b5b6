"""`lost-rule`: `compare_to` names no branch or tag, so GitLab may leave the job out.

Source: https://docs.gitlab.com/ci/yaml/#ruleschangescompare_to
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.file_clauses import file_clauses, is_constant
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding, closest, suggestion
from gitlabgen.gitlab.rules import Changes
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

# Commits, and what git computes from refs, such as `main~1`; and refs that only GitLab has.
_COMPUTED: Final = re.compile(r"[0-9a-f]{4,64}|@|HEAD|.*[~^:].*|.*@\{.*|refs/(?!heads/|tags/).*")

_LOST: Final = {"workflow": "start no pipeline", "include": "leave the file out"}


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each `compare_to` that names no ref, if git knows all of them."""
    for clause in file_clauses(analysis):
        ref = clause.options.compare_to if isinstance(clause.options, Changes) else None
        if not isinstance(ref, str) or not ref or not is_constant(ref) or _COMPUTED.fullmatch(ref):
            continue
        refs = analysis.refs
        if refs is not None and ref not in refs:
            lost = _LOST.get(clause.owner_name, "leave the job out")
            message = f"`compare_to: {ref}` of `{clause.owner_name}` names no ref: GitLab may {lost} without a word."
            branch = ref.partition("/")[2]
            near = branch if branch in refs else closest(ref, refs)
            hint = suggestion(near, "write the name of an existing branch or tag")
            yield RULE.finding(spot(clause.owner, (*clause.path[:-1], "compare_to")), message, hint, facts=(ref,))


RULE: Final = LintRule(
    id="lost-rule",
    summary="`compare_to` names no branch or tag, so GitLab may leave the job out.",
    why=(
        "GitLab cannot evaluate a rule that compares with a ref that does not exist. "
        "It reports the error only if the stage has another job; otherwise the job is missing, and nothing says why. "
        "Names of remotes, as in `origin/main`, exist on your computer only. "
        "The rule is silent if git may not know all branches and tags, as in a shallow clone."
    ),
    severity="warning",
    confidence="likely",
    needs=("files",),
    source="https://docs.gitlab.com/ci/yaml/#ruleschangescompare_to",
    examples=[
        Example(
            bad="""
build:
  script: make
  rules:
    - changes:
        paths: [Makefile]
        compare_to: v9
""",
            good="""
build:
  script: make
  rules:
    - changes:
        paths: [Makefile]
        compare_to: main
""",
            files={"Makefile": "all:\n"},
        )
    ],
    check=check,
)
