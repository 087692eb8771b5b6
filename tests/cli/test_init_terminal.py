"""`init` on a terminal: the questions, their defaults, and answers that are asked for again."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic

import pytest

# The terminal that the first process of a session opens is the one whose keys send signals.
_WITH_TERMINAL = "import os, sys; os.close(os.open(os.ttyname(0), os.O_RDWR)); os.execv(sys.argv[1], sys.argv[1:])"

Session = Callable[..., tuple[int, str]]
_SECONDS = 60


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """Return a function that runs `init` on a terminal and answers each question when it is asked."""

    def call(words: Sequence[str], answers: Sequence[str]) -> tuple[int, str]:
        main, side = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-c", _WITH_TERMINAL, sys.executable, "-m", "gitlabgen", "init", *words],
            cwd=tmp_path,
            start_new_session=True,
            stdin=side,
            stdout=side,
            stderr=side,
            env={**os.environ, "TERM": "dumb"},
        )
        os.close(side)
        shown, left, sent = "", list(answers), b""
        end = monotonic() + _SECONDS
        while monotonic() < end:
            if not select.select([main], [], [], 1)[0]:
                if sent == b"\x03":  # Python misses a signal that comes between the question and the read
                    os.write(main, sent)
                continue
            try:
                shown += os.read(main, 1000).decode()
            except OSError:  # the process closed the terminal
                break
            if left and re.search(r"\]: $", shown.replace("\r", "")):
                sent = left.pop(0).encode()
                os.write(main, sent)
                shown += "<answer>"
        os.close(main)
        code = process.wait(_SECONDS)
        assert not left, f"no question for {left}: {shown}"
        return code, shown.replace("\r\n", "\n")

    return call


def test_five_questions_with_defaults(tmp_path: Path, session: Session) -> None:
    """A serverless service asks five questions; each shows its default, which an empty answer accepts."""
    code, shown = session(["serverless_service", "orders"], ["\n"] * 5)
    assert code == 0
    assert "Service name [orders]: " in shown
    assert "Path of the project in GitLab [group/orders]: " in shown
    assert "Region of AWS [eu-central-1]: " in shown
    accounts = "111111111111,222222222222,333333333333"
    assert f"Accounts of AWS for qa, dev, prod: one for all, or separated by commas [{accounts}]: " in shown
    assert "Write .pre-commit-config.yaml and .gitattributes, too? [Y/n]: " in shown
    assert "created orders/gitlab_ci.py\n" in shown
    assert (tmp_path / "orders" / ".gitattributes").exists()


def test_answers_are_used(tmp_path: Path, session: Session) -> None:
    """Answers replace the defaults, also those that depend on them, and the files for other tools can be refused."""
    code, shown = session(["serverless_service", "x"], ["orders\n", "\n", "us-east-1\n", ",,444444444444\n", "n\n"])
    assert code == 0
    assert "Path of the project in GitLab [group/orders]: " in shown
    text = (tmp_path / "x" / "gitlab_ci.py").read_text("utf-8")
    assert 'NAME = "orders"\nPROJECT = "group/orders"  # the path in GitLab\nREGION = "us-east-1"\n' in text
    assert 'ACCOUNTS = {"qa": "111111111111", "dev": "222222222222", "prod": "444444444444"}' in text
    assert not (tmp_path / "x" / ".gitattributes").exists()
    assert not (tmp_path / "x" / ".pre-commit-config.yaml").exists()


def test_invalid_answers_are_asked_for_again(tmp_path: Path, session: Session) -> None:
    """An invalid answer is refused with the reason, and the question comes again."""
    code, shown = session(["python_service", "x"], ["My Orders\n", 'a"b\\\n', "orders\n", "\n"])
    assert code == 0
    assert "should be lowercase letters, digits and single dashes, with a letter first, at most 40, got 'My Orders'" in shown
    assert shown.count("Service name [x]: ") == 3
    assert 'NAME = "orders"' in (tmp_path / "x" / "gitlab_ci.py").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "questions"),
    [
        (["serverless_service", "x", "--set", "name=orders", "--set", "region=eu-west-1"], 3),
        (["python_service", "x", "--bare"], 1),
        (["python_service", "x", "--defaults"], 0),
        (["python_service", "x", "--format=json"], 0),
    ],
)
def test_only_open_questions_are_asked(words: list[str], questions: int, session: Session) -> None:
    """What is answered by `--set` is not asked; `--defaults` and a JSON report ask nothing."""
    code, shown = session(words, ["\n"] * questions)
    assert code == 0
    assert shown.count("<answer>") == questions


@pytest.mark.parametrize("key", ["\x03", "\x04"])
def test_an_interrupted_session_writes_nothing(key: str, tmp_path: Path, session: Session) -> None:
    """Ctrl-C and Ctrl-D at a question end the command, and nothing is written."""
    code, _ = session(["python_service", "x"], [key])
    assert code == 130
    assert list(tmp_path.iterdir()) == []


def test_without_a_terminal_nothing_is_asked(tmp_path: Path) -> None:
    """If the input is no terminal, the defaults are used."""
    command = [sys.executable, "-m", "gitlabgen", "init", "serverless_service", "orders"]
    done = subprocess.run(command, cwd=tmp_path, input="other\n" * 9, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "[" not in done.stdout
    assert 'NAME = "orders"' in (tmp_path / "orders" / "gitlab_ci.py").read_text("utf-8")
