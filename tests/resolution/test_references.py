"""References are resolved after parents, like in GitLab."""

from __future__ import annotations

import pytest

from gitlabgen import Cache, Job, Reference, Rule, loads
from gitlabgen.resolution import Resolution, resolve


def _resolved(text: str) -> Resolution:
    return resolve(loads(text, filename="ci.yml"))


def test_values_and_items() -> None:
    """A reference is replaced by a whole value, and in a list by its items."""
    resolution = _resolved("""
.base:
  script: [one, two]
  rules:
    - if: $A
  cache: {key: k, paths: [p]}
a:
  script:
    - zero
    - !reference [.base, script]
    - - nested
      - - deeper
  rules:
    - !reference [.base, rules]
    - when: never
  cache: !reference [.base, cache]
""")
    assert resolution.findings == ()
    assert resolution.jobs["a"] == Job(
        "a",
        script=["zero", "one", "two", "nested", "deeper"],
        rules=[Rule("$A"), Rule(when="never")],
        cache=Cache(key="k", paths=["p"]),
    )


def test_parents_are_merged_first() -> None:
    """A referenced job is merged with its parents, and a child's mapping replaces a parent's reference."""
    resolution = _resolved("""
.root: {script: [one]}
.base: {extends: .root}
.p: {variables: !reference [.v]}
.v: {X: "1"}
a: {script: !reference [.base, script]}
b: {extends: .p, script: [x], variables: {Y: "2"}}
c: {extends: .p, script: [x]}
""")
    assert resolution.jobs["a"] == Job("a", script=["one"])
    assert resolution.jobs["b"] == Job("b", script=["x"], variables={"Y": "2"})
    assert resolution.jobs["c"] == Job("c", script=["x"], variables={"X": "1"})


def test_references_of_the_top_level() -> None:
    """Top-level keywords can have references, and can be referenced."""
    resolution = _resolved("""
default: {before_script: !reference [.base, script]}
variables: {A: b}
.base: {script: [one]}
a:
  script: [x]
  variables: !reference [variables]
stages: [test, !reference [.more, stages]]
.more: {stages: [later]}
""")
    assert resolution.findings == ()
    assert getattr(resolution.pipeline.default, "before_script", None) == ("one",)
    assert resolution.pipeline.stages == ("test", "later")
    assert resolution.jobs["a"].variables == {"A": "b"}


@pytest.mark.parametrize(
    ("path", "sentence", "message"),
    [
        ('[".c", "script"]', "could not be found", "`!reference [.c, script]` does not exist"),
        ('[".b", "nothing"]', "could not be found", "`!reference [.b, nothing]` does not exist"),
        ('[".b", "null"]', "could not be found", '`!reference [.b, "null"]` refers to null'),
        (
            '[".b", "script", "0"]',
            "could not be found",
            '`!reference [.b, script, "0"]` has a path through a value that is not a mapping',
        ),
        ('[".b", "false"]', "could not be found", '`!reference [.b, "false"]` refers to false'),
        ('["a", "script"]', "is part of a circular chain", "`!reference [a, script]` refers to itself"),
    ],
)
def test_invalid_references(path: str, sentence: str, message: str) -> None:
    """An invalid reference is reported with GitLab's message, and stays."""
    resolution = _resolved(f"""
.b:
  script: [x]
  "null": null
  "false": false
a:
  script: !reference {path}
""")
    (finding,) = resolution.findings
    assert finding.message == message
    assert finding.gitlab == f"!reference {path} {sentence}"
    assert (finding.file, finding.job, finding.line) == ("ci.yml", "a", 7)
    assert isinstance(resolution.jobs["a"].__dict__["script"], Reference)
    assert resolution.incomplete == {"a"}


def test_a_suggestion_for_a_key() -> None:
    """A misspelled key is reported with a suggestion, or with all existing keys."""
    findings = _resolved("""
.base: {script: [x], variables: {}}
.empty: {}
a: {script: !reference [.base, scripts]}
b: {script: !reference [.bose, script]}
c: {script: !reference [.base, zzz]}
d: {script: !reference [.empty, zzz]}
""").findings
    hints = [finding.hint for finding in findings]
    assert hints == ["did you mean `script`?", "did you mean `.base`?", ".base has script, variables", ".empty has nothing"]


def test_a_circle_of_references_is_reported_once() -> None:
    """A circle is one finding, also if several jobs use it."""
    resolution = _resolved("""
.b:
  circle: !reference [.b, round]
  round: !reference [.b, circle]
a: {script: !reference [.b, circle]}
b: {script: !reference [.b, round]}
""")
    (finding,) = resolution.findings
    assert (finding.job, finding.line) == (".b", 3)
    assert finding.message == "`!reference [.b, round]` refers to itself"
    assert resolution.incomplete == {".b", "a", "b"}


def test_an_invalid_reference_is_reported_where_it_is_written() -> None:
    """A reference in a hidden job is one finding, whether or not jobs use it."""
    used = _resolved("""
.b: {script: !reference [.c, script]}
a: {script: !reference [.b, script]}
b: {extends: .b}
""")
    unused = _resolved(".b: {script: !reference [.c, script]}\n")
    for (finding,) in (used.findings, unused.findings):
        assert finding.job == ".b"
        assert finding.gitlab == '!reference [".c", "script"] could not be found'


def test_a_chain_of_references() -> None:
    """A chain of references can have any length; references inside lists of references are limited."""

    def chain(length: int, value: str) -> str:
        links = "".join(f".r{step}: {{v: {value.format(step + 1)}}}\n" for step in range(length - 1))
        return f"{links}.r{length - 1}: {{v: x}}\na: {{script: !reference [.r0, v]}}\n"

    assert _resolved(chain(3000, "!reference [.r{}, v]")).jobs["a"] == Job("a", script="x")
    findings = _resolved(chain(210, "[!reference [.r{}, v]]")).findings
    assert "is nested too deep" in str(findings[0].gitlab)
    assert findings[0].message.endswith("is inside more than 200 references")


def test_a_path_through_an_invalid_reference() -> None:
    """A path that continues inside an invalid reference leads nowhere, and only the invalid one is reported."""
    resolution = _resolved("""
.a: {b: !reference [.nothing, x]}
a: {script: !reference [.a, b, script]}
""")
    assert [finding.job for finding in resolution.findings] == [".a"]
    assert resolution.incomplete == {".a", "a"}


def test_a_path_inside_a_reference() -> None:
    """A path can continue inside a value that is a reference."""
    resolution = _resolved("""
.a: {b: !reference [.c, d]}
.c: {d: {script: [x]}}
a: {script: !reference [.a, b, script]}
""")
    assert resolution.jobs["a"] == Job("a", script=["x"])


@pytest.mark.slow
def test_references_that_multiply_end() -> None:
    """A small file whose references expand to a huge one is rejected quickly."""
    text = "".join(f".r{step}: {{script: [{', '.join([f'!reference [.r{step + 1}, script]'] * 12)}]}}\n" for step in range(8))
    resolution = _resolved(f"{text}.r8: {{script: [x]}}\na: {{script: !reference [.r0, script]}}\n")
    too_big = [finding for finding in resolution.findings if finding.gitlab == "The parsed YAML is too big"]
    assert too_big
    assert all(finding.message.endswith("` makes the configuration too large") for finding in too_big)
