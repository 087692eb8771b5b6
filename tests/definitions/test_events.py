"""Events in files, and a repository's own events in `[tool.gitlabgen.events]`."""

from __future__ import annotations

import re
from pathlib import Path

import jsonschema
import pytest

from gitlabgen import NULL, Event
from gitlabgen.definitions.event_files import read_event
from gitlabgen.definitions.own_events import own_events
from gitlabgen.definitions.schemas import PYPROJECT
from gitlabgen.errors import DefinitionError, GitlabgenError
from gitlabgen.simulation import STANDARD_EVENTS, ProjectVariable
from gitlabgen.simulation.events import WORDS
from gitlabgen.simulation.refs import facts_for

ALL_WORDS = """{
  "source": "merge_request_event", "branch": "feature", "source_project": "fork/app", "target_branch": "main",
  "merge_request_type": "merged_result", "merge_request_iid": 3, "labels": ["b", "a"], "changed": ["src/a.py"],
  "diffs": {"main": ["src/a.py"]}, "refs": ["main", "v1"], "new_branch": null, "open_merge_request": true, "protected": false,
  "files": ["src/a.py"], "projects": {"g/other": {"files": ["x"], "refs": ["v1"]}}, "variables": {"A": "a", "B": 1, "C": null},
  "inputs": {"i": [1]}, "message": "m", "user": {"login": "dev", "id": 9}, "kubernetes": true, "default_branch": "main",
  "project": {"path": "g/a", "variables": [{"key": "K", "value": "v", "protected": true, "scope": "prod"}], "protected": ["main"]}
}"""


def test_an_event_file_has_all_words(tmp_path: Path) -> None:
    """Each word of a JSON file is a word of the event; null is unknown."""
    path = tmp_path / "event.json"
    path.write_text(ALL_WORDS, "utf-8")
    event = read_event(str(path))
    assert event.changed == ("src/a.py",)
    assert event.new_branch is None
    assert event.project is not None
    assert facts_for(event).variables is not None
    path.write_text('{\n\t"source": "tag",\n\t"tag": "v1"\n}', "utf-8")
    assert read_event(str(path)) == Event(source="tag", tag="v1")


def test_null_is_unknown_everywhere(tmp_path: Path) -> None:
    """What is null in a block is not known, as if it were not written; a variable that is null has some value."""
    path = tmp_path / "event.json"
    text = """{"source": null, "user": {"id": null, "login": "dev"}, "diffs": {"main": null, "v1": []},
      "projects": {"g/a": {"files": null, "refs": ["v1"]}}, "variables": {"A": null},
      "project": {"path": null, "protected": null,
        "variables": [{"key": "A", "value": null, "protected": null, "scope": null}]}}"""
    path.write_text(text, "utf-8")
    event = read_event(str(path))
    assert (event.source, event.user, event.diffs) == ("push", {"login": "dev"}, {"v1": ()})
    assert event.projects == {"g/a": {"refs": ("v1",)}}
    assert event.variables == {"A": NULL}
    facts = facts_for(event)
    assert (facts.path, facts.variables, facts.protected_refs) == (None, (ProjectVariable("A"),), None)
    assert facts_for(Event(project={"variables": None})).variables is None


def test_an_event_file_can_be_toml(tmp_path: Path) -> None:
    """A file whose name ends in .toml is TOML."""
    path = tmp_path / "event.toml"
    path.write_text('source = "schedule"\nvariables.NIGHTLY = "true"\n', "utf-8")
    assert read_event(str(path)) == Event(source="schedule", variables={"NIGHTLY": "true"})
    path.write_text('source = "schedul"\n', "utf-8")
    assert problems(path)[0].startswith("1:10: `event:source` should be one of push,")


def problems(path: Path) -> list[str]:
    """Return the messages about a file, each with its place."""
    with pytest.raises(GitlabgenError) as raised:
        read_event(str(path))
    return [f"{found.line}:{found.column}: {found.message}; {found.hint}" for found in raised.value.findings]


def test_all_problems_of_a_file_are_reported(tmp_path: Path) -> None:
    """Unknown words, wrong types and words of other events are reported at once, each at its place."""
    path = tmp_path / "event.json"
    path.write_text('{"source": "web",\n "chnged": [],\n "refs": [3],\n "labels": ["a"],\n "project": {"pth": "x"}}', "utf-8")
    assert problems(path) == [
        "2:2: `event` has no word `chnged`; did you mean `changed`?",
        '3:11: `event:refs[0]` should be a string, got 3; write `"3"`',
        "4:12: `event:labels` belongs to a merge request; use the source `merge_request_event`",
        "5:14: `event:project:pth` is not known here; did you mean `path`?",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "None:None: an event should be a mapping of words"),
        ("[1]", "1:1: an event should be a mapping of words"),
        ('{"a": ', "2:1: did not find expected node content"),
    ],
)
def test_a_file_without_words_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """A file that is no mapping is reported."""
    path = tmp_path / "event.json"
    path.write_text(text, "utf-8")
    assert problems(path)[0].startswith(message)


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    """A file that does not exist cannot be read."""
    assert problems(tmp_path / "no.json") == ["None:None: cannot be read: No such file or directory; None"]


def test_a_repository_has_own_events(tmp_path: Path) -> None:
    """Each entry is an event; without the table, there is no own event."""
    assert own_events(str(tmp_path)) == {}
    text = '[tool.gitlabgen.events]\ntag = {tag = "2026.1"}\n[tool.gitlabgen.events.nightly]\nsource = "schedule"\n'
    (tmp_path / "pyproject.toml").write_text(text, "utf-8")
    assert own_events(str(tmp_path)) == {"tag": Event(tag="2026.1"), "nightly": Event(source="schedule")}


def test_all_problems_of_own_events_are_reported(tmp_path: Path) -> None:
    """Each problem names its event and its line."""
    text = '[tool.gitlabgen.events]\npush = {}\na = 1\nb = {source = "psh"}\n[tool.gitlabgen.events.c]\nchangd = ["a"]\n'
    (tmp_path / "pyproject.toml").write_text(text, "utf-8")
    with pytest.raises(DefinitionError) as raised:
        own_events(str(tmp_path))
    found = [f"{each.line}:{each.column}: {each.message.partition(' one of')[0]}" for each in raised.value.findings]
    assert found == [
        "2:1: `tool.gitlabgen.events.push` is the name of several events: default_branch, branch, branch_with_merge_request",
        "3:5: `a`: an event should be a mapping of words",
        "4:15: `b`: `event:source` should be",
        "6:1: `c`: `event` has no word `changd`",
    ]


@pytest.mark.parametrize(
    ("event", "is_valid"),
    [
        ({"source": "schedule", "variables": {"A": "a", "B": 1}}, True),
        ({"branch": "main", "changed": ["a"], "project": {"path": "g/a"}}, True),
        ({"source": "psh"}, False),
        ({"brnch": "x"}, False),
        ({"changed": "a"}, False),
    ],
)
def test_the_schema_knows_the_words(event: object, is_valid: bool) -> None:  # noqa: FBT001
    """Editors complete the words of events, and mark what is refused."""
    assert jsonschema.Draft202012Validator(PYPROJECT).is_valid({"tool": {"gitlabgen": {"events": {"e": event}}}}) is is_valid


PAGE = (Path(__file__).parent.parent.parent / "docs" / "events.md").read_text("utf-8")


def test_the_own_events_of_the_page_are_valid(tmp_path: Path) -> None:
    """What the page shows can be copied."""
    (example,) = re.findall("```toml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "pyproject.toml").write_text(example, "utf-8")
    assert {name: event.kind for name, event in own_events(str(tmp_path)).items()} == {"nightly": "schedule", "release": "tag"}


def test_the_page_lists_all_words_and_events() -> None:
    """The page about events has each word, in order, and each standard event."""
    first = [re.findall(r"`(\w+)`", row.split("|")[1]) for row in PAGE.splitlines() if row.startswith("| `")]
    assert tuple(name for names in first for name in names) == (*STANDARD_EVENTS, *WORDS)
