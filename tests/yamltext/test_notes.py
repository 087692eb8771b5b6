from __future__ import annotations

import time
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gitlabgen.errors import YamlError
from gitlabgen.yamltext import MapNode, SeqNode, dumps, load_documents, loads
from gitlabgen.yamltext.notes import Note


def _notes(tree: Any, path: tuple[Any, ...] = ()) -> dict[tuple[Any, ...], Note]:
    """Return the notes of a tree by the path of the value that they belong to."""
    if isinstance(tree, MapNode):
        marked = [(key, tree.key_marks[key], item) for key, item in tree.items()]
    elif isinstance(tree, SeqNode):
        marked = [(index, mark, item) for index, (mark, item) in enumerate(zip(tree.item_marks, tree, strict=True))]
    else:
        return {}
    found = {}
    for key, mark, item in marked:
        if tree.notes and mark in tree.notes:
            found[*path, key] = tree.notes[mark]
        found |= _notes(item, (*path, key))
    return found


def _above(*lines: str | None) -> Note:
    return Note(above=lines)


def _at_end(*lines: str) -> Note:
    return Note(trailing=lines)


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("# one\n#two\n  #  three\na: 1\n", {("a",): _above("one", "two", " three")}),
        ("# one\n\n\n# two\n\na: 1\n", {("a",): _above("one", None, "two", None)}),
        ("a: 1 # one\nb: 2\t# two\n", {("a",): _at_end("one"), ("b",): _at_end("two")}),
        ("a: # one\n  # two\n  b: c\n", {("a",): _at_end("one"), ("a", "b"): _above("two")}),
        ("a: # one\n- b\n# two\n- c # three\n", {("a",): _at_end("one"), ("a", 1): Note(("two",), ("three",))}),
        ("a: # one\nb:\n  # two\n  c\n", {("a",): _at_end("one"), ("b",): _above("two")}),
        ("# one\n- a\n-\n# two\n- # three\n  b\n", {(0,): _above("one"), (2,): _above("two", "three")}),
        ("# one\n- # two\n  a: 1\n", {(0,): _above("one"), (0, "a"): _above("two")}),
        ("# one\n- # two\n  - # three\n    a: 1\n", {(0,): _above("one"), (0, 0): _above("two"), (0, 0, "a"): _above("three")}),
        ("- # one\n  # two\n  a # three\n", {(0,): Note(("one", "two"), ("three",))}),
        ("a: [b, c] # one\n", {("a",): _at_end("one")}),
        ("- {a: 1} # one\n", {(0,): _at_end("one")}),
        (
            "a: [ # one\n  b, # two\n  # three\n  c # four\n] # five\n",
            {("a",): _at_end("one", "five"), ("a", 0): _at_end("two"), ("a", 1): Note(("three",), ("four",))},
        ),
        ("a:\n  # one\n  [b]\n", {("a",): _above("one")}),
        ("- [a: 1] # one\n", {(0,): _at_end("one")}),
        ("# one\n{a: 1, # two\n b: 2}\n", {("a",): Note(("one",), ("two",))}),
        ("a: &x # one\n  b: 1\nc: *x # two\n", {("a",): _at_end("one"), ("c",): _at_end("two")}),
        ("a: !t # one\n  - b\n", {("a",): _at_end("one")}),
        ("a: &x\n  b: 1 # one\nc: *x\n", {("a", "b"): _at_end("one"), ("c", "b"): _at_end("one")}),
        ("? a # one\n: b # two\n", {("a",): _at_end("one", "two")}),
        ("a: |  # one\n  # text\nb: &x >-2 # two\n    # text\n", {("a",): _at_end("one"), ("b",): _at_end("two")}),
        ("- |\n  a\n# one\n- b\n", {(1,): _above("one")}),
        ("# one\n\n-\n\n  # two\n  - a\n", {(0,): _above("one", None), (0, 0): _above("two")}),
        ("# one\n-\n  a\n", {(0,): _above("one")}),
        ("a: 1\n# one\n", {}),
        ("a:\n  b: 1\n  # one\nc: 2\n", {("c",): _above("one")}),
        ("a: 1 #\n#\nb: 2\n", {("b",): _above("")}),
        ("%YAML 1.1 # one\n# two\n--- # three\n# four\na: 1\n", {("a",): _above("one", "two", "three", "four")}),
        ("# é😀\nä: 😀 # ö\nb: 2 # two\n", {("ä",): Note(("é😀",), ("ö",)), ("b",): _at_end("two")}),
        ("# one\r\na: 1 # two\r\n\r\n# three\r\nb: 2\r\n", {("a",): Note(("one",), ("two",)), ("b",): _above("three")}),
        ("# one\u2028a: 1 # two\x85b: 2\n", {("a",): Note(("one",), ("two",))}),
        ("a: 1 # one\na: 2\n", {}),
        ("a # one\n", {}),
        ("# one\n[] # two\n", {}),
    ],
)
def test_a_comment_belongs_to_the_nearest_key_or_item(text: str, notes: dict[tuple[Any, ...], Note]) -> None:
    """A comment on its own line belongs to the next key or item; one at the end of a line to the key or item there."""
    for parser_text in (text, text + "# end\n"):
        (document,) = load_documents(parser_text)
        tree = document.tree
        if isinstance(tree, MapNode | SeqNode):
            assert _notes(tree) == notes


@pytest.mark.parametrize(
    "body", ['"a # b"', "'a # b'", "a#b", "'it''s # b'", '"\\"# b"', "|\n  # b\n", ">\n  # b\n", "'a\n  # b'", "[a#b, 'c # d']"]
)
def test_a_number_sign_in_a_scalar_starts_no_comment(body: str) -> None:
    """A number sign inside a scalar starts no comment, and a comment after the scalar is still found."""
    tree = loads(f"a: {body}\n# one\nb: c\n")

    assert _notes(tree) == {("b",): _above("one")}


def test_merged_keys_keep_their_notes() -> None:
    """A merged key keeps its comments; those of `<<` belong to the key that holds the mapping."""
    tree = loads("x: &x\n  # one\n  a: 1\n# two\ny:\n  # three\n  <<: *x # four\n  b: 2 # five\n")

    assert _notes(tree) == {
        ("x", "a"): _above("one"),
        ("y",): Note(("two", "three"), ("four",)),
        ("y", "a"): _above("one"),
        ("y", "b"): _at_end("five"),
    }


def test_a_quoted_merge_key_is_a_key() -> None:
    """Only a plain `<<` merges."""
    assert _notes(loads('a:\n  # one\n  "<<": b\n')) == {("a", "<<"): _above("one")}


def test_comments_of_a_top_level_merge_key_go_to_the_next_key() -> None:
    """At the top level no key holds the mapping, so the next key gets the comments above `<<`."""
    assert _notes(loads("# one\n<<: {}\nb: 2\n")) == {("b",): _above("one")}


def test_comments_after_a_separator_belong_to_the_next_document() -> None:
    """A comment on the line of a separator belongs to the document that follows."""
    first, second = load_documents("a: 1 # one\n--- # two\nb: 2 # three\n")

    assert _notes(first.tree) == {("a",): _at_end("one")}
    assert _notes(second.tree) == {("b",): Note(("two",), ("three",))}


def test_without_comments_there_are_no_notes() -> None:
    """A text without a number sign is not searched for comments."""
    tree = loads("a: [b]\n")

    assert (tree.notes, tree["a"].notes) == (None, None)


def test_both_parsers_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without libyaml the same comments are found."""
    text = (
        "# é😀\na: &x # one\n- b # two\n- # three\n  c: [d, # four\n    e] # five\nf: | # six\n  # text\n# seven\ng: *x # eight\n"
    )
    fast = _notes(loads(text))
    monkeypatch.delattr(yaml, "CSafeLoader")

    assert _notes(loads(text)) == fast


def test_many_comments_are_read_in_linear_time() -> None:
    """Reading time grows linearly with the number of comments."""
    started = time.process_time()
    tree = loads("".join(f"# {index}\nk{index}: [a, # b\n c] # d\n" for index in range(20_000)))
    loads("a: [" + "# x\n" * 100_000 + "]\n# y\n" + "# z\n" * 100_000)

    assert len(tree.notes) == 20_000
    assert time.process_time() - started < 20


_comments = st.sampled_from(["", " # c", "  #c # d", "\t# 'c"])
_lines = st.sampled_from(["", "\n", "# d\n", ' # "d\n', "\n# d\n\n"])


@given(
    st.lists(
        st.tuples(_lines, st.sampled_from(["a: b", "c: [d, e]", "f:\n- g", "h: &i {j: 'k'}", "l: |\n  m"]), _comments), max_size=5
    )
)
@settings(deadline=None, max_examples=200)
def test_comments_do_not_change_values(entries: list[tuple[str, str, str]]) -> None:
    """A file gives the same tree with and without comments."""
    text = "".join(
        f"{lines}{key[:1]}{index}{key[1:]}{'' if '|' in key else end}\n" for index, (lines, key, end) in enumerate(entries)
    )
    bare = "".join(f"{key[:1]}{index}{key[1:]}\n" for index, (_, key, _) in enumerate(entries))

    assert loads(text) == loads(bare)
    assert dumps(loads(text) or {}) == dumps(loads(bare) or {})


@given(st.text(st.sampled_from("ab \n\t:#-?,[]{}&*!|>'\"%<.\r\x85"), max_size=40))
@settings(deadline=None, max_examples=1000)
def test_invalid_input_gives_one_error_or_valid_notes(text: str) -> None:
    """Any input gives an error, or documents whose notes have a path and a text."""
    try:
        documents = load_documents(text)
    except YamlError:
        return
    for document in documents:
        for path, note in _notes(document.tree).items():
            assert path
            assert note.above or note.trailing
