"""Which files a pipeline includes, in which order, and which cannot be read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gitlabgen.resolution
from gitlabgen.codec import pipelines
from gitlabgen.gitlab import Include, Job, Pipeline, Reference, Rule, Trigger
from gitlabgen.modeling.model import NULL
from gitlabgen.resolution import Included, included

JOB = "{name}:\n  script: [make]\n"


class Files(dict[str, str]):
    """Files by path, as a repository."""

    def text(self, path: str) -> str | None:
        """Return a file's text."""
        return self.get(path)

    def paths(self) -> Iterable[str]:
        """Return all paths."""
        return self


def files(**names: str) -> Files:
    """Return files `NAME.yml`."""
    return Files({f"{name}.yml": text for name, text in names.items()})


def includes_of(text: str, repository: Files) -> Included:
    """Return the results of the includes of a text without findings."""
    pipeline, findings = pipelines.read(text, filename=".gitlab-ci.yml")
    assert findings == []
    return included(pipeline, repository)


def names(found: Included) -> list[str]:
    """Return the names of all jobs in their order."""
    assert found.findings == ()
    return [job.name for pipeline in found.pipelines for job in pipeline.jobs]


def test_merge_order() -> None:
    """Files are in the order of the list, each after the files that it includes."""
    repository = files(
        a="include: [c.yml, d.yml]\n" + JOB.format(name="a"),
        b=JOB.format(name="b"),
        c=JOB.format(name="c"),
        d="include: b.yml\n" + JOB.format(name="d"),
    )
    found = includes_of("include: [/a.yml, {local: b.yml}]\n", repository)
    assert names(found) == ["c", "b", "d", "a", "b"]
    assert found.unknown == ()


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("ci/*.yml", ["a", "b"]),
        ("/ci/**.yml", ["a", "b", "c"]),
        ("**/c.yml", ["c"]),
        ("ci/*/c.yml", ["c"]),
        ("*.yml", []),
    ],
)
def test_globs(pattern: str, expected: list[str]) -> None:
    """`*` matches a name or a part of it, `**` also matches folders, and files are sorted."""
    paths = {"ci/b.yml": "b", "ci/a.yml": "a", "ci/x/c.yml": "c", "cix": "d"}
    repository = Files({path: JOB.format(name=name) for path, name in paths.items()})
    assert names(includes_of(f"include: '{pattern}'\n", repository)) == expected


def test_globs_exclude_included_files() -> None:
    """A pattern does not include a file again that was included before."""
    repository = files(a="include: '*.yml'\n" + JOB.format(name="a"), b=JOB.format(name="b"))
    assert names(includes_of("include: '*.yml'\n", repository)) == ["a", "b"]


def test_what_cannot_be_read() -> None:
    """Each include that only GitLab can read is described once."""
    pipeline = Pipeline(
        include=[
            "https://example.com/a.yml",
            "$FILE",
            "ci/$DIR/*.yml",
            "ci/$[[ inputs.x ]].yml",
            Include(project="group/ci", file=["a.yml", "b.yml"]),
            Include(project="group/ci", file="$FILE"),
            Include(project="group/ci", file=Reference("a")),
            Include(template="Auto-DevOps.gitlab-ci.yml"),
            Include(component="$CI_SERVER_FQDN/a/b@1"),
            Include(component="gitlab.com/a/b@1"),
            Include(remote="https://example.com/$A"),
            Include(extra={"planet": "x"}),
        ],
    )
    found = included(pipeline, Files())
    assert found.unknown == (
        "remote https://example.com/a.yml",
        "local $FILE",
        "local ci/$DIR/*.yml",
        "local ci/$[[ inputs.x ]].yml",
        "project group/ci",
        "template Auto-DevOps.gitlab-ci.yml",
        "component $CI_SERVER_FQDN/a/b@1",
        "component gitlab.com/a/b@1",
        "remote https://example.com/$A",
        "include",
    )
    assert (found.pipelines, found.findings) == ((), ())


def test_a_valid_hash() -> None:
    """A hash of the right length is accepted."""
    integrity = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    found = included(Pipeline(include=Include(remote="https://example.com/a.yml", integrity=integrity)), None)
    assert (found.pipelines, found.findings, found.unknown) == ((), (), ("remote https://example.com/a.yml",))


def test_without_a_repository() -> None:
    """Without files to read, local includes are unknown, but their names are still checked."""
    found = included(Pipeline(include=["/a.yml", "ci/*", "a.txt"]), None)
    assert found.unknown == ("local /a.yml", "local ci/*", "local a.txt")
    assert [(finding.message, finding.gitlab) for finding in found.findings] == [
        ("the included file `a.txt` is not a YAML file", "Included file `a.txt` does not have YAML extension!")
    ]


@pytest.mark.parametrize("include", [None, NULL, (), [NULL]])
def test_no_includes(include: object) -> None:
    """A pipeline without includes has empty results."""
    assert included(Pipeline(include=include), Files()) == Included((), (), ())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rules", "is_read"),
    [
        (None, True),
        (NULL, True),
        ([], False),
        ([Rule(when="never")], False),
        ([Rule("$A", when="never"), Rule(when="never")], False),
        ([Rule("$A", when="never")], False),
        ([Rule("$A"), Rule(when="never")], True),
        ([Rule("$A", when="never"), Rule(when="always")], True),
        ([Rule(changes=["a"])], True),
        ([Reference("a", "rules")], True),
    ],
)
def test_rules(rules: object, *, is_read: bool) -> None:
    """A file is excluded if no rule can include it, and read if a rule may include it."""
    pipeline = Pipeline(include=Include(local="a.yml", rules=rules))  # type: ignore[arg-type]
    assert names(included(pipeline, files(a=JOB.format(name="a")))) == (["a"] if is_read else [])


@pytest.mark.parametrize(
    ("include", "message", "sentence"),
    [
        (Reference("a", "b"), "`include` cannot have a reference", "Each include must be a hash or a string"),
        (Include(local=Reference("a", "b")), "`include:local` cannot be a reference", None),
        (
            Include(local="a.yml", rules=Reference("a", "b")),
            "`include:rules` cannot be a reference",
            "include:rules config should be an array",
        ),
    ],
)
def test_references_in_includes(include: Reference | Include, message: str, sentence: str | None) -> None:
    """GitLab reads includes before it resolves references, so a reference in one is an error, and the file stays unknown."""
    found = included(Pipeline(include=[include]), files(a=JOB.format(name="a")))
    assert [(finding.message, finding.gitlab) for finding in found.findings] == [(message, sentence)]
    assert len(found.unknown) == 1


def test_a_missing_file_under_rules() -> None:
    """A missing file is an error; with rules that may exclude it, a warning; with a rule with `exists`, no finding."""
    for rules, severities in (
        (None, ["error"]),
        ([Rule("$A"), Rule(when="always")], ["error"]),
        ([Rule("$A")], ["warning"]),
        ([Rule(exists=["a.yml"])], []),
    ):
        found = included(Pipeline(include=Include(local="a.yml", rules=rules)), files(b="x"))
        assert [finding.severity for finding in found.findings] == severities
        assert found.unknown == (("local a.yml",) if severities else ())


@pytest.mark.parametrize("path", ["./a.yml", "ci/../a.yml"])
def test_paths_are_those_of_git(path: str) -> None:
    """A path that only a file system resolves is not a file in git."""
    (finding,) = included(Pipeline(include=path), Files({"a.yml": "x", path: "x"})).findings
    assert finding.gitlab == f"Local file `{path}` does not exist!"
    assert finding.message == f"the included file `{path}` does not exist"


def test_cycles_with_rules_end() -> None:
    """Files that include each other under rules are read once each: the rules may end the cycle."""
    repository = files(
        a="include: {local: b.yml, rules: [{if: $A}]}\n" + JOB.format(name="a"), b="include: a.yml\n" + JOB.format(name="b")
    )
    assert names(includes_of("include: a.yml\n", repository)) == ["b", "a"]


def test_cycles_without_rules() -> None:
    """Files that include each other are an error that names them, even if rules apply before the cycle."""
    repository = files(a="include: b.yml\n", b="include: c.yml\n", c="include: b.yml\n")
    found = includes_of("include: {local: a.yml, rules: [{if: $A}]}\n", repository)
    (finding,) = found.findings
    assert finding.gitlab == "Maximum of 150 nested includes are allowed!"
    assert finding.message == "the includes form a cycle: b.yml includes c.yml, which includes b.yml"


def test_cycles_with_other_inputs() -> None:
    """A file that includes itself with different inputs each time stops at the maximum number of includes."""
    text = "spec: {inputs: {x: }}\n---\ninclude: {local: a.yml, inputs: {x: '$[[ inputs.x ]]1'}%s}\n"
    root = "include: {local: a.yml, inputs: {x: 0}}\n"
    found = includes_of(root, files(a=text % ""))
    assert [(finding.message, finding.gitlab) for finding in found.findings] == [
        ("more than 150 files are included", "Maximum of 150 nested includes are allowed!")
    ]
    found = includes_of(root, files(a=text % ", rules: [{if: $A}]"))
    assert (found.findings, found.unknown) == ((), ("local a.yml",))


def test_a_hundred_and_fifty_includes() -> None:
    """The maximum number of files in GitLab is read."""
    found = includes_of(f"include: [{'a.yml, ' * 150}]\n", files(a=JOB.format(name="a")))
    assert names(found) == ["a"] * 150


def test_inputs() -> None:
    """The values of an include, or the defaults, are interpolated into the included file."""
    text = "spec: {inputs: {name: , when: {default: manual}}}\n---\n" + JOB.format(name="$[[ inputs.name ]]")
    repository = files(a=text + "  when: $[[ inputs.when ]]\n")
    found = includes_of(
        "include: [{local: a.yml, inputs: {name: x}}, {local: a.yml, inputs: {name: y, when: always}}]", repository
    )
    assert names(found) == ["x", "y"]
    assert [job.when for pipeline in found.pipelines for job in pipeline.jobs] == ["manual", "always"]


def test_inputs_of_included_headers() -> None:
    """A header includes the inputs of other files; if they cannot be read, no value is known."""
    text = "spec: {include: [%s], inputs: {name: {default: x}}}\n---\n" + JOB.format(name="a-$[[ inputs.name ]]-$[[ inputs.b ]]")
    shared = "inputs: {b: {default: y}}\n"
    for item, name in (
        ("{local: /b.yml}", "a-x-y"),
        ("{project: a/b, file: b.yml}", "a-$[[ inputs.name ]]-$[[ inputs.b ]]"),
        ("{local: $B}", "a-$[[ inputs.name ]]-$[[ inputs.b ]]"),
    ):
        assert names(includes_of("include: a.yml\n", files(a=text % item, b=shared))) == [name]


@pytest.mark.parametrize("spec", ["spec:", "spec: {}", "spec: {inputs: }", "spec: {include: }"])
def test_headers_without_inputs(spec: str) -> None:
    """A header that declares no inputs is valid."""
    assert names(includes_of("include: a.yml\n", files(a=f"{spec}\n---\n" + JOB.format(name="a")))) == ["a"]


def test_a_single_header_include() -> None:
    """A header can include one file without a list."""
    text = "spec: {include: {local: b.yml}}\n---\n" + JOB.format(name="$[[ inputs.b ]]")
    found = includes_of("include: a.yml\n", files(a=text, b="inputs: {b: {default: y}}\n"))
    assert [job.name for pipeline in found.pipelines for job in pipeline.jobs] == ["y"]


def test_missing_inputs_show_their_declaration() -> None:
    """A finding about a given value is located at the include, and shows where the input is declared."""
    found = includes_of("include:\n- local: a.yml\n", files(a="spec:\n  inputs:\n    x:\n---\n" + JOB.format(name="a")))
    (finding,) = found.findings
    assert (finding.file, finding.line, finding.column) == (".gitlab-ci.yml", 2, 3)
    (declared,) = finding.related
    assert (declared.file, declared.line, declared.column, declared.severity) == ("a.yml", 3, 5, "info")


WORDS = ["inputs", "x", "a.yml", "$[[ inputs.x ]]", "$[[ inputs.x | truncate(0,1) ]]", "number", "array", "default", "local"]
KEYWORDS = ["inputs", "include", "type", "options", "rules", "if", "regex", "default", "x", "local", "file", "project"]
TREES: st.SearchStrategy[object] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(0, 9), st.sampled_from(WORDS)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYWORDS), inner, max_size=4)),
    max_leaves=12,
)


@given(TREES, TREES, TREES)
def test_any_header(spec: object, body: object, item: object) -> None:
    """Any content of an included file and of `include` gives findings, not tracebacks."""
    text = f"{json.dumps({'spec': spec})}\n---\n{json.dumps({'include': item, '.x': body, 'job': body})}\n"
    root = json.dumps({"include": [item, {"local": "a.yml", "inputs": body}, {"local": "a.yml", "inputs": {"x": item}}]})
    pipeline, _ = pipelines.read(root, filename=".gitlab-ci.yml")
    found = included(pipeline, files(a=text, b=json.dumps(spec)))
    assert all(finding.message for finding in found.findings)


def test_findings_point_at_python() -> None:
    """A finding about an include is located at its line in the definition."""
    pipeline = Pipeline(
        include=[
            "missing.yml",
            Include(local="gone.yml"),
        ],
        jobs=[Job("a", script=["x"])],
    )
    found = included(pipeline, Files({"missing.yaml": ""}))
    lines = Path(__file__).read_text().splitlines()
    for finding, text in zip(found.findings, ('"missing.yml"', '"gone.yml"'), strict=True):
        assert finding.line is not None
        assert finding.column is not None
        assert lines[finding.line - 1][finding.column - 1 :].startswith(text)
    assert [finding.hint for finding in found.findings] == [
        "did you mean `missing.yaml`?",
        "paths are relative to the repository's root",
    ]


def test_child_pipelines() -> None:
    """A trigger's includes are read in the same way, and can be artifacts."""
    trigger = Trigger(include=[Include(artifact="child.yml", job="make"), "a.yml"])
    found = included(trigger, files(a=JOB.format(name="a")))
    assert names(found) == ["a"]
    assert found.unknown == ("artifact child.yml",)


def test_names_of_the_package() -> None:
    """The package exports its names lazily, and no others."""
    assert dir(gitlabgen.resolution) == gitlabgen.resolution.__all__
    with pytest.raises(AttributeError, match="no attribute 'missing'"):
        gitlabgen.resolution.missing  # type: ignore[attr-defined] # noqa: B018
