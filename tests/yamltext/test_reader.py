from __future__ import annotations

import tracemalloc
from typing import Any

import pytest

from gitlabgen.errors import Finding, YamlError
from gitlabgen.yamltext import Document, MapNode, Mark, Plain, SeqNode, Tagged, dumps, load_documents, loads


def _error(text: str | bytes) -> Finding:
    """Return the one finding of a text that cannot be read."""
    with pytest.raises(YamlError) as caught:
        load_documents(text, filename="ci.yml")
    (finding,) = caught.value.findings
    assert (finding.rule, finding.severity, finding.file) == ("invalid-yaml", "error", "ci.yml")
    return finding


def _warnings(text: str) -> list[tuple[str, int | None, int | None]]:
    (document,) = load_documents(text, filename="ci.yml")
    assert all(finding.severity == "warning" and finding.file == "ci.yml" for finding in document.warnings)
    return [(finding.rule, finding.line, finding.column) for finding in document.warnings]


def test_everything_has_a_place() -> None:
    """Mappings know the marks of keys and values, lists those of their items."""
    tree = loads("stages: [build, test]\n\njob:\n  script:\n    - make\n    -   a: 1\n")

    assert tree == {"stages": ["build", "test"], "job": {"script": ["make", {"a": 1}]}}
    assert isinstance(tree, MapNode)
    assert isinstance(tree["stages"], SeqNode)
    assert tree.mark == Mark(1, 1)
    assert tree.key_marks == {"stages": (1, 1), "job": (3, 1)}
    assert tree.value_marks == {"stages": (1, 9), "job": (4, 3)}
    assert tree["stages"].mark == Mark(line=1, column=9)
    assert tree["stages"].item_marks == [(1, 10), (1, 17)]
    assert tree["job"]["script"].item_marks == [(5, 7), (6, 9)]


@pytest.mark.parametrize("text", ["", "\n", "  \n", "# only a comment\n", "---\n", "---\n---\n", "\ufeff", b"", "--- # x\n...\n"])
def test_nothing_is_none(text: str | bytes) -> None:
    """A text without content is no error."""
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
def test_reads(text: str | bytes, tree: Any) -> None:
    """All forms of YAML are read as GitLab reads them."""
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
    """A tag that is not one of YAML's own for maps, lists and strings stays, and is written again."""
    assert loads(text) == value
    assert loads(dumps(value)) == value


def test_aliases_stand_for_the_same_value() -> None:
    """An alias is replaced by what was last anchored under its name, keys included."""
    assert loads("a: &x [1]\nb: *x\nc: &x 2\nd: *x\n*x : e\n") == {"a": [1], "b": [1], "c": 2, "d": 2, 2: "e"}


def test_anchors_end_with_their_document() -> None:
    """An alias does not reach back into the document before."""
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
    """An explicit key wins, then the last `<<`, then the first of its list; what is no mapping is not merged."""
    assert loads(f"a: &a {{k: 1, l: 1}}\nb: &b {{k: 2, m: 2}}\n{text}\n")["x"] == tree


def test_merged_keys_keep_their_place() -> None:
    """A merged key is where it was written, for that is where it can be mended."""
    tree = loads("a: &a\n  k: 1\nb:\n  <<: *a\n  l: 2\n")

    assert tree["b"].key_marks == {"k": (2, 3), "l": (5, 3)}
    assert tree["b"].value_marks == {"k": (2, 6), "l": (5, 6)}


def test_merges_below_explicit_keys_are_warned_of() -> None:
    """Where GitLab and the other parsers take different values, there is a warning."""
    text = "a: &a {k: 1, l: 1}\nb:\n  k: 2\n  l: 1\n  <<: *a\n"

    assert _warnings(text) == [("merge-order", 5, 3)]


@pytest.mark.parametrize(
    ("text", "tree", "places"),
    [
        ("a: 1\nb: 2\na: 3\n", {"a": 3, "b": 2}, [(3, 1)]),
        ("j: {a: 1, a: 2, a: 3}\n", {"j": {"a": 3}}, [(1, 11), (1, 17)]),
        ("<<: {a: 1}\na: 2\na: 3\n", {"a": 3}, [(3, 1)]),
        ("<<: {a: 1}\n<<: {a: 2}\n", {"a": 2}, []),
        ("- {a: 1}\n- {a: 2}\n", [{"a": 1}, {"a": 2}], []),
    ],
)
def test_the_last_duplicate_counts(text: str, tree: Any, places: list[tuple[int, int]]) -> None:
    """GitLab takes the last of equal keys without a word; here there is a warning."""
    assert loads(text) == tree
    assert _warnings(text) == [("duplicate-key", *place) for place in places]


def test_marks_of_a_duplicate_are_the_last() -> None:
    """The marks belong to the value that counts."""
    tree = loads("a: 1\na: 2\n")

    assert (tree.key_marks, tree.value_marks) == ({"a": (2, 1)}, {"a": (2, 4)})


def test_documents() -> None:
    """A header and a pipeline are two documents; a leading separator is none."""
    header, body = load_documents("---\nspec:\n  inputs: {}\n---\na: 1\na: 2\n")

    assert header == Document(tree={"spec": {"inputs": {}}}, mark=Mark(2, 1), warnings=[])
    assert body.tree == {"a": 2}
    assert body.mark == Mark(5, 1)
    assert [finding.line for finding in body.warnings] == [6]


def test_an_explicit_null_is_a_document() -> None:
    """Only what is written counts, even if it means nothing."""
    assert [document.tree for document in load_documents("--- null\n--- !x\n--- &a\n---\n")] == [None, Tagged("!x", ""), None]


def test_one_document_is_expected() -> None:
    """A second document, which GitLab would drop, is an error for who asks for one."""
    with pytest.raises(YamlError, match=r"f.yml:2:5: error\[invalid-yaml\] expected one document"):
        loads("a: 1\n--- b\n", filename="f.yml")


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("a: b: c\n", "mapping values are not allowed in this context", (1, 5)),
        ("a:\n  b: 1\n c: 2\n", "did not find expected key while parsing a block mapping", (3, 2)),
        ("a:\n\t- b\n", "found character that cannot start any token", (2, 1)),
        ("a: [b\n", "did not find expected ',' or ']' while parsing a flow sequence", (2, 1)),
        ("a: 'b\n", "found unexpected end of stream while scanning a quoted scalar", (2, 1)),
        ("a: *b\n", "unknown alias: b", (1, 4)),
        ("a: &b\n  - *b\n", "alias b stands inside of what it stands for", (2, 5)),
        ("a: &b {<<: *b}\n", "alias b stands inside of what it stands for", (1, 12)),
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
def test_what_cannot_be_read_is_one_error(text: str | bytes, message: str, place: tuple[int, int]) -> None:
    """Whatever is wrong, there is one finding with the parser's words and the place."""
    finding = _error(text)

    assert message in finding.message
    assert (finding.line, finding.column) == place


@pytest.mark.parametrize(
    "text",
    ['a: "\\UFFFFFFFF"', 'a: "\\ud800"', "%YAML " + "1" * 5000 + ".1\n---\na", "a: [b", "a: \t@", "&a &b c", "--- *x"],
)
def test_python_s_own_parser_is_as_good(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Without libyaml the same texts are refused, some without a place."""
    monkeypatch.delattr("yaml.CSafeLoader", raising=False)

    assert _error(text).message


def test_python_s_own_parser_builds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
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
def test_bounds(text: str | bytes, message: str, line: int | None) -> None:
    """What is too long, too deep or too much is refused before it can do harm."""
    finding = _error(text)

    assert message in finding.message
    assert finding.line == line


def test_written_nodes_count_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound holds without any alias."""
    monkeypatch.setattr("gitlabgen.yamltext.builder._MOST_NODES", 10)

    assert loads("[" + "a," * 9 + "]") == ["a"] * 9
    assert _error("[" + "a," * 10 + "]").column == 20


def test_within_bounds() -> None:
    """What reaches the bounds is read."""
    assert loads("a: " + _deep(99))
    assert loads("x" * 2 * 1024 * 1024)
    assert len(loads(_bomb(5))) == 5


def test_bombs_take_no_memory() -> None:
    """An alias bomb is refused without building what it stands for."""
    loads("a: 1")
    tracemalloc.start()
    _error(_bomb(10))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 2_000_000


@pytest.mark.parametrize(("text", "reason"), [('"\\ud800"', "a lone surrogate"), ('"\\UFFFFFFFF"', "")])
def test_escapes_that_only_the_parser_in_python_lets_pass(text: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without libyaml, escapes of no character are refused all the same."""
    monkeypatch.delattr("yaml.CSafeLoader", raising=False)

    with pytest.raises(YamlError) as caught:
        loads(text)

    assert reason in caught.value.findings[0].message


def test_a_merge_key_may_have_its_tag() -> None:
    """A `<<` that says what it is merges as one that does not."""
    assert loads("a: &a {x: 1}\nb: {!!merge <<: *a, y: 2}\n")["b"] == {"x": 1, "y": 2}
