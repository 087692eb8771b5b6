"""Events: what starts a pipeline, and what is known about it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal, TypeAlias

from gitlabgen.errors import did_you_mean
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.kinds import NULL, FrozenDict
from gitlabgen.modeling.lists import ListOf
from gitlabgen.modeling.model import Model, model
from gitlabgen.modeling.problems import InvalidValue, Problem
from gitlabgen.simulation.project_facts import fact_problems
from gitlabgen.simulation.unknown import Unknown

__all__ = ["Api", "Event", "MergeRequest", "ParentPipeline", "Push", "Schedule", "Tag", "Trigger", "Web"]

Source: TypeAlias = Literal[
    "push",
    "tag",
    "merge_request_event",
    "schedule",
    "web",
    "api",
    "trigger",
    "parent_pipeline",
    "pipeline",
    "chat",
    "external",
    "external_pull_request_event",
    "webide",
    "ondemand_dast_scan",
    "ondemand_dast_validation",
    "security_orchestration_policy",
    "container_registry_push",
    "duo_workflow",
    "pipeline_execution_policy_schedule",
]
"""The values of CI_PIPELINE_SOURCE, and `tag` for a push of a tag."""

MergeRequestType: TypeAlias = Literal["detached", "merged_result", "merge_train"]

USER_FIELDS: Final[Mapping[str, str]] = {
    "id": "The number of the account.",
    "email": "The address for mail.",
    "login": "The name to log in with.",
    "name": "The full name.",
}
"""What GitLab knows of the person who starts a pipeline, each with its description."""

MERGE_REQUEST_WORDS: Final = ("target_branch", "source_project", "merge_request_type", "merge_request_iid", "labels")
"""The words about a merge request."""

_KINDS: Final[Mapping[str, str]] = {
    "merge_request_event": "merge_request",
    "parent_pipeline": "child",
    "pipeline": "multi_project",
    "external_pull_request_event": "external_pull_request",
}
_REF: Final = ("refs/heads/", "refs/tags/")
_NOT_PASSED_ON: Final = ("source", "variables", "inputs", "new_branch", "description")


def _path(value: str) -> str:
    if not value or value.startswith("/") or ".." in value.split("/"):
        raise InvalidValue(f"should be a path in the repository, got {value!r}", "write it relative to the repository's root")
    return posixpath.normpath(value)


def _ref(value: str) -> str:
    if not value.strip():
        raise InvalidValue("should not be empty")
    for prefix in _REF:
        if value.startswith(prefix):
            raise InvalidValue(f"should be the name alone, got {value!r}", f"write {value.removeprefix(prefix)!r}")
    return value


def _stated(value: Any) -> Any:
    """Return a value without the entries that are not known."""
    if isinstance(value, Mapping):
        return FrozenDict({key: _stated(inner) for key, inner in value.items() if inner is not None and inner is not NULL})
    return tuple(map(_stated, value)) if isinstance(value, tuple | list) else value


def _user(value: Mapping[str, str | int] | str) -> Mapping[str, str | int] | str:
    for name in () if isinstance(value, str) else value:
        if name not in USER_FIELDS:
            raise InvalidValue(f"has no entry `{name}`", did_you_mean(name, USER_FIELDS, f"write {', '.join(USER_FIELDS)}"))
    stated: Mapping[str, str | int] | str = _stated(value)
    return stated


def _projects(value: Mapping[str, Mapping[str, ListOf[str]]]) -> Mapping[str, Mapping[str, ListOf[str]]]:
    for path, project in value.items():
        for name in project:
            if name not in ("files", "refs"):
                hint = did_you_mean(name, ("files", "refs"), "write files and refs")
                raise InvalidValue(f"has no entry `{name}`", hint, (path,))
    stated: Mapping[str, Mapping[str, ListOf[str]]] = _stated(value)
    return stated


RepositoryPath = Annotated[str, _path]
Ref = Annotated[str, _ref]


@model
class Event(Model):
    """What starts a pipeline, and what is known about it. What is None is not known, unless its text says otherwise.

    Args:
        source: The value of CI_PIPELINE_SOURCE; `tag` is a push of a tag.
        branch: The branch; of a merge request, its source branch. By default, the default branch.
        tag: The tag, if the pipeline runs on one.
        source_project: The path of the fork, if the merge request comes from one; the pipeline then runs in the fork.
        target_branch: The branch that the merge request is for; by default, the default branch.
        merge_request_type: The kind of merge request pipeline; by default `detached`.
        merge_request_iid: The number of the merge request in its project.
        labels: The labels of the merge request, or the text that GitLab makes of them.
        changed: The paths that the push or the merge request changes. GitLab does not compare anything for other events.
        diffs: The paths that differ from a ref, for `rules:changes:compare_to`, by ref.
        refs: The branches and tags of the repository.
        new_branch: Whether the push creates the branch; by default, it exists.
        open_merge_request: Whether the branch has an open merge request; by default, only a merge request's own branch has.
        protected: Whether the branch or the tag is protected.
        files: The paths of the files in the repository.
        projects: The `files` and `refs` of other projects, for `rules:exists:project`, by path.
        variables: The variables that the person, the API, the trigger, the parent pipeline or the schedule passes on.
        inputs: The values of the pipeline's inputs.
        message: The message of the commit.
        user: Who starts the pipeline: the name to log in with, or a mapping with `id`, `email`, `login` and `name`.
        description: The description of the schedule.
        kubernetes: Whether the project has an active cluster; by default, it has none.
        default_branch: The default branch; by default that of `[tool.gitlabgen.project]`, or else `main`.
        project: What else only the server knows: `path`, `variables`, `protected` refs, `protected_environments`.

    Source: https://docs.gitlab.com/ci/jobs/job_rules/#ci_pipeline_source-predefined-variable
    """

    keyword: ClassVar[str] = "event"
    from_mapping: ClassVar[bool] = False

    source: Source = "push"
    branch: Ref | None = None
    tag: Ref | None = None
    source_project: str | None = None
    target_branch: Ref | None = None
    merge_request_type: MergeRequestType | None = None
    merge_request_iid: int | str | None = None
    labels: str | ListOf[str] | None = None
    changed: ListOf[RepositoryPath] | None = None
    diffs: Annotated[Mapping[str, ListOf[RepositoryPath]], _stated] | None = None
    refs: ListOf[str] | None = None
    new_branch: bool | None = None
    open_merge_request: bool | None = None
    protected: bool | None = None
    files: ListOf[RepositoryPath] | None = None
    projects: Annotated[Mapping[str, Mapping[str, ListOf[str]]], _projects] | None = None
    variables: Mapping[str, str | int | float | bool | Unknown | None] | None = None
    inputs: Mapping[str, object] | None = None
    message: str | None = None
    user: Annotated[str | Mapping[str, str | int], _user] | None = None
    description: str | None = None
    kubernetes: bool | None = None
    default_branch: Ref | None = None
    project: Annotated[Mapping[str, object], _stated] | None = None

    @classmethod
    def called(cls) -> str:
        """Return the name of the class, which users call."""
        return cls.__name__

    @classmethod
    def unknown_hint(cls, name: str) -> str:
        """Return a hint for a word that events do not have."""
        return did_you_mean(name, WORDS) or f"the words are {', '.join(WORDS)}"

    @property
    def pipeline_source(self) -> str:
        """The value of CI_PIPELINE_SOURCE."""
        return "push" if self.source == "tag" else self.source

    @property
    def is_tag(self) -> bool:
        """Whether the pipeline runs on a tag."""
        return self.source == "tag" or self.tag is not None

    @property
    def is_merge_request(self) -> bool:
        """Whether it is a pipeline of a merge request, or the child of one."""
        return self.source == "merge_request_event" or (self.source == "parent_pipeline" and self._has_merge_request_words())

    @property
    def kind(self) -> str:
        """The kind of pipeline, as the table of predefined variables names it."""
        if self.source == "merge_request_event" and self.merge_request_type in ("merged_result", "merge_train"):
            return self.merge_request_type
        if self.pipeline_source == "push" and self.is_tag:
            return "tag"
        return _KINDS.get(self.source, self.source)

    @property
    def has_diff(self) -> bool:
        """Whether GitLab compares commits: for a merge request, and for a push to a branch that exists."""
        if self.source == "push":
            return not self.is_tag and not self.new_branch
        return self.source == "merge_request_event"

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for each word that does not belong to such an event."""
        for name, value in vars(self).items():
            if value is NULL or (name == "source" and value is None):
                yield Problem("has no value", path=(name,))
        if self.extra is not None:
            yield Problem("takes no `extra`", path=("extra",))
        if self.tag is not None and self.branch is not None:
            yield Problem("excludes `branch`: a pipeline runs on one of them", path=("tag",))
        if self.source == "tag" and not vars(self).get("tag"):
            yield Problem("is missing: the name of the pushed tag", path=("tag",))
        if self.is_merge_request and self.tag is not None:
            yield Problem("excludes a merge request, which has a `branch`", path=("tag",))
        if self.source not in ("merge_request_event", "parent_pipeline"):
            for name in MERGE_REQUEST_WORDS:
                if vars(self).get(name) is not None and not (
                    self.source == "external_pull_request_event" and name in ("target_branch", "source_project")
                ):
                    yield Problem("belongs to a merge request", "use the source `merge_request_event`", (name,))
        if self.new_branch and (self.source != "push" or self.is_tag):
            yield Problem("belongs to a push of a branch", "use the source `push`", ("new_branch",))
        if self.open_merge_request and self.is_tag:
            yield Problem("belongs to a branch", path=("open_merge_request",))
        if self.description is not None and self.source != "schedule":
            yield Problem("belongs to a schedule", "use the source `schedule`", ("description",))
        if isinstance(self.project, Mapping):
            for problem in fact_problems(self.project):
                yield problem._replace(path=("project", *problem.path))

    def child(self, variables: Mapping[str, Any], inputs: Mapping[str, Any] | None = None) -> Event:
        """Return the event of a child pipeline: it runs on the same commit, and for the same merge request.

        Args:
            variables: The variables that the trigger job passes on.
            inputs: The values of the child's inputs.
        """
        given = {name: value for name in WORDS if (value := getattr(self, name)) is not None and name not in _NOT_PASSED_ON}
        if self.is_merge_request:
            given["merge_request_type"] = self.merge_request_type or "detached"
        return Event(**{**given, "source": "parent_pipeline", "variables": dict(variables), "inputs": inputs})

    def _has_merge_request_words(self) -> bool:
        return any(vars(self).get(name) is not None for name in MERGE_REQUEST_WORDS)


WORDS: Final = tuple(name for name in Event.__annotations__ if not name.startswith(("keyword", "from_mapping")))
"""The words that describe an event."""


def event_with(event: Event, **words: Any) -> Event:
    """Return an event with some words replaced.

    Args:
        event: The event.
        words: The words; in place of those of the event.
    """
    return Event(**{name: value for name in WORDS if (value := getattr(event, name)) is not None} | words)


@model
class _OnBranch(Event):
    branch: Ref | None = field(default=None, kw_only=False)


@model
class Push(_OnBranch):
    """A push to a branch: `Push("main")`."""

    source: Literal["push"] = "push"


@model
class Tag(Event):
    """A push of a tag: `Tag("v1.0.0")`."""

    source: Literal["tag"] = "tag"
    tag: Ref = field(kw_only=False)


@model
class MergeRequest(_OnBranch):
    """A pipeline of a merge request: `MergeRequest("feature/x", into="main", type="merged_result")`.

    Args:
        into: A short name of `target_branch`.
        type: A short name of `merge_request_type`.
    """

    source: Literal["merge_request_event"] = "merge_request_event"
    into: Ref | None = None
    type: MergeRequestType | None = None

    if not TYPE_CHECKING:

        @property
        def target_branch(self) -> str | None:
            """The branch that the merge request is for, by either of its names."""
            return self.into or vars(self).get("target_branch")

        @property
        def merge_request_type(self) -> MergeRequestType | None:
            """The kind of merge request pipeline, by either of its names."""
            return self.type or vars(self).get("merge_request_type")

    def problems(self) -> Iterator[Problem]:
        """Yield also a problem for each word that is given twice, by both of its names."""
        yield from super().problems()
        for short, word in (("into", "target_branch"), ("type", "merge_request_type")):
            if None not in (vars(self).get(short), vars(self).get(word)):
                yield Problem(f"excludes `{word}`, which is the same word", path=(short,))


@model
class Schedule(_OnBranch):
    """A scheduled pipeline: `Schedule("main", description="Nightly")`."""

    source: Literal["schedule"] = "schedule"


@model
class Web(_OnBranch):
    """A pipeline that a person starts in GitLab: `Web("main", variables={"DEPLOY": "true"})`."""

    source: Literal["web"] = "web"


@model
class Api(_OnBranch):
    """A pipeline that the pipelines API starts: `Api("main")`."""

    source: Literal["api"] = "api"


@model
class Trigger(_OnBranch):
    """A pipeline that a trigger token starts: `Trigger("main", variables={"FROM": "other"})`."""

    source: Literal["trigger"] = "trigger"


@model
class ParentPipeline(_OnBranch):
    """A child pipeline: `ParentPipeline("main", variables={"PASSED": "down"})`."""

    source: Literal["parent_pipeline"] = "parent_pipeline"
