"""Install the built wheel in empty environments, and try it as a user would: a line with the seconds for each step.

The wheel is built without a network; its dependencies come from the package index that pip and uv are configured for.

    python tools/try_wheel.py [--python PYTHON]
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "examples" / "acme_blueprints"


class StepError(Exception):
    """A command failed; the text is its output."""


@contextmanager
def step(name: str) -> Iterator[None]:
    """Print how many seconds the block took."""
    began = time.perf_counter()
    yield
    print(f"{time.perf_counter() - began:6.1f} s  {name}", flush=True)


def run(*words: str | Path, folder: Path, expected: int = 0, variables: Mapping[str, str] | None = None) -> str:
    """Return the output of a command.

    Args:
        words: The command.
        folder: The current folder of the command.
        expected: Its exit code.
        variables: Further variables of the environment.

    Raises:
        StepError: If it ends with another exit code.
    """
    # The environment that runs this script must not be found.
    hidden = ("PYTHON", "VIRTUAL_ENV", "COVERAGE_", "PYTEST_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(hidden)} | dict(variables or {})
    command = [str(word) for word in words]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != expected:
        raise StepError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def first_example() -> str:
    """Return the first Python block of the README."""
    found = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    if found is None:
        raise StepError("README.md has no Python block")
    return found[1]


def build_wheel(home: Path) -> Path:
    """Return the wheel, built without a network."""
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", home / "dist", folder=ROOT)
    (wheel,) = (home / "dist").glob("*.whl")
    return wheel


def try_command(gitlabgen: Path, python: Path, home: Path) -> None:
    """Run the README's first example and each blueprint with an installed command."""
    with step("python -m gitlabgen --version"):
        version = run(python, "-m", "gitlabgen", "--version", folder=home)
        if version != run(gitlabgen, "--version", folder=home):
            raise StepError(f"the two commands have other versions than {version}")
    with step("the README's first example: render, check, lint"):
        example = home / "example"
        example.mkdir()
        (example / "gitlab_ci.py").write_text(first_example(), "utf-8")
        for command in ("render", "check", "lint"):
            run(gitlabgen, command, folder=example)
    names = [row.split()[0] for row in run(gitlabgen, "init", folder=home).splitlines() if row.startswith("  ")]
    for name in names:
        with step(f"init {name}: check, lint"):
            run(gitlabgen, "init", name, name, folder=home)
            run(gitlabgen, "check", folder=home / name)
            # The article's mistakes are errors, and 1 is the exit code for them.
            findings = run(gitlabgen, "lint", "--fail-on=error", folder=home / name, expected=lint_code(name))
            if not findings:
                raise StepError(f"lint of {name} said nothing")


def try_hooks(binaries: Path, project: Path) -> None:
    """Run the commit hooks that `init` wrote: they pass, and after a change they write the pipeline and fail.

    Args:
        binaries: The folder of the installed command, which the hooks run.
        project: A project that `init` started.
    """
    path = os.pathsep.join((str(binaries), os.environ["PATH"]))
    places = {"PATH": path, "PRE_COMMIT_HOME": str(project.parent / "pre-commit")}
    run("git", "init", "--quiet", folder=project)
    run("git", "add", "--all", folder=project)
    run(program("pre-commit"), "run", "--all-files", folder=project, variables=places)
    definition, pipeline = project / "gitlab_ci.py", project / ".gitlab-ci.yml"
    definition.write_text(definition.read_text("utf-8").replace('"ruff check"', '"ruff check src"'), "utf-8")
    run("git", "add", "--all", folder=project)
    run(program("pre-commit"), "run", "--all-files", folder=project, expected=1, variables=places)
    if "ruff check src" not in pipeline.read_text("utf-8"):
        raise StepError("the hook did not write the pipeline")


def try_blueprints(binaries: Path, home: Path) -> None:
    """Build the example of a package of blueprints, install it, run its tests, and render a service with it.

    Args:
        binaries: The folder of the installed command.
        home: An empty folder.
    """
    with step("build and install the wheel of a package of blueprints"):
        run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", home / "dist", folder=PACKAGE)
        (wheel,) = (home / "dist").glob("*.whl")
        run(binaries / "python", "-m", "pip", "install", "--quiet", wheel, "pytest", "syrupy", folder=home)
    with step("its tests"):
        shutil.copytree(PACKAGE / "tests", home / "tests", ignore=shutil.ignore_patterns("__pycache__"))
        run(binaries / "python", "-m", "pytest", "--quiet", "tests", folder=home)
    with step("render and check a service"):
        service = home / "service"
        service.mkdir()
        shutil.copy(home / "tests" / "orders" / "gitlab_ci.toml", service)
        for command in ("render", "check", "lint"):
            run(binaries / "gitlabgen", command, folder=service)
        (reviewed,) = home.glob("tests/**/.gitlab-ci.yml")
        if not (service / ".gitlab-ci.yml").read_text("utf-8").endswith(reviewed.read_text("utf-8")):
            raise StepError("the service has other files than the tests of the package")


def lint_code(name: str) -> int:
    """Return the exit code of `lint` for a blueprint in the checkout."""
    command = [sys.executable, "-m", "gitlabgen", "lint", str(ROOT / "blueprints" / name)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode


def try_wheel(home: Path, python: str) -> None:
    """Run all steps in an empty folder.

    Args:
        home: The folder.
        python: The interpreter of the environments.
    """
    with step("build the wheel"):
        wheel = build_wheel(home)
    with step("create an empty environment"):
        run(python, "-m", "venv", home / "venv", folder=home)
    binaries = home / "venv" / "bin"
    with step("pip install WHEEL"):
        run(binaries / "python", "-m", "pip", "install", "--quiet", wheel, folder=home)
    work = home / "work"
    work.mkdir()
    try_command(binaries / "gitlabgen", binaries / "python", work)
    with step("commit hooks of a new project"):
        try_hooks(binaries, work / "python_service")
    (home / "blueprints").mkdir()
    try_blueprints(binaries, home / "blueprints")
    with step("uv tool install WHEEL"):
        places = {"UV_TOOL_DIR": str(home / "uv"), "UV_TOOL_BIN_DIR": str(home / "uv-bin")}
        run(program("uv"), "tool", "install", "--quiet", "--python", python, wheel, folder=home, variables=places)
        run(home / "uv-bin" / "gitlabgen", "--version", folder=work)
    with step("pipx install WHEEL"):
        places = {"PIPX_HOME": str(home / "pipx"), "PIPX_BIN_DIR": str(home / "pipx-bin"), "PIPX_MAN_DIR": str(home / "pipx-man")}
        run(program("pipx"), "install", "--quiet", "--python", python, wheel, folder=home, variables=places)
        run(home / "pipx-bin" / "gitlabgen", "--version", folder=work)


def program(name: str) -> str:
    """Return the path of a program next to this interpreter, or on the PATH."""
    near = Path(sys.executable).parent / name
    found = str(near) if near.exists() else shutil.which(name)
    if found is None:
        raise StepError(f"{name} is missing")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all steps, and return 1 if one fails."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--python", default=sys.executable, help="the interpreter of the environments")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="try-wheel-") as home:
        try:
            try_wheel(Path(home).resolve(), options.python)
        except StepError as error:
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
