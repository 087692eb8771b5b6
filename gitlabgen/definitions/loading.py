"""Load the projects of definitions; all problems are reported together."""

import os
import sys
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

from gitlabgen.definitions.isolation import isolated
from gitlabgen.definitions.process_state import restored_state
from gitlabgen.definitions.sources import from_python, from_toml
from gitlabgen.errors import DefinitionError, Finding, collecting
from gitlabgen.modeling.callsites import display_path
from gitlabgen.modeling.source_texts import read_source
from gitlabgen.project import Project

__all__ = ["Loaded", "contained", "forget_loaded", "load", "user_fault"]

_Result = TypeVar("_Result")


class Loaded(NamedTuple):
    """A project with its definition.

    Args:
        project: The project.
        definition: The definition's path.
        folder: The definition's folder.
    """

    project: Project
    definition: str
    folder: str


def load(definition: str, settings: Mapping[str, Any] | None = None) -> Loaded:
    """Return the project that a definition defines.

    Args:
        definition: The path of a `.py` or `.toml` file.
        settings: Settings that replace those of the definition, as nested tables.

    Raises:
        DefinitionError: If the definition fails, prints, or is not valid; with all findings.
    """
    file = display_path(os.path.abspath(definition))
    folder = os.path.dirname(definition) or "."
    read = from_toml if definition.endswith(".toml") else from_python
    loaded = Loaded(contained(folder, file, lambda: read(definition, file, settings or {})), definition, folder)
    if _may_change_models(definition):
        _check_models(loaded, file)
    _loaded.append(loaded)
    return loaded


def _may_change_models(definition: str) -> bool:
    """Return whether the text of a definition has a means to change a model."""
    text = read_source(definition)
    return any(word in text for word in (b"__dict__", b"__setattr__", b"__setitem__", b"vars("))


def _check_models(loaded: Loaded, file: str) -> None:
    from gitlabgen.definitions.changed_models import changed_models

    findings = [_with_definition(finding, file) for finding in changed_models(loaded.project)]
    if findings:
        raise DefinitionError(*findings)


def forget_loaded() -> None:
    """Forget the projects of earlier runs."""
    _loaded.clear()


def contained(folder: str, file: str, action: Callable[[], _Result]) -> _Result:
    """Return the result of a function that runs the user's code, isolated from the command and from other definitions.

    Args:
        folder: The folder from which the code can import.
        file: The definition, for messages.
        action: The function.

    Raises:
        DefinitionError: If the code fails, prints, or is not valid; with all findings.
    """
    results: list[_Result] = []
    trace = sys.gettrace()
    with collecting() as findings, isolated(folder, file, findings):
        try:
            with restored_state():
                try:
                    results.append(action())
                finally:
                    sys.settrace(trace)  # here, since the definition's function would trace any other call
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - any exception of the user's code becomes a finding
            from gitlabgen.definitions.faults import findings_of

            findings.extend(findings_of(error, file, (os.path.abspath(folder),)))
    if findings or not results:
        from gitlabgen.linting.places import in_order  # most definitions have no problem to report

        # A loop repeats the same problem.
        raise DefinitionError(*in_order(_with_definition(finding, file) for finding in findings))
    return results[0]


_loaded: list[Loaded] = []


def user_fault(error: BaseException) -> tuple[Finding, ...]:
    """Return the findings for an error outside of a load that a definition causes; none for a fault of ours.

    Values of a definition can have methods that fail later, and models can be changed in spite of their checks.

    Args:
        error: The error.
    """
    if not _loaded:
        return ()
    from gitlabgen.definitions.changed_models import changed_models
    from gitlabgen.definitions.faults import findings_of, innermost

    for loaded in _loaded:
        homes = (os.path.abspath(loaded.folder),)
        if innermost(error, homes) is not None:
            return findings_of(error, loaded.definition, homes)
    found = [_with_definition(finding, each.definition) for each in _loaded for finding in changed_models(each.project)]
    return tuple(found)


def _with_definition(finding: Finding, file: str) -> Finding:
    """Return the finding with the definition as its file, or as a related finding."""
    if finding.file is None:
        return finding._replace(file=file)
    if finding.file == file or file.endswith(".py"):
        return finding
    loaded = Finding(rule=finding.rule, message="loaded by this definition", severity="info", file=file)
    return finding._replace(related=(*finding.related, loaded))
