"""Runs gitlab-ci-local, another program that decides which jobs a pipeline has."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.differential.parsers import missing

__all__ = ["ListedJob", "commit", "job_list"]

_HERE = Path(__file__).parent
_TOOLS: Final = _HERE / "node_modules"
_PROGRAM: Final = _TOOLS / ".bin" / "gitlab-ci-local"
_OPTIONS: Final = ("--list-json", "--no-color", "--no-json-schema-validation", "--ignore-predefined-vars")
_INSTANCE: Final = re.compile(r"(?P<job>.+): \[(?P<values>.+)\]")
_REMOTE: Final = "https://gitlab.example.com/group/app.git"


class ListedJob(NamedTuple):
    """A job of a pipeline.

    Args:
        stage: Its stage.
        when: When it starts.
        allow_failure: Whether it may fail, or the exit codes with which it may.
        needs: The sorted names of the jobs that it needs.
    """

    stage: str
    when: str
    allow_failure: bool | tuple[int, ...]
    needs: tuple[str, ...]


def job_list(folder: Path, variables: Mapping[str, str | None]) -> dict[str, ListedJob] | str:
    """Return the jobs of the pipeline in a folder by name, or the last line of the message that rejects it.

    If the program is missing, the test is skipped, or fails on CI.

    Args:
        folder: A git repository with a pipeline.
        variables: Predefined variables that differ from those of a push to the default branch; None removes one.
    """
    if not _PROGRAM.exists():
        missing("`npm ci` was not run in tests/differential")
    # It needs a newer Node than many systems have.
    path = os.pathsep.join((str(_TOOLS / "node" / "bin"), os.environ["PATH"]))
    words = [word for name, value in variables.items() for word in _variable(name, value)]
    done = subprocess.run(
        [_PROGRAM, *_OPTIONS, ",".join(variables), *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "PATH": path, "HOME": str(folder)},
    )
    if done.returncode != 0:
        return done.stderr.rstrip().rpartition("\n")[2]
    start = re.search(r"^\[", done.stdout, re.MULTILINE)
    assert start is not None, done.stdout
    jobs: list[dict[str, Any]] = json.loads(done.stdout[start.start() :])
    return {_name(job["name"]): _listed(job) for job in jobs if job["when"] != "never"}


def commit(folder: Path, files: Mapping[str, str], changed: tuple[str, ...] = ()) -> None:
    """Write files to a new git repository, commit them as its default branch, and change some.

    Args:
        folder: An empty folder.
        files: The files by path.
        changed: The paths of those to change.
    """
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    author = ["-c", "user.name=Author", "-c", "user.email=author@example.com"]
    for words in (
        ["init", "--quiet", "--initial-branch=main"],
        ["add", "--all", "--force"],
        [*author, "commit", "--quiet", "--message=Files"],
        ["remote", "add", "origin", _REMOTE],
        ["update-ref", "refs/remotes/origin/main", "HEAD"],
        ["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"],
    ):
        subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)
    for path in changed:
        (folder / path).write_text(f"{files[path]}# changed\n", encoding="utf-8")


def _variable(name: str, value: str | None) -> list[str]:
    return ["--unset-variable", name] if value is None else ["--variable", f"{name}={value}"]


def _listed(job: Mapping[str, Any]) -> ListedJob:
    allowed = job["allow_failure"]
    if isinstance(allowed, dict):
        codes = allowed["exit_codes"]
        allowed = tuple(codes) if isinstance(codes, list) else (codes,)
    needs = tuple(sorted(need["job"] for need in job.get("needs") or ()))
    return ListedJob(job["stage"], job["when"], allowed, needs)


def _name(name: str) -> str:
    """Return the name that GitLab gives an instance: `test 1/2` for `test: [1/2]`, `test: [a, b]` for `test: [a,b]`."""
    found = _INSTANCE.fullmatch(name)
    if found is None:
        return name
    if re.fullmatch(r"\d+/\d+", found["values"]):
        return f"{found['job']} {found['values']}"
    return f"{found['job']}: [{re.sub(', *', ', ', found['values'])}]"
