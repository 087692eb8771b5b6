"""Blocks that several files share, and blocks of pipelines that other pipelines include."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

from gitlabgen import lint, loads
from gitlabgen.analysis import PipelineAnalysis
from gitlabgen.codec import pipelines
from gitlabgen.errors import Finding
from gitlabgen.resolution import resolve

_BLOCK = ".base: {image: 'alpine:3.20'}\ntest: {script: [make]}\n"


class Files:
    """A repository in memory."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files

    def text(self, path: str) -> str | None:
        """Return a file's text."""
        return self._files.get(path)

    def paths(self) -> Iterable[str]:
        """Return all paths."""
        return self._files


def _lint(text: str, **files: str) -> list[Finding]:
    repository = Files({f"{name}.yml": content for name, content in files.items()})
    pipeline, found = pipelines.read(text, filename="ci.yml")
    return [*found, *lint(pipeline, repository=repository, persona="pedantic")]


@pytest.mark.parametrize(
    "included",
    [
        "a: {extends: .base, script: [make]}\n",
        "a: {extends: [.other, .base], script: [make]}\n.other: {tags: [x]}\n",
        "a: {script: [make], image: !reference [.base, image]}\n",
        ".other: {extends: .base, rules: maybe}\na: {script: [make]}\n",
        ".other: [!reference [.base, image]]\na: {script: [make]}\n",
        "include: /deep.yml\n",
    ],
)
def test_an_included_file_uses_a_block(included: str) -> None:
    """A block is used if only an included file extends it or refers to it."""
    assert _lint(f"include: /part.yml\n{_BLOCK}", part=included, deep="a: {extends: .base, script: [make]}\n") == []


def test_a_block_that_no_file_uses() -> None:
    """A block that neither the file nor an included one uses is reported, also if an included file has anchors."""
    part = ".mine: &mine {tags: [x]}\na: {<<: *mine, script: [make]}\n"
    (finding,) = _lint(f"include: /part.yml\n{_BLOCK}", part=part)
    assert (finding.rule, finding.line, finding.message) == ("unused-block", 2, "Nothing uses the hidden job `.base`.")


def test_blocks_of_a_part_may_be_used_elsewhere() -> None:
    """A file with inputs is included by others, which may use its blocks."""
    assert _lint(f"spec: {{inputs: {{a: {{default: b}}}}}}\n---\n{_BLOCK}") == []


def test_a_name_with_an_unknown_input_may_be_any_block() -> None:
    """If the name of a parent is not known, no block is certainly unused."""
    part = "spec: {include: ['https://a.example/b.yml']}\n---\na: {extends: '.$[[ inputs.parent ]]', script: [make]}\n"
    assert "unused-block" not in {finding.rule for finding in _lint(f"include: part.yml\n{_BLOCK}", part=part)}


def test_a_missing_include_is_one_finding() -> None:
    """A local file that does not exist is one error at its path; what it may define stays unknown."""
    found = _lint("include: [{local: prat.yml}]\na: {script: [make], stage: lint}\n", part=_BLOCK)
    assert [(finding.rule, finding.severity) for finding in found] == [("invalid-include", "error"), ("undefined-stage", "info")]
    assert (found[0].line, found[0].column, found[0].end_column, found[0].hint) == (1, 19, 27, "did you mean `part.yml`?")


def test_an_include_that_cannot_be_read_is_one_finding() -> None:
    """A file that is not YAML is reported where it is broken; a file of another project is reported as unread."""
    text = "include: [part.yml, {project: group/x, file: a.yml}]\na: {script: [make]}\n"
    found = _lint(text, part="a: [\n")
    assert sorted((finding.rule, finding.file) for finding in found) == [
        ("invalid-yaml", "part.yml"),
        ("unread-include", "ci.yml"),
    ]


@pytest.mark.parametrize(
    "text", ["spec: {script: [make]}\n", "---\nbuild: {script: [make]}\nspec: {script: [make], needs: [build]}\n"]
)
def test_a_job_may_be_called_spec(text: str) -> None:
    """A job named `spec` is a job like any other, is found by its needs, and is written again."""
    assert _lint(f"{text}after: {{script: [make], needs: [spec]}}\n") == []
    assert pipelines.dumps(loads(pipelines.dumps(loads(text)))) == pipelines.dumps(loads(text))


def test_a_header_without_a_body_is_a_job() -> None:
    """Without a second document, GitLab reads the header as a job without a script."""
    (finding,) = _lint("spec:\n  inputs:\n    a: {default: x}\n---\n")
    assert finding.gitlab == "jobs spec config should implement the script:, run:, or trigger: keyword"
    assert finding.hint == "if it is the header of the file, write `---` and the jobs below it"


def test_null_is_absent() -> None:
    """`parallel: null` makes one job, and a null keyword of a job leaves the default in place."""
    text = "default: {interruptible: true}\na: {parallel: null, script: [make], interruptible: null}\n"
    assert [finding.rule for finding in _lint(f"{text}b: {{script: [make], needs: [a]}}\n")] == ["null-keeps-default"]
    resolution = resolve(loads(text))
    analysis = PipelineAnalysis(resolution)
    assert (analysis.children, [*analysis.jobs_with("parallel")]) == ({}, [])
    assert analysis.setting(resolution.jobs["a"], "interruptible") is True
    assert analysis.setting(resolution.jobs["a"], "parallel") is None


def test_a_mistake_in_a_block_is_at_its_line() -> None:
    """A wrong value in a hidden block, or in an included one, is reported where it is written, once for all jobs."""
    part = ".base:\n  script: [make]\n  retry: {max: 2, when: sometimes}\n"
    (finding,) = _lint("include: part.yml\na: {extends: .base}\nb: {extends: .base}\n", part=part)
    assert (finding.file, finding.line, finding.column, finding.end_column) == ("part.yml", 3, 25, 34)
    assert finding.message.endswith("(2 jobs: `a`, `b`)")
