"""GitLab's predefined variables, by event: what is set before a runner has the job, and to which value.

The table of all variables says which exist; `event_variables` has the values that an event states.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from gitlabgen.gitlab._predefined_variables import PREDEFINED, PredefinedVariable
from gitlabgen.modeling.fields import Version
from gitlabgen.simulation.event_variables import event_values, set_by_gitlab
from gitlabgen.simulation.events import Event
from gitlabgen.simulation.project_facts import ProjectFacts
from gitlabgen.simulation.refs import is_in_fork
from gitlabgen.simulation.slugs import slug
from gitlabgen.simulation.unknown import Unknown
from gitlabgen.simulation.variables import Value, Variable

ORIGIN: Final = "predefined"

JOB_NAMES: Final = frozenset(
    (
        *("CI_JOB_NAME", "CI_JOB_NAME_SLUG", "CI_JOB_GROUP_NAME", "CI_JOB_STAGE", "CI_JOB_MANUAL", "CI_NODE_INDEX"),
        *("CI_NODE_TOTAL", "CI_ENVIRONMENT_NAME", "CI_ENVIRONMENT_ACTION", "CI_ENVIRONMENT_TIER", "CI_ENVIRONMENT_URL"),
    )
)
"""The predefined variables that differ between the jobs of a pipeline."""

_NOT_OF_THE_PIPELINE: Final = JOB_NAMES | {
    # They count more than the files.
    *("GITLAB_USER_ID", "GITLAB_USER_EMAIL", "GITLAB_USER_LOGIN", "GITLAB_USER_NAME", "CI_RELEASE_DESCRIPTION"),
    # Not set yet when rules are decided.
    *("CI_PIPELINE_NAME", "CI_ENVIRONMENT_ID"),
}
_PERHAPS_BLANK: Final = frozenset(
    (
        *("CI_PROJECT_DESCRIPTION", "CI_PROJECT_TOPICS", "CI_PROJECT_REPOSITORY_LANGUAGES", "GITLAB_FEATURES", "CHAT_INPUT"),
        *("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "CI_MERGE_REQUEST_SOURCE_PROJECT_URL"),
    )
)
_KNOWN_TO_RULES: Final = ("pre-pipeline", "pipeline", "merge-request", "external-pull-request")
_NEVER_IN_RULES: Final = ("job-only", "runner")


def project_level(event: Event, facts: ProjectFacts) -> tuple[Variable, ...]:
    """Return the variables about the project.

    Args:
        event: The event; if it is a merge request from a fork, the project is the fork.
        facts: What is known of the project.
    """
    return predefined_variables(_project_values(event, facts))


def pipeline_level(
    event: Event, facts: ProjectFacts, *, target: Version | None = None, for_includes: bool = False
) -> tuple[Variable, ...]:
    """Return the variables about the pipeline, its commit and its merge request, and all others that GitLab sets for it.

    Args:
        event: The event.
        facts: What is known of the project.
        target: The version of GitLab; None for the newest.
        for_includes: Whether only those are wanted that `include:rules` knows.
    """
    stated = event_values(event, facts)
    elsewhere = _project_values(event, facts).keys() | stated.keys()
    known = {**stated, **{name: value for name, value in _others(event, facts) if name not in elsewhere}}
    return tuple(
        variable
        for variable in predefined_variables(known)
        if _exists(PREDEFINED[variable.key], target) and not (for_includes and _is_of_jobs(variable.key))
    )


def predefined_variables(values: Mapping[str, Value]) -> tuple[Variable, ...]:
    """Return the variables that have a value.

    Args:
        values: The values by name; None for a variable that is not set.
    """
    return tuple(Variable(key, value, ORIGIN) for key, value in values.items() if value is not None)


def conditional(name: str, facts: ProjectFacts) -> Unknown | None:
    """Return the value of a variable that GitLab sets if something holds for the project; None if it certainly does not.

    Who declares all variables of the project declares these too.

    Args:
        name: The variable's name.
        facts: What is known of the project.
    """
    return _on_condition(name) if facts.variables is None else None


def undefined(name: str, facts: ProjectFacts) -> Unknown | None:
    """Return the value of a variable that neither GitLab nor the files set for a pipeline; None if it certainly has none.

    Args:
        name: The variable's name.
        facts: What is known of the project.
    """
    if facts.variables is not None:
        return None
    known = PREDEFINED.get(name)
    if known is not None and not known.is_setting and known.phase in (*_KNOWN_TO_RULES, *_NEVER_IN_RULES):
        return None
    return Unknown((f"variable {name} may be set in the project",))


def _project_values(event: Event, facts: ProjectFacts) -> dict[str, Value]:
    path = event.source_project if is_in_fork(event, facts) else facts.path
    known: dict[str, Value] = {"CI": "true", "GITLAB_CI": "true", "CI_PROJECT_ID": set_by_gitlab("CI_PROJECT_ID")}
    if path is not None:
        namespace, _, name = path.rpartition("/")
        root = namespace.partition("/")[0]
        known |= {
            "CI_PROJECT_NAME": name,
            "CI_PROJECT_PATH": path,
            "CI_PROJECT_PATH_SLUG": slug(path),
            "CI_PROJECT_NAMESPACE": namespace,
            "CI_PROJECT_NAMESPACE_SLUG": slug(namespace),
            "CI_PROJECT_ROOT_NAMESPACE": root,
            "CI_PROJECT_ROOT_NAMESPACE_SLUG": slug(root),
        }
    if facts.default_branch is not None:
        known |= {"CI_DEFAULT_BRANCH": facts.default_branch, "CI_DEFAULT_BRANCH_SLUG": slug(facts.default_branch)}
    return known


def _others(event: Event, facts: ProjectFacts) -> Iterator[tuple[str, Value]]:
    """Yield the variables that rules know besides those that the event states."""
    for name, known in PREDEFINED.items():
        if name in _NOT_OF_THE_PIPELINE or known.is_setting or known.phase not in _KNOWN_TO_RULES or not _fits(known, event):
            continue
        if known.condition is None:
            yield name, set_by_gitlab(name, is_present=name not in _PERHAPS_BLANK)
        elif known.events == ("all",):
            yield name, conditional(name, facts)
        else:
            yield name, _on_condition(name)


def _fits(known: PredefinedVariable, event: Event) -> bool:
    """Return whether pipelines of the event can have a variable."""
    if known.phase == "merge-request":
        return event.is_merge_request
    return not known.events or "all" in known.events or event.kind in known.events


def _on_condition(name: str) -> Unknown:
    return Unknown((f"GitLab sets {name} on a condition: {PREDEFINED[name].condition}",))


def _exists(known: PredefinedVariable, target: Version | None) -> bool:
    if target is None:
        return known.removed is None
    return (known.since is None or known.since <= target) and (known.removed is None or target < known.removed)


def _is_of_jobs(name: str) -> bool:
    return PREDEFINED[name].phase == "pipeline" and name not in ("CI_PIPELINE_IID", "CI_CONFIG_REF_URI")
