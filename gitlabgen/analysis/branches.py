"""The names of branches that the conditions of a pipeline mention."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, Final

from gitlabgen.analysis.condition_parts import comparisons
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.gitlab.rules import Rule

__all__: list[str] = []

_VARIABLES: Final = frozenset(("$CI_COMMIT_BRANCH", "$CI_COMMIT_REF_NAME", "$CI_MERGE_REQUEST_TARGET_BRANCH_NAME"))
_USUAL: Final = ("master", "develop", "trunk")
_NAME: Final = re.compile(r"[A-Za-z][\w.-]{2,}(?:/[\w.-]+)*")
_NO_BRANCHES: Final = frozenset(
    (
        *("api", "branches", "chat", "external", "external_pull_requests", "merge_requests", "pipelines", "pushes"),
        *("schedules", "tags", "triggers", "web"),
    )
)
"""The words of `only` and `except` that are not names."""


def branch_names(analysis: PipelineAnalysis) -> list[str]:
    """Return the names of branches that conditions, `only` and `except` mention, the usual names of default branches first.

    Args:
        analysis: The pipeline.
    """
    rules = (rule.__dict__.get("if_") for _, _, rule in analysis.rules)
    workflow = getattr(analysis.pipeline.workflow, "rules", None)
    own = (rule.__dict__.get("if_") for rule in (workflow if isinstance(workflow, tuple) else ()) if isinstance(rule, Rule))
    conditions = dict.fromkeys(text for text in chain(own, rules) if isinstance(text, str))
    found = dict.fromkeys(chain(_compared(conditions), _listed(analysis)))
    return sorted(found, key=lambda name: _USUAL.index(name) if name in _USUAL else len(_USUAL))


def _compared(conditions: Iterable[str]) -> Iterator[str]:
    for text in conditions:
        for comparison in comparisons(text):
            for variable, value in (comparison[::2], comparison[::-2]):
                if variable in _VARIABLES and value[0] in "'\"/":
                    yield from _NAME.findall(value)


def _listed(analysis: PipelineAnalysis) -> Iterator[str]:
    for keyword in ("only", "except_"):
        for job in analysis.jobs_with(keyword):
            policy: Any = getattr(job, keyword)
            refs = policy if isinstance(policy, tuple) else getattr(policy, "refs", None)
            for ref in refs if isinstance(refs, tuple) else ():
                if isinstance(ref, str) and ref not in _NO_BRANCHES:
                    yield from _NAME.findall(ref)
