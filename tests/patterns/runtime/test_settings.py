"""The settings in release.json: what is read, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gitlabgen_runtime as runtime
import pytest

from tests.patterns.runtime.pipelines import TARGET, settings


def problems(folder: Path, tree: object) -> str:
    """Return what the runtime says of settings, without the path."""
    path = folder / "release.json"
    path.write_text(tree if isinstance(tree, str) else json.dumps(tree))
    with pytest.raises(runtime.Stop) as caught:
        runtime.load_settings(str(path))
    assert caught.value.code == 2
    return str(caught.value).replace(f"{path}: ", "")


def test_settings_are_read(tmp_path: Path) -> None:
    """Each target becomes a `Target`; what is not given has a default."""
    path = tmp_path / "release.json"
    path.write_text(json.dumps(settings(prod=TARGET, dev={**TARGET, "stack": "hello-dev", "waves": [["eu-central-1"]]})))
    found = runtime.load_settings(str(path))
    assert found["targets"]["prod"].waves == [["eu-central-1"], ["us-east-1"]]
    assert found["targets"]["dev"].undo_waves is False
    assert found["targets"]["dev"].capabilities == ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]


def test_the_file_of_the_design_is_read(tmp_path: Path) -> None:
    """The whole schema."""
    target = {
        **TARGET,
        "parameters": {"Level": {"value": "info"}, "Host": {"variable": "DB_HOST"}, "Empty": {"value": ""}},
        "undo_waves": False,
        "notify": "releases",
        "capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    }
    qa = {
        **TARGET,
        "stack": "hello-qa-{merge_request}",
        "bucket": "fixed",
        "waves": [["eu-central-1"]],
        "notify": None,
        "tags": {},
    }
    path = tmp_path / "release.json"
    path.write_text(json.dumps(settings(prod=target, qa=qa)))
    assert set(runtime.load_settings(str(path))["targets"]) == {"prod", "qa"}


FILES = [
    ("{", "cannot be read: Expecting"),
    ([], "schema None: this runtime reads schema 1"),
    ({}, "schema None"),
    ({"schema": True}, "schema True"),
    ({"schema": "1"}, "schema '1'"),
    (settings() | {"schema": 2}, "schema 2: this runtime reads schema 1; render both with the same gitlabgen"),
    (settings() | {"servce": "x"}, "servce: unknown (did you mean service?)"),
    (settings() | {"service": ""}, "service: missing, or not a text"),
    (settings() | {"service": "file:///etc/passwd"}, "service: should be like hello-world"),
    (settings() | {"template": 3}, "template: missing, or not a text"),
    (settings() | {"targets": {}}, "targets: missing"),
    (settings() | {"targets": []}, "targets: missing"),
    (settings() | {"targets": {"prod": []}}, "targets.prod.: unknown"),
    (settings() | {"targets": {"prod": {}}}, "targets.prod.: unknown"),
]


@pytest.mark.parametrize(("tree", "words"), FILES)
def test_wrong_files_are_refused(tmp_path: Path, tree: object, words: str) -> None:
    """A file that another version wrote, or that no version wrote."""
    assert words in problems(tmp_path, tree)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """The message has the path."""
    with pytest.raises(runtime.Stop, match=r"nowhere\.json: cannot be read"):
        runtime.load_settings(str(tmp_path / "nowhere.json"))


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"account": "33333333333"}, "account: should match"),
    ({"account": 333333333333}, "account: should match"),
    ({"stack": "9hello"}, "stack: should match"),
    ({"stack": "hello-{branch}"}, "stack: should match"),
    ({"bucket": "Hello"}, "bucket: should match"),
    ({"bucket": "hello-{account}"}, "bucket: should match"),
    ({"bucket": "hello"}, "bucket: Lambda reads code from its own region only"),
    ({"deploy_role": "hello-deploy"}, "deploy_role: should match"),
    ({"deploy_role": "arn:aws:iam::111111111111:role/hello"}, "deploy_role: is not in the account 333333333333"),
    ({"execution_role": "arn:aws:iam::111111111111:role/hello"}, "execution_role: is not in the account"),
    ({"waves": []}, "waves: unknown, too many, or of a wrong type"),
    ({"waves": ["eu-central-1"]}, "waves.0: unknown, too many, or of a wrong type"),
    ({"waves": [["eu-central-1"], []]}, "waves.1: unknown"),
    ({"waves": [["Frankfurt"]]}, "waves.0.0: should match"),
    ({"waves": [["eu-central-1"], ["eu-central-1"]]}, "waves: should be lists of different regions"),
    ({"monitoring_minutes": 181}, "monitoring_minutes: should match"),
    ({"monitoring_minutes": -1}, "monitoring_minutes: should match"),
    ({"monitoring_minutes": 1.5}, "monitoring_minutes: should match"),
    ({"monitoring_minutes": True}, "monitoring_minutes: should match"),
    ({"monitoring_minutes": "60"}, "monitoring_minutes: should match"),
    ({"monitoring_alarms": ["a", "b", "c", "d", "e", "f"]}, "monitoring_alarms.5: unknown, too many"),
    ({"monitoring_alarms": "hello"}, "monitoring_alarms: unknown, too many, or of a wrong type"),
    ({"undo_waves": "yes"}, "undo_waves: should match"),
    ({"notify": "arn:aws:sns:x"}, "notify: should match"),
    ({"capabilities": ["CAPABILITY_ADMIN"]}, "capabilities.0: should match"),
    ({"tags": {"a": 1}}, "tags.a: should match"),
    ({"monitring_minutes": 60}, "monitring_minutes: unknown, too many, or of a wrong type (did you mean monitoring_minutes?)"),
    ({"parameters": {"AWS::Region": {"value": "x"}}}, "parameters.AWS::Region.value: the name is reserved"),
    ({"parameters": {"GitlabgenRelease": {"value": "x"}}}, "parameters.GitlabgenRelease.value: the name is reserved"),
    ({"parameters": {"Db-Host": {"value": "x"}}}, "parameters.Db-Host.value: unknown"),
    ({"parameters": {"Level": "info"}}, "parameters.Level: unknown"),
    ({"parameters": {"Level": {"value": 3}}}, "parameters.Level.value: should match"),
    ({"parameters": {"Level": {"variable": "A-B"}}}, "parameters.Level.variable: should match"),
    ({"parameters": {"Level": {"secret": "x"}}}, "parameters.Level.secret: unknown"),
    ({"parameters": {"Level": {"value": "x", "variable": "X"}}}, "parameters.Level: should have a value or a variable, not both"),
]


@pytest.mark.parametrize(("change", "words"), WRONG, ids=[next(iter(each[0])) + str(index) for index, each in enumerate(WRONG)])
def test_wrong_values_are_refused(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    """The message names the target and the key."""
    assert f"targets.prod.{words}" in problems(tmp_path, settings(prod={**TARGET, **change}))


@pytest.mark.parametrize("key", ["account", "stack", "bucket", "deploy_role", "execution_role", "waves"])
def test_missing_values_are_refused(tmp_path: Path, key: str) -> None:
    """A target without one of these cannot be deployed."""
    target = {name: value for name, value in TARGET.items() if name != key}
    assert problems(tmp_path, settings(prod=target)) == f"targets.prod.{key}: missing"


def test_all_problems_are_shown_at_once(tmp_path: Path) -> None:
    """Two in one target, and one in another."""
    lines = problems(
        tmp_path, settings(prod={**TARGET, "account": "1", "undo_waves": 1}, dev={**TARGET, "stack": ""})
    ).splitlines()
    assert len(lines) == 3
