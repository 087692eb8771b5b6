"""What gitlab-ci-local says about the pipelines of this folder that GitLab does not."""

from __future__ import annotations

from typing import Final, NamedTuple

__all__ = ["DISAGREEMENTS", "REASONS", "Disagreement"]

REASONS: Final = {
    "keeps jobs without `rules`": (
        "It ignores `only` and `except`, and GitLab's default: a job without `rules` runs for branches and tags only."
    ),
    "ignores the workflow": "It takes the variables of `workflow:rules`, but lists jobs for an event that the workflow excludes.",
    "ignores absent needs": (
        "It lists a pipeline that GitLab rejects because a needed job is absent; `--validate-dependency-chain` reports it."
    ),
    "compares for each event": (
        "It compares files for `changes` whatever the event; for tags and schedules GitLab compares none, and `changes` holds."
    ),
    "manual jobs may not fail": "It lists a job with `when: manual` and without `rules` as one that may not fail.",
    "loses backslashes": r"It loses the `\` of a pattern in a variable: it reads `/^v\d+/` as `/^vd+/`.",
    "finds folders": "It takes a folder for a file in `exists`.",
    "does not split needs": "It lists a needed job with `parallel` by its name, not by those of its instances.",
}
"""How gitlab-ci-local differs from GitLab; docs/simulation.md has the same sentences."""


class Disagreement(NamedTuple):
    """What differs in one pipeline for one reason.

    Args:
        reason: A key of the reasons.
        pipeline: The pipeline.
        field: What differs: `outcome`, `presence`, or a field of the job.
        events: The names of the events, separated by spaces.
        jobs: The names of the jobs, separated by `; `; empty for the pipeline.
    """

    reason: str
    pipeline: str
    field: str
    events: str
    jobs: str = ""


_NO_RULES: Final = "keeps jobs without `rules`"
_INSTANCES: Final = "does not split needs"
_COMPARES: Final = "compares for each event"
_NEEDS: Final = "ignores absent needs"
_MANUAL: Final = "manual jobs may not fail"
_NOT_MERGE_REQUEST: Final = "main branch tag schedule web"

DISAGREEMENTS: Final = (
    Disagreement(
        _NO_RULES,
        "stages and keywords of jobs",
        "presence",
        "merge_request",
        "first; compile; unit; lint; style; undo; later; clean",
    ),
    Disagreement(_MANUAL, "manual jobs", "allow_failure", _NOT_MERGE_REQUEST, "own word"),
    Disagreement(_NO_RULES, "manual jobs", "presence", "merge_request", "own word; blocks"),
    Disagreement("loses backslashes", "patterns in variables", "presence", "tag", "a; c"),
    Disagreement("ignores the workflow", "rules:variables and workflow", "presence", "branch", "review"),
    Disagreement("finds folders", "rules:exists", "presence", "main branch tag merge_request schedule web", "h"),
    Disagreement(_COMPARES, "rules:changes", "presence", "tag schedule web", "b; d; h"),
    Disagreement(_COMPARES, "rules:changes", "presence", "schedule web", "f"),
    Disagreement(_NO_RULES, "needs", "presence", "merge_request", "one; two; alone; after; both; same"),
    Disagreement(_NEEDS, "needs of absent jobs", "outcome", "merge_request"),
    Disagreement(_NEEDS, "rules:needs", "outcome", "merge_request"),
    Disagreement(_INSTANCES, "parallel and matrix", "needs", _NOT_MERGE_REQUEST, "after; after all"),
    Disagreement(
        _NO_RULES,
        "parallel and matrix",
        "presence",
        "merge_request",
        "split 1/2; split 2/2; system: [linux, arm]; system: [linux, x86]; system: [windows]; after; after all",
    ),
    Disagreement(_NO_RULES, "extends", "presence", "merge_request", "a"),
    Disagreement(_NO_RULES, "!reference and anchors", "presence", "merge_request", "d; e"),
    Disagreement(_NO_RULES, "default and inherit", "presence", "merge_request", "a; b; c"),
    Disagreement(_MANUAL, "include:local", "allow_failure", _NOT_MERGE_REQUEST, "b"),
    Disagreement(_NO_RULES, "include:local", "presence", "merge_request", "test; a; b; build image"),
    Disagreement(_MANUAL, "include:inputs", "allow_failure", _NOT_MERGE_REQUEST, "smoke job 1/1"),
    Disagreement(
        _NO_RULES,
        "include:inputs",
        "presence",
        "merge_request",
        "unit job 1/1; unit; smoke job 1/1; smoke; many job 1/2; many job 2/2; many",
    ),
    Disagreement(_NO_RULES, "only and except", "presence", "branch tag merge_request", "a"),
    Disagreement(_NO_RULES, "only and except", "presence", "main branch merge_request schedule web", "b"),
    Disagreement(_NO_RULES, "only and except", "presence", "tag merge_request", "c"),
    Disagreement(_NO_RULES, "only and except", "presence", _NOT_MERGE_REQUEST, "d"),
    Disagreement(_NO_RULES, "only and except", "presence", "main branch tag merge_request schedule", "e"),
    Disagreement(_NO_RULES, "only and except", "presence", "main tag merge_request web", "f"),
    Disagreement(_MANUAL, "trigger", "allow_failure", "main branch schedule web", "list"),
    Disagreement(_NEEDS, "trigger", "outcome", "tag"),
    Disagreement(_NO_RULES, "trigger", "presence", "merge_request", "list; job"),
)
"""All that differs. Each row says what GitLab does differently from gitlab-ci-local, never from us."""
