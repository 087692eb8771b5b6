"""`make vocabulary-newer`: the difference between the models and a newer schema of GitLab."""

from __future__ import annotations

import json
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tools import newer_schema, vocabulary


def report(folder: Path, schema: Any) -> tuple[str, int]:
    """Return the report for a schema."""
    path = folder / "ci.json"
    path.write_text(schema if isinstance(schema, str) else json.dumps(schema), "utf-8")
    return newer_schema.report(str(path))


def test_the_present_schema_agrees(tmp_path: Path) -> None:
    """With the schema that the models follow, there is nothing to do."""
    assert report(tmp_path, vocabulary.schema()) == ("the models and the schema agree\n", 0)


def test_what_is_new_fails(tmp_path: Path) -> None:
    """A new keyword, a new word and a new type are listed with their keywords, and the comparison fails."""
    newer = deepcopy(vocabulary.schema())
    newer["definitions"]["job_template"]["properties"]["brand_new"] = {"type": "string"}
    newer["definitions"]["retry_errors"]["oneOf"].append({"const": "brand_new_failure"})
    newer["definitions"]["timeout"]["type"] = ["string", "integer"]
    text, code = report(tmp_path, newer)

    assert code == 1
    assert text.splitlines() == [
        "differs: Default.timeout: integer",
        "differs: HiddenJob.brand_new",
        "differs: HiddenJob.timeout: integer",
        "differs: Retry.when: 'brand_new_failure'",
        "differs: Retry.when[]: 'brand_new_failure'",
    ]


def test_what_gitlab_removed_fails(tmp_path: Path) -> None:
    """A keyword that only the models have is listed, and so is a known difference that is gone."""
    newer = deepcopy(vocabulary.schema())
    del newer["definitions"]["reports" if "reports" in newer["definitions"] else "artifacts"]["properties"]["reports"][
        "properties"
    ]["license_management"]
    del newer["definitions"]["artifacts"]["properties"]["reports"]["properties"]["sarif"]

    assert report(tmp_path, newer) == ("differs: Reports.sarif\nno longer differs: Reports.license_management\n", 1)


@pytest.mark.parametrize("schema", ["", "[1]", "{}", '{"definitions": {}}'])
def test_another_file_is_refused(tmp_path: Path, schema: str) -> None:
    """A file that is not the schema is no difference, but a mistake of the caller."""
    text, code = report(tmp_path, schema)
    assert (text, code) == (f"{tmp_path / 'ci.json'}: is not GitLab's JSON schema of .gitlab-ci.yml\n", 2)


def test_a_missing_file() -> None:
    """A file that does not exist is named."""
    assert newer_schema.report("nowhere.json") == ("nowhere.json: No such file or directory\n", 2)


def test_the_target_fails_with_the_difference(tmp_path: Path) -> None:
    """The program prints the report, and exits with its code."""
    newer = deepcopy(vocabulary.schema())
    newer["definitions"]["job_template"]["properties"]["brand_new"] = {"type": "string"}
    path = tmp_path / "ci.json"
    path.write_text(json.dumps(newer), "utf-8")
    run = subprocess.run([sys.executable, newer_schema.__file__, path], capture_output=True, text=True, check=False)

    assert (run.returncode, run.stdout) == (1, "differs: HiddenJob.brand_new\n")
