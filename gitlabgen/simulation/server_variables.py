"""The variables above those of the files: of the person, the project and its groups, the pipeline, the schedule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from gitlabgen.modeling.kinds import NULL
from gitlabgen.simulation.event_variables import set_by_gitlab
from gitlabgen.simulation.events import USER_FIELDS, Event
from gitlabgen.simulation.predefined import predefined_variables
from gitlabgen.simulation.project_facts import ProjectFacts, ProjectVariable
from gitlabgen.simulation.refs import is_in_fork, is_protected, name_matches
from gitlabgen.simulation.unknown import Truth, Unknown, all_hold
from gitlabgen.simulation.variables import Value, Variable

_ALL_ENVIRONMENTS: Final = "*"


def after_yaml(event: Event, facts: ProjectFacts, environment: str | Unknown | None = None) -> tuple[Variable, ...]:
    """Return all variables that count more than those of the files, from the lowest level to the highest.

    Args:
        event: The event.
        facts: What is known of the project.
        environment: The name of the job's environment, expanded; None without one.
    """
    release = None
    if event.is_tag and facts.variables is None:
        release = Unknown(("GitLab sets CI_RELEASE_DESCRIPTION if the tag has a release",))
    return (
        *user_level(event),
        *server_level(event, facts, environment),
        *predefined_variables({"CI_RELEASE_DESCRIPTION": release}),
    )


def user_level(event: Event) -> tuple[Variable, ...]:
    """Return the variables about the person who starts the pipeline.

    Args:
        event: The event.
    """
    user = {"login": event.user} if isinstance(event.user, str) else event.user or {}
    names = {field: f"GITLAB_USER_{field.upper()}" for field in USER_FIELDS}
    return predefined_variables(
        {name: str(user[field]) if field in user else set_by_gitlab(name) for field, name in names.items()}
    )


def server_level(event: Event, facts: ProjectFacts, environment: str | Unknown | None = None) -> tuple[Variable, ...]:
    """Return the variables of the project, and those that the pipeline or its schedule brings.

    Args:
        event: The event.
        facts: What is known of the project.
        environment: The name of the job's environment, expanded; None without one.
    """
    declared = () if is_in_fork(event, facts) else facts.variables or ()
    origin = "schedule" if event.source == "schedule" else "pipeline"
    return (
        *_project_variables(sorted(declared, key=_weight(environment)), is_protected(event, facts), environment),
        *(Variable(key, _text(key, value), origin) for key, value in (event.variables or {}).items()),
    )


def _project_variables(
    declared: list[ProjectVariable], protected: Truth, environment: str | Unknown | None
) -> Iterator[Variable]:
    for variable in declared:
        applies = all_hold((not variable.protected or protected, _is_in_scope(variable, environment)))
        if isinstance(applies, Unknown):
            yield Variable(variable.key, Unknown(applies.reasons), "project")
        elif applies:
            yield Variable(variable.key, _declared(variable.key) if variable.value is None else variable.value, "project")


def _is_in_scope(variable: ProjectVariable, environment: str | Unknown | None) -> Truth:
    if variable.scope == _ALL_ENVIRONMENTS:
        return True
    if isinstance(environment, Unknown):
        return environment
    return environment is not None and name_matches(environment, (variable.scope,))


def _weight(environment: str | Unknown | None) -> Callable[[ProjectVariable], int]:
    """Return how much the scope of a variable counts: most if it is the environment's name, least if it is `*`."""

    def weight(variable: ProjectVariable) -> int:
        return 0 if variable.scope == _ALL_ENVIRONMENTS else 2 if variable.scope == environment else 1

    return weight


def _declared(key: str) -> Unknown:
    return Unknown((f"the value of variable {key} is not known here",), is_present=True)


def _text(key: str, value: object) -> Value:
    if value is NULL:
        return _declared(key)
    if isinstance(value, Unknown):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)
