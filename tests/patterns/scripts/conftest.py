from __future__ import annotations

import contextlib
import functools
import io
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from gitlabgen.patterns.serverless import scripts

SCRIPTS = Path(scripts.__file__).parents[1] / "scripts"
FAKE = Path(__file__).parent / "fake_aws.py"


class Done(NamedTuple):
    """A script's exit code and output."""

    code: int
    out: str
    err: str


class Job:
    """Runs scripts like a job, in a separate folder, with a job's variables."""

    def __init__(self, folder: Path, aws: Path | None, variables: Mapping[str, str]) -> None:
        self.folder = folder
        self.path = str(aws) if aws else ""
        self.variables = dict(variables)

    def run(self, script: str, *arguments: str, **variables: str) -> Done:
        """Run a script, and check that it prints no traceback."""
        kept = {name: os.environ[name] for name in os.environ if name.startswith("COV")}
        done = subprocess.run(
            [sys.executable, SCRIPTS / script, *arguments],
            cwd=self.folder,
            env={**kept, "PATH": self.path, "AWS_REGION": "eu-west-1", **self.variables, **variables},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Done(done.returncode, done.stdout, done.stderr)


class FakeAws(Job):
    """A job whose `aws` returns planned answers; each call is also checked against the real command line."""

    def __init__(self, folder: Path, call_problem: Callable[..., str]) -> None:
        bin_ = folder / "bin"
        bin_.mkdir()
        super().__init__(folder, bin_, {})
        self._call_problem = call_problem
        self._rules: list[dict[str, Any]] = []
        self._calls = bin_ / "calls.jsonl"
        program = bin_ / "aws"
        program.write_text(f"#!{sys.executable} -IS\n{FAKE.read_text()}")
        program.chmod(0o755)
        self.says("cloudformation delete-stack", {})

    def _save(self) -> None:
        (self.folder / "bin" / "answers.json").write_text(json.dumps(self._rules))

    def _plan(self, command: str, *answers: dict[str, Any]) -> FakeAws:
        self._rules.insert(0, {"words": command.split(), "answers": answers})
        self._save()
        return self

    def says(self, command: str, *answers: object) -> FakeAws:
        """Answer calls that contain all words of a command, with one answer after the other."""
        return self._plan(command, *({"json": answer} for answer in answers))

    def fails(self, command: str, code: str, message: str) -> FakeAws:
        """Answer calls that contain all words of a command with an error."""
        operation = "".join(word.title() for word in command.split()[1].split("-"))
        return self._plan(command, {"error": f"\nAn error occurred ({code}) when calling the {operation} operation: {message}"})

    def answers_text(self, command: str, text: str) -> FakeAws:
        """Answer with text instead of JSON."""
        return self._plan(command, {"raw": text})

    def downloads(self, command: str, text: str) -> FakeAws:
        """Answer with a file."""
        return self._plan(command, {"file": text, "json": {}})

    def stack(self, *states: str | None, name: str = "orders", **more: object) -> FakeAws:
        """Give a stack these states one after the other; `None` means that it does not exist."""
        missing = {"error": f"An error occurred (ValidationError) ...: Stack with id {name} does not exist"}
        answers = (
            {"json": {"Stacks": [{"StackName": name, "StackStatus": state, **more}]}} if state else missing for state in states
        )
        return self._plan(f"cloudformation describe-stacks {name}", *answers)

    def run(self, script: str, *arguments: str, **variables: str) -> Done:
        """Run a script, and check each of its calls with the real command line."""
        before = len(self.records)
        done = super().run(script, *arguments, **variables)
        for record in self.records[before:]:
            assert record["pager"] == ""
            assert record["arguments"][-2:] == ["--output", "json"]
            assert self._call_problem(*record["arguments"]) == "", record
        return done

    @property
    def records(self) -> list[dict[str, Any]]:
        """All calls, with their regions and bodies."""
        return [json.loads(line) for line in self._calls.read_text().splitlines()] if self._calls.exists() else []

    @property
    def calls(self) -> list[str]:
        """All calls that change something."""
        lines = [" ".join(record["arguments"][:-2]) for record in self.records]
        return [line for line in lines if not line.split()[1].startswith(("describe-", "list-", "get-"))]


@pytest.fixture(scope="session")
def call_problem() -> Callable[..., str]:
    """Return a function that returns the real command line's error for a call, or an empty string; it sends nothing."""
    from awscli.clidriver import create_clidriver  # type: ignore[import-untyped,unused-ignore]

    driver = create_clidriver()
    sent: list[str] = []

    def stop(model: Any, params: dict[str, Any], **_: object) -> None:
        sent.append(model.name)
        # The command line does not close uploaded files.
        getattr(params["body"], "close", lambda: None)()
        raise InterruptedError

    driver.session.register("before-call", stop)

    @functools.cache
    def check(*arguments: str) -> str:
        sent.clear()
        output = io.StringIO()
        sendable = [__file__ if before == "--body" else word for before, word in zip(["", *arguments], arguments, strict=False)]
        with (
            pytest.MonkeyPatch.context() as patch,
            contextlib.redirect_stdout(output),
            contextlib.redirect_stderr(output),
            contextlib.suppress(SystemExit),
        ):
            for name, value in FAKE_KEYS.items():
                patch.setenv(name, value)
            driver.main(sendable)
        return "" if sent else output.getvalue() or "no output"

    return check


FAKE_KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "eu-west-1"}


@pytest.fixture
def aws(tmp_path: Path, call_problem: Callable[..., str]) -> FakeAws:
    """Return a job with a fake `aws`."""
    return FakeAws(tmp_path, call_problem)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """Return a job without `aws`."""
    return Job(tmp_path, None, {})


@pytest.fixture
def client(cloud: str) -> Callable[[str], Any]:
    """Return a function that returns clients of the moto server."""
    import boto3  # type: ignore[import-untyped,unused-ignore]

    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    return lambda service: boto3.client(service, endpoint_url=cloud, region_name="eu-west-1", **keys)


@pytest.fixture
def real(tmp_path: Path, cloud: str, programs: Path) -> Job:
    """Return a job with the real `aws` and an empty moto server."""
    request = urllib.request.Request(f"{cloud}/moto-api/reset", method="POST")
    urllib.request.urlopen(request, timeout=10).close()
    return Job(tmp_path, programs, {**FAKE_KEYS, "AWS_ENDPOINT_URL": cloud, "AWS_MAX_ATTEMPTS": "1", "HOME": str(tmp_path)})
