"""The README, the examples and the docs agree with the code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

import gitlabgen
from gitlabgen.cli import run
from gitlabgen.cli._names import COMMANDS
from gitlabgen.definitions.loading import load
from gitlabgen.linting import all_rules
from gitlabgen.project import texts
from gitlabgen.reports.catalogue import rules_page

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def block(language: str, number: int = 0) -> str:
    """Return a code block of the README."""
    found: list[str] = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    return found[number]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_first_pipeline_of_the_readme(capsys: pytest.CaptureFixture[str]) -> None:
    """The first definition renders and checks as the README shows."""
    Path("gitlab_ci.py").write_text(block("python"), "utf-8")

    assert run(["render"]) == 0
    assert run(["check"]) == 0
    shown = [line for line in block("console", 1).splitlines() if not line.startswith("$")]
    assert capsys.readouterr().out.splitlines() == shown
    jobs = yaml.safe_load(Path(".gitlab-ci.yml").read_text("utf-8"))
    assert jobs["deploy"]["needs"] == ["build", "test"]


def test_the_mistake_of_the_readme(capsys: pytest.CaptureFixture[str]) -> None:
    """The mistake in the README gives the message that the README shows."""
    shown = block("console", 2).split("\n", 1)[1]
    match = re.search(r"13 │ (.*)", shown)
    assert match is not None
    lines = ["from gitlabgen import Job", *[""] * 11, match[1], "project = None"]
    Path("gitlab_ci.py").write_text("\n".join(lines), "utf-8")

    assert run(["render"]) == 2
    shown_text = capsys.readouterr().err
    for line in shown.splitlines()[:5]:
        assert line in shown_text
    assert not Path(".gitlab-ci.yml").exists()


def test_the_blueprint_of_the_readme(monkeypatch: pytest.MonkeyPatch) -> None:
    """The TOML definition that the README shows reaches a blueprint as an object of its settings."""
    monkeypatch.syspath_prepend(".")
    Path("acme_blueprints").mkdir()
    Path("acme_blueprints/serverless.py").write_text(
        "import attrs\n"
        "from gitlabgen import Job, Pipeline, Project\n"
        "@attrs.frozen\n"
        "class Target:\n"
        "    account: str\n"
        "@attrs.frozen\n"
        "class Settings:\n"
        "    name: str\n"
        "    environments: dict[str, Target]\n"
        "def service(settings: Settings) -> Project:\n"
        "    script = [f'deploy {settings.name} {target.account}' for target in settings.environments.values()]\n"
        "    return Project(pipeline=Pipeline(jobs=[Job('deploy', script=script)]))\n",
        "utf-8",
    )
    toml = re.sub(r"requires.*\n", "", block("toml"))
    Path("gitlab_ci.toml").write_text(toml, "utf-8")

    assert run(["render"]) == 0
    assert yaml.safe_load(Path(".gitlab-ci.yml").read_text("utf-8")) == {"deploy": {"script": ["deploy orders 222222222222"]}}


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.py")), ids=lambda path: path.stem)
def test_the_examples_render(path: Path) -> None:
    """Each example defines a project whose files are read back as the same models."""
    project = load(str(path)).project

    assert project.pipeline is not None
    assert gitlabgen.loads(texts(project)[project.path]) == project.pipeline


@pytest.mark.parametrize("number", range(README.count("```python\n")))
def test_the_examples_of_the_readme_run(number: int) -> None:
    """Each Python block of the README runs, and its project or pipeline has no errors."""
    names: dict[str, Any] = {}
    exec(compile(block("python", number), f"README.md block {number}", "exec"), names)

    project = names.get("project") or names.get("pipeline")
    assert project is not None
    assert [finding for finding in gitlabgen.lint(project) if finding.severity == "error"] == []


def test_the_readme_names_all_commands() -> None:
    """Each command has a row in the README."""
    for name in COMMANDS:
        assert f"| `gitlabgen {name}" in README


def test_the_architecture_names_all_modules() -> None:
    """Each module of the package has a row in the description of the layers."""
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    names = [path.name for path in (ROOT / "gitlabgen").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()]

    assert [name for name in names if not name.startswith("__") and f"`{name}" not in text] == []


def test_public_names_resolve_and_are_listed() -> None:
    """Each name in `__all__` exists, and no other name does."""
    assert [name for name in gitlabgen.__all__ if getattr(gitlabgen, name, None) is None] == []
    assert dir(gitlabgen) == sorted(gitlabgen.__all__)
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", gitlabgen.__version__)
    with pytest.raises(AttributeError, match="has no attribute 'Jbo'"):
        gitlabgen.Jbo  # type: ignore[attr-defined]  # noqa: B018


def test_the_commit_hooks_call_commands_that_exist() -> None:
    """Each hook for pre-commit runs an existing command with existing options, at every commit."""
    for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")):
        program, command, *options = hook["entry"].split()

        assert (program, hook["pass_filenames"], hook["always_run"]) == ("gitlabgen", False, True)
        assert "files" not in hook
        assert command in COMMANDS
        assert run([command, *options, "--help"]) == 0


def test_the_finding_of_the_readme(capsys: pytest.CaptureFixture[str]) -> None:
    """The mistake in the README gives the finding that the README shows."""
    shown = block("console", 3).split("\n", 1)[1]
    match = re.search(r"4 │ (.*)", shown)
    assert match is not None
    lines = ["from gitlabgen import Job, Pipeline, Project", "", 'build = Job("build", stage="build", script=["make"])', match[1]]
    lines += ["project = Project(pipeline=Pipeline(jobs=[build, deploy]))"]
    Path("gitlab_ci.py").write_text("\n".join(lines), "utf-8")

    assert run(["lint"]) == 1
    assert capsys.readouterr().out == shown


def test_the_page_of_rules_is_fresh() -> None:
    """The page of rules is up to date; otherwise run `make rules`."""
    page = (ROOT / "docs" / "rules.md").read_text("utf-8")
    assert page == rules_page([*all_rules().values()]), "run: make rules"
