"""The inputs that a header and the files that it includes declare, each with its position."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from gitlabgen.errors import Finding, YamlError, report
from gitlabgen.modeling.callsites import Position
from gitlabgen.modeling.kinds import NULL
from gitlabgen.modeling.reporting import located
from gitlabgen.resolution.include_entries import URL
from gitlabgen.resolution.inputs import InputProblem
from gitlabgen.resolution.origins import Block, Items
from gitlabgen.yamltext.positions import MapNode, SeqNode

_PAGE: Final = "https://docs.gitlab.com/ci/yaml/#specinputs"

Read: TypeAlias = Callable[[str], "str | None"]
"""Returns a file's text, or None if there is no such file."""


class Declarations:
    """The inputs that a header and its included files declare.

    Args:
        path: The file with the header.
        spec: The header's `spec`, as the tree of a file or of a model.
        read: Returns the text of a file that the header includes; None if no file can be read.
    """

    def __init__(self, path: str, spec: Any, read: Read | None) -> None:
        self.is_complete = True
        self._path = path
        self._read = read
        self._inputs: dict[Any, tuple[Any, Position]] = {}
        if not isinstance(spec, Mapping):
            return
        included = spec.get("include")
        items = included if isinstance(included, list) else [] if included is None else [included]
        for index, item in enumerate(items):
            inside = isinstance(included, list)
            self._include(item, (_position(included, index, path) if inside else None) or _position(spec, "include", path))
        self._add_inputs(spec.get("inputs"), path)

    @property
    def specs(self) -> dict[Any, Any]:
        """The declarations by name, as plain trees."""
        return {name: _plain(spec) for name, (spec, _) in self._inputs.items()}

    def position(self, name: str) -> Position | None:
        """Return the position of an input; None if none has this name.

        Args:
            name: The input.
        """
        return next((where for known, (_, where) in self._inputs.items() if str(known) == name), None)

    def finding(self, problem: InputProblem) -> Finding | None:
        """Return a problem as a finding at the declaration of its input; None if no input has this name.

        Args:
            problem: The problem.
        """
        where = self.position(problem.name)
        if where is None:
            return None
        tree = next(spec for name, (spec, _) in self._inputs.items() if str(name) == problem.name)
        for step in problem.path:
            where = _position(tree, step, where.file, of_value=True) or where
            tree = tree[step]
        found = input_finding(where, problem.message, problem.gitlab, problem.hint)
        return found._replace(rule=problem.rule, severity=problem.severity)

    def _include(self, item: Any, where: Position | None) -> None:
        location = item.get("local") if isinstance(item, Mapping) else item
        if not isinstance(location, str) or "$" in location or re.match(URL, location) or self._read is None:
            self.is_complete = False
            return
        path = location.lstrip("/")
        text = self._read(path)
        if text is None:
            message, sentence = f"the included file `{path}` does not exist", f"Local file `{path}` does not exist!"
            self._reject(input_finding(where, message, sentence, "paths are relative to the repository's root"))
        elif not text.strip():
            self._reject(input_finding(where, f"the included file `{path}` is empty", f"Local file `{path}` is empty!"))
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
            self._reject(input_finding(Position(path, 1, 1), message, "Invalid configuration format"))
            return
        unknown = [key for key in tree if key != "inputs"]
        if unknown:
            sentence = f"Header include file `{path}` contains unknown keys: [{', '.join(f':{key}' for key in unknown)}]"
            message = f"a file that a header includes cannot have {', '.join(f'`{key}`' for key in unknown)}"
            report(input_finding(_position(tree, unknown[0], path), message, sentence, "it can have only `inputs`"))
        self._add_inputs(tree.get("inputs"), path)

    def _add_inputs(self, inputs: Any, path: str) -> None:
        for name, spec in inputs.items() if isinstance(inputs, Mapping) else ():
            where = _position(inputs, name, path) or Position(path)
            if name in self._inputs:
                reason = "Input keys must be unique across all included files and inline specifications."
                sentence = f"Duplicate input keys found: {name}. {reason}"
                report(input_finding(where, f"the input `{name}` is declared twice", sentence))
            self._inputs[name] = (spec, where)

    def _reject(self, *findings: Finding) -> None:
        self.is_complete = False
        for finding in findings:
            report(finding)


def input_finding(where: Position | None, message: str, gitlab: str | None = None, hint: str | None = None) -> Finding:
    """Return a finding about the inputs of a file.

    Args:
        where: Where it is.
        message: The message.
        gitlab: GitLab's message.
        hint: How to fix it.
    """
    found = Finding("invalid-input", message, hint=hint, path="spec", url=_PAGE, facts=(gitlab or message,), gitlab=gitlab)
    return located(found, where)


def _position(tree: Any, step: Any, file: str, *, of_value: bool = False) -> Position | None:
    """Return the position of an item or a key; None if the tree does not know it."""
    if isinstance(tree, Block | Items):
        return tree.origins[step].position()
    if isinstance(tree, MapNode):
        return Position(file, *(tree.value_marks if of_value else tree.key_marks)[step])
    return Position(file, *tree.item_marks[step]) if isinstance(tree, SeqNode) else None


def _plain(tree: Any) -> Any:
    """Return the tree of a model as a plain tree; that of a file is one."""
    if isinstance(tree, Block):
        return {key: _plain(value) for key, value in tree.items()}
    if isinstance(tree, Items):
        return [_plain(item) for item in tree]
    return None if tree is NULL else tree
