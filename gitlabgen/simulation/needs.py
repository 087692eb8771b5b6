"""`needs`: the jobs that a job of the pipeline waits for, and those that it lacks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from gitlabgen.gitlab.base_job import kinds_of, needs_list
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.needs import Need
from gitlabgen.gitlab.rules import Rule
from gitlabgen.gitlab.trigger import TriggerJob
from gitlabgen.resolution.job_expansion import needed_jobs

if TYPE_CHECKING:
    from gitlabgen.simulation.seeds import Seed

__all__: list[str] = []


class JobNeed(NamedTuple):
    """A job that another one waits for.

    Args:
        name: Its name.
        is_optional: Whether it may be absent.
        has_artifacts: Whether its artifacts are downloaded.
    """

    name: str
    is_optional: bool = False
    has_artifacts: bool = True


def job_needs(seed: Seed, rule: Rule | None) -> Iterator[JobNeed]:
    """Yield the needs of a job, each once.

    Args:
        seed: The job.
        rule: The rule that applies; its needs replace those of the job.

    Source: https://docs.gitlab.com/ci/yaml/#needs
    """
    from_rule = rule_needs(rule)
    # GitLab expands the names of parallel jobs only in the needs of jobs.
    children = {} if from_rule else seed.plan.children
    found: dict[str, JobNeed] = {}
    for need in from_rule or needs_list(seed.job.needs):
        for name in needed_jobs(need, seed.matrix.variables, children):
            options = need if isinstance(need, Need) else None
            optional = options is not None and options.optional is True
            found[name] = JobNeed(name, optional, options is None or options.artifacts is not False)
    yield from found.values()


def rule_needs(rule: Rule | None) -> tuple[Any, ...]:
    """Return the needs of a rule; an empty list changes nothing.

    Args:
        rule: The rule.
    """
    return () if rule is None or "needs" not in rule.__dict__ else needs_list(rule.needs)


def starts_by_needs(seed: Seed, rule: Rule | None) -> bool:
    """Return whether a job starts after its needs, rather than after the stages before.

    Args:
        seed: The job.
        rule: The rule that applies.
    """
    if rule_needs(rule):
        return True
    needs = seed.job.needs
    return is_set(needs) and not (isinstance(seed.job, TriggerJob) and kinds_of(needs) == ["bridge"])


def missing_message(name: str, need: str) -> str:
    """Return GitLab's message for a job whose need is not in the pipeline.

    Args:
        name: The job.
        need: The job that it needs.
    """
    return (
        f"'{name}' job needs '{need}' job, but '{need}' does not exist in the pipeline. This might be because of the only, "
        "except, or rules keywords. To need a job that sometimes does not exist in the pipeline, use needs:optional."
    )
