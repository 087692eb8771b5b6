"""How values and pieces of configuration are shown in messages."""

from __future__ import annotations

from typing import Any

import pytest

from gitlabgen import HiddenJob, Job, KeywordError, Reference
from gitlabgen.codec.pipelines import read
from gitlabgen.modeling.kinds import FrozenDict
from gitlabgen.modeling.spellings import Language, as_flow
from gitlabgen.modeling.wording import short


@pytest.mark.parametrize(
    ("value", "python", "yaml"),
    [
        ("a", "the string 'a'", "the string 'a'"),
        (3, "3", "3"),
        (True, "True", "true"),
        (("a", ("b",)), "the list ['a', ['b']]", "the list [a, [b]]"),
        (FrozenDict({"a": (1,)}), "the mapping {'a': [1]}", "the mapping {a: [1]}"),
        (Reference(".a", "b"), "Reference('.a', 'b')", "!reference [.a, b]"),
        ("x" * 100, "the string '" + "x" * 56 + "…", "the string '" + "x" * 56 + "…"),
        ({1j}, "{1j}", "{1j}"),
    ],
)
def test_a_value_is_shown_as_it_is_written(value: Any, python: str, yaml: str) -> None:
    """A message shows a value in the language of the file, with its kind, and not more of it than fits on a line."""
    shown: dict[Language, str] = {"python": python, "yaml": yaml}
    for language, text in shown.items():
        assert short(value, language) == text


def test_what_is_no_plain_value_has_no_yaml() -> None:
    """Only what YAML can write has a spelling on one line."""
    assert as_flow(["a", {"b c": None}, "yes", "1"]) == '[a, {b c: null}, "yes", "1"]'
    assert as_flow([object()]) is None


def test_no_name_is_no_label() -> None:
    """Where a job has no name, the class is what the message is about."""
    with pytest.raises(KeywordError) as caught:
        Job()  # type: ignore[call-arg]
    assert caught.value.findings[0].message == "`Job`: `name` is missing"


def test_lists_that_are_nested_too_deep() -> None:
    """A list inside lists is refused for its depth, or for what it holds."""
    deep: Any = "x"
    for _ in range(12):
        deep = [deep]
    with pytest.raises(KeywordError) as caught:
        HiddenJob(".a", script=deep)
    assert caught.value.findings[0].message == "`.a`: `script[0]` has lists nested more than 10 deep"
    _, (finding,) = read("a: {script: [x], rules: [[[3]]]}\n")
    assert finding.message == "`a`: `rules[0]` should be a list of rules, got the list [[3]]"
