"""The templates that the commands of AWS and SAM read and write.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-command-reference.html
and https://docs.aws.amazon.com/cli/latest/reference/cloudformation/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from gitlabgen.analysis.commands import Command

BUILT: Final = ".aws-sam/build/template.yaml"
"""The template that `sam build` writes."""

_READ_BY_SAM: Final = frozenset(f"sam {name}" for name in ("build", "deploy", "package", "sync", "validate"))
_READ_BY_AWS: Final = frozenset(
    f"aws cloudformation {name}"
    for name in (
        "deploy",
        "package",
        "create-stack",
        "update-stack",
        "create-change-set",
        "validate-template",
        "estimate-template-cost",
    )
)
_NAMES: Final = ("template.yaml", "template.yml")
_FILE: Final = "file://"


def template_file(command: Command) -> str | None:
    """Return the path of the template that a command names; None if it names none.

    Args:
        command: The command.
    """
    file = command.value("--template-file") or command.config.values.get("template")
    return None if file is None else command.file(file)


def default_files(command: Command) -> tuple[str, ...]:
    """Return the default paths of the template, if a command names none: SAM uses the first that exists.

    Args:
        command: The command.
    """
    return tuple(command.file(name) for name in _NAMES)


def output_of(command: Command) -> str | None:
    """Return the path of the template that a command writes; None if it writes none.

    Args:
        command: The command.
    """
    if command.name == "sam build":
        folder = command.value("--build-dir")
        return command.file(BUILT if folder is None else f"{folder}/template.yaml")
    output = command.value("--output-template-file")
    if output is not None and command.name in ("aws cloudformation package", "sam package"):
        return command.file(output)
    return None


def files_read(commands: Iterable[Command]) -> Iterator[tuple[str, ...]]:
    """Yield the paths of the template that each command reads: the first that exists is the one.

    Files that a command writes are not in the repository, and paths with variables are unknown.

    Args:
        commands: The commands of a pipeline.
    """
    known = [*commands]
    written = {output_of(command) for command in known}
    seen = set()
    for command in known:
        paths = tuple(path for path in _read_by(command) if "$" not in path and path not in written)
        if paths and paths not in seen:
            seen.add(paths)
            yield paths


def _read_by(command: Command) -> tuple[str, ...]:
    if command.name in _READ_BY_SAM:
        file = template_file(command)
        return default_files(command) if file is None else (file,)
    if command.name not in _READ_BY_AWS:
        return ()
    body = command.value("--template-body")
    if body is not None:
        return (command.file(body.removeprefix(_FILE)),) if body.startswith(_FILE) else ()
    file = template_file(command)
    return () if file is None else (file,)
