"""Fingerprints and baselines: a finding is recognized after lines move or messages change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gitlabgen.errors import DefinitionError, Finding
from gitlabgen.reports.fingerprints import fingerprints, read_baseline
from gitlabgen.reports.json import json_text

FINDING = Finding(rule="undefined-need", message="m", file="a.py", line=3, job="a", path="jobs:a:needs", facts=("b",))


def mark(finding: Finding) -> str:
    """Return the fingerprint of a single finding."""
    return fingerprints([finding], lambda file: file)[0]


def test_a_fingerprint_survives_new_lines_and_messages() -> None:
    """The fingerprint depends on rule, file, job, path and facts, but not on line and message."""
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
    """Two findings that differ only in their lines have different fingerprints, by their order."""
    first, second = fingerprints([FINDING, FINDING._replace(line=4)], lambda file: file)
    assert first == mark(FINDING)
    assert first != second


def test_a_file_is_relative_to_the_root_of_its_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A finding has the same fingerprint from any current folder in the repository."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "service").mkdir()
    monkeypatch.chdir(tmp_path)
    above = fingerprints([FINDING._replace(file="service/a.py")])
    monkeypatch.chdir(tmp_path / "service")
    assert fingerprints([FINDING]) == above


def _report(folder: Path, text: str) -> str:
    (folder / "baseline.json").write_text(text, "utf-8")
    return str(folder / "baseline.json")


def test_a_baseline_hides_its_findings(tmp_path: Path) -> None:
    """A finding in the baseline is hidden; a second, equal one is not."""
    baseline = read_baseline(_report(tmp_path, json_text([FINDING])))
    assert baseline.new([FINDING]) == []
    assert baseline.new([FINDING._replace(line=7, message="other words")]) == []
    assert baseline.new([FINDING, FINDING._replace(line=4)]) == [FINDING._replace(line=4)]
    assert baseline.new([FINDING._replace(facts=("c",))]) == [FINDING._replace(facts=("c",))]


def test_a_baseline_of_version_1_is_read(tmp_path: Path) -> None:
    """An old report identifies findings by rule, job and path, with the old names of rules."""
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
def test_a_file_that_is_not_a_report_is_rejected(text: str, tmp_path: Path) -> None:
    """A file that is not a report is an error with a hint on how to write one."""
    with pytest.raises(DefinitionError, match="the baseline is not a report of findings"):
        read_baseline(_report(tmp_path, text))
    with pytest.raises(DefinitionError, match="the baseline cannot be read: No such file"):
        read_baseline(str(tmp_path / "absent.json"))
