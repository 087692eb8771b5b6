"""The options that describe an event."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from gitlabgen import Event
from gitlabgen.cli._events import EVENT_OPTIONS, chosen_events, event_options, known_events
from gitlabgen.errors import DefinitionError
from gitlabgen.simulation import STANDARD_EVENTS


def events(*words: str, own: dict[str, Event] | None = None, inputs: dict[str, Any] | None = None) -> dict[str, Event]:
    """Return the events that a command with these words is about."""
    found: dict[str, Event] = {}

    @click.command
    @click.argument("name", required=False)
    @event_options
    def command(name: str | None, **options: Any) -> None:
        assert sorted(options) == sorted(EVENT_OPTIONS)
        found.update(chosen_events(name, options, own or {}, inputs))

    result = CliRunner().invoke(command, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return found


def problems(*words: str) -> list[str]:
    """Return what is wrong with these words."""
    with pytest.raises(DefinitionError) as raised:
        events(*words)
    return [f"{found.message}; {found.hint}" if found.hint else found.message for found in raised.value.findings]


def test_without_words_no_event_is_chosen() -> None:
    """A command then has its own default."""
    assert events() == {}
    assert events(inputs={"a": "b"}) == {}


def test_options_describe_an_event() -> None:
    """Each option is a word of the event; several paths and variables are collected."""
    words = "--source merge_request_event --branch x --target-branch main --merge-request-type merged_result --protected"
    words += " --changed a --changed b/c --existing-file d --variable A=1 --variable B=x=y --variable C= --default-branch trunk"
    assert events(*words.split(), "--open-merge-request", inputs={"i": "1"}) == {
        "event": Event(
            source="merge_request_event",
            branch="x",
            target_branch="main",
            merge_request_type="merged_result",
            protected=True,
            open_merge_request=True,
            changed=["a", "b/c"],
            files=["d"],
            variables={"A": "1", "B": "x=y", "C": ""},
            inputs={"i": "1"},
            default_branch="trunk",
        )
    }
    assert events("--tag", "v1") == {"event": Event(tag="v1")}
    assert events("--new-branch", "--branch", "b") == {"event": Event(branch="b", new_branch=True)}
    assert events("--no-changes") == {"event": Event(changed=[])}


def test_an_event_is_named() -> None:
    """Standard events, groups of them and own events have names; an own event replaces a standard one."""
    own = {"nightly": Event(source="schedule"), "tag": Event(tag="2026.1")}
    assert [*events("push")] == ["default_branch", "branch", "branch_with_merge_request"]
    assert events("tag", own=own) == {"tag": Event(tag="2026.1")}
    assert events("nightly", own=own) == {"nightly": Event(source="schedule")}
    assert [*known_events(own)] == [*STANDARD_EVENTS, "nightly"]


def test_options_change_a_named_event() -> None:
    """Options replace what the event says, and add variables and inputs."""
    own = {"nightly": Event(source="schedule", variables={"A": "1", "B": "2"}, inputs={"i": 1})}
    changed = events("nightly", "--branch", "dev", "--variable", "B=3", own=own, inputs={"j": 2})["nightly"]
    assert changed == Event(source="schedule", branch="dev", variables={"A": "1", "B": "3"}, inputs={"i": 1, "j": 2})
    (merge_request,) = events("merge_train", "--changed", "docs/a.md").values()
    assert (merge_request.kind, merge_request.changed) == ("merge_train", ("docs/a.md",))


def test_an_event_file_is_read(tmp_path: Path) -> None:
    """A file describes the event, and options change it."""
    path = tmp_path / "event.json"
    path.write_text('{"source": "web", "branch": "main"}', "utf-8")
    assert events("--event", str(path)) == {"event": Event(source="web", branch="main")}
    assert events("--event", str(path), "--protected") == {"event": Event(source="web", branch="main", protected=True)}
    assert problems("tag", "--event", "e.json") == [
        "the event is given twice, as 'tag' and as --event e.json; write only one of them"
    ]
    assert problems("--source", "web", "--event", "e.json") == [
        "--source and --event exclude each other; remove --source, because e.json says it"
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("tg", "there is no event 'tg'; did you mean `tag`?"),
        ("--source psh", "--source should be one of push, tag, "),
        ("--merge-request-type x", "--merge-request-type should be one of detached, merged_result, merge_train, got 'x'"),
        ("--changed a --no-changes", "--changed and --no-changes exclude each other; write only one of them"),
        ("tag --source push", "--source and the name of an event exclude each other; remove --source, because tag says it"),
        ("--tag v1 --branch b", "--tag excludes --branch: a pipeline runs on one of them"),
        ("--source tag", "--tag is missing: the name of the pushed tag"),
        ("--target-branch main", "--target-branch belongs to a merge request; write --source merge_request_event"),
        ("--source web --new-branch", "--new-branch belongs to a push of a branch; write --source push"),
        ("--tag v1 --open-merge-request", "--open-merge-request belongs to a branch"),
        ("--branch refs/heads/x", "--branch should be the name alone, got 'refs/heads/x'; write 'x'"),
        ("--existing-file /a", "--existing-file should be a path in the repository, got '/a'; write it relative to"),
        ("--variable A", "--variable should be NAME=VALUE, got 'A'; write --variable DEPLOY=true"),
    ],
)
def test_words_that_make_no_sense_are_refused(words: str, message: str) -> None:
    """A wrong word, or words that exclude each other, are reported with what to write instead."""
    (found,) = problems(*words.split())
    assert found.startswith(message)


def test_all_problems_are_reported() -> None:
    """Several wrong words are reported at once."""
    assert len(problems("--variable", "A", "--variable", "$B=1")) == 2
    assert len(problems("--tag", "v1", "--branch", "b", "--changed", "/a")) == 2


def test_a_name_with_no_similar_one_lists_all() -> None:
    """The names of all events are in the hint."""
    (found,) = problems("zzzzzz")
    assert found.endswith("fork_merge_request, merge_train, schedule, web, api, trigger, child, push, all")
