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
    """Return the notes of a tree by the paths of what they stand at."""
    if isinstance(tree, MapNode):
        places = [(key, tree.key_marks[key], item) for key, item in tree.items()]
    elif isinstance(tree, SeqNode):
        places = [(index, mark, item) for index, (mark, item) in enumerate(zip(tree.item_marks, tree, strict=True))]
    else:
        return {}
    found = {}
    for key, mark, item in places:
        if tree.notes and mark in tree.notes:
            found[*path, key] = tree.notes[mark]
        found |= _notes(item, (*path, key))
    return found


def _above(*lines: str | None) -> Note:
    return Note(above=lines)


def _behind(*lines: str) -> Note:
    return Note(behind=lines)


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("# one\n#two\n  #  three\na: 1\n", {("a",): _above("one", "two", " three")}),
        ("# one\n\n\n# two\n\na: 1\n", {("a",): _above("one", None, "two", None)}),
        ("a: 1 # one\nb: 2\t# two\n", {("a",): _behind("one"), ("b",): _behind("two")}),
        ("a: # one\n  # two\n  b: c\n", {("a",): _behind("one"), ("a", "b"): _above("two")}),
        ("a: # one\n- b\n# two\n- c # three\n", {("a",): _behind("one"), ("a", 1): Note(("two",), ("three",))}),
        ("a: # one\nb:\n  # two\n  c\n", {("a",): _behind("one"), ("b",): _above("two")}),
        ("# one\n- a\n-\n# two\n- # three\n  b\n", {(0,): _above("one"), (2,): _above("two", "three")}),
        ("# one\n- # two\n  a: 1\n", {(0,): _above("one"), (0, "a"): _above("two")}),
        ("# one\n- # two\n  - # three\n    a: 1\n", {(0,): _above("one"), (0, 0): _above("two"), (0, 0, "a"): _above("three")}),
        ("- # one\n  # two\n  a # three\n", {(0,): Note(("one", "two"), ("three",))}),
        ("a: [b, c] # one\n", {("a",): _behind("one")}),
        ("- {a: 1} # one\n", {(0,): _behind("one")}),
        (
            "a: [ # one\n  b, # two\n  # three\n  c # four\n] # five\n",
            {("a",): _behind("one", "five"), ("a", 0): _behind("two"), ("a", 1): Note(("three",), ("four",))},
        ),
        ("a:\n  # one\n  [b]\n", {("a",): _above("one")}),
        ("- [a: 1] # one\n", {(0,): _behind("one")}),
        ("# one\n{a: 1, # two\n b: 2}\n", {("a",): Note(("one",), ("two",))}),
        ("a: &x # one\n  b: 1\nc: *x # two\n", {("a",): _behind("one"), ("c",): _behind("two")}),
        ("a: !t # one\n  - b\n", {("a",): _behind("one")}),
        ("a: &x\n  b: 1 # one\nc: *x\n", {("a", "b"): _behind("one"), ("c", "b"): _behind("one")}),
        ("? a # one\n: b # two\n", {("a",): _behind("one", "two")}),
        ("a: |  # one\n  # text\nb: &x >-2 # two\n    # text\n", {("a",): _behind("one"), ("b",): _behind("two")}),
        ("- |\n  a\n# one\n- b\n", {(1,): _above("one")}),
        ("# one\n\n-\n\n  # two\n  - a\n", {(0,): _above("one", None), (0, 0): _above("two")}),
        ("# one\n-\n  a\n", {(0,): _above("one")}),
        ("a: 1\n# one\n", {}),
        ("a:\n  b: 1\n  # one\nc: 2\n", {("c",): _above("one")}),
        ("a: 1 #\n#\nb: 2\n", {("b",): _above("")}),
        ("%YAML 1.1 # one\n# two\n--- # three\n# four\na: 1\n", {("a",): _above("one", "two", "three", "four")}),
        ("# é😀\nä: 😀 # ö\nb: 2 # two\n", {("ä",): Note(("é😀",), ("ö",)), ("b",): _behind("two")}),
        ("# one\r\na: 1 # two\r\n\r\n# three\r\nb: 2\r\n", {("a",): Note(("one",), ("two",)), ("b",): _above("three")}),
        ("# one\u2028a: 1 # two\x85b: 2\n", {("a",): Note(("one",), ("two",))}),
        ("a: 1 # one\na: 2\n", {}),
        ("a # one\n", {}),
        ("# one\n[] # two\n", {}),
    ],
)
def test_a_comment_belongs_to_what_it_stands_at(text: str, notes: dict[tuple[Any, ...], Note]) -> None:
    """Own lines belong to the next key or item, the end of a line to the one on that line."""
    for parser_text in (text, text + "# end\n"):
        (document,) = load_documents(parser_text)
        tree = document.tree
        if isinstance(tree, MapNode | SeqNode):
            assert _notes(tree) == notes


@pytest.mark.parametrize(
    "body", ['"a # b"', "'a # b'", "a#b", "'it''s # b'", '"\\"# b"', "|\n  # b\n", ">\n  # b\n", "'a\n  # b'", "[a#b, 'c # d']"]
)
def test_a_number_sign_in_a_scalar_is_none(body: str) -> None:
    """What stands inside of a scalar is no comment, and one behind it is found all the same."""
    tree = loads(f"a: {body}\n# one\nb: c\n")

    assert _notes(tree) == {("b",): _above("one")}


def test_merged_keys_keep_their_notes() -> None:
    """A merged key brings its comments along; those of `<<` belong to the key that holds the mapping."""
    tree = loads("x: &x\n  # one\n  a: 1\n# two\ny:\n  # three\n  <<: *x # four\n  b: 2 # five\n")

    assert _notes(tree) == {
        ("x", "a"): _above("one"),
        ("y",): Note(("two", "three"), ("four",)),
        ("y", "a"): _above("one"),
        ("y", "b"): _behind("five"),
    }


def test_a_quoted_merge_key_is_a_key() -> None:
    """Only a plain `<<` merges."""
    assert _notes(loads('a:\n  # one\n  "<<": b\n')) == {("a", "<<"): _above("one")}


def test_a_merge_key_at_the_top_passes_its_lines_on() -> None:
    """No key holds the whole file, so the next key gets the comments above `<<`."""
    assert _notes(loads("# one\n<<: {}\nb: 2\n")) == {("b",): _above("one")}


def test_each_document_begins_anew() -> None:
    """What stands behind the separator belongs to the document that follows."""
    first, second = load_documents("a: 1 # one\n--- # two\nb: 2 # three\n")

    assert _notes(first.tree) == {("a",): _behind("one")}
    assert _notes(second.tree) == {("b",): Note(("two",), ("three",))}


def test_without_comments_there_are_no_notes() -> None:
    """A text without a number sign is not searched for comments."""
    tree = loads("a: [b]\n")

    assert (tree.notes, tree["a"].notes) == (None, None)


def test_both_parsers_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where libyaml is missing, comments are found by the same places."""
    text = (
        "# é😀\na: &x # one\n- b # two\n- # three\n  c: [d, # four\n    e] # five\nf: | # six\n  # text\n# seven\ng: *x # eight\n"
    )
    fast = _notes(loads(text))
    monkeypatch.delattr(yaml, "CSafeLoader")

    assert _notes(loads(text)) == fast


def test_many_comments_are_read_in_linear_time() -> None:
    """A file of comments takes no longer for each of them than a short one does."""
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
def test_comments_change_no_value(entries: list[tuple[str, str, str]]) -> None:
    """A commented file holds the same tree as it does without comments."""
    text = "".join(
        f"{lines}{key[:1]}{index}{key[1:]}{'' if '|' in key else behind}\n" for index, (lines, key, behind) in enumerate(entries)
    )
    bare = "".join(f"{key[:1]}{index}{key[1:]}\n" for index, (_, key, _) in enumerate(entries))

    assert loads(text) == loads(bare)
    assert dumps(loads(text) or {}) == dumps(loads(bare) or {})


@given(st.text(st.sampled_from("ab \n\t:#-?,[]{}&*!|>'\"%<.\r\x85"), max_size=40))
@settings(deadline=None, max_examples=1000)
def test_garbage_has_notes_or_is_one_error(text: str) -> None:
    """Whatever the input, there are documents, with notes at places that are there, or one finding."""
    try:
        documents = load_documents(text)
    except YamlError:
        return
    for document in documents:
        for path, note in _notes(document.tree).items():
            assert path
            assert note.above or note.behind
