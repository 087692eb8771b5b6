from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterator
from textwrap import dedent
from typing import Any

import pytest
import yaml

from gitlabgen.errors import YamlError
from gitlabgen.yamltext import Commented, MapNode, Mark, Plain, Tagged, dump_entries, dumps
from gitlabgen.yamltext.nodes import Entries


class When(enum.StrEnum):
    MANUAL = "manual"
    ON = "on"


class Level(enum.IntEnum):
    HIGH = 3


class Ratio(float):
    """A subclass of float."""


def _yaml(text: str) -> str:
    return dedent(text).removeprefix("\n")


def test_writes_a_typical_job() -> None:
    """Two spaces per level, items below their key, blank lines around long entries only."""
    tree = {
        "stages": ["build", "deploy"],
        "image": "node:6.10",
        "timeout": None,
        "deploy": {
            "stage": "deploy",
            "variables": {"STACK": "demo-$CI_PIPELINE_ID", "WINDOW": "07:00"},
            "script": ["npm ci", "if true; then\n  echo: x\nfi\n"],
            "rules": [{"if": '$CI_COMMIT_BRANCH == "main"', "when": "manual"}, {"when": "never"}],
            "retry": 2,
            "interruptible": True,
            "allow_failure": False,
            "tags": [],
            "cache": {},
        },
    }

    assert dumps(tree) == _yaml("""
        stages:
          - build
          - deploy

        image: node:6.10
        timeout: null

        deploy:
          stage: deploy
          variables:
            STACK: demo-$CI_PIPELINE_ID
            WINDOW: '07:00'
          script:
            - npm ci
            - |
              if true; then
                echo: x
              fi
          rules:
            - if: $CI_COMMIT_BRANCH == "main"
              when: manual
            - when: never
          retry: 2
          interruptible: true
          allow_failure: false
          tags: []
          cache: {}
        """)


def test_writes_lists_in_lists() -> None:
    """A list or mapping inside a list starts on the line of its dash."""
    tree = {"a": [["b", ["c"]], [{"d": 1, "e": [2]}], [], {}, ("f", ()), {"g": {}}]}

    assert dumps(tree) == _yaml("""
        a:
          - - b
            - - c
          - - d: 1
              e:
                - 2
          - []
          - {}
          - - f
            - []
          - g: {}
        """)


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        ({}, "{}\n"),
        ([], "[]\n"),
        ((), "[]\n"),
        (None, "null\n"),
        (True, "true\n"),
        (1.5, "1.5\n"),
        ("yes", "'yes'\n"),
        ("a\nb", '"a\\nb"\n'),
        (["a", {"b": "c"}], "- a\n- b: c\n"),
        (Tagged("!Foo", {"a": 1}), "!Foo\na: 1\n"),
        (Commented(["a"], before="why"), "# why\n- a\n"),
        (Commented("a", after="why"), "a  # why\n"),
    ],
)
def test_writes_any_root(tree: Any, text: str) -> None:
    """The root can be of any type."""
    assert dumps(tree) == text


def test_writes_subclasses_by_their_value() -> None:
    """Enumerations, subclasses of numbers and nodes that were read are written by their value."""
    read = MapNode(Mark(1, 1))
    read["when"] = When.MANUAL

    tree = {When.ON: When.ON, "level": Level.HIGH, "ratio": Ratio(0.5), "read": read, Level.HIGH: 1}

    assert dumps(tree) == "'on': 'on'\nlevel: 3\nratio: 0.5\n\nread:\n  when: manual\n\n3: 1\n"


def test_keys_keep_their_type() -> None:
    """Numbers, booleans and null can be keys, and so can strings that look like them."""
    tree = {None: 1, True: 2, 3: 3, 1.5: 4, "null": 5, "true": 6, "3": 7, "1.5": 8, "<<": 9, "a\nb": 10}

    assert yaml.safe_load(dumps(tree)) == tree


@pytest.mark.parametrize("value", ["v", {"b": 1}, ["b"], "b\nc\n"])
def test_long_keys_are_marked(value: Any) -> None:
    """A key that is too long for parsers is written with an explicit `?`, whatever its value."""
    tree = {"a": {"k" * 2000: value, "next": 1}, "b": [{"l" * 1500: value}]}

    assert yaml.safe_load(dumps(tree)) == tree


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Tagged("!reference", [".base", "script"]), "a: !reference [.base, script]\n"),
        (Tagged("!reference", (".base job", "script")), "a: !reference ['.base job', script]\n"),
        (Tagged("!If", ["Prod", True, 3, None, 0.5]), "a: !If [Prod, true, 3, null, 0.5]\n"),
        (Tagged("!X", [Plain("1.10")]), "a: !X [1.10]\n"),
        (Tagged("!X", [Plain("12:30")]), "a: !X\n  - 12:30\n"),
        (Tagged("!X", ["a\nb"]), "a: !X\n  - |-\n    a\n    b\n"),
        (Tagged("!X", ["x" * 101]), f"a: !X\n  - {'x' * 101}\n"),
        (Tagged("!X", ["x" * 60, "y" * 60]), f"a: !X\n  - {'x' * 60}\n  - {'y' * 60}\n"),
        (Tagged("!Join", ["", ["a", Tagged("!Ref", "B")]]), "a: !Join\n  - ''\n  - - a\n    - !Ref B\n"),
        (Tagged("!Ref", "X"), "a: !Ref X\n"),
        (Tagged("!Sub", "${A}"), "a: !Sub ${A}\n"),
        (Tagged("!Sub", "*: ${A}"), "a: !Sub '*: ${A}'\n"),
        (Tagged("!Sub", "a\nb\n"), "a: !Sub |\n  a\n  b\n"),
        (Tagged("!GetAtt", Plain("1.10")), "a: !GetAtt 1.10\n"),
        (Tagged("!X", Plain("")), "a: !X\n"),
        (Tagged("!X", None), "a: !X null\n"),
        (Tagged("!X", 5), "a: !X 5\n"),
        (Tagged("!X", {"b": 1, "c": {"d": 2}}), "a: !X\n  b: 1\n  c:\n    d: 2\n"),
        (Tagged("!X", {}), "a: !X {}\n"),
        (Tagged("!X", []), "a: !X []\n"),
        (Tagged("!!int", "3"), "a: !!int '3'\n"),
        (Tagged("!<tag:x,2000:y>", "z"), "a: !<tag:x,2000:y> z\n"),
    ],
)
def test_writes_tags(value: Tagged, text: str) -> None:
    """A tag is written before its value: short lists in brackets, other containers on the lines below."""
    assert dumps({"a": value}) == text


def test_a_tagged_list_is_at_most_100_characters_wide() -> None:
    """A list of up to 100 characters is written in brackets, and a longer one on the lines below."""
    fits, wide = "a" * 97, "a" * 98
    assert dumps({"a": Tagged("!X", [fits])}) == f"a: !X [{fits}]\n"
    assert dumps({"a": Tagged("!X", [wide])}) == f"a: !X\n  - {wide}\n"


def test_writes_tags_in_lists() -> None:
    """A tagged container in a list starts on the line after its dash."""
    assert dumps([Tagged("!X", [["a"]]), Tagged("!X", {"a": 1})]) == "- !X\n  - - a\n- !X\n  a: 1\n"


@pytest.mark.parametrize("text", ["12:30", ":sym", "1,000", "2012-10-17", "=", "<<"])
def test_plain_scalars_are_written_verbatim(text: str) -> None:
    """A scalar that was read as ambiguous stays unchanged."""
    assert dumps({Plain(text): Plain(text)}) == f"{text}: {text}\n"


@pytest.mark.parametrize("text", ["a: b", "x\ny: z", "# a", "[a", "", "a" * 2000])
def test_plain_does_not_bypass_quoting(text: str) -> None:
    """A `Plain` whose text cannot be a plain scalar is quoted."""
    assert yaml.safe_load(dumps({Plain(text): 1, "items": [text]})) == {text: 1, "items": [text]}


def test_writes_comments() -> None:
    """Comments are written above keys and items, and at the end of their first line."""
    tree = {
        "a": Commented("b", before="one\n\ntwo", after="end\nof line"),
        "c": Commented({"d": Commented("e\nf\n", after="block")}, after="mapping"),
        "g": [Commented("h", before="item", after="end"), Commented({"i": 1}, before="mapping"), Commented(["j"], after="list")],
        "k": Commented(Tagged("!Ref", "L"), after="tag"),
        "m": Commented({}, after="empty"),
        "o": Commented("o", before="", after=" \n"),
        "p": Commented(Commented("q", before="inner", after="inner"), before="outer", after="outer"),
    }

    assert dumps(tree) == _yaml("""
        # one
        #
        # two
        a: b  # end of line

        c:  # mapping
          d: |  # block
            e
            f

        g:
          # item
          - h  # end
          # mapping
          - i: 1
          - - j  # list

        k: !Ref L  # tag
        m: {}  # empty
        o: o

        # outer
        # inner
        p: q  # inner  # outer
        """)


@pytest.mark.parametrize(
    "character",
    ["\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\0", "\x1b", "\ud800", "\ufeff"],
)
def test_comments_cannot_inject_yaml(character: str) -> None:
    """No line break or control character of a comment is written literally."""
    text = dumps(
        {
            "a": Commented("b", before=f"x{character}evil: 1", after=f"y{character}evil: 2"),
            "c": [Commented(1, f"{character}- 2", character)],
        }
    )

    assert yaml.safe_load(text) == {"a": "b", "c": [1]}
    assert character == "\n" or character not in text


def test_spacing_none() -> None:
    """Without spacing there are no blank lines."""
    assert dumps({"a": [1], "b": [2]}, spacing=0) == "a:\n  - 1\nb:\n  - 2\n"


def test_spacing_two() -> None:
    """With more spacing inner mappings get blank lines too, but lists never do."""
    tree = {"a": {"b": [1], "c": 1, "d": 2, "e": {"f": [1], "g": [2]}}, "h": [[1], [2]]}

    assert dumps(tree, spacing=2) == _yaml("""
        a:
          b:
            - 1

          c: 1
          d: 2

          e:
            f:
              - 1
            g:
              - 2

        h:
          - - 1
          - - 2
        """)


def test_spacing_does_not_lengthen_blocks() -> None:
    """No blank line follows a block that would keep it."""
    tree = {"a": "x\n\n", "b": {"c": ["x\n\n\n"]}, "d": 1}

    assert yaml.safe_load(dumps(tree, spacing=3)) == tree


def test_entries_are_written_one_by_one() -> None:
    """An entry is consumed only when the text of the previous one is needed."""
    consumed: list[int] = []

    def entries() -> Iterator[tuple[str, Any]]:
        for number in range(5):
            consumed.append(number)
            yield f"job{number}", {"script": ["x"]}

    texts = dump_entries(entries())

    assert next(texts) == "job0:\n  script:\n    - x\n\n"
    assert consumed == [0, 1]
    assert "".join(["job0:\n  script:\n    - x\n\n", *texts]) == dumps({f"job{n}": {"script": ["x"]} for n in range(5)})


def test_entries_without_spacing() -> None:
    """Without spacing each entry is written at once."""
    assert list(dump_entries([("a", [1]), ("b", 2)], spacing=0)) == ["a:\n  - 1\n", "b: 2\n"]


def test_no_entries_are_an_empty_mapping() -> None:
    """A mapping without entries is still a mapping."""
    assert list(dump_entries([])) == ["{}\n"]


def test_other_types_are_expanded_recursively() -> None:
    """The expansion of a value may be None, empty, or hold more values to expand."""
    trees: dict[complex, Any] = {1j: {"a": 2j, "b": [2j, 3j]}, 2j: {"c": "d"}, 3j: None, 4j: {}}

    texts = dump_entries([("top", 1j), ("none", 3j), ("empty", 4j)], spacing=0, expand=trees.__getitem__)

    assert "".join(texts) == "top:\n  a:\n    c: d\n  b:\n    - c: d\n    - null\nnone: null\nempty: {}\n"


def test_missing_entries_are_not_written() -> None:
    """A value of None is omitted, one that expands to None is kept, and without values an empty mapping is written."""

    def expand(value: complex) -> Any:
        return {1j: Entries(("a", "b", "c"), (None, 2j, "x")), 2j: None, 3j: Entries(("a",), (None,))}[value]

    entries = [("some", 1j), ("none", 3j), ("list", [1j, 3j])]
    text = "".join(dump_entries(entries, spacing=0, expand=expand))
    assert text == _yaml(
        """
        some:
          b: null
          c: x
        none: {}
        list:
          - b: null
            c: x
          - {}
        """
    )


def test_shared_values_are_written_twice() -> None:
    """Anchors are never written, because they make the file hard to read."""
    shared = ["x"]

    assert dumps({"a": shared, "b": shared}, spacing=0) == "a:\n  - x\nb:\n  - x\n"


def test_strings_beyond_the_cache_are_written() -> None:
    """Strings that exceed the limits of the cache are written correctly."""
    tree = [str(number) for number in range(9000)] + ["x" * 5000] * 2

    assert yaml.load(dumps(tree), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) == tree


def test_two_hundred_levels_are_written() -> None:
    """A tree with the maximum of 200 levels can be written."""
    tree: Any = 1
    for _ in range(100):
        tree = [Commented({"k": tree}, before="x")]

    assert dumps(tree).endswith("k: 1\n")


def _cycle() -> list[Any]:
    loop: list[Any] = []
    loop.append({"again": loop})
    return loop


def _commented_cycle() -> Commented:
    loop = Commented(None)
    loop.value = loop
    return loop


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ({"a": {"b": ["x", dt.date(2026, 1, 1)]}}, "a:b:1: a value of type date cannot be written as YAML"),
        ({"a": [{"b": b"x"}]}, "a:0:b: a value of type bytes"),
        ([{1, 2}], "0: a value of type set"),
        (object(), "a value of type object"),
        ({"a": {(1, 2): 3}}, r"a:\(1, 2\): a key of type tuple"),
        ({"a": "\ud800"}, r"a: a string with the lone surrogate U\+D800"),
        ({"a": Tagged("!x", ["\udfff"])}, r"a: a string with the lone surrogate U\+DFFF"),
        ({"a": 10**5000}, "a: an integer of more than 4,300 digits"),
        (_cycle(), "0:again:0:again:0:again:0:again:0:again:…: a tree of more than 200 levels, or one that contains itself"),
        (_commented_cycle(), "a comment that contains itself"),
        ({"a": Tagged("x y", 1)}, "a: the tag 'x y'"),
        ({"a": Tagged("!a{", 1)}, "a: the tag '!a{'"),
        ({"a": Tagged(3, 1)}, "a: the tag 3"),  # type: ignore[arg-type]
        ({"a": Tagged("!x", Tagged("!y", 1))}, "a: the tag !x on a Tagged value"),
        ({"a": Tagged("!x", Commented(1))}, "a: the tag !x on a Commented value"),
    ],
)
def test_refuses_values_that_yaml_cannot_represent(tree: Any, message: str) -> None:
    """The finding names the path and the value."""
    with pytest.raises(YamlError, match=message) as caught:
        dumps(tree)

    assert [finding.rule for finding in caught.value.findings] == ["unsupported-value"]


def test_findings_name_the_path() -> None:
    """The finding has the path as a field, and not only in its message."""
    with pytest.raises(YamlError) as caught:
        dumps({"jobs": [{1.5: b""}]})

    assert caught.value.findings[0].path == "jobs:0:1.5"


def test_a_full_stack_does_not_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the caller has used up Python's stack, the error is the same as for a tree that is too deep."""

    def overflow(*_: Any) -> str:
        raise RecursionError

    monkeypatch.setattr("gitlabgen.yamltext.writer._value", overflow)

    with pytest.raises(YamlError, match="a tree of more than 200 levels"):
        dumps({"a": 1})
    with pytest.raises(YamlError, match="a tree of more than 200 levels"):
        dumps([1])


def test_the_finding_names_the_invalid_string_of_a_list() -> None:
    """In a list of strings, the finding names the string that YAML cannot represent."""
    with pytest.raises(YamlError) as caught:
        dumps({"job": {"script": ["fine", "\ud800", "fine"]}})

    assert caught.value.findings[0].path == "job:script:1"
