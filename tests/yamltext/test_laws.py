from __future__ import annotations

import string
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gitlabgen.errors import YamlError
from gitlabgen.yamltext import Commented, Tagged, dump_entries, dumps, load_documents, loads

# No deadline: results must not depend on the load of the machine.
_law = settings(deadline=None, max_examples=100)

_CHARACTERS = "ab \n\t:#-?,[]{}&*!|>'\"%@`=<~$./\\_+yYnNoOeE019é😀\u017f\ufb00\x85\u2028\ufeff\0"
texts = st.text(st.sampled_from(_CHARACTERS)) | st.text(st.characters(exclude_categories=["Cs"]))
numbers = st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False)
scalars = texts | numbers
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)
tags = st.sampled_from(["!Sub", "!reference", "!Fn::X", "!!int", "!", "!<tag:x.org,2000:y>", "!<!a!b>"])
tagged = st.recursive(
    st.builds(Tagged, tags, texts),
    lambda inner: st.builds(Tagged, tags, st.lists(texts | inner, max_size=4) | st.dictionaries(texts, inner, max_size=4)),
    max_leaves=6,
)
plain = st.text(st.sampled_from(string.digits + "0123456789._:-+eExXoObB,aAfFyYnNtTrRuUlLsS~=<\u017f"), max_size=8)
plain_words = st.sampled_from(
    ["<<", "=", "yes", "tRue", "07:00", "2012-10-17", "2012-13-45", "1_000", "012", ".e+3", "0b_", "~", "9" * 5000]
)


def _commented(tree: Any, note: str) -> Any:
    """Return the tree with the note as comment on the root and on every entry and item."""
    if isinstance(tree, dict):
        tree = {key: _commented(value, note) for key, value in tree.items()}
    elif isinstance(tree, list):
        tree = [_commented(value, note) for value in tree]
    return Commented(tree, before=note, after=note)


@given(trees, st.integers(0, 3))
@_law
def test_written_trees_are_read_back(tree: Any, spacing: int) -> None:
    """Reading the written text returns the same tree."""
    assert loads(dumps(tree, spacing=spacing)) == tree


@given(trees)
@_law
def test_pyyaml_reads_the_same(tree: Any) -> None:
    """Both PyYAML parsers read the same data."""
    text = dumps(tree)

    assert yaml.safe_load(text) == tree
    assert yaml.load(text, Loader=yaml.CSafeLoader) == tree


@given(trees, st.text())
@_law
def test_comments_do_not_change_data(tree: Any, note: str) -> None:
    """Comments of any text leave the data unchanged."""
    assert yaml.safe_load(dumps(_commented(tree, note))) == tree


@given(st.lists(tagged, max_size=4) | st.dictionaries(texts, tagged, max_size=4))
@_law
def test_tags_are_read_as_written(tree: Any) -> None:
    """Tags and their values are read back unchanged."""
    assert loads(dumps(tree)) == tree


@given(st.dictionaries(texts, trees, max_size=4), st.integers(0, 3))
@_law
def test_entries_join_to_the_whole_text(tree: dict[str, Any], spacing: int) -> None:
    """Writing entry by entry gives the same text."""
    assert "".join(dump_entries(tree.items(), spacing=spacing)) == dumps(tree, spacing=spacing)


@given(trees)
@_law
def test_text_is_tidy(tree: Any) -> None:
    """The text ends with a line break, has no carriage return and stays the same when it is rewritten."""
    text = dumps(tree)

    assert text.endswith("\n")
    assert "\r" not in text
    assert text == dumps(loads(text))


def _with_pyyaml(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):
        return "refused"


@given(plain | plain_words, plain | plain_words)
@settings(_law, max_examples=600)
def test_rewriting_changes_nothing_for_pyyaml(key: str, value: str) -> None:
    """Reading and rewriting a text keeps its meaning, even where parsers disagree about it."""
    text = f"{key}: {value}\nitems:\n  - {value}\ntag: !!str {value}\n"
    try:
        rewritten = dumps(loads(text))
    except YamlError:
        return
    before, after = _with_pyyaml(text), _with_pyyaml(rewritten)

    assert repr(before) == repr(after)


@given(st.text(st.sampled_from(_CHARACTERS)) | st.binary() | st.text())
@settings(_law, max_examples=500)
def test_invalid_input_gives_one_error(text: str | bytes) -> None:
    """Any input gives documents or exactly one finding."""
    try:
        documents = load_documents(text)
    except YamlError as error:
        rules = [finding.rule for finding in error.findings]
        assert rules == ["invalid-yaml"]
    else:
        assert isinstance(documents, list)
