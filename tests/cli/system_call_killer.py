"""Fail and kill `gitlabgen render` at its system calls: run by `test_render_killed.py`.

It runs in a separate process, where forking is cheap and safe. The result is one line of JSON: what went wrong, and counts.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from gitlabgen.cli import run

CALLS = (
    *("chmod", "close", "fchmod", "fchown", "fstat", "fsync", "getcwd", "getxattr", "link", "listdir", "listxattr", "lstat"),
    *("mkdir", "open", "read", "readlink", "replace", "rmdir", "scandir", "setxattr", "stat", "unlink", "write"),
)
NAMES = ("a.json", "b.sh", "c.yml", "new/d.yml", "gone.yml", ".gitlabgen.json")
DEFINITION = "from gitlabgen import Project\nproject = Project(files={files!r})\n"
OLD = {"a.json": "[1]\n", "b.sh": "#!/bin/sh\nold\n", "c.yml": "old: 1\n", "gone.yml": "old: 1\n"}
NEW = {"a.json": "[2]\n", "b.sh": "#!/bin/sh\nnew\n", "c.yml": "new: 1\n", "new/d.yml": "new: 1\n"}
WORDS = ["render", "--prune"]
Files = dict[str, bytes | None]


def contents() -> Files:
    """Return the content of each file; None for a file that does not exist."""
    return {name: Path(name).read_bytes() if Path(name).exists() else None for name in NAMES}


def leftovers() -> list[str]:
    """Return the temporary files and empty folders that a run left."""
    return [str(path) for path in Path().rglob("*") if "gitlabgen-" in path.name or (path.is_dir() and not any(path.iterdir()))]


def write_definition(files: dict[str, str]) -> None:
    """Write the definition with other files."""
    Path("gitlab_ci.py").write_text(DEFINITION.format(files=files), encoding="utf-8")


def prepare(old: Files) -> None:
    """Put back the old files."""
    for path in leftovers():
        Path(path).unlink() if Path(path).is_file() else Path(path).rmdir()
    for name, content in old.items():
        if content is not None:
            Path(name).write_bytes(content)
        elif Path(name).exists():
            Path(name).unlink()
    if Path("new").exists():
        Path("new").rmdir()


def quiet_run() -> int:
    """Run the command without its output on standard output."""
    with Path(os.devnull).open("w", encoding="utf-8") as null, redirect_stdout(null):
        return run(WORDS)


def interrupted(action: Callable[[], object], at: int, *, after: bool) -> int:
    """Run the command with an action at one of its system calls, and return its exit code; without one, their number."""
    count = 0

    def wrapped(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **keywords: Any) -> Any:
            nonlocal count
            count += 1
            here = count == at
            if here and not after:
                action()
            result = real(*arguments, **keywords)
            if here and after:
                action()
            return result

        return call

    for name in CALLS:
        if hasattr(os, name):
            setattr(os, name, wrapped(getattr(os, name)))
    fcntl.flock = wrapped(fcntl.flock)
    code = quiet_run()
    return count if not at else code


def forked(at: int, mode: str) -> tuple[int, str]:
    """Run the command in a child, and return how it ended, and its messages."""
    messages, standard_error = os.pipe()
    child = os.fork()
    if not child:
        os.dup2(standard_error, 2)
        sys.stderr = os.fdopen(2, "w")

        def fail() -> None:
            raise OSError(errno.EIO, "Input/output error")

        def kill() -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        code = 99
        try:
            code = interrupted(fail if mode == "fail" else kill, at, after=mode == "kill after")
        finally:
            sys.stderr.flush()
            os._exit(code)
    os.close(standard_error)
    with os.fdopen(messages, "rb") as stream:
        text = stream.read().decode(errors="replace")
    return os.waitpid(child, 0)[1], text


def problem(mode: str, result: int, text: str, old: Files, new: Files) -> str | None:
    """Return what is wrong after a run; None if nothing is."""
    now = contents()
    if any(now[name] not in (old[name], new[name]) for name in NAMES):
        return "a file is torn"
    if mode == "fail":
        code = os.waitstatus_to_exitcode(result)
        if code not in (0, 2):
            return f"exit code {code}: {text}"
        expected = old if code else new
        # A folder that cannot be listed may hide what has to be removed.
        if any(now[name] != expected[name] for name in NAMES if code or name != "gone.yml"):
            return f"some files are old and some are new after exit code {code}: {text}"
    elif os.waitstatus_to_exitcode(result) not in (0, -signal.SIGKILL):
        return f"ended with {result}: {text}"
    code = quiet_run()
    if code or contents() != new or leftovers():
        return f"the next run ended with {code} and left {leftovers()}"
    return None


def main(most: int) -> dict[str, Any]:
    """Interrupt the command at system calls, evenly distributed, and return the problems and counts."""
    write_definition(OLD)
    vars(os)["fsync"] = lambda _: None  # no power fails here, and it takes most of the time
    assert quiet_run() == 0
    old = contents()
    write_definition(NEW)
    assert quiet_run() == 0
    new = contents()
    prepare(old)
    count_of = os.fork()
    if not count_of:
        os._exit(0 if Path("count").write_text(str(interrupted(int, 0, after=False)), encoding="utf-8") else 1)
    os.waitpid(count_of, 0)
    total = int(Path("count").read_text(encoding="utf-8"))
    Path("count").unlink()
    step = max(1, total // most)
    seen: Counter[str] = Counter()
    problems = []
    for mode in ("fail", "kill", "kill after"):
        for at in range(1, total + 1, step):
            prepare(old)
            result, text = forked(at, mode)
            seen[f"{mode}: {'new' if contents()['a.json'] == new['a.json'] else 'old'}"] += 1
            found = problem(mode, result, text, old, new)
            if found:
                problems.append(f"{mode} at call {at}: {found}")
    return {"calls": total, "seen": seen, "problems": problems}


if __name__ == "__main__":
    os.chdir(sys.argv[1])
    print(json.dumps(main(int(sys.argv[2]))))  # noqa: T201
