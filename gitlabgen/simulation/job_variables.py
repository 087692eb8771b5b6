"""The predefined variables of a job."""

from __future__ import annotations

from typing import Final, NamedTuple

from gitlabgen.simulation.predefined import conditional, predefined_variables
from gitlabgen.simulation.project_facts import ProjectFacts
from gitlabgen.simulation.slugs import slug
from gitlabgen.simulation.unknown import Unknown
from gitlabgen.simulation.variables import Variable


class JobEnvironment(NamedTuple):
    """What a job says about its environment.

    Args:
        name: The name, expanded.
        action: What the job does with it; by default `start`.
        tier: The `deployment_tier`, if written.
        url: The URL, if written.
    """

    name: str | Unknown
    action: str | None = None
    tier: str | None = None
    url: str | None = None


def job_level(
    name: str, *, group: str, stage: str, when: str | None = None, index: int | None = None, total: int = 1
) -> tuple[Variable, ...]:
    """Return the variables of a job.

    Args:
        name: The job's name, with the values of its matrix.
        group: The name without them.
        stage: The stage.
        when: The `when` of the job, not of its rules.
        index: The position among the jobs of `parallel`, from 1.
        total: How many jobs `parallel` makes.
    """
    return predefined_variables(
        {
            "CI_JOB_NAME": name,
            "CI_JOB_NAME_SLUG": slug(name),
            "CI_JOB_GROUP_NAME": group,
            "CI_JOB_STAGE": stage,
            "CI_JOB_MANUAL": "true" if when in _STARTED_LATER else None,
            "CI_NODE_INDEX": None if index is None else str(index),
            "CI_NODE_TOTAL": str(total),
        }
    )


_STARTED_LATER: Final = ("manual", "delayed")


def environment_level(environment: JobEnvironment, facts: ProjectFacts) -> tuple[Variable, ...]:
    """Return the variables about a job's environment.

    Args:
        environment: The environment.
        facts: What is known of the project.
    """
    return predefined_variables(
        {
            "CI_ENVIRONMENT_NAME": environment.name,
            "CI_ENVIRONMENT_ACTION": environment.action or "start",
            "CI_ENVIRONMENT_TIER": environment.tier or conditional("CI_ENVIRONMENT_TIER", facts),
            "CI_ENVIRONMENT_URL": environment.url or conditional("CI_ENVIRONMENT_URL", facts),
        }
    )
