"""Every YAML parser there is at hand, as a function from texts to typed values.

A typed value is what JSON can carry: `["str", "x"]`, `["num", "1.5"]`, `["bool", true]`, `["null"]`,
`["seq", [...]]`, `["map", [[key, value], ...]]`; a text that a parser refuses is `["error", message]`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from ruamel.yaml import YAML

__all__ = ["JS_OBJECTS", "PARSERS", "canonical", "read", "typed"]

Reader = Callable[[list[str]], list[Any]]

# js-yaml has no type but strings for keys, and orders those that look like array indices first.
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
    """Return a typed value in a form that is equal if and only if the parser sees no difference."""
    kind, *rest = value
    if kind == "num":
        number = rest[0].replace("Infinity", "inf")
        # JavaScript has one type of number.
        return ("num", repr(float(number)))
    if kind == "seq":
        return ("seq", *(canonical(item, parser=parser) for item in rest[0]))
    if kind == "map":
        pairs = [(canonical(key, parser=parser), canonical(item, parser=parser)) for key, item in rest[0]]
        return ("map", *(sorted(pairs, key=repr) if parser in JS_OBJECTS else pairs))
    return (kind, *rest)


def read(name: str, texts: list[str]) -> list[Any]:
    """Return what a parser makes of each text; skip, or on CI fail, if it is not there."""
    return PARSERS[name](texts)


def _one_by_one(load: Callable[[str], Any], texts: list[str]) -> list[Any]:
    def answer(text: str) -> list[Any]:
        try:
            return typed(load(text))
        except Exception as error:  # noqa: BLE001 - whatever it says is its answer
            return ["error", f"{type(error).__name__}: {error}"]

    return [answer(text) for text in texts]


def _ruamel(version: tuple[int, int], text: str) -> Any:
    parser = YAML(typ="safe", pure=True)
    parser.version = version
    return parser.load(text)


def _process(command: list[str], texts: list[str]) -> list[Any]:
    program = shutil.which(command[0])
    if program is None:
        _missing(f"{command[0]} is not installed")
    if command[0] == "node" and not (_HERE / "node_modules").is_dir():
        _missing("`npm ci` was not run in tests/differential")
    # What cannot be decoded as UTF-8 would be a bug of the writer: let `encode` complain.
    done = subprocess.run(
        [str(program), *command[1:]], input=json.dumps(texts).encode(), capture_output=True, check=False, cwd=_HERE
    )
    assert done.returncode == 0, done.stderr.decode()
    answers: list[Any] = json.loads(done.stdout)
    return answers


def _missing(reason: str) -> None:
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
    "psych": partial(_process, ["ruby", "-W0", "read.rb"]),
    "js-yaml": partial(_process, ["node", "read.cjs", "js-yaml"]),
    "yaml-1.1": partial(_process, ["node", "read.cjs", "yaml-1.1"]),
    "yaml-1.2": partial(_process, ["node", "read.cjs", "yaml-1.2"]),
}
