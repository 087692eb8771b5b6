"""The header of an included file: its declared inputs, and the file's body with their values interpolated."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from gitlabgen.errors import Finding, YamlError, report
from gitlabgen.resolution.include_entries import URL, IncludeEntry
from gitlabgen.resolution.inputs import InputProblem, input_values
from gitlabgen.resolution.interpolation import UNKNOWN, interpolate
from gitlabgen.yamltext.positions import Mark

_PAGE: Final = "https://docs.gitlab.com/ci/yaml/#specinputs"
_Read = Callable[[str], "str | None"]


def filled(entry: IncludeEntry, path: str, header: Mapping[Any, Any], body: Any, given: Mapping[str, Any], read: _Read) -> Any:
    """Return a file's body with its inputs interpolated; report problems.

    Args:
        entry: The include that names the file.
        path: The file.
        header: The header, with `spec`.
        body: The body.
        given: The values from the include.
        read: Returns the text of a file that the header includes, or None.

    Source: https://docs.gitlab.com/ci/yaml/#spec
    """
    declared = _Declarations(path)
    declared.add(header["spec"], read)
    inputs: Any = UNKNOWN
    if declared.is_complete:
        inputs, problems = input_values({name: spec for name, (spec, _) in declared.inputs.items()}, given)
        for problem in problems:
            report(_finding(problem, entry, path, declared))
    tree, findings = interpolate(body, {"inputs": inputs, "component": {}}, path)
    for finding in findings:
        report(finding)
    return tree


class _InputLocation(NamedTuple):
    file: str
    mark: Mark | None

    def finding(self, message: str, gitlab: str | None = None, hint: str | None = None) -> Finding:
        place = {} if self.mark is None else self.mark._asdict()
        return Finding(
            rule="invalid-input",
            message=message,
            hint=hint,
            path="spec",
            file=self.file,
            url=_PAGE,
            facts=(gitlab or message,),
            gitlab=gitlab,
            **place,
        )


class _Declarations:
    """The inputs that a header and its included files declare, each with its location.

    Args:
        path: The file with the header.
    """

    def __init__(self, path: str) -> None:
        self.inputs: dict[Any, tuple[Any, _InputLocation]] = {}
        self.is_complete = True
        self._path = path

    def add(self, spec: Any, read: _Read) -> None:
        """Add the inputs of a header."""
        if not isinstance(spec, Mapping):
            return
        included = spec.get("include")
        items = included if isinstance(included, list) else [] if included is None else [included]
        marks = getattr(included, "item_marks", None) or [getattr(spec, "value_marks", {}).get("include")]
        for item, mark in zip(items, marks, strict=False):
            self._include(item, _InputLocation(self._path, mark), read)
        self._add_inputs(spec.get("inputs"), self._path)

    def _include(self, item: Any, where: _InputLocation, read: _Read) -> None:
        location = item.get("local") if isinstance(item, Mapping) else item
        if not isinstance(location, str) or "$" in location or re.match(URL, location):
            self.is_complete = False
            return
        path = location.lstrip("/")
        text = read(path)
        if text is None:
            message, sentence = f"the included file `{path}` does not exist", f"Local file `{path}` does not exist!"
            self._reject(where.finding(message, sentence, "paths are relative to the repository's root"))
        elif not text.strip():
            self._reject(where.finding(f"the included file `{path}` is empty", f"Local file `{path}` is empty!"))
        else:
            self._add_file(path, text)

    def _add_file(self, path: str, text: str) -> None:
        from gitlabgen.yamltext.reader import loads

        try:
            tree = loads(text, filename=path)
        except YamlError as error:
            self._reject(*error.findings)
            return
        if not isinstance(tree, Mapping):
            message = "the file should be a mapping with `inputs`"
            self._reject(_InputLocation(path, Mark(1, 1)).finding(message, "Invalid configuration format"))
            return
        unknown = [key for key in tree if key != "inputs"]
        if unknown:
            sentence = f"Header include file `{path}` contains unknown keys: [{', '.join(f':{key}' for key in unknown)}]"
            message = f"a file that a header includes cannot have {', '.join(f'`{key}`' for key in unknown)}"
            report(_InputLocation(path, _mark(tree, unknown[0])).finding(message, sentence, "it can have only `inputs`"))
        self._add_inputs(tree.get("inputs"), path)

    def _add_inputs(self, inputs: Any, path: str) -> None:
        for name, spec in inputs.items() if isinstance(inputs, Mapping) else ():
            where = _InputLocation(path, _mark(inputs, name))
            if name in self.inputs:
                reason = "Input keys must be unique across all included files and inline specifications."
                report(where.finding(f"the input `{name}` is declared twice", f"Duplicate input keys found: {name}. {reason}"))
            self.inputs[name] = (spec, where)

    def _reject(self, *findings: Finding) -> None:
        self.is_complete = False
        for finding in findings:
            report(finding)


def _mark(tree: Any, key: Any) -> Mark | None:
    mark: Mark | None = getattr(tree, "key_marks", {}).get(key)
    return mark


def _finding(problem: InputProblem, entry: IncludeEntry, path: str, declared: _Declarations) -> Finding:
    where = next((where for name, (_, where) in declared.inputs.items() if str(name) == problem.name), None)
    if problem.declared and where is not None:
        return where.finding(problem.message, problem.gitlab, problem.hint)
    sentence = f"`{path}`: {problem.gitlab}"
    found = entry.finding(f"`{path}`: {problem.message}", problem.hint, at="inputs", part=problem.name, gitlab=sentence)
    related = () if where is None else (where.finding("the input is declared here")._replace(severity="info"),)
    return found._replace(rule="invalid-input", related=related)
