"""Events: the words that describe them, and the classes for the usual ones."""

from __future__ import annotations

import pytest

import gitlabgen
from gitlabgen import NULL, Api, Event, MergeRequest, ParentPipeline, Push, Schedule, Tag, Web
from gitlabgen.errors import KeywordError
from gitlabgen.simulation import STANDARD_EVENTS, Trigger
from gitlabgen.simulation.standard_events import EVENT_GROUPS


def problem(make: object) -> str:
    """Return the message and the hint about a call."""
    with pytest.raises(KeywordError) as raised:
        make()  # type: ignore[operator]
    (found,) = raised.value.findings
    return f"{found.message}; {found.hint}" if found.hint else found.message


def test_classes_are_short_names_of_sources() -> None:
    """Each class has its source, and takes the branch or the tag first."""
    made = [Push("b"), Schedule("b"), Web("b"), Api("b"), Trigger("b"), ParentPipeline("b"), MergeRequest("b")]
    assert [event.source for event in made] == [
        "push",
        "schedule",
        "web",
        "api",
        "trigger",
        "parent_pipeline",
        "merge_request_event",
    ]
    assert {event.branch for event in made} == {"b"}
    assert (Tag("v1").source, Tag("v1").tag, Tag("v1").pipeline_source) == ("tag", "v1", "push")
    assert gitlabgen.Push is Push
    assert Event().source == "push"


def test_a_merge_request_has_short_words() -> None:
    """`into` and `type` are short names of `target_branch` and `merge_request_type`."""
    short = MergeRequest("x", into="main", type="merged_result", changed=["docs/a.md"])
    long = MergeRequest("x", target_branch="main", merge_request_type="merged_result")
    for event in (short, long):
        assert (event.target_branch, event.merge_request_type, event.kind) == ("main", "merged_result", "merged_result")
    assert short.changed == ("docs/a.md",)
    assert problem(lambda: MergeRequest("x", into="a", target_branch="b")) == (
        "`MergeRequest`: `into` excludes `target_branch`, which is the same word"
    )
    assert problem(lambda: MergeRequest("x", type="detached", merge_request_type="detached")) == (
        "`MergeRequest`: `type` excludes `merge_request_type`, which is the same word"
    )


@pytest.mark.parametrize(
    ("event", "kind", "source", "has_diff"),
    [
        (Push("b"), "push", "push", True),
        (Push("b", new_branch=True), "push", "push", False),
        (Tag("v1"), "tag", "push", False),
        (Event(tag="v1"), "tag", "push", False),
        (MergeRequest("b"), "merge_request", "merge_request_event", True),
        (MergeRequest("b", type="merge_train"), "merge_train", "merge_request_event", True),
        (Event(source="schedule", tag="v1"), "schedule", "schedule", False),
        (ParentPipeline("b"), "child", "parent_pipeline", False),
        (Event(source="pipeline"), "multi_project", "pipeline", False),
        (Event(source="external_pull_request_event", target_branch="main"), "external_pull_request", None, False),
        (Event(source="chat"), "chat", "chat", False),
    ],
)
def test_the_kind_of_an_event(event: Event, kind: str, source: str | None, *, has_diff: bool) -> None:
    """An event knows its kind, its CI_PIPELINE_SOURCE, and whether GitLab compares commits."""
    assert (event.kind, event.has_diff) == (kind, has_diff)
    assert event.pipeline_source == (source or event.source)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Push("x", chnged=["a"]), "`Push` has no keyword `chnged`; did you mean `changed`?"),  # type: ignore[call-arg]
        (lambda: Push(xyz=1), f"`Push` has no keyword `xyz`; the words are {', '.join(gitlabgen.simulation.events.WORDS)}"),  # type: ignore[call-arg]
        (lambda: Tag(), "`Tag`: `tag` is missing"),  # type: ignore[call-arg]
        (lambda: Event(source="tag"), "`Event`: `tag` is missing: the name of the pushed tag"),
        (lambda: Push("x", changed="a"), "`Push`: `changed` should be a list, got the string 'a'; write `changed=['a']`"),  # type: ignore[arg-type]
        (lambda: Push("x", tag="v"), "`Push`: `tag` excludes `branch`: a pipeline runs on one of them"),
        (lambda: MergeRequest(tag="v"), "`MergeRequest`: `tag` excludes a merge request, which has a `branch`"),
        (
            lambda: Push("x", labels=["a"]),
            "`Push`: `labels` belongs to a merge request; use the source `merge_request_event`",
        ),
        (lambda: Web("x", new_branch=True), "`Web`: `new_branch` belongs to a push of a branch; use the source `push`"),
        (lambda: Tag("v", new_branch=True), "`Tag`: `new_branch` belongs to a push of a branch; use the source `push`"),
        (lambda: Tag("v", open_merge_request=True), "`Tag`: `open_merge_request` belongs to a branch"),
        (lambda: Web("x", description="d"), "`Web`: `description` belongs to a schedule; use the source `schedule`"),
        (lambda: Push(" "), "`Push`: `branch` should not be empty"),
        (lambda: Push("refs/heads/x"), "`Push`: `branch` should be the name alone, got 'refs/heads/x'; write 'x'"),
        (
            lambda: Push("x", changed=["/a"]),
            "`Push`: `changed[0]` should be a path in the repository, got '/a'; write it relative to the repository's root",
        ),
        (lambda: Push("x", user={"nme": "a"}), "`Push`: `user` has no entry `nme`; did you mean `name`?"),
        (lambda: Push("x", projects={"g/a": {"fils": []}}), "`Push`: `projects:g/a` has no entry `fils`; did you mean `files`?"),
        (lambda: Push("x", extra={"a": 1}), "`Push` takes no `extra`"),
        (lambda: Push("x", protected=NULL), "`Push`: `protected` has no value"),
        (lambda: Event(source=None), "`Event`: `source` has no value"),  # type: ignore[arg-type]
        (lambda: Push("x", project={"pth": "g/a"}), "`Push`: `project:pth` is not known here; did you mean `path`?"),
    ],
)
def test_wrong_words_are_refused(make: object, message: str) -> None:
    """A word that does not exist, or does not belong to the event, is reported with what to write instead."""
    assert problem(make) == message


def test_paths_are_relative_to_the_root() -> None:
    """Paths are kept as git writes them."""
    event = Push("b", changed=["./src//a.py"], user="dev", projects={"g/a": {"files": ["x"], "refs": ["v1"]}})
    assert event.changed == ("src/a.py",)


def test_a_child_runs_for_the_same_merge_request() -> None:
    """The event of a child pipeline keeps what is known of the commit and the merge request, and has its own variables."""
    parent = MergeRequest("x", into="main", labels=["a"], variables={"P": "1"}, inputs={"i": 1})
    child = parent.child({"C": "2"}, {"j": 2})
    assert (child.source, child.branch, child.target_branch, child.labels) == ("parent_pipeline", "x", "main", ("a",))
    assert (child.variables, child.inputs) == ({"C": "2"}, {"j": 2})
    assert child.is_merge_request
    assert child.merge_request_type == "detached"
    assert not Push("main", new_branch=True).child({}).is_merge_request
    assert Tag("v1").child({}).tag == "v1"
    assert not ParentPipeline("x").is_merge_request


def test_the_standard_events() -> None:
    """The thirteen standard events have the documented names; `push` means three of them, and `all` all."""
    assert [*STANDARD_EVENTS] == [
        *("default_branch", "branch", "branch_with_merge_request", "new_branch", "tag", "merge_request", "fork_merge_request"),
        *("merge_train", "schedule", "web", "api", "trigger", "child"),
    ]
    assert list(EVENT_GROUPS) == ["push", "all"]
    assert EVENT_GROUPS["push"] == ("default_branch", "branch", "branch_with_merge_request")
    assert EVENT_GROUPS["all"] == (*STANDARD_EVENTS,)
    kinds = [event.kind for event in STANDARD_EVENTS.values()]
    assert kinds == [
        *("push", "push", "push", "push", "tag", "merge_request", "merge_request", "merge_train"),
        *("schedule", "web", "api", "trigger", "child"),
    ]
