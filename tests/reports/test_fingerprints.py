"""Fingerprints and baselines: a finding is known again after lines moved and messages were reworded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gitlabgen.errors import DefinitionError, Finding
from gitlabgen.reports.fingerprints import fingerprints, read_baseline
from gitlabgen.reports.json import json_text

FINDING = Finding(rule="undefined-need", message="m", file="a.py", line=3, job="a", path="jobs:a:needs", facts=("b",))


def mark(finding: Finding) -> str:
    """Return the fingerprint of a finding that is alone."""
    return fingerprints([finding], lambda file: file)[0]


def test_a_fingerprint_outlives_moved_lines_and_new_words() -> None:
    """Neither the line nor the words matter; rule, file, job, path and facts do."""
    moved = FINDING._replace(line=9, column=2, hint="h", message="other words", severity="info", gitlab="g", url="u")
    assert mark(moved) == mark(FINDING)
    changes: list[dict[str, object]] = [
        {},
        {"rule": "s"},
        {"file": None},
        {"job": "b"},
        {"path": "p"},
        {"facts": ("c",)},
        {"facts": ()},
    ]
    assert len({mark(FINDING._replace(**change)) for change in changes}) == len(changes)  # type: ignore[arg-type]


def test_equal_findings_are_numbered() -> None:
    """Two findings that differ in nothing but their lines have two fingerprints, in their order."""
    first, second = fingerprints([FINDING, FINDING._replace(line=4)], lambda file: file)
    assert first == mark(FINDING)
    assert first != second


def test_a_file_is_known_from_the_root_of_its_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A finding has the same fingerprint wherever in the repository the command runs."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "service").mkdir()
    monkeypatch.chdir(tmp_path)
    above = fingerprints([FINDING._replace(file="service/a.py")])
    monkeypatch.chdir(tmp_path / "service")
    assert fingerprints([FINDING]) == above


def _report(folder: Path, text: str) -> str:
    (folder / "baseline.json").write_text(text, "utf-8")
    return str(folder / "baseline.json")


def test_a_baseline_hides_what_it_has(tmp_path: Path) -> None:
    """A finding of the report is hidden, and one of two equal ones is not."""
    baseline = read_baseline(_report(tmp_path, json_text([FINDING])))
    assert baseline.new([FINDING]) == []
    assert baseline.new([FINDING._replace(line=7, message="other words")]) == []
    assert baseline.new([FINDING, FINDING._replace(line=4)]) == [FINDING._replace(line=4)]
    assert baseline.new([FINDING._replace(facts=("c",))]) == [FINDING._replace(facts=("c",))]


def test_a_baseline_of_version_1_is_read(tmp_path: Path) -> None:
    """A report of an earlier version knows findings by rule, job and path, under the names that rules had."""
    entry = {
        "rule": "later-need",
        "message": "old words",
        "job": "a",
        "path": "jobs:a:needs",
        "file": "a.py",
        "fingerprint": "0" * 16,
    }
    report = {"schema": 1, "findings": [entry, entry | {"rule": "gone"}]}
    baseline = read_baseline(_report(tmp_path, json.dumps(report)))
    now = FINDING._replace(rule="need-in-later-stage")
    assert baseline.new([now, FINDING._replace(rule="gone")]) == []
    assert baseline.new([now, now]) == [now]
    assert baseline.new([now._replace(path="jobs:a:dependencies")]) != []


@pytest.mark.parametrize("text", ["[", "[]", "{}", '{"findings": [1]}', '{"findings": [{}]}', '{"findings": 1}', "1"])
def test_what_is_no_report_is_refused(text: str, tmp_path: Path) -> None:
    """A file that is no report is an error that says how to write one."""
    with pytest.raises(DefinitionError, match="the baseline is not a report of findings"):
        read_baseline(_report(tmp_path, text))
    with pytest.raises(DefinitionError, match="the baseline cannot be read: No such file"):
        read_baseline(str(tmp_path / "absent.json"))
