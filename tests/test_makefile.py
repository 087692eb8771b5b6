"""The Makefile: its help, and the files that `make lint` checks."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
SETTINGS: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
PHONY = re.findall(r"[a-z-]+", re.findall(r"^\.PHONY: ((?:.*\\\n)*.*)", MAKEFILE, re.MULTILINE)[0])


def make(*words: str) -> list[str]:
    """Return the lines that a run of make prints."""
    run = subprocess.run(["make", "--no-print-directory", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    return run.stdout.splitlines()


def checked_by_ruff(folder: Path) -> set[str]:
    """Return the files below a folder that `ruff check` would check, relative to the folder."""
    ruff = Path(sys.executable).with_name("ruff")
    run = subprocess.run([ruff, "check", "--show-files"], cwd=folder, capture_output=True, text=True, check=True)
    return {str(Path(line).relative_to(folder.resolve())) for line in run.stdout.splitlines()}


def test_make_alone_shows_the_help() -> None:
    """Without a target, make lists the targets and runs none of them."""
    assert make() == make("help")


def test_the_help_lists_all_targets() -> None:
    """Each target has a sentence, and the help shows it."""
    shown = [line for line in make("help") if line.startswith("  make ")]

    assert sorted(line.split()[1] for line in shown) == sorted(PHONY)
    assert [line for line in shown if re.fullmatch(r"  make \S+ +[A-Z].*\.", line) is None] == []


def test_the_help_has_groups() -> None:
    """After the help itself, each target is in a group with a heading, and no group is empty."""
    first, *groups = "\n".join(make("help")).split("\n\n")

    assert first.split()[:2] == ["make", "help"]
    assert [group for group in groups if not re.fullmatch(r"[A-Z][a-z]+(\n  make .*)+", group)] == []


def test_each_tool_of_the_makefile_exists() -> None:
    """Each script that a target runs is in the repository."""
    tools = set(re.findall(r"\btools/[\w-]+(?:\.py)?", MAKEFILE))

    assert tools
    assert [tool for tool in sorted(tools) if not (ROOT / tool).exists()] == []


def test_files_that_a_user_tries_out_are_not_checked(tmp_path: Path) -> None:
    """In the root, ruff checks our own definition alone, and ignores other files and folders."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name in ("gitlab_ci.py", "app.py", "hello/gitlab_ci.py", "gitlabgen/new.py", "tests/cli/test_new.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    assert checked_by_ruff(tmp_path) == {"pyproject.toml", "gitlab_ci.py", "gitlabgen/new.py", "tests/cli/test_new.py"}


def test_all_tracked_modules_are_checked() -> None:
    """Each module of the repository is checked, except the rendered copies in blueprints and the deliberate mistakes."""
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    ours = {file for file in listed.stdout.splitlines() if (ROOT / file).exists()}
    others = r"blueprints/[^/]+/(ci|hooks)/|tests/typing/wrong/"
    missing = {file for file in ours - checked_by_ruff(ROOT) if re.match(others, file) is None}

    assert missing == set()


def test_mypy_checks_the_same_files_as_ruff() -> None:
    """The types are checked in the files and folders whose style is checked."""
    styled = {pattern.removesuffix("/**/*.py") for pattern in SETTINGS["ruff"]["include"]}

    assert {*SETTINGS["mypy"]["files"]} == styled - {"pyproject.toml"}


def test_a_fresh_checkout_is_set_up_first(tmp_path: Path) -> None:
    """`make demo` and `make setup` create the environment and install what they need."""
    environment = f"VENV={tmp_path}/none"

    assert any("-m venv" in line for line in make("--dry-run", "demo", environment))
    assert any("pip install --quiet --editable" in line for line in make("--dry-run", "demo", environment))
    assert any("--require-hashes" in line for line in make("--dry-run", "setup", environment))
