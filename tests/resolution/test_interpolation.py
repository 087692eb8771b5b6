"""GitLab's interpolation of `$[[ … ]]`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlabgen.errors import Finding
from gitlabgen.resolution.block_expressions import UNKNOWN, as_text
from gitlabgen.resolution.interpolation import Interpolation
from gitlabgen.yamltext.nodes import Tagged
from gitlabgen.yamltext.positions import MapNode, Mark, SeqNode, span_of
from gitlabgen.yamltext.reader import loads

INPUTS: dict[str, Any] = {
    "name": "it's me",
    "count": 3,
    "flag": True,
    "none": None,
    "list": ["a", 1, {"key": "value"}],
    "dashed-name": "dash",
    "plain": "text",
    "dollar": "$HOME",
    "lines": "a\nb",
    "empty": "",
    "words": "a, b,,c",
    "secret": UNKNOWN,
}


def interpolate(tree: Any, contexts: Mapping[str, Any], filename: str | None = None) -> tuple[Any, list[Finding]]:
    """Return a tree with its blocks replaced, and the findings about blocks without repetitions."""
    interpolation = Interpolation(contexts, filename)
    return interpolation.tree(tree, None), list(dict.fromkeys(interpolation.findings))


def interpolated(text: str) -> Any:
    """Return a scalar after interpolation."""
    tree, findings = interpolate(loads(f"key: {text}\n"), {"inputs": INPUTS, "component": UNKNOWN})
    assert findings == []
    return tree["key"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$[[ inputs.name ]]", "it's me"),
        ("$[[inputs.name]]", "it's me"),
        ('"$[[\\n inputs.name\\n ]]"', "it's me"),
        ("$[[ inputs.count ]]", 3),
        ("$[[ inputs.flag ]]", True),
        ("$[[ inputs.none ]]", None),
        ("$[[ inputs.list ]]", ["a", 1, {"key": "value"}]),
        ("$[[ inputs.list[1] ]]", 1),
        ("$[[ inputs.list[2] ]]", {"key": "value"}),
        ("$[[ inputs.list[2].key ]]", "value"),
        ("a $[[ inputs.count ]] $[[ inputs.flag ]]$[[ inputs.none ]]", "a 3 true"),
        ("with $[[ inputs.list ]]", 'with ["a", 1, {"key": "value"}]'),
        ("$[[ inputs.dashed-name ]]", "dash"),
        ("$[[ inputs.name | truncate(0, 2) ]]", "it"),
        ("$[[ inputs.name | truncate(3,99) ]]", "s me"),
        ("$[[ inputs.name | truncate(50,1) ]]", ""),
        ("$[[ inputs.name | truncate(0, 4) | posix_escape ]]", "it\\'s"),
        ("$[[ inputs.lines | posix_escape ]]", "a'\n'b"),
        ("$[[ inputs.empty | posix_escape ]]", "''"),
        ("$[[ inputs.words | split(',') ]]", ["a", "b", "c"]),
        ("$[[ inputs.plain | expand_vars ]]", "text"),
    ],
)
def test_values_are_interpolated(text: str, value: object) -> None:
    """A single block keeps the value's type, and a block in a longer string becomes text."""
    assert interpolated(text) == value
    assert type(interpolated(text)) is type(value) or isinstance(value, list | dict)


@pytest.mark.parametrize(
    "text",
    [
        "$[[ inputs.secret ]]",
        "a $[[ inputs.secret ]]",
        "$[[ inputs.secret | truncate(0, 2) ]]",
        "$[[ inputs.secret.key[1] ]]",
        "$[[ component.version ]]",
        "$[[ matrix.OS ]]",
        "$[[ inputs.dollar | expand_vars ]]",
        "$[[ x",
        "$[[ x ]]",
        "$[ inputs.name ]",
        "just text",
    ],
)
def test_blocks_that_only_gitlab_knows_stay(text: str) -> None:
    """Blocks with unknown values, values of matrix jobs or expanded variables, and other text, stay unchanged."""
    assert interpolated(text) == text


def test_the_repr_of_unknown() -> None:
    """The repr of `UNKNOWN` is its name."""
    assert repr([UNKNOWN]) == "[UNKNOWN]"


def test_keys_and_list_items() -> None:
    """Blocks in keys are replaced too, and the items of an array replace a list item."""
    tree, findings = interpolate(
        loads(
            "job $[[ inputs.name ]]:\n  script: [one, '$[[ inputs.list ]]', [x]]\n$[[ inputs.list[0] ]]: 1\n$[[ inputs.list ]]: 2"
        ),
        {"inputs": {"name": "x", "list": ["a", "b"]}},
    )
    assert (tree, findings) == ({"job x": {"script": ["one", "a", "b", ["x"]]}, "a": 1, '["a", "b"]': 2}, [])


def test_marks_are_kept() -> None:
    """Positions are kept, and all parts of a value have the position of its block."""
    tree, _ = interpolate(
        loads("a:\n  - x\n  - $[[ inputs.list ]]\n  - y\nb: $[[ inputs.map[0] ]]\n"),
        {"inputs": {"list": ["1", "2"], "map": [{"k": ["v"]}]}},
    )
    block = Mark(5, 4, 5, 24)
    assert (tree.mark[:2], tree.key_marks["b"], tree.value_marks["b"]) == ((1, 1), Mark(5, 1, 5, 2), block)
    assert isinstance(tree["a"], SeqNode)
    assert [mark[:2] for mark in tree["a"].item_marks] == [(2, 5), (3, 5), (3, 5), (4, 5)]
    assert isinstance(tree["b"], MapNode)
    assert tree["b"].key_marks == tree["b"].value_marks == {"k": block}
    assert tree["b"]["k"].item_marks == [block]
    assert [span_of(node, node.mark)[2:] for node in (tree, tree["a"], tree["b"])] == [(5, 24), (4, 6), (5, 24)]


def test_a_scalar_alone_has_no_mark() -> None:
    """A tree of one scalar is interpolated, and its findings have no line."""
    assert interpolate("$[[ inputs.a ]]", {"inputs": {"a": ["x"]}}) == (["x"], [])
    (finding,) = interpolate("$[[ inputs.b ]]", {"inputs": {}})[1]
    assert (finding.line, finding.column) == (None, None)


def test_tags() -> None:
    """GitLab leaves `!reference` unchanged, and ignores other tags."""
    tree, _ = interpolate(loads("a: !reference ['$[[ inputs.x ]]']\nb: !x ['$[[ inputs.x ]]']"), {"inputs": {"x": "y"}})
    assert tree == {"a": Tagged("!reference", ["$[[ inputs.x ]]"]), "b": Tagged("!x", ["y"])}


def test_hints() -> None:
    """Hints suggest a similar name, and `inputs.` for a name without it."""
    text = "- $[[ inputs.nam ]]\n- $[[ name ]]\n- $[[ other ]]\n- $[[ inputs.name | truncat(1,2) ]]\n- $[[ inputs.name | f ]]"
    _, findings = interpolate(loads(text), {"inputs": {"name": "x"}})
    hints = [finding.hint for finding in findings]
    assert hints == ["did you mean `name`?", "write $[[ inputs.name ]]", None, "did you mean `truncate`?", None]


def test_each_position_is_reported() -> None:
    """The same mistake is reported once at each position."""
    _, findings = interpolate(loads("- $[[ inputs.a ]] $[[ inputs.a ]]\n- $[[ inputs.a ]]"), {"inputs": {}}, "a.yml")
    assert [(finding.file, finding.line, finding.column) for finding in findings] == [("a.yml", 1, 3), ("a.yml", 2, 3)]


def test_no_more_than_ten_thousand_blocks() -> None:
    """GitLab reads 10,000 different blocks; the same block can occur any number of times."""
    text = "".join(f"- $[[ inputs.list[{index}] ]]\n" for index in range(10_000))
    inputs = {"inputs": {"list": ["x"] * 10_001}}
    assert interpolate(loads(text * 2), inputs)[1] == []
    (finding,) = interpolate(loads(text + "- $[[ inputs.list[10000] ]]\n"), inputs)[1]
    assert (finding.gitlab, finding.line) == ("too many interpolation blocks", 10_001)
    assert finding.message == "the file has more than 10000 different blocks `$[[ … ]]`"


@pytest.mark.parametrize("item", ["- $[[ inputs.long ]]\n", "- a $[[ inputs.long ]]\n", "- ['$[[ inputs.list ]]']\n"])
def test_values_cannot_make_a_file_huge(item: str) -> None:
    """If the values exceed 2 MiB, blocks stay unchanged, and there is one finding."""
    inputs = {"inputs": {"long": "x" * 500_000, "list": ["x" * 500_000]}}
    tree, findings = interpolate(loads(item * 10), inputs)
    assert [(finding.message, finding.gitlab) for finding in findings] == [
        ("the values of the inputs make the file larger than 2 MiB", "config too large")
    ]
    assert tree[3] != tree[4] == tree[9]


def test_long_texts_are_fast() -> None:
    """A text of many starts of blocks is read quickly."""
    text = "$[[ x " * 100_000
    assert interpolate(text, {"inputs": {}}) == (text, [])


def test_numbers_with_too_many_digits() -> None:
    """An integer of more digits than Python writes causes no traceback."""
    assert "digits" in as_text(10**5000)
    assert "digits" in as_text([10**5000])


@given(st.text(st.sampled_from("$[]. |()inputsx0,'\n-"), max_size=40))
def test_any_text(text: str) -> None:
    """Any text is interpolated or reported, without a traceback."""
    _, findings = interpolate(f"$[[ inputs.{text} ]]$[[{text}]]", {"inputs": {"x": ["a"], "s": "y"}})
    assert all(finding.message for finding in findings)
