"""Whether the jobs of a pipeline depend on the names of branches and tags."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from gitlabgen.analysis.condition_parts import comparisons
from gitlabgen.analysis.pipelines import PipelineAnalysis

__all__: list[str] = []

_NAMES: Final = ("BRANCH", "REF_NAME", "REF_SLUG", "TAG", "BRANCH_NAME", "REF_PATH")
SOURCE_WORDS: Final = frozenset(
    word
    for source in ("api", "chat", "external_pull_request", "merge_request", "pipeline", "schedule", "trigger", "web")
    for word in (source, f"{source}s")
) | {"push", "pushes"}
"""The words of `only` and `except` for what starts a pipeline, except for that of child pipelines."""

_KINDS: Final = SOURCE_WORDS | {"branches", "tags", "parent_pipeline", "parent_pipelines"}


def refs_of(policy: Any) -> tuple[Any, ...]:
    """Return the refs of `only` or `except`.

    Args:
        policy: The value of the keyword.
    """
    refs = policy if isinstance(policy, tuple) else getattr(policy, "refs", None)
    return refs if isinstance(refs, tuple) else ()


def names_refs(analysis: PipelineAnalysis) -> bool:
    """Return whether conditions, `only` or `except` compare the branch or the tag with a text or a pattern.

    Args:
        analysis: The pipeline.
    """
    conditions = {condition.text for condition in analysis.variable_facts.conditions}
    return any(map(_compares, conditions)) or not _KINDS.issuperset(_listed(analysis))


def _compares(text: str) -> bool:
    sides = [pair for found in comparisons(text) for pair in (found[::2], found[::-2])]
    return any(name.endswith(_NAMES) and not value.startswith("$") and value != "null" for name, value in sides)


def _listed(analysis: PipelineAnalysis) -> Iterator[Any]:
    for keyword in ("only", "except_"):
        for job in analysis.jobs_with(keyword):
            yield from refs_of(getattr(job, keyword))
