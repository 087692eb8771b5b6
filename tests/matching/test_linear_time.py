"""Hostile patterns and texts: the work grows no faster than their length.

The work of our own automata is counted. The work of Python's `re` cannot be counted, so those texts are so long that anything but
linear time would take hours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress

import pytest

from gitlabgen.codec.pipelines import read
from gitlabgen.composition.selection import select
from gitlabgen.errors import KeywordError
from gitlabgen.gitlab import Condition, Job
from gitlabgen.linting import lint
from gitlabgen.linting.rules.template import invalid_hook_name
from gitlabgen.matching import globs, searching
from gitlabgen.matching.globs import glob_match, include_match, name_match
from gitlabgen.matching.parsing import parsed
from gitlabgen.matching.searching import checked, is_found
from gitlabgen.matching.syntax import RegexError
from gitlabgen.resolution.inputs import input_values
from tests.matching.steps import calls_of

LONG = 100_000


def work(function: Callable[[], object]) -> int:
    """Return the work of a function that begins without any known transition."""
    searching._search.cache_clear()
    searching.checked.cache_clear()
    globs._automaton.cache_clear()
    globs._search.cache_clear()
    return calls_of(function)


def assert_linear(function: Callable[[int], object], small: int) -> None:
    """Assert that eight times the size needs at most about eight times the work."""
    function(1)  # tables are read only once
    assert work(lambda: function(8 * small)) <= 10 * work(lambda: function(small))


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"^(\w+\s?)+$", "a description "),
        ("(x+x+)+y", "x"),
        ("^(a+)+$", "a"),
        ("(a|a)*b", "a"),
        ("(a|aa)+$", "a"),
        ("(a*)*(a*)*b", "a"),
        ("(.*)(.*)(.*)(.*)x", "a"),
        ("[ab]*a[ab]{200}c", "abbabaaabb"),
        ("(?:a?b?){50}c", "ab"),
        (r"(?i)(\bx\b|\Bx\B)*y", "xX "),
        (r"\C*\C*y", "é"),
    ],
)
def test_texts(pattern: str, text: str) -> None:
    """The work for a text grows linearly with its length."""
    assert_linear(lambda count: is_found(pattern, text * count + "."), 500)


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (("(a?)",), "a" * 40 + "b"),
        (("(a?b?)*",), "ab" * 20 + "c"),
        (("(?:x+x+)+",), "x" * 40),
        (("(a|", "a)", "b"), "a" * 40),
        (("a*",), "a" * 40 + "b"),
        (("(", "a", ")*", "c"), "a" * 40 + "b"),
        (("[a-z]",), "a" * 40),
        ((r"\b",), "a b" * 10),
    ],
)
def test_patterns(parts: tuple[str, ...], text: str) -> None:
    """The work for a pattern grows linearly with its length."""
    assert_linear(lambda count: is_found("".join(part * count for part in parts) + "!", text), 50)


@pytest.mark.parametrize(
    "pattern", ["a{1000}", "(?:(?:a{10}){10}){10}", r"\pL{400}", "(?:a?){1000}", "(?:a{1000}b{1000}){1}" * 20, r"\pL{1000}"]
)
def test_repetitions_are_counted_without_copies(pattern: str) -> None:
    """The verdict about a pattern needs no copies of repeated parts."""

    def check() -> None:
        with suppress(RegexError):
            checked(pattern)

    check()  # the groups are read only once
    assert work(check) < 300 * len(pattern)


@pytest.mark.parametrize("text", ["(", "(?:", "[", "a|", "a{", r"\Q", "(?i)", r"\x{0", "[[:", "*", r"[\p", "(?P<"])
def test_parsing(text: str) -> None:
    """The work of parsing grows linearly with the length of the pattern, whether it is valid or not."""

    def parse(count: int) -> None:
        with suppress(RegexError):
            parsed(text * count)

    assert_linear(parse, 200)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a", "a"),
        ("**/", "a/"),
        ("**/a/", "a/a/"),
        ("{a,b}", "ab"),
        ("{a,*}", "a"),
        ("{", "a"),
        ("[a", "a"),
        ("*[a", "a"),
        ("*{[,a}]", "a]"),
        ("{**/,}a", "a/"),
        ("?*", "a"),
        ("\\", "a"),
    ],
)
def test_globs(pattern: str, path: str) -> None:
    """The work for a glob grows linearly with its length, and with the length of the path."""
    assert_linear(lambda count: glob_match(pattern * count + "!", path * 20), 40)
    assert_linear(lambda count: glob_match(pattern * 10 + "!", path * count), 50)


def test_nested_braces() -> None:
    """Braces are not replaced by all of their combinations."""
    assert_linear(lambda depth: glob_match("{a," * depth + "b" + "}" * depth, "a" * 20), 20)
    assert glob_match("{a,b}" * 200, "ab" * 100)
    assert not glob_match("{a,b}" * 200, "ab" * 100 + "c")


def test_other_patterns_with_stars() -> None:
    """The work for includes and for names grows linearly with their length."""
    assert_linear(lambda count: include_match("ci/" + "*a**a" * 10 + ".yaml", "ci/" + "a" * count + ".yml"), 100)
    assert_linear(lambda count: name_match("*a" * 10 + "b", "a" * count), 100)
    assert include_match("*" * LONG, "ci/a.yml")


@pytest.mark.parametrize(
    "text",
    [
        "$A" + " " * LONG + "x",
        "$A =~ /" + r"\/" * LONG,
        "$A =~ /" + "a" * LONG,
        "$A =~ /(" + "a" * LONG + "/",
        "$A =~ /" + "/" * LONG,
        " && ".join(['"a" == "a"'] * (LONG // 10)),
        '"' + "a" * LONG,
        "'\"" * LONG,
        '"a" ' * LONG,
        "(" * LONG + "$A" + ")" * LONG,
        "(" * LONG,
        ")" * LONG,
        "!" * LONG,
        "$[[" + " " * LONG,
        "$[[ inputs." + "a" * LONG,
        "/a " * LONG,
        "$" * LONG,
    ],
)
def test_conditions(text: str) -> None:
    """A long condition is refused with a short message."""
    with pytest.raises(KeywordError) as caught:
        Condition(text)
    assert len(caught.value.findings[0].message) < 1000


@pytest.mark.parametrize(
    "job",
    [
        {"timeout": "1h" + " " * LONG + "x"},
        {"timeout": "1h " * LONG + "x"},
        {"timeout": "1" * LONG},
        {"coverage": "/" * LONG},
        {"coverage": "/" + "(a*)*" * (LONG // 5) + "/"},
        {"only": ["/(" + "a" * LONG + "/"]},
        {"environment": "a" * LONG + "!"},
        {"image": "awscli" * LONG, "script": "aws cloudformation deploy --stack-name a --template-file b"},
    ],
)
def test_files(job: dict[str, object]) -> None:
    """A file with a long hostile value is read and analysed."""
    pipeline, problems = read(json.dumps({"a": {"script": "x", **job}}), filename=".gitlab-ci.yml")
    lint(pipeline)
    assert all(len(finding.message) < 1000 for finding in problems)


def test_scalars() -> None:
    """A long number with digits that are not octal is read."""
    pipeline, findings = read("variables: {A: " + "09" * LONG + "x}\na: {script: x}\n", filename=".gitlab-ci.yml")
    assert not findings
    assert len(str(pipeline.variables["A"])) == 2 * LONG + 1  # type: ignore[index]


def test_inputs() -> None:
    """An input is compared with the regular expression of its declaration."""
    text = "a description of the service that ends in a dot"
    for value, count in ((text, 0), (f"{text}.", 1), (text * 2_000 + ".", 1)):
        _, problems = input_values({"x": {"regex": r"^(\w+\s?)+$"}}, {"x": value})
        assert len(problems) == count


def test_selected_names() -> None:
    """Jobs are selected with a hostile pattern."""
    jobs = [Job("a" * 200, script="x"), Job("a" * 200 + "b", script="x")]
    assert [job.name for job in select(jobs, "*a" * 50 + "*b")] == ["a" * 200 + "b"]


def test_names_of_hooks() -> None:
    """The known part of a hook's name is found in a long text."""
    assert re.sub(invalid_hook_name._UNKNOWN, "", "a${b}c" + "${" * LONG) == "ac"
