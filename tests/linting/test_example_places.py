"""The place of each finding of each rule's examples: the line, the column and the marked text, in YAML and in Python.

After a change, `pytest tests/linting/test_example_places.py --snapshot-update` writes the tables; read the difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from gitlabgen import gitlab, lint, sam
from gitlabgen.codec import pipelines, templates
from gitlabgen.errors import Finding, GitlabgenError, collecting
from gitlabgen.linting import Example, LintRule, all_rules
from gitlabgen.linting.catalogue import group_of
from gitlabgen.modeling.kinds import NULL
from tests.linting.test_examples import findings

_NAMES = {name: getattr(module, name) for module in (sam, gitlab) for name in dir(module) if name[0].isupper()} | {"NULL": NULL}


def marked(finding: Finding, text: str) -> str:
    """Return the place and the marked text of a finding; `…` if it goes on in later lines."""
    if finding.line is None or finding.column is None:
        return "no place"
    line = text.split("\n")[finding.line - 1]
    if finding.end_column is None:
        return f"{finding.line}:{finding.column}"  # text that is not YAML
    is_long = finding.end_line not in (None, finding.line)
    part = f"{line[finding.column - 1 :]} …" if is_long else line[finding.column - 1 : finding.end_column - 1]
    return f"{finding.line}:{finding.column} {part}".rstrip()


def _examples() -> Iterator[tuple[str, LintRule, Example]]:
    for rule in all_rules().values():
        for number, example in enumerate(rule.examples):
            yield f"{rule.id} {number}", rule, example


def test_places_in_yaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion) -> None:
    """Each finding of each example has the place in the table: the key or the value that is wrong."""
    rows = []
    for title, rule, example in _examples():
        folder = tmp_path / title.replace(" ", "-")
        folder.mkdir()
        monkeypatch.chdir(folder)
        for finding in findings(Path(), rule, example.bad, example, rule.persona):
            assert finding.file is not None
            rows.append(f"{title}: {finding.file}:{marked(finding, Path(finding.file).read_text('utf-8'))}")
    assert "\n".join(rows) == snapshot


def test_places_in_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion) -> None:
    """The same examples as calls in Python have the place in the table: the keyword, or the value of the innermost call."""
    monkeypatch.chdir(tmp_path)
    rows = []
    for title, rule, example in _examples():
        source = _as_python(example, in_template=group_of(rule) == "template")
        if source is not None:
            file = f"{title.replace(' ', '_')}.py"
            Path(file).write_text(source, "utf-8")
            rows += [f"{title}: {marked(finding, source)}" for finding in _found(file, source, rule, example)]
    assert "\n".join(rows) == snapshot


def _as_python(example: Example, *, in_template: bool) -> str | None:
    """Return an example as calls; None if it has other files, or no model."""
    if example.files:
        return None
    try:
        model, _ = (templates if in_template else pipelines).read(example.bad, filename="x.yml")
    except GitlabgenError:
        return None
    return f"model = {model!r}\n"


def _found(file: str, source: str, rule: LintRule, example: Example) -> list[Finding]:
    names = dict(_NAMES)
    with collecting() as found:
        exec(compile(source, str(Path(file).resolve()), "exec"), names)
    model: gitlab.Pipeline | sam.Template = names["model"]
    made = lint(model, target_gitlab=example.target_gitlab, persona=rule.persona)
    return [finding for finding in (*found, *made) if finding.rule == rule.id]
