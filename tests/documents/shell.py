"""The shell of a session: each command runs where the one before it ended, with the same variables on every machine."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

__all__ = ["Shell"]

# Each command starts with the folder, the variables and the exit code that the one before it left.
_STEP = 'source "$1"; eval "$2"; { status=$?; export -p; printf "cd %q\\n(exit %d)\\n" "$PWD" "$status"; } > "$1"'
_GIT = "[user]\nname = Ada\nemail = ada@example.com\n[init]\ndefaultBranch = main\n"
_LIMIT = 120
"""How many seconds a command may take."""


class Shell:
    """A shell without input, colour and settings of the user, 80 columns wide.

    Args:
        folder: A folder for its own files. Commands start in its new folder `project`.
    """

    def __init__(self, folder: Path) -> None:
        self.start = folder / "project"
        self._folder = folder
        self._state = folder / "state"
        self._environment = _environment(folder / "home")
        self.start.mkdir()
        self._state.write_text(f"cd {shlex.quote(str(self.start))}\n")

    def run(self, command: str) -> str:
        """Run a command and return what it prints on both streams.

        Args:
            command: A line for bash.

        Raises:
            ValueError: The output names a folder of this machine.
        """
        text = subprocess.run(
            ["bash", "-c", _STEP, "bash", str(self._state), command],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="backslashreplace",
            timeout=_LIMIT,
            check=False,
        ).stdout
        if str(self._folder) in text:
            raise ValueError(f"the output of `{command}` names a folder of this machine:\n{text}")
        return text if text.endswith("\n") or not text else f"{text}\n"


def _environment(home: Path) -> dict[str, str]:
    """Return the variables, with this environment's programs first, and without those of the user."""
    home.mkdir()
    (home / ".gitconfig").write_text(_GIT)
    dates = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), "2026-01-01T12:00:00Z")
    measured = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "HOME": str(home), "LANG": "C.UTF-8", "TERM": "dumb", "COLUMNS": "80", **dates, **measured}
