"""Values and configuration in messages."""

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
    """A message shows a value in the language of the file, with its type, and at most 60 characters of it."""
    shown: dict[Language, str] = {"python": python, "yaml": yaml}
    for language, text in shown.items():
        assert short(value, language) == text


def test_other_values_have_no_yaml() -> None:
    """Only values that YAML can write on one line have a spelling."""
    assert as_flow(["a", {"b c": None}, "yes", "1"]) == '[a, {b c: null}, "yes", "1"]'
    assert as_flow([object()]) is None


def test_a_job_without_a_name() -> None:
    """The message about a job without a name starts with the class."""
    with pytest.raises(KeywordError) as caught:
        Job()  # type: ignore[call-arg]
    assert caught.value.findings[0].message == "`Job`: `name` is missing"


def test_lists_that_are_nested_too_deep() -> None:
    """A nested list is rejected for its depth, or for its items."""
    deep: Any = "x"
    for _ in range(12):
        deep = [deep]
    with pytest.raises(KeywordError) as caught:
        HiddenJob(".a", script=deep)
    assert caught.value.findings[0].message == "`.a`: `script[0]` has lists nested more than 10 deep"
    _, (finding,) = read("a: {script: [x], rules: [[[3]]]}\n")
    assert finding.message == "`a`: `rules[0]` should be a list of rules, got the list [[3]]"
