"""What prevents a pipeline for one event: needs that it lacks, rules that cannot be evaluated, and circles of variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from gitlabgen.gitlab.rules import Rule
from gitlabgen.simulation.event_facts import Fault
from gitlabgen.simulation.expansion import circle_message
from gitlabgen.simulation.needs import job_needs, missing_message
from gitlabgen.simulation.rules import CLAUSES
from gitlabgen.simulation.scopes import JobScope, PipelineScope
from gitlabgen.simulation.seeds import Plan, Seed
from gitlabgen.simulation.simulated_jobs import SimulatedJob
from gitlabgen.simulation.unknown import Unknown
from gitlabgen.simulation.variables import Variables, may_refer

__all__: list[str] = []


class CreationError(NamedTuple):
    """A problem with a pipeline for one event.

    Args:
        message: GitLab's message; why the problem is possible, if it is not certain.
        is_certain: Whether GitLab certainly finds it.
    """

    message: str
    is_certain: bool = True


def creation_errors(
    plan: Plan, jobs: Mapping[str, SimulatedJob], faults: Sequence[tuple[Seed, Fault]], scope: PipelineScope
) -> Iterator[CreationError]:
    """Yield the problems in the order in which GitLab reports them: by stage, and by job.

    Args:
        plan: The configuration.
        jobs: The jobs of the pipeline, in the order of the stages.
        faults: The jobs with rules that cannot be evaluated.
        scope: What the conditions of all jobs see.
    """
    found: list[tuple[Seed, CreationError]] = [(seed, error) for seed, error in _job_errors(plan, jobs, scope)]
    if faults:
        found += _fault_errors(jobs, faults)
        places = {seed.name: (plan.stages.get(seed.stage, -1), place) for place, seed in enumerate(plan.seeds)}
        found.sort(key=lambda item: places[item[0].name])
    for _, error in found:
        yield error


def _fault_errors(jobs: Mapping[str, SimulatedJob], faults: Sequence[tuple[Seed, Fault]]) -> Iterator[tuple[Seed, CreationError]]:
    """Yield the faults of rules; GitLab forgets those in stages without jobs."""
    stages: dict[str, bool] = {}
    for job in jobs.values():
        stages[job.stage] = stages.get(job.stage, False) or job.presence is True
    for seed, fault in faults:
        if seed.stage in stages:
            message = f"Failed to parse rule for {seed.name}: {fault.message}"
            yield seed, CreationError(message, stages[seed.stage])


def _job_errors(plan: Plan, jobs: Mapping[str, SimulatedJob], scope: PipelineScope) -> Iterator[tuple[Seed, CreationError]]:
    is_uncertain = any(job.presence is not True for job in jobs.values())
    shared = circle_message(scope.variables)
    most = plan.limits.needs
    for job in jobs.values():
        seed = job.seed
        needs = seed.job.__dict__.get("needs")
        if needs is not None:
            # Most jobs have one need, which the pipeline has.
            is_simple = not is_uncertain and type(needs) is tuple and len(needs) == 1
            if not (is_simple and type(needs[0]) is str and needs[0] in jobs):
                for error in _needs_errors(job, jobs, most):
                    yield seed, error
        message = shared if seed.is_plain else _own_circle(seed, scope, shared)
        if message:
            yield seed, CreationError(f"{seed.name}: {message}", job.presence is True)


def _own_circle(seed: Seed, scope: PipelineScope, shared: str) -> str:
    """Return GitLab's message about variables of a job that refer to each other."""
    job = JobScope(scope, seed)
    if not any(map(may_refer, job.own)) and (not shared or job.inherited is scope.yaml):
        return shared
    return circle_message(Variables((scope.facts.before, job.inherited, job.own, scope.facts.after(None))))


def _needs_errors(job: SimulatedJob, jobs: Mapping[str, SimulatedJob], most: int) -> Iterator[CreationError]:
    """Yield the problems of a job's needs. GitLab looks at those of the job, even if a rule replaces them."""
    is_certain = job.presence is True
    needs = list(job_needs(job.seed, None))
    if len(needs) > most:
        yield CreationError(
            f"{job.name}: one job can only need {most} others, but you have listed {len(needs)}. "
            "See needs keyword documentation for more details",
            is_certain,
        )
        return
    for need in needs:
        other = jobs.get(need.name)
        if need.is_optional or (other is not None and other.presence is True):
            continue
        if other is None and is_certain:
            yield CreationError(missing_message(job.name, need.name))
        elif other is None:
            yield CreationError(f"`{job.name}` may be in the pipeline, but its need `{need.name}` is not", is_certain=False)
        elif not _is_decided_alike(job.seed.job.rules, other.seed.job.rules):
            why = "; ".join(other.presence.reasons if isinstance(other.presence, Unknown) else ())
            message = f"`{job.name}` needs `{need.name}`, which may not be in the pipeline: {why}"
            yield CreationError(message, is_certain=False)


def _is_decided_alike(rules: Any, others: Any) -> bool:
    """Return whether two jobs are in the same pipelines, because their rules are the same."""
    return isinstance(rules, tuple) and isinstance(others, tuple) and [*map(_decision, rules)] == [*map(_decision, others)]


def _decision(rule: Any) -> Any:
    if not isinstance(rule, Rule):
        return rule
    return [rule.__dict__.get(name) for name in CLAUSES], rule.when == "never"
