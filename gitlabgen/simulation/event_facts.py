"""What is known of an event and its project: variables, and files that changed or exist."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import attrs

from gitlabgen.gitlab._predefined_variables import PREDEFINED
from gitlabgen.simulation.predefined import pipeline_level, project_level, undefined
from gitlabgen.simulation.refs import facts_for, ref_of
from gitlabgen.simulation.server_variables import after_yaml
from gitlabgen.simulation.unknown import Unknown
from gitlabgen.simulation.variables import Layer, Variable, VariableLayer, Variables

if TYPE_CHECKING:
    from gitlabgen.resolution.repositories import Repository
    from gitlabgen.simulation.events import Event
    from gitlabgen.simulation.project_facts import ProjectFacts

__all__: list[str] = []

CHANGES_UNKNOWN: Final = "the changed files are unknown"
"""Why `changes` is unknown for an event that does not say what has changed."""

Paths = tuple[str, ...]


class Fault(NamedTuple):
    """Why GitLab cannot evaluate a clause.

    Args:
        message: GitLab's message.
    """

    message: str


class EventFacts:
    """What is known of an event and its project.

    Args:
        event: The event.
        project: What is declared of the project; the event's own words count more.
        repository: The files of the repository, if the event does not list them.
        unread: The descriptions of the includes that were not read; each may set any variable.
    """

    def __init__(
        self, event: Event, project: ProjectFacts | None = None, repository: Repository | None = None, unread: Sequence[str] = ()
    ) -> None:
        self.event = event
        self.project = facts_for(event, project)
        self.unread = tuple(unread)
        self.answers: dict[Hashable, Any] = {}
        self._repository = repository
        self._after: dict[str | Unknown | None, Layer] = {}

    @cached_property
    def before(self) -> Layer:
        """The predefined variables of the project and of the pipeline."""
        return VariableLayer((*project_level(self.event, self.project), *pipeline_level(self.event, self.project)))

    @cached_property
    def before_includes(self) -> Layer:
        """The predefined variables that includes see."""
        level = pipeline_level(self.event, self.project, for_includes=True)
        return VariableLayer((*project_level(self.event, self.project), *level))

    def after(self, environment: str | Unknown | None) -> Layer:
        """Return the variables that win over those of the configuration.

        Args:
            environment: The name of the job's environment, for variables that are limited to it.
        """
        layer = self._after.get(environment)
        if layer is None:
            layer = self._after[environment] = VariableLayer(after_yaml(self.event, self.project, environment))
        return layer

    @cached_property
    def scoped(self) -> frozenset[str]:
        """The names of the project's variables that only some environments have."""
        return frozenset(variable.key for variable in self.project.variables or () if variable.scope != "*")

    @cached_property
    def unset(self) -> Layer:
        """The variables that neither GitLab nor the files set, but that may be set in the project; the lowest level."""
        return _Unset(self)

    def undefined(self, name: str) -> Unknown | None:
        """Return the value of a variable that neither GitLab nor the files set; None if it is certainly not defined.

        Args:
            name: The variable.
        """
        value = undefined(name, self.project)
        if value is None and self.unread and name not in PREDEFINED:
            return Unknown((f"include {self.unread[0]} may set the variable {name}",))
        return value

    def replacements(self, *layers: Layer) -> tuple[Layer, ...]:
        """Return the level of variables that may replace those of the files; no level if the project's variables are declared.

        Args:
            layers: The variables of the files, from the lowest level to the highest.
        """
        return () if self.project.variables is not None else (_Replacements(Variables(layers)),)

    @cached_property
    def ref(self) -> str | Unknown:
        """The name of the branch or the tag."""
        return ref_of(self.event, self.project)

    @cached_property
    def changed(self) -> Paths | Unknown | None:
        """The changed files; None if GitLab compares with nothing in this kind of pipeline, so that `changes` holds."""
        event = self.event
        if not (event.has_diff or event.is_merge_request):
            return None
        return Unknown((CHANGES_UNKNOWN,)) if event.changed is None else tuple(event.changed)

    def changed_since(self, ref: str) -> Paths | Unknown | Fault:
        """Return the files that differ from a ref.

        Args:
            ref: The branch, tag or commit.
        """
        key = "changed_since", ref
        if key not in self.answers:
            self.answers[key] = self._changed_since(ref)
        answer: Paths | Unknown | Fault = self.answers[key]
        return answer

    def _changed_since(self, ref: str) -> Paths | Unknown | Fault:
        event = self.event
        diffs = event.diffs or {}
        if ref in diffs:
            paths = diffs[ref]
            return Unknown((f"the changes since {ref} are unknown",)) if paths is None else tuple(paths)
        if event.refs is not None and ref not in event.refs:
            return Fault("rules:changes:compare_to is not a valid ref")
        return Unknown((f"the changes since {ref} are unknown",))

    @cached_property
    def files(self) -> Paths | Unknown:
        """The files of the repository."""
        if self.event.files is not None:
            return tuple(self.event.files)
        if self._repository is not None:
            return tuple(self._repository.paths())
        return Unknown(("the files of the repository are unknown",))

    def files_of(self, project: str, ref: str | None) -> Paths | Unknown | Fault:
        """Return the files of another project.

        Args:
            project: The path of the project.
            ref: Its branch, tag or commit; None for its default branch.
        """
        key = "files_of", project, ref
        if key not in self.answers:
            self.answers[key] = self._files_of(project, ref)
        answer: Paths | Unknown | Fault = self.answers[key]
        return answer

    def _files_of(self, project: str, ref: str | None) -> Paths | Unknown | Fault:
        own = self.project.path
        if own is not None and project.lower() == own.lower() and ref is None:
            return self.files
        projects = self.event.projects
        if projects is None or project not in projects:
            if projects is None or project == own:
                return Unknown((f"the files of the project {project} are unknown",))
            return Fault(f"rules:exists:project `{project}` not found or access denied")
        refs, files = (projects[project].get(word) for word in ("refs", "files"))
        if ref is not None and refs is not None and ref not in refs:
            return Fault(f"rules:exists:ref `{ref}` is not a valid ref in project `{project}`")
        return Unknown((f"the files of the project {project} are unknown",)) if files is None else tuple(files)


class _Unset:
    """A level of variables that may be defined.

    Args:
        facts: What is known of the project.
    """

    referring: tuple[Variable, ...] = ()

    def __init__(self, facts: EventFacts) -> None:
        self._facts = facts

    def get(self, key: str) -> Variable | None:
        """Return the variable of a name; None if it is certainly not defined."""
        value = self._facts.undefined(key)
        return None if value is None else Variable(key, value)

    def __iter__(self) -> Iterator[Variable]:
        """Yield nothing, because any name is possible."""
        return iter(())


class _Replacements:
    """A level of variables of the project, its groups or a person: each may replace a variable of the files.

    Args:
        variables: The variables of the files.
    """

    referring: tuple[Variable, ...] = ()

    def __init__(self, variables: Variables) -> None:
        self._variables = variables

    def get(self, key: str) -> Variable | None:
        """Return the variable of a name; None if the files do not set it."""
        variable = self._variables.get(key)
        if variable is None:
            return None
        written = f"`{variable.value}`" if isinstance(variable.value, str) else "the value"
        return attrs.evolve(variable, value=Unknown((f"variable {key} may be set in the project, which replaces {written}",)))

    def __iter__(self) -> Iterator[Variable]:
        """Yield nothing, because the files' own level has the variables in order."""
        return iter(())
