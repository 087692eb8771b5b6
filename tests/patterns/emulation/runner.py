"""Runs the jobs of a rendered project like GitLab's runner, with the folders, variables, artifacts and reports of a pipeline."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

VARIABLE = re.compile(r"\$\$|\$(\w+)|\$\{(\w+)\}")


class Done(NamedTuple):
    """A job's exit code and log."""

    code: int
    log: str


class Checkout:
    """A commit: the files of a repository, and the pipeline that they define.

    Args:
        files: Text by path.
    """

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = dict(files)
        self.sha = hashlib.sha1(repr(sorted(files.items())).encode(), usedforsecurity=False).hexdigest()
        tree = yaml.safe_load(files[".gitlab-ci.yml"])
        self.variables: dict[str, str] = tree.get("variables", {})
        self.stages: list[str] = tree["stages"]
        no_jobs = {"include", "stages", "variables", "workflow"}
        self.jobs: dict[str, dict[str, Any]] = {name: job for name, job in tree.items() if name not in no_jobs}


class Pipeline:
    """A pipeline of a commit.

    Args:
        checkout: The commit.
        number: The pipeline's id.
        folder: An empty folder for the folders of its jobs.
        programs: The folder with the programs that all images contain.
        inherited: Variables of the runner and of the project.
    """

    def __init__(
        self, checkout: Checkout, number: int, folder: Path, programs: Path, inherited: Mapping[str, str], **variables: str
    ) -> None:
        self.checkout = checkout
        self.number = number
        self.folder = folder
        self.environment = {"PATH": f"{programs}:/usr/bin:/bin", "HOME": str(folder), "TMPDIR": str(folder)}
        self.variables = {**inherited, **self._predefined(), **variables}
        self.done: dict[str, Done] = {}
        self._artifacts: dict[str, dict[str, bytes]] = {}
        self._reports: dict[str, dict[str, str]] = {}
        folder.mkdir(exist_ok=True)

    def _predefined(self) -> dict[str, str]:
        return {
            "CI_PIPELINE_ID": str(self.number),
            "CI_COMMIT_SHA": self.checkout.sha,
            "CI_COMMIT_SHORT_SHA": self.checkout.sha[:8],
            "CI_DEFAULT_BRANCH": "main",
            "CI_JOB_TOKEN": "job-token",
            "CI_PROJECT_ID": "42",
            "CI_PROJECT_PATH": "group/hello",
            "GITLAB_USER_LOGIN": "ada",
        }

    def play(
        self,
        condition: str,
        more: Mapping[str, Mapping[str, str]] | None = None,
        before: Mapping[str, Callable[[], object]] | None = None,
    ) -> list[str]:
        """Run the jobs that have a rule with a condition, stage by stage, and return which of them ran.

        Manual jobs run if they block the pipeline. Delayed jobs run without a delay.

        Args:
            condition: The text of the rule's `if`.
            more: Variables of single jobs.
            before: Functions to call before single jobs.
        """
        ran: list[str] = []
        for stage in self.checkout.stages:
            failed = any(self.done[name].code for name in ran)
            for name, job in self.checkout.jobs.items():
                for rule in job["rules"] if job["stage"] == stage else ():
                    blocks = rule.get("allow_failure") is not True
                    if rule["if"] == condition and blocks and failed == (rule.get("when") == "on_failure"):
                        (before or {}).get(name, lambda: None)()
                        self.run(name, **(more or {}).get(name, {}))
                        ran.append(name)
        return ran

    def run(self, name: str, **more: str) -> Done:
        """Run a job, without checking its rules, and return its exit code and log.

        Args:
            name: The job.
            more: Additional variables of this job.
        """
        job = self.checkout.jobs[name]
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        given = self._variables(job, folder, more)
        if given.get("GIT_STRATEGY") != "none":
            put(folder, {path: text.encode() for path, text in self.checkout.files.items()})
        for earlier in self._inputs(job):
            put(folder, self._artifacts.get(earlier, {}))
        script = "\n".join([*job.get("before_script", []), *job["script"]])
        ended = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", script],
            cwd=folder,
            env={**self.environment, **given},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        assert "Traceback" not in ended.stdout, ended.stdout
        self.done[name] = Done(ended.returncode, ended.stdout)
        if ended.returncode == 0:
            self._keep(name, job.get("artifacts", {}), folder)
        return self.done[name]

    def _inputs(self, job: dict[str, Any]) -> list[str]:
        """Return the jobs whose artifacts and variables a job gets."""
        earlier = self.checkout.stages[: self.checkout.stages.index(job["stage"])]
        all_before = [name for name, each in self.checkout.jobs.items() if each["stage"] in earlier]
        named: list[str] = job.get("dependencies", job.get("needs", all_before))
        assert all(self.checkout.jobs[name]["stage"] in earlier for name in named)
        return named

    def _variables(self, job: dict[str, Any], folder: Path, more: Mapping[str, str]) -> dict[str, str]:
        own = {"CI_JOB_ID": str(1000 + len(self.done)), "CI_PROJECT_DIR": str(folder), **more}
        tokens = {name: f"token for {token['aud']}" for name, token in job.get("id_tokens", {}).items()}
        reported = [self._reports.get(name, {}) for name in self._inputs(job)]
        # Later layers have precedence.
        layers = [self.checkout.variables, job.get("variables", {}), self.variables, own, tokens, *reported]
        given = {name: str(value) for layer in layers for name, value in layer.items()}
        return {name: expanded(value, given) for name, value in given.items()}

    def _keep(self, name: str, artifacts: Mapping[str, Any], folder: Path) -> None:
        paths = artifacts.get("paths", [])
        for path in paths:
            assert (folder / path).exists(), f"no {path} of {name}"
        files = [file for path in paths for file in sorted((folder / path).rglob("*")) if file.is_file()]
        self._artifacts[name] = {str(file.relative_to(folder)): file.read_bytes() for file in files}
        report = artifacts.get("reports", {}).get("dotenv")
        if report:
            lines = (folder / report).read_text(encoding="utf-8").splitlines()
            self._reports[name] = dict(line.split("=", 1) for line in lines)

    def archive(self, name: str) -> bytes:
        """Return the artifacts of a job as an archive, like GitLab's API.

        Args:
            name: The job.
        """
        body = io.BytesIO()
        with zipfile.ZipFile(body, "w") as opened:
            for path, content in self._artifacts[name].items():
                opened.writestr(path, content)
        return body.getvalue()


def put(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder.

    Args:
        folder: The folder.
        files: Content by path.
    """
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def expanded(value: str, variables: Mapping[str, str]) -> str:
    """Return a variable's value with its variables expanded; unknown ones are empty.

    Args:
        value: The value.
        variables: All variables.
    """

    def fill(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        return "$" if name is None else expanded(variables.get(name, ""), {**variables, name: ""})

    return VARIABLE.sub(fill, value)
