"""Globs. The answers were compared with those of Ruby's `File.fnmatch?`."""

from __future__ import annotations

import pytest

from gitlabgen.matching.globs import alternatives, glob_match, include_match, name_match


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("", [""], ["a"]),
        ("a", ["a"], ["", "b", "aa"]),
        ("*", ["", "a", ".a", "é"], ["a/b"]),
        ("**", ["a"], ["a/b"]),
        ("**.md", ["a.md"], ["a/b.md"]),
        ("**/*", ["a", "a/b", ".a/.b", "/a"], []),
        ("**/b", ["b", "a/b", "a/.c/b", "//b"], ["ab", "a/bc"]),
        ("***/b", ["a/b"], ["b", "x/a/b"]),
        ("a**/b", ["a/b", "ac/b"], ["a/c/b"]),
        ("a/**", ["a/b", "a/"], ["a", "a/b/c"]),
        ("a/**/", ["a/", "a/b/", "a/b/c/"], ["a/b"]),
        ("a/**/**/b", ["a/b", "a/x/y/b"], ["b"]),
        ("a*b*c", ["abc", "aXbYc"], ["ab", "a/bc"]),
        ("?", ["a", "é"], ["", "/", "ab"]),
        ("docs/", [], ["docs", "docs/a"]),
        ("./a", [], ["a"]),
        ("a//b", ["a//b"], ["a/b"]),
        ("[a-c]", ["b"], ["d", "-", "/"]),
        ("[!a-c]", ["d"], ["b", "/", ""]),
        ("[^^]", ["a"], ["^"]),
        ("[c-a]", ["a", "c"], ["b"]),
        ("[a-]", ["a", "-"], ["b"]),
        ("[a-c-e]", ["b", "-", "e"], ["d"]),
        (r"[\]a]", ["]", "a"], ["\\"]),
        (r"[\a-\c]", ["b"], ["\\"]),
        (r"[a\-c]", ["-", "c"], ["b"]),
        ("[]", [], ["", "[]"]),
        ("[!]", ["a"], [""]),
        ("[a", [], ["a", "[a"]),
        ("[a-", [], ["a"]),
        ("[a-\\", [], ["a"]),
        ("[a/b]c", ["ac"], ["a/bc"]),
        ("a[/]b", [], ["a/b"]),
        (r"\*\?\[", ["*?["], ["a?["]),
        (r"a\/b", ["a/b"], []),
        (r"**\/b", ["a/b"], ["x/a/b"]),
        (r"\**/b", ["*a/b"], ["x/b"]),
        ("a\\", ["a"], ["a\\"]),
        ("{a,b}c", ["ac", "bc"], ["c", "{a,b}c"]),
        ("{,a}", ["", "a"], [","]),
        ("{a,{b,c/d}}e", ["ae", "be", "c/de"], ["ce"]),
        ("{}", [""], ["{}"]),
        (r"{a\,b,c}", ["a,b", "c"], ["a"]),
        (r"\{a,b\}", ["{a,b}"], ["a"]),
        ("{a", [], ["{a", "a"]),
        ("{a,b}{c", [], ["a{c", "ac"]),
        ("a}", ["a}"], ["a"]),
        ("a,b", ["a,b"], ["a"]),
        ("{*,**}/b", ["a/b", "x/y/b", "b"], []),
        ("**{/,x}b", ["x/y/b", "axb"], ["ab"]),
        ("[{a,b}]", ["a", "b"], ["{", ","]),
        ("{[,x}a]", ["a", "xa]"], ["[a]"]),
        ("[a{-,x}c]", ["b", "x"], ["d"]),
        ("*\n*", ["a\nb"], ["a"]),
    ],
)
def test_globs_of_rules(pattern: str, matching: list[str], others: list[str]) -> None:
    """A glob matches the paths that Ruby matches, and no other."""
    assert [path for path in matching + others if glob_match(pattern, path)] == matching


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("ci/*.yml", ["ci/a.yml", "ci/.yml"], ["ci/a/b.yml", "ci/a.yaml", "xci/a.yml", "ci/axyml"]),
        ("ci/**.yml", ["ci/a.yml", "ci/a/b.yml"], ["a.yml"]),
        ("**/a.yml", ["ci/a.yml", "x/y/a.yml"], ["a.yml"]),
        ("ci/{a,b}[c]?.*", ["ci/{a,b}[c]?.yml"], ["ci/ac1.yml"]),
    ],
)
def test_globs_of_includes(pattern: str, matching: list[str], others: list[str]) -> None:
    """In includes, `**` matches slashes, and braces, brackets and question marks are characters."""
    assert [path for path in matching + others if include_match(pattern, path)] == matching


def test_patterns_of_names() -> None:
    """In names, `*` matches any text, `?` any character, and brackets are characters."""
    names = ["test: [a]", "test: [a, b]", "test\n", "tests"]
    assert [name for name in names if name_match("test*", name)] == names
    assert [name for name in names if name_match("test: [?]", name)] == ["test: [a]"]
    assert [name for name in names if name_match("test?", name)] == ["test\n", "tests"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("", [""]),
        ("a/*", ["a/*"]),
        ("{a,b}.md", ["a.md", "b.md"]),
        ("x{a,{b,c}d}/{,y}", ["xa/", "xa/y", "xbd/", "xbd/y", "xcd/", "xcd/y"]),
        (r"\{a,b\}", [r"\{a,b\}"]),
        ("a}", ["a}"]),
        ("{a", []),
    ],
)
def test_alternatives(pattern: str, expected: list[str]) -> None:
    """Each glob without braces is listed, in order, and their number can be limited."""
    assert alternatives(pattern, 64) == expected
    assert alternatives(pattern, 2) == expected[:2]
