"""`gitlabgen schema`: each report is described completely, and so are the files that users write."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlabgen.cli._names import COMMANDS
from gitlabgen.cli._schemas import SCHEMAS
from gitlabgen.definitions.schemas import definition_schema
from gitlabgen.definitions.sources import _problems
from gitlabgen.definitions.toml import TomlText
from gitlabgen.errors import Finding
from gitlabgen.reports.schemas import REPORTS, report_schema
from tests.cli.conftest import PROJECT, Command, write

SETTINGS: Final = '''
"""A blueprint."""
import attrs
from gitlabgen import Project

@attrs.frozen
class Stage:
    """A stage of the deployment.

    Args:
        account: The account's number.
    """

    account: str
    size: int = 1

@attrs.frozen
class Settings:
    """The settings of a service.

    Args:
        name: The name of the service.
        stages: The stages by name.
    """

    name: str
    stages: dict[str, Stage] = attrs.field(factory=dict)

def service(settings: Settings) -> Project:
    return Project(files={"out.txt": settings.name})

def plain() -> Project:
    return Project()

project = service
'''


def strict(schema: Any) -> Any:
    """Return a schema that accepts no keys but those that it describes."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: strict(value) for key, value in schema.items()}
    is_record = schema.get("type") == "object" and "properties" in schema
    return {**inner, "additionalProperties": False} if is_record else inner


def validate(data: Any, name: str) -> None:
    """Check a report against the strict schema of its command."""
    jsonschema.Draft202012Validator(strict(report_schema(name))).validate(data)


def _edited(folder: Path) -> None:
    (folder / "out.txt").write_text("edited\n")


def _foreign_pipeline(folder: Path) -> None:
    (folder / ".gitlab-ci.yml").write_text("a:\n  script: x\n  needs: [b]\nb:\n  script: [x]\n  need: []\n")


def _simulated(folder: Path) -> None:
    (folder / "gitlab_ci.py").unlink()
    rules = "[{if: $CI_COMMIT_TAG == $MODE, when: never}, {changes: [src/*], variables: {A: b}}, {if: $X, when: manual}]"
    jobs = f"build: {{script: [x], only: [main]}}\ntest:\n  script: [x]\n  needs: [build]\n  rules: {rules}\n"
    (folder / ".gitlab-ci.yml").write_text(f"workflow: {{rules: [{{when: always}}]}}\n{jobs}")


def _template(folder: Path) -> None:
    (folder / "t.yml").write_text("Transform: AWS::Serverless-2016-10-31\nResources:\n  A: {Type: AWS::Nothing::Nothing}\n")


def _broken(folder: Path) -> None:
    write(folder, gitlab_ci_py="from gitlabgen import Job\nJob('a', script=['x'], need=[])\n")


def _broken_toml(folder: Path) -> None:
    (folder / "gitlab_ci.py").unlink()
    write(folder, gitlab_ci_toml='blueprint = "helper:service"\n[settings]\nnam = 1\n', helper_py=SETTINGS)


def _repository(folder: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    subprocess.run(["git", "add", "--all"], cwd=folder, check=True)


def _nothing(folder: Path) -> None:
    del folder


def _name(words: str) -> str:
    return words.partition(" ")[0].lstrip("-")


SITUATIONS: Final[list[tuple[str, Callable[[Path], None], int]]] = [
    ("render", _nothing, 0),
    ("render --diff", _nothing, 0),
    ("render --stdout", _nothing, 0),
    ("render --dry-run --diff", _edited, 0),
    ("render --force", _edited, 0),
    ("render", _edited, 2),
    ("render", _broken, 2),
    ("render", _broken_toml, 2),
    ("render --output new", _nothing, 0),
    ("render nix", _nothing, 2),
    ("render --nix", _nothing, 2),
    ("check", _nothing, 1),
    ("check --diff", _edited, 1),
    ("check", _broken, 2),
    ("check --staged", _repository, 1),
    ("render --staged", _repository, 1),
    ("check --set a", _nothing, 2),
    ("lint .gitlab-ci.yml", _foreign_pipeline, 1),
    ("lint", _nothing, 0),
    ("lint", _broken, 2),
    ("lint --select nix", _nothing, 2),
    ("rules", _nothing, 0),
    ("rules --persona default", _nothing, 0),
    ("rule undefined-need", _nothing, 0),
    ("show .gitlab-ci.yml", _foreign_pipeline, 0),
    ("show", _nothing, 2),
    ("simulate", _simulated, 0),
    ("simulate push", _simulated, 0),
    ("simulate --strict", _simulated, 1),
    ("simulate .gitlab-ci.yml", _foreign_pipeline, 1),
    ("simulate nix", _simulated, 2),
    ("explain test", _simulated, 0),
    ("explain build", _simulated, 0),
    ("explain nix", _simulated, 2),
    ("explain", _nothing, 2),
    ("matrix", _simulated, 0),
    ("matrix all --strict", _simulated, 1),
    ("matrix .gitlab-ci.yml", _foreign_pipeline, 1),
    ("matrix nix", _simulated, 2),
    ("rule nix", _nothing, 2),
    ("rule", _nothing, 2),
    ("init", _nothing, 0),
    ("init nix", _nothing, 2),
    ("completion bash", _nothing, 0),
    ("completion nix", _nothing, 2),
    ("schema", _nothing, 0),
    ("schema lint", _nothing, 0),
    ("schema settings", _broken, 2),
    ("schema nix", _nothing, 2),
    ("verify nix.yml", _nothing, 2),
    ("--version", _nothing, 0),
]


@pytest.mark.parametrize(("words", "prepare", "code"), SITUATIONS, ids=[f"{words}-{code}" for words, _, code in SITUATIONS])
def test_each_report_is_described(
    gitlabgen: Command, folder: Path, words: str, prepare: Callable[[Path], None], code: int
) -> None:
    """In each situation, the report has only keys that its schema describes, with values that it allows."""
    write(folder, gitlab_ci_py=PROJECT)
    prepare(folder)
    result = gitlabgen(*words.split(), "--format=json")
    assert result.code == code
    assert result.err == ""
    validate(result.data, _name(words))


def test_the_situations_cover_all_commands() -> None:
    """Each command has a schema, and a situation in which it succeeds."""
    assert {*REPORTS} == {*COMMANDS, "version"}
    succeeding = {_name(words) for words, _, code in SITUATIONS if code != 2}
    assert succeeding | {"verify"} == {*REPORTS}


def test_a_started_project_is_described(gitlabgen: Command) -> None:
    """The files that `init` creates are described."""
    validate(gitlabgen("init", "serverless_service", "--format=json").data, "init")


@pytest.mark.skipif(find_spec("samtranslator") is None and not os.environ.get("CI"), reason="the extra verify is missing")
def test_findings_of_verify_are_described(gitlabgen: Command, folder: Path) -> None:
    """The findings of other tools have the same keys."""
    _template(folder)
    result = gitlabgen("verify", "t.yml", "--format=json")
    assert result.code == 1
    validate(result.data, "verify")


@pytest.mark.parametrize("words", ["check", "render", "lint", "rules"])
def test_an_internal_error_is_described(gitlabgen: Command, folder: Path, monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    """The report of a fault of gitlabgen has the same keys."""

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("oops")

    write(folder, gitlab_ci_py=PROJECT)
    for name in ("_checking.plan", "_rendering.write", "_linting.lint", "rules.all_rules"):
        monkeypatch.setattr(f"gitlabgen.cli.{name}", fail)
    result = gitlabgen(words, "--format=json")
    assert result.code == 3
    validate(result.data, words)


def _every_key(schema: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(schema, dict):
        yield from schema.get("properties", {}).items()
        for value in schema.values():
            yield from _every_key(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from _every_key(item)


@pytest.mark.parametrize("name", [name for name in SCHEMAS if name != "settings"])
def test_each_schema_is_valid_and_explains_itself(gitlabgen: Command, name: str) -> None:
    """Each schema follows its dialect, has a name without a server, and describes each key."""
    schema = json.loads(gitlabgen("schema", name).out)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert [*schema][:4] == ["$schema", "$id", "title", "description"]
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:gitlabgen:schema:{name}"
    assert [key for key, value in _every_key(schema) if not value.get("description", "").endswith(".")] == []
    assert gitlabgen("schema", name, "--format=json").data["json_schema"] == schema


def test_a_finding_is_described_as_it_is_declared() -> None:
    """The schema has the fields of a finding in their order, and its fingerprint."""
    described = report_schema("lint")["$defs"]["finding"]["properties"]
    assert [*described] == [*Finding._fields, "fingerprint"]


def test_a_report_without_its_keys_has_findings() -> None:
    """A report that lacks the command's keys and findings is not valid; further keys are."""
    validator = jsonschema.Draft202012Validator(report_schema("rule"))
    empty: dict[str, Any] = {"schema": 1, "fingerprints": 2, "findings": []}
    assert not validator.is_valid(empty)
    assert jsonschema.Draft202012Validator(report_schema("lint")).is_valid({**empty, "more": 1})


def test_the_list_of_schemas(gitlabgen: Command) -> None:
    """Without a name, each schema is listed with a sentence."""
    lines = gitlabgen("schema").out.splitlines()
    assert [line.split()[0] for line in lines] == [*SCHEMAS]
    assert all(line.endswith(".") for line in lines)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("schema nix", "there is no schema 'nix'\n      = list them with: gitlabgen schema\n"),
        ("schema setting", "there is no schema 'setting'\n      = did you mean `settings`?\n"),
        ("schema lint .", "the schema `lint` is the same for all definitions\n      = leave out PATH\n"),
    ],
)
def test_other_names_are_refused(gitlabgen: Command, words: str, message: str) -> None:
    """An unknown schema, and a path where it has no meaning, are errors with a hint."""
    result = gitlabgen(*words.split())
    assert (result.code, result.out, message in result.err) == (2, "", True)


@pytest.fixture
def blueprint(folder: Path) -> Path:
    """Return the current folder with a blueprint, and a TOML definition that names it."""
    text = 'blueprint = "acme.services:service"\n[settings]\nname = "x"\n[settings.stages.prod]\naccount = "1"\n'
    write(folder, gitlab_ci_toml=text, acme__services_py=SETTINGS)
    return folder


@pytest.mark.usefixtures("blueprint")
@pytest.mark.parametrize("path", [[], ["."], ["gitlab_ci.toml"], ["acme/services.py"], ["acme.services:service"]])
def test_settings_are_described(gitlabgen: Command, path: list[str]) -> None:
    """The settings of a folder, a definition in TOML or Python, and a blueprint are described alike."""
    schema = json.loads(gitlabgen("schema", "settings", *path).out)
    assert [*schema][:4] == ["$schema", "$id", "title", "description"]
    assert schema["description"] == "The settings of a service."
    assert schema["properties"]["name"] == {"type": "string", "description": "The name of the service."}
    assert schema["required"] == ["name"]
    assert schema["$defs"]["Stage"]["properties"]["account"]["description"] == "The account's number."


def test_no_module_stays(gitlabgen: Command, blueprint: Path) -> None:
    """A blueprint of the folder is not kept for the next definition."""
    del blueprint
    assert gitlabgen("schema", "settings").code == 0
    assert "acme.services" not in sys.modules


def test_settings_in_a_definition_are_described(gitlabgen: Command, blueprint: Path) -> None:
    """The schema of `gitlab_ci.toml` with a path accepts what the definition accepts."""
    schema = json.loads(gitlabgen("schema", "gitlab_ci.toml", ".").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    good = {"blueprint": "acme.services:service", "settings": {"name": "x", "stages": {"prod": {"account": "1"}}}}
    assert validator.is_valid(good)
    for settings in ({}, {"name": 1}, {"name": "x", "nam": 1}, {"name": "x", "stages": {"prod": {}}}):
        assert not validator.is_valid({**good, "settings": settings})
    assert not validator.is_valid({"blueprint": "acme.services:service"})
    assert gitlabgen("check").code == 1
    (blueprint / "gitlab_ci.toml").write_text('blueprint = "acme.services:plain"\n')
    schema = json.loads(gitlabgen("schema", "gitlab_ci.toml", ".").out)
    assert jsonschema.Draft202012Validator(schema).is_valid({"blueprint": "acme.services:plain"})
    assert not jsonschema.Draft202012Validator(schema).is_valid({"blueprint": "acme.services:plain", "settings": {"a": 1}})


@pytest.mark.parametrize(
    ("files", "path", "message"),
    [
        ({}, ".", ".: error[no-definition]"),
        ({"gitlab_ci_py": PROJECT}, ".", "gitlab_ci.py: error[no-settings] `project` is not a function, so it has no settings"),
        ({"gitlab_ci_py": "project = 1\n"}, ".", "gitlab_ci.py:1: error[no-project]"),
        ({"gitlab_ci_py": "x = (\n"}, ".", "gitlab_ci.py:1:5: error[invalid-python]"),
        ({"gitlab_ci_py": "def project(a, b): ...\n"}, ".", "gitlab_ci.py:1: error[invalid-blueprint]"),
        ({"gitlab_ci_toml": "blueprint = 1\n"}, ".", "gitlab_ci.toml:1:13: error[invalid-setting]"),
        ({"a_toml": 'blueprint = "nix.a:b"\n'}, "a.toml", "a.toml:1:13: error[invalid-setting] `blueprint` names a module"),
        ({}, "nix.a:b", "nix.a:b: error[invalid-setting] `blueprint` names a module that does not exist: 'nix'"),
        ({"acme__a_py": SETTINGS}, "acme.a:servic", "did you mean `service`?"),
        ({"acme__a_py": "raise ValueError('oops')\n"}, "acme.a:b", "acme/a.py:1:1: error[definition-fails]"),
    ],
)
def test_broken_definitions_are_reported(
    gitlabgen: Command, folder: Path, files: dict[str, str], path: str, message: str
) -> None:
    """A definition or blueprint without settings, or one that fails, is reported at its line."""
    write(folder, **files)
    for name in ("settings", "gitlab_ci.toml"):
        result = gitlabgen("schema", name, path)
        assert (result.code, result.out) == (2, "")
        assert message in result.err


def test_one_definition_must_be_named(gitlabgen: Command, folder: Path) -> None:
    """A folder with several definitions is not enough."""
    write(folder, a__gitlab_ci_py=PROJECT, b__gitlab_ci_py=PROJECT)
    (folder / "pyproject.toml").write_text('[tool.gitlabgen]\ndefinitions = ["a", "b"]\n')
    result = gitlabgen("schema", "settings")
    assert "contains 2 definitions" in result.err
    assert "name one of them, such as a/gitlab_ci.py" in result.err


WORDS = st.sampled_from(
    ["acme:service", "acme.a:b", "acme", "a b:c", "x==1.2", "x[y] == 1.2.3", "x>=1", "17.11", "17", "1.2.3", ""]
)


@given(
    st.dictionaries(
        st.sampled_from(["blueprint", "requires", "target_gitlab", "settings", "other"]),
        WORDS | st.integers() | st.just({"a": 1}) | st.lists(WORDS),
    )
)
def test_the_schema_of_definitions(data: dict[str, Any]) -> None:
    """The schema accepts a TOML definition if and only if its keys are accepted when it is loaded."""
    problems = [problem for problem in _problems(TomlText("a.toml", data=data)) if "is not installed" not in problem.message]
    assert jsonschema.Draft202012Validator(definition_schema(None)).is_valid(data) == (not problems)


def test_the_schema_of_pyproject(gitlabgen: Command) -> None:
    """The table lists definitions; other tables and keys are accepted."""
    validator = jsonschema.Draft202012Validator(json.loads(gitlabgen("schema", "pyproject.toml").out))
    assert validator.is_valid({"tool": {"gitlabgen": {"definitions": ["services/*"]}, "ruff": {}}, "project": {}})
    assert not validator.is_valid({"tool": {"gitlabgen": {"definitions": "services/*"}}})
    assert not validator.is_valid({"tool": {"gitlabgen": {"definitions": [1]}}})
