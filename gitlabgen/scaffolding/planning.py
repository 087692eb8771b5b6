"""The files of a new project: a blueprint with the user's answers, and what is rendered from it."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import attrs

from gitlabgen.definitions.discovery import NAMES
from gitlabgen.definitions.loading import load
from gitlabgen.definitions.rendering import rendered_files
from gitlabgen.errors import DefinitionError, Finding, GitlabgenError, OutputError
from gitlabgen.files.planning import File
from gitlabgen.files.targets import problem_with_folder
from gitlabgen.scaffolding.catalogue import DEFINITION, README, Blueprint
from gitlabgen.scaffolding.companions import ATTRIBUTES, HOOKS, companion_files
from gitlabgen.scaffolding.constants import Value, constants_of, replaced

__all__ = ["Draft", "check_folder", "draft"]

# Formats whose texts repeat the values of constants. A README explains them, and code does not depend on them.
_DATA: Final = (".json", ".yaml", ".yml")


@attrs.frozen
class Draft:
    """The files of a project that is not written yet.

    Args:
        folder: The folder to write to.
        files: The files.
        replaces: The paths of the files that may exist already.
    """

    folder: str
    files: Sequence[File]
    replaces: frozenset[str] = frozenset((ATTRIBUTES, HOOKS))

    def conflicts(self) -> Iterator[Finding]:
        """Yield a finding for each file that exists already."""
        hint = "move it away, or overwrite it with --force"
        for file in self.files:
            if file.path not in self.replaces and os.path.lexists(os.path.join(self.folder, file.path)):
                yield _exists(self.folder, file.path, hint)


def _exists(folder: str, path: str, hint: str) -> Finding:
    file = os.path.normpath(os.path.join(folder, path))
    return Finding(rule="not-ours", message="exists already and is not overwritten", hint=hint, file=file)


def check_folder(folder: str) -> None:
    """Check that a project can be created in a folder, which need not exist.

    Args:
        folder: The folder.

    Raises:
        OutputError: If it is something else, or has another definition.
    """
    other = next((name for name in NAMES if name != DEFINITION and os.path.lexists(os.path.join(folder, name))), None)
    if other is not None:
        raise OutputError(_exists(folder, other, "move it away, or name another folder"))
    problem = problem_with_folder(folder)
    if os.path.islink(folder) and not os.path.exists(folder):
        message = "is a symbolic link to a folder that does not exist"
        problem = Finding(rule="no-folder", message=message, hint="name another folder", file=folder)
    if problem is not None:
        raise OutputError(problem)


def draft(
    blueprint: Blueprint,
    folder: str,
    values: Mapping[str, Value],
    *,
    bare: bool = False,
    render: bool = True,
    companions: bool = True,
) -> Draft:
    """Return the files of a new project.

    Args:
        blueprint: The blueprint to start from.
        folder: The folder to write to, which need not exist.
        values: The values by the names of the definition's constants.
        bare: Whether to write only the definition.
        render: Whether to write the files that the definition renders.
        companions: Whether to write the files that pre-commit and git read.

    Raises:
        GitlabgenError: If the blueprint does not accept the values, or an existing file cannot be read.
    """
    copied = _filled(blueprint.files(), values)
    rendered = _rendered(copied, folder)
    files = [File(path, text, source=None, root=folder) for path, text in copied.items() if _is_kept(path, folder)]
    if bare:
        return Draft(folder, files[:1])
    files += rendered if render else []
    files += companion_files(folder, [file.path for file in rendered]) if companions else []
    return Draft(folder, files)


def _is_kept(path: str, folder: str) -> bool:
    """Return whether a file is written: a README only if the folder has none."""
    return path != README or not (os.path.isdir(folder) and any(name.lower().startswith("readme") for name in os.listdir(folder)))


def _filled(files: Mapping[str, str], values: Mapping[str, Value]) -> dict[str, str]:
    """Return the texts of a blueprint with other values."""
    constants = constants_of(files[DEFINITION])
    words = {
        constant.value: value
        for name, constant in constants.items()
        if isinstance(constant.value, str) and isinstance(value := values.get(name), str)
    }
    # A value is a whole word: `shop` is not a part of `workshop` or `shop-admin`.
    pattern = re.compile("|".join(rf"(?<![\w-]){re.escape(word)}(?![\w-])" for word in words) or r"(?!)")
    return {
        path: replaced(text, values)
        if path == DEFINITION
        else pattern.sub(lambda found: words[found[0]], text)
        if path.endswith(_DATA)
        else text
        for path, text in files.items()
    }


def _rendered(files: Mapping[str, str], folder: str) -> list[File]:
    """Return what the definition renders, after it was loaded from a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="gitlabgen-") as home:
        for path, text in files.items():
            os.makedirs(os.path.dirname(os.path.join(home, path)), exist_ok=True)
            with open(os.path.join(home, path), "w", encoding="utf-8", newline="") as stream:
                stream.write(text)
        try:
            return rendered_files(load(os.path.join(home, DEFINITION)).project, DEFINITION, folder)
        except GitlabgenError as error:
            raise DefinitionError(*map(_refused, error.findings)) from None


def _refused(finding: Finding) -> Finding:
    """Return a finding of the blueprint as one about the answers, because its file does not exist."""
    hint = finding.hint or "give another answer, or start with the blueprint's own values and edit the definition"
    return Finding(rule=finding.rule, message=f"the blueprint does not accept the answers: {finding.message}", hint=hint)
