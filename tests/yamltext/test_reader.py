from __future__ import annotations

import tracemalloc
from collections.abc import Mapping
from typing import Any

import pytest

from gitlabgen.errors import Finding, YamlError
from gitlabgen.yamltext import Document, MapNode, Mark, Plain, SeqNode, Tagged, dumps, load_documents, loads
from gitlabgen.yamltext.positions import span_of


def _error(text: str | bytes) -> Finding:
    """Return the only finding of a text that cannot be read."""
    with pytest.raises(YamlError) as caught:
        load_documents(text, filename="ci.yml")
    (finding,) = caught.value.findings
    assert (finding.rule, finding.severity, finding.file) == ("invalid-yaml", "error", "ci.yml")
    return finding


def _warnings(text: str) -> list[tuple[str, int | None, int | None]]:
    (document,) = load_documents(text, filename="ci.yml")
    assert all(finding.severity == "warning" and finding.file == "ci.yml" for finding in document.warnings)
    return [(finding.rule, finding.line, finding.column) for finding in document.warnings]


def test_every_node_has_a_position() -> None:
    """Mappings have the marks of their keys and values, lists those of their items."""
    tree = loads("stages: [build, test]\n\njob:\n  script:\n    - make\n    -   a: 1\n")

    assert tree == {"stages": ["build", "test"], "job": {"script": ["make", {"a": 1}]}}
    assert isinstance(tree, MapNode)
    assert isinstance(tree["stages"], SeqNode)
    assert tree.mark[:2] == (1, 1)
    assert tree.key_marks == {"stages": Mark(1, 1, 1, 7), "job": Mark(3, 1, 3, 4)}
    assert _places(tree.value_marks) == {"stages": (1, 9), "job": (4, 3)}
    assert tree["stages"].mark[:2] == (1, 9)
    assert tree["stages"].item_marks == [Mark(1, 10, 1, 15), Mark(1, 17, 1, 21)]
    assert [mark[:2] for mark in tree["job"]["script"].item_marks] == [(5, 7), (6, 9)]


def _places(marks: Mapping[Any, Mark]) -> dict[Any, tuple[int, int]]:
    return {key: mark[:2] for key, mark in marks.items()}


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("a: word # note\nb: 1\n", (1, 4, 1, 8)),
        ("a: 'two words'\n", (1, 4, 1, 15)),
        ("a: [b, {c: d}] # note\n", (1, 4, 1, 15)),
        ("a:\n  - b\n  - c: d\n\n# note\ne: f\n", (2, 3, 3, 9)),
        ("a:\n  b:\n    c: {d: e}\nf: g\n", (2, 3, 3, 14)),
        ("a: &x\n  b: c\nd: e\n", (1, 4, 2, 7)),
        ("x: &x {b: c}\na: *x\n", (2, 4, 2, 6)),
        ("x: &x {b: c}\na:\n  <<: *x\n", (3, 3, 3, 9)),
        ("a: !reference [b, c]\n", (1, 4, 1, 21)),
        ("a: one\n  two\nb: 1\n", (1, 4, 2, 6)),
        ("a:\nb: 1\n", (1, 3, 1, 3)),
    ],
)
def test_every_value_has_an_end(text: str, span: tuple[int, ...]) -> None:
    """A value ends with its last character; an alias is as long as its name, wherever its value is."""
    tree = loads(text)
    value = tree["a"].value if isinstance(tree["a"], Tagged) else tree["a"]
    assert span_of(value, tree.value_marks["a"]) == span


@pytest.mark.parametrize("text", ["", "\n", "  \n", "# only a comment\n", "---\n", "---\n---\n", "\ufeff", b"", "--- # x\n...\n"])
def test_empty_text_is_none(text: str | bytes) -> None:
    """A text without content gives None and no document."""
    assert loads(text) is None
    assert load_documents(text) == []


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("null", None),
        ("a", "a"),
        ("'a'", "a"),
        ('"a\\0\\U0001F600"', "a\0😀"),
        ("a:\n  - b\n  -\n", {"a": ["b", None]}),
        ("yes: 1\n2: b\n~: c\n1.5: d\n", {True: 1, 2: "b", None: "c", 1.5: "d"}),
        ("? a\n: b\n", {"a": "b"}),
        ("a: |\n  x\n  y\n", {"a": "x\ny\n"}),
        ("a: >\n  x\n  y\n", {"a": "x y\n"}),
        ("\ufeffa: é\n", {"a": "é"}),
        (b"\xef\xbb\xbfa: \xc3\xa9\n", {"a": "é"}),
        ("!!str 012: !!str 1\n", {"012": "1"}),
        ("!!map {a: !!seq [b]}", {"a": ["b"]}),
        ("%YAML 1.1\n---\na: 1\n", {"a": 1}),
    ],
)
def test_reads_all_forms_of_yaml(text: str | bytes, tree: Any) -> None:
    """All YAML syntax is read as GitLab reads it."""
    assert loads(text) == tree


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!reference [.base, script]", Tagged("!reference", [".base", "script"])),
        ("!Sub '${A}'", Tagged("!Sub", "${A}")),
        ("!Sub |\n  a\n", Tagged("!Sub", "a\n")),
        ("!GetAtt 1.10", Tagged("!GetAtt", Plain("1.10"))),
        ("!If [a, !Ref b]", Tagged("!If", ["a", Tagged("!Ref", "b")])),
        ("!X {a: 1}", Tagged("!X", {"a": 1})),
        ("!X", Tagged("!X", "")),
        ("! 12", Tagged("!", 12)),
        ("!!int '3'", Tagged("!!int", "3")),
        ("!!set {a}", Tagged("!!set", {"a": None})),
        ("!!seq {a: 1}", Tagged("!!seq", {"a": 1})),
        ("!a%20b x", Tagged("!a%20b", "x")),
        ("!<tag:x.org,2000:y> z", Tagged("!<tag:x.org,2000:y>", "z")),
        ("!<!a!b> z", Tagged("!<!a!b>", "z")),
    ],
)
def test_keeps_unknown_tags(text: str, value: Tagged) -> None:
    """A tag other than YAML's own tags for maps, lists and strings is kept and written again."""
    assert loads(text) == value
    assert loads(dumps(value)) == value


def test_aliases_are_replaced_by_their_value() -> None:
    """An alias is replaced by the last value anchored under its name, also as a key."""
    assert loads("a: &x [1]\nb: *x\nc: &x 2\nd: *x\n*x : e\n") == {"a": [1], "b": [1], "c": 2, "d": 2, 2: "e"}


def test_anchors_end_with_their_document() -> None:
    """An alias cannot refer to an anchor of the previous document."""
    assert "unknown alias: x" in _error("a: &x 1\n---\nb: *x\n").message


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("x: {<<: *a, k: 3}", {"k": 3, "l": 1}),
        ("x: {<<: [*a, *b]}", {"k": 1, "l": 1, "m": 2}),
        ("x: {<<: *a, <<: *b}", {"k": 2, "l": 1, "m": 2}),
        ("x: {<<: {n: 4}}", {"n": 4}),
        ("x: {<<: !t {n: 4}}", {"n": 4}),
        ("x: {<<: []}", {}),
        ("x: {k: 3, <<: *a}", {"k": 3, "l": 1}),
        ("x: {'<<': *b}", {"<<": {"k": 2, "m": 2}}),
        ("x: {!!str <<: *b}", {"<<": {"k": 2, "m": 2}}),
        ("x: {<<: null}", {"<<": None}),
        ("x: {<<: [a]}", {"<<": ["a"]}),
    ],
)
def test_merges(text: str, tree: Any) -> None:
    """An explicit key wins, then the last `<<`, then the first mapping of its list; other values are not merged."""
    assert loads(f"a: &a {{k: 1, l: 1}}\nb: &b {{k: 2, m: 2}}\n{text}\n")["x"] == tree


def test_merged_keys_keep_their_marks() -> None:
    """A merged key has the position where it was written, because that is where users fix it."""
    tree = loads("a: &a\n  k: 1\nb:\n  <<: *a\n  l: 2\n")

    assert _places(tree["b"].key_marks) == {"k": (2, 3), "l": (5, 3)}
    assert _places(tree["b"].value_marks) == {"k": (2, 6), "l": (5, 6)}


def test_a_replaced_value_is_kept_with_its_position() -> None:
    """A mapping knows the values that `<<` brings and that do not apply: other keys and other sources replace them."""
    tree = loads("a: &a\n  k: 1\n  l: 2\nb:\n  <<: *a\n  k: 3\nc:\n  k: 4\n  <<: *a\n")
    several = loads("a: &a {k: 1}\nb: &b {k: 2}\nc: {<<: [*a, *b]}\nd: {<<: *a, <<: *b}\ne: {<<: [*b, *a], k: 3}\n")

    assert tree["b"] == {"k": 3, "l": 2}
    assert tree["b"].replaced == {"k": [(1, Mark(2, 3, 2, 4))]}
    assert (tree.replaced, tree["a"].replaced, tree["c"].replaced) == (None, None, None)
    replaced = {key: [value for value, _ in several[key].replaced["k"]] for key in "cde"}
    assert replaced == {"c": [2], "d": [1], "e": [1, 2]}


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("a: &x 1\nb: *x\n", {"a"}),
        ("a: &x {c: &y [1]}\nb: {<<: *x, d: *y}\n", {"a"}),
        ("a: [&x 1, *x]\nb: 1\n", set()),
        ("a: &x 1\nb: &y 2\nc: [*x, *y]\n", {"a", "b"}),
        ("a: &x {k: 1}\nb: &y {<<: *x}\nc: 1\n", {"a"}),
        ("&x a: 1\nb: *x\n", {None}),
        ("a: &x k\n*x : 1\n", {"a"}),
        ("- &x a\n- *x\n", set()),
    ],
)
def test_blocks_with_used_anchors_are_known(text: str, blocks: set[str | None]) -> None:
    """A document knows the top-level keys whose anchors are used below other keys."""
    (document,) = load_documents(text)
    assert document.aliased == blocks


def test_a_merge_after_explicit_keys_gives_a_warning() -> None:
    """There is a warning if GitLab and other parsers read different values."""
    text = "a: &a {k: 1, l: 1}\nb:\n  k: 2\n  l: 1\n  <<: *a\n"

    assert _warnings(text) == [("merge-order", 5, 3)]


@pytest.mark.parametrize(
    ("text", "tree", "positions"),
    [
        ("a: 1\nb: 2\na: 3\n", {"a": 3, "b": 2}, [(3, 1)]),
        ("j: {a: 1, a: 2, a: 3}\n", {"j": {"a": 3}}, [(1, 11), (1, 17)]),
        ("<<: {a: 1}\na: 2\na: 3\n", {"a": 3}, [(3, 1)]),
        ("<<: {a: 1}\n<<: {a: 2}\n", {"a": 2}, []),
        ("- {a: 1}\n- {a: 2}\n", [{"a": 1}, {"a": 2}], []),
    ],
)
def test_the_last_duplicate_counts(text: str, tree: Any, positions: list[tuple[int, int]]) -> None:
    """GitLab silently uses the last of equal keys; here each duplicate gives a warning."""
    assert loads(text) == tree
    assert _warnings(text) == [("duplicate-key", *position) for position in positions]


def test_a_duplicate_has_the_marks_of_the_last_value() -> None:
    """The marks belong to the value that is used."""
    tree = loads("a: 1\na: 2\n")

    assert (_places(tree.key_marks), _places(tree.value_marks)) == ({"a": (2, 1)}, {"a": (2, 4)})


def test_documents() -> None:
    """A header and a pipeline are two documents; a leading separator adds no document."""
    header, body = load_documents("---\nspec:\n  inputs: {}\n---\na: 1\na: 2\n")

    assert header == Document(tree={"spec": {"inputs": {}}}, mark=Mark(2, 1, 2, 1))
    assert body.tree == {"a": 2}
    assert body.mark == Mark(5, 1, 5, 1)
    assert [finding.line for finding in body.warnings] == [6]


def test_an_explicit_null_is_a_document() -> None:
    """A document that is written as null or empty counts, unlike one without content."""
    assert [document.tree for document in load_documents("--- null\n--- !x\n--- &a\n---\n")] == [None, Tagged("!x", ""), None]


def test_one_document_is_expected() -> None:
    """Reading a single document fails on a second one, which GitLab would ignore."""
    with pytest.raises(YamlError, match=r"f.yml:2:5: error\[invalid-yaml\] expected one document"):
        loads("a: 1\n--- b\n", filename="f.yml")


@pytest.mark.parametrize(
    ("text", "message", "position"),
    [
        ("a: b: c\n", "mapping values are not allowed in this context", (1, 5)),
        ("a:\n  b: 1\n c: 2\n", "did not find expected key while parsing a block mapping", (3, 2)),
        ("a:\n\t- b\n", "found character that cannot start any token", (2, 1)),
        ("a: [b\n", "did not find expected ',' or ']' while parsing a flow sequence", (2, 1)),
        ("a: 'b\n", "found unexpected end of stream while scanning a quoted scalar", (2, 1)),
        ("a: *b\n", "unknown alias: b", (1, 4)),
        ("a: &b\n  - *b\n", "alias b refers to itself", (2, 5)),
        ("a: &b {<<: *b}\n", "alias b refers to itself", (1, 12)),
        ("? [a]\n: b\n", "a key must be a string, a number, a boolean or null", (1, 3)),
        ("? {a: b}\n: c\n", "a key must be a string", (1, 3)),
        ("!x a: b\n", "a key must be a string", (1, 1)),
        ("a: b\x00\n", r"the character U+0000 is not allowed", (1, 5)),
        ("a:\n  b: \x07\n", r"the character U+0007 is not allowed", (2, 6)),
        ("a: \ud800\n", r"the character U+D800 is not allowed", (1, 4)),
        ("a: \ufeff\n", r"the character U+FEFF is not allowed", (1, 4)),
        ('a: "\\ud800"\n', "found invalid Unicode character escape code", (1, 7)),
        (b"a: b\nc: \xff\n", "byte 0xFF is not UTF-8", (2, 4)),
        (b"\xff\xfea\x00", "byte 0xFF is not UTF-8", (1, 1)),
        ("%YAML 2.0\n---\na\n", "found incompatible YAML document", (1, 1)),
        ("!b!x a\n", "found undefined tag handle", (1, 1)),
        ("@\n", "found character that cannot start any token", (1, 1)),
    ],
)
def test_invalid_text_gives_one_error(text: str | bytes, message: str, position: tuple[int, int]) -> None:
    """Invalid text gives one finding with the parser's message and the position."""
    finding = _error(text)

    assert message in finding.message
    assert (finding.line, finding.column) == position


@pytest.mark.parametrize(
    "text",
    ['a: "\\UFFFFFFFF"', 'a: "\\ud800"', "%YAML " + "1" * 5000 + ".1\n---\na", "a: [b", "a: \t@", "&a &b c", "--- *x"],
)
def test_the_parser_in_python_refuses_the_same_texts(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Without libyaml the same texts are refused, some without a position."""
    monkeypatch.delattr("yaml.CSafeLoader", raising=False)

    assert _error(text).message


def test_the_parser_in_python_builds_the_same_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without libyaml the same tree is built."""
    text = "a: &a [1, 'b', \"c\", !x d, ! 1]\n? e\n: *a\n"
    tree = loads(text)
    monkeypatch.delattr("yaml.CSafeLoader", raising=False)

    assert loads(text) == tree
    assert loads(text).value_marks == tree.value_marks


def _deep(levels: int) -> str:
    return "[" * levels + "]" * levels


def _bomb(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]" for level in range(1, levels)]
    return "\n".join(lines)


def _merge_bomb(levels: int) -> str:
    lines = ["a0: &a0 {x: 1, y: 2}"]
    lines += [f"a{level}: &a{level} {{<<: [{', '.join([f'*a{level - 1}'] * 10)}]}}" for level in range(1, levels)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        (_deep(101), "nested deeper than 100 levels", 1),
        (_deep(100_000), "nested deeper than 100 levels", 1),
        ("- " * 101 + "a", "nested deeper than 100 levels", 1),
        ("- " * 100_000 + "a", "nested deeper than 100 levels", 1),
        (f"a: &a {_deep(98)}\nb: [[*a]]\n", "nested deeper than 100 levels", 2),
        ("\n".join(["a0: &a0 []", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 200))]), "nested deeper than 100 levels", 100),
        (_bomb(10), "more than 500,000 nodes", 6),
        (_merge_bomb(10), "more than 500,000 nodes", 6),
        ("x" * (2 * 1024 * 1024 + 1), "more than 2 MiB", None),
        ("é" * (1024 * 1024 + 1), "more than 2 MiB", None),
        (b"x" * (2 * 1024 * 1024 + 1), "more than 2 MiB", None),
    ],
)
def test_limits(text: str | bytes, message: str, line: int | None) -> None:
    """A text that is too long, nested too deep or has too many nodes is refused early."""
    finding = _error(text)

    assert message in finding.message
    assert finding.line == line


def test_nodes_without_aliases_count_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit on nodes also applies without aliases."""
    monkeypatch.setattr("gitlabgen.yamltext.builder._MOST_NODES", 10)

    assert loads("[" + "a," * 9 + "]") == ["a"] * 9
    assert _error("[" + "a," * 10 + "]").column == 20


def test_within_limits() -> None:
    """A text exactly at a limit is read."""
    assert loads("a: " + _deep(99))
    assert loads("x" * 2 * 1024 * 1024)
    assert len(loads(_bomb(5))) == 5


def test_alias_bombs_take_no_memory() -> None:
    """An alias bomb is refused without expanding its aliases."""
    loads("a: 1")
    tracemalloc.start()
    _error(_bomb(10))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 2_000_000


@pytest.mark.parametrize(("text", "reason"), [('"\\ud800"', "a lone surrogate"), ('"\\UFFFFFFFF"', "")])
def test_the_parser_in_python_refuses_invalid_escapes(text: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without libyaml, escapes that are not characters are refused too."""
    monkeypatch.delattr("yaml.CSafeLoader", raising=False)

    with pytest.raises(YamlError) as caught:
        loads(text)

    assert reason in caught.value.findings[0].message


def test_a_merge_key_may_have_its_tag() -> None:
    """A `<<` with an explicit tag merges like one without."""
    assert loads("a: &a {x: 1}\nb: {!!merge <<: *a, y: 2}\n")["b"] == {"x": 1, "y": 2}
