"""What a definition can define: values, functions, and TOML with positions."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlabgen.definitions.loading import load
from gitlabgen.definitions.toml import Keys, TomlText, parse
from gitlabgen.errors import DefinitionError
from gitlabgen.modeling.plans import location_of

DOCUMENT = """# a comment with [brackets] and x = 1
top = 1
"quoted.key" = 2 # after
a.b . c = 3
text = \"\"\"
fake = 1
[fake]
\"\"\"
raw = '''
fake2 = 1'''
date = 1979-05-27 07:32:00
[table]
inner = { x = 1, y = [ 2, { z = 3 } ] }
list = [
  "one", # [
  'two',
]
[[many]]
n = 1
[[many]]
n = 2
[many.sub]
s = 1
["x.y".'z']
deep = true
"""


@pytest.mark.parametrize(
    ("keys", "place", "shown"),
    [
        (("top",), (2, 7), "1"),
        (("quoted.key",), (3, 16), "2"),
        (("a", "b", "c"), (4, 11), "3"),
        (("text",), (5, 8), '"""'),
        (("raw",), (9, 7), "'''"),
        (("date",), (11, 8), "1979-05-27 07:32:00"),
        (("table", "inner", "x"), (13, 15), "1"),
        (("table", "inner", "y", "1", "z"), (13, 33), "3"),
        (("table", "list", "1"), (16, 3), "'two'"),
        (("table", "nix"), (12, 1), "[table]"),
        (("many", "0", "n"), (19, 5), "1"),
        (("many", "1", "n"), (21, 5), "2"),
        (("many", "1", "sub", "s"), (23, 5), "1"),
        (("x.y", "z", "deep"), (25, 8), "true"),
        (("a",), (4, 1), "a.b . c"),
        (("x.y",), (24, 1), """["x.y".'z']"""),
        (("many", "1"), (20, 1), "[[many]]"),
    ],
)
def test_every_value_of_a_toml_file_is_found(keys: Keys, place: tuple[int, int], shown: str) -> None:
    """Each key, table and list item has a line and a column, regardless of strings and comments."""
    for text in (DOCUMENT, DOCUMENT.replace("\n", "\r\n")):
        finding = parse(text.encode(), "a.toml").finding(keys, "is wrong")
        assert (finding.line, finding.column) == place
        line = text.split("\n")[place[0] - 1].rstrip("\r")
        assert line[place[1] - 1 : (finding.end_column or 0) - 1] == shown or shown in ('"""', "'''")


@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize("inside", ["", "x", "x\n", "# [y]\nz = 1\n"])
@pytest.mark.parametrize("quotes", [0, 1, 2])
def test_a_string_can_end_in_quotes(quote: str, inside: str, quotes: int) -> None:
    """One or two quotes before the closing three belong to a string, and later values have the right position."""
    value = f"{quote * 3}{inside}{quote * quotes}{quote * 3}"
    document = parse(f"list = [{value}, 5]\nnext = 7\n".encode(), "a.toml")
    lines = inside.count("\n")
    column = len(f"list = [{value}, ".rpartition("\n")[2]) + 1

    assert document.data == {"list": [inside + quote * quotes, 5], "next": 7}
    first, second, following = (document.finding(keys, "is wrong") for keys in (("list", "0"), ("list", "1"), ("next",)))
    assert (first.line, first.column) == (1, 9)
    assert first.end_column == 9 + len(value.partition("\n")[0])
    assert (second.line, second.column, second.end_column) == (1 + lines, column, column + 1)
    assert (following.line, following.column, following.end_column) == (2 + lines, 8, 9)


def test_keys_have_a_separate_position() -> None:
    """A problem with a key is located at the key."""
    finding = parse(b"a = 1\n  bcd = 2\n", "a.toml").finding(("bcd",), "is wrong", at_key=True)
    assert (finding.line, finding.column, finding.end_column) == (2, 3, 6)


@pytest.mark.parametrize(
    ("text", "keys", "shown"),
    [
        ("[a.b]\nc = 1", ("a",), "a"),
        ("[a.b]\nc = 1", ("a", "b"), "b"),
        ("[ 'a b' . c ]\nd = 1", ("a b", "c"), "c"),
        ("[[a.b]]\nc = 1\n[[a.b]]\nd = 2", ("a", "b", "1"), "b"),
        ("a.b.c = 1", ("a",), "a"),
        ("a.b.c = 1", ("a", "b"), "b"),
        ("a.b.c = 1", ("a", "b", "c"), "c"),
        ("[a.b]\nc = 1\n[a]\nd = 2", ("a",), "a"),
        ("a = {b = {c = 1}}", ("a", "b", "c"), "c"),
        ("a = {b = {c = 1}}", ("a", "b", "x"), "b"),
        ("[a]\nb = 1", ("a", "x"), "[a]"),
        ("[a.b]\nc = 1", ("a", "x"), "[a.b]"),
    ],
)
def test_a_key_is_marked_without_its_tables(text: str, keys: Keys, shown: str) -> None:
    """A key in a header, a dotted key or a table on one line is marked alone; a missing one, at the table it belongs to."""
    finding = parse(text.encode(), "a.toml").finding(keys, "is unknown", at_key=True)
    line = text.split("\n")[(finding.line or 0) - 1]
    assert line[(finding.column or 0) - 1 : (finding.end_column or 0) - 1] == shown


def test_a_file_can_begin_with_an_empty_line() -> None:
    """Lines and columns count from one, regardless of how the file begins."""
    for text, place in (("\na = 1\n", (2, 5)), ("a = 1\n", (1, 5)), ("\n\n  a = 1", (3, 7)), ("\ufeffa = 1\n", (1, 5))):
        finding = parse(text.encode(), "a.toml").finding(("a",), "is wrong")
        assert (finding.line, finding.column) == place


def test_without_a_text_there_is_no_position() -> None:
    """Settings that are not in a file have no line."""
    assert TomlText("a.py").finding(("x",), "is wrong").line is None


@given(st.text(alphabet="a.=\"'[]{},\n#1 \\", max_size=30))
def test_any_toml_has_positions(text: str) -> None:
    """Each top-level key of any valid TOML has a position."""
    try:
        document = parse(text.encode(), "a.toml")
    except DefinitionError:
        return
    for key in document.data:
        assert (document.finding((key,), "is wrong").line is not None) or isinstance(document.data[key], dict | list)


def test_a_version_from_toml_keeps_the_projects_location(tmp_path: Path) -> None:
    """`target_gitlab` is set on the blueprint's project, which keeps its location."""
    (tmp_path / "acme_target.py").write_text(
        "from gitlabgen import Project\ndef service():\n    return Project(files={'a': 'b'})\n", encoding="utf-8"
    )
    toml = tmp_path / "gitlab_ci.toml"
    toml.write_text('blueprint = "acme_target:service"\ntarget_gitlab = "16.11"\n', encoding="utf-8")
    project = load(str(toml)).project
    assert project.target_gitlab == "16.11"
    place = location_of(project)
    assert isinstance(place, tuple)
    assert str(place[0]).find("acme_target.py") > 0
