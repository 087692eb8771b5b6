"""All available YAML parsers, as functions from texts to typed values.

A typed value is representable in JSON: `["str", "x"]`, `["num", "1.5"]`, `["bool", true]`, `["null"]`,
`["seq", [...]]`, `["map", [[key, value], ...]]`; a text that a parser refuses is `["error", message]`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from ruamel.yaml import YAML

__all__ = ["JS_OBJECTS", "PARSERS", "canonical", "missing", "process", "read", "typed"]

Reader = Callable[[list[str]], list[Any]]

# js-yaml turns all keys into strings, and puts those that look like array indices first.
JS_OBJECTS = {"js-yaml"}

_HERE = Path(__file__).parent


def typed(value: Any) -> list[Any]:
    """Return a Python value as a typed value."""
    match value:
        case None:
            return ["null"]
        case bool():
            return ["bool", value]
        case int() | float():
            return ["num", repr(value)]
        case str():
            return ["str", str.__str__(value)]
        case dict():
            return ["map", [[typed(key), typed(item)] for key, item in value.items()]]
        case list() | tuple():
            return ["seq", [typed(item) for item in value]]
        case _:
            return ["other", type(value).__name__, str(value)]


def canonical(value: list[Any], *, parser: str = "") -> Any:
    """Return a typed value in a form that compares equal if the parser cannot distinguish the values."""
    kind, *rest = value
    if kind == "num":
        number = rest[0].replace("Infinity", "inf")
        # JavaScript has only one number type.
        return ("num", repr(float(number)))
    if kind == "seq":
        return ("seq", *(canonical(item, parser=parser) for item in rest[0]))
    if kind == "map":
        pairs = [(canonical(key, parser=parser), canonical(item, parser=parser)) for key, item in rest[0]]
        return ("map", *(sorted(pairs, key=repr) if parser in JS_OBJECTS else pairs))
    return (kind, *rest)


def read(name: str, texts: list[str]) -> list[Any]:
    """Return each text as the parser reads it; if the parser is missing, skip the test, or fail it on CI."""
    return PARSERS[name](texts)


def _one_by_one(load: Callable[[str], Any], texts: list[str]) -> list[Any]:
    def answer(text: str) -> list[Any]:
        try:
            return typed(load(text))
        except Exception as error:  # noqa: BLE001 - any error is a valid answer
            return ["error", f"{type(error).__name__}: {error}"]

    return [answer(text) for text in texts]


def _ruamel(version: tuple[int, int], text: str) -> Any:
    parser = YAML(typ="safe", pure=True)
    parser.version = version
    return parser.load(text)


def process(command: list[str], texts: Sequence[Any]) -> list[Any]:
    """Return the answers of a program; if it is missing, skip the test, or fail it on CI.

    Args:
        command: The program and its arguments; it reads a JSON array, and writes another one.
        texts: The array.
    """
    program = shutil.which(command[0])
    if program is None:
        missing(f"{command[0]} is not installed")
    if command[0] == "node" and not (_HERE / "node_modules").is_dir():
        missing("`npm ci` was not run in tests/differential")
    # A text that cannot be encoded as UTF-8 is a bug of the writer: let `encode` raise.
    done = subprocess.run(
        [str(program), *command[1:]], input=json.dumps(texts).encode(), capture_output=True, check=False, cwd=_HERE
    )
    assert done.returncode == 0, done.stderr.decode()
    answers: list[Any] = json.loads(done.stdout)
    return answers


def missing(reason: str) -> None:
    """Skip the test, or fail it on CI."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def _c_loader(text: str) -> Any:
    return yaml.load(text, Loader=yaml.CSafeLoader)


PARSERS: dict[str, Reader] = {
    "pyyaml": partial(_one_by_one, yaml.safe_load),
    "libyaml": partial(_one_by_one, _c_loader),
    "ruamel-1.1": partial(_one_by_one, partial(_ruamel, (1, 1))),
    "ruamel-1.2": partial(_one_by_one, partial(_ruamel, (1, 2))),
    "psych": partial(process, ["ruby", "-W0", "read.rb"]),
    "js-yaml": partial(process, ["node", "read.cjs", "js-yaml"]),
    "yaml-1.1": partial(process, ["node", "read.cjs", "yaml-1.1"]),
    "yaml-1.2": partial(process, ["node", "read.cjs", "yaml-1.2"]),
}
