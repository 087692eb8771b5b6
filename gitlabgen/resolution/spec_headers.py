"""A file with a header that is included: its body with the values of its inputs interpolated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gitlabgen.errors import Finding, report
from gitlabgen.resolution.block_expressions import UNKNOWN
from gitlabgen.resolution.include_entries import IncludeEntry
from gitlabgen.resolution.input_declarations import Declarations, Read, input_finding
from gitlabgen.resolution.inputs import InputProblem, input_values
from gitlabgen.resolution.interpolation import Interpolation, WrittenBlock


def filled(
    entry: IncludeEntry,
    path: str,
    header: Mapping[Any, Any],
    body: Any,
    given: Mapping[str, Any],
    read: Read,
    blocks: list[WrittenBlock],
) -> Any:
    """Return a file's body with its inputs interpolated; report problems.

    Args:
        entry: The include that names the file.
        path: The file.
        header: The header, with `spec`.
        body: The body.
        given: The values from the include.
        read: Returns the text of a file that the header includes, or None.
        blocks: Receives the blocks of the body.

    Source: https://docs.gitlab.com/ci/yaml/#spec
    """
    declared = Declarations(path, header["spec"], read)
    inputs: Any = UNKNOWN
    if declared.is_complete:
        inputs, problems = input_values(declared.specs, given)
        for problem in problems:
            report(_finding(problem, entry, path, declared))
    interpolation = Interpolation({"inputs": inputs, "component": {}}, path)
    tree = interpolation.tree(body, None)
    blocks += interpolation.blocks
    for finding in dict.fromkeys(interpolation.findings):
        report(finding)
    return tree


def _finding(problem: InputProblem, entry: IncludeEntry, path: str, declared: Declarations) -> Finding:
    at_declaration = declared.finding(problem) if problem.declared else None
    if at_declaration is not None:
        return at_declaration
    sentence = f"`{path}`: {problem.gitlab}"
    found = entry.finding(f"`{path}`: {problem.message}", problem.hint, at="inputs", part=problem.name, gitlab=sentence)
    where = declared.position(problem.name)
    related = () if where is None else (input_finding(where, "the input is declared here")._replace(severity="info"),)
    return found._replace(rule="invalid-input", related=related)
