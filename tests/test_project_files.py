"""The files around the package agree with the code: the README, the page of rules, the commit hooks."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from gitlabgen.cli import run
from gitlabgen.cli._names import COMMANDS
from gitlabgen.linting import all_rules
from gitlabgen.reports.catalogue import rules_page

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_the_readme_names_all_commands() -> None:
    """The README has each command."""
    assert [name for name in COMMANDS if f"`gitlabgen {name}" not in README] == []


def test_the_readme_counts_the_rules() -> None:
    """The number of rules in the README is that of the catalogue."""
    assert re.findall(r"(\d+) rules", README) == [str(len(all_rules()))]


def test_the_page_of_rules_is_fresh() -> None:
    """The page of rules is up to date; otherwise run `make rules`."""
    page = (ROOT / "docs" / "rules.md").read_text("utf-8")
    assert page == rules_page([*all_rules().values()]), "run: make rules"


def test_the_architecture_names_all_modules() -> None:
    """Each module of the package has a row in the description of the layers."""
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    names = [path.name for path in (ROOT / "gitlabgen").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()]

    assert [name for name in names if not name.startswith("__") and f"`{name}" not in text] == []


def test_the_commit_hooks_call_commands_that_exist() -> None:
    """Each hook for pre-commit runs an existing command with existing options, at every commit."""
    for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")):
        program, command, *options = hook["entry"].split()

        assert (program, hook["pass_filenames"], hook["always_run"]) == ("gitlabgen", False, True)
        assert "files" not in hook
        assert command in COMMANDS
        assert run([command, *options, "--help"]) == 0
