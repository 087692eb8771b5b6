from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import pytest
import yaml

from gitlabgen.errors import YamlError
from gitlabgen.yamltext import Tagged, dumps, loads


def _sibling(name: str) -> ModuleType:
    """Import a helper from this folder, which is not a package and not on the path."""
    spec = importlib.util.spec_from_file_location(f"differential_{name}", Path(__file__).with_name(f"{name}.py"))
    assert spec
    assert spec.loader
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


parsers, generate = _sibling("parsers"), _sibling("generate")
TRICKY: list[str] = _sibling("tricky").TRICKY

POSITIONS: dict[str, Callable[[str], Any]] = {
    "value": lambda text: {"key": text, "next": 1},
    "key": lambda text: {text: "value", "next": 1},
    "key of a mapping": lambda text: {text: {"key": 1}, "next": [1]},
    "item": lambda text: [text, "next"],
    "deep": lambda text: {"a": [{"b": text}, [[text], text], {text: text}], "c": text},
    "root": lambda text: text,
}

every_parser = pytest.mark.parametrize("name", parsers.PARSERS)


def _differences(name: str, trees: list[Any], texts: Iterable[str]) -> list[tuple[str, Any]]:
    """Return the first texts that the parser reads as another tree, each with the value it reads."""
    texts = list(texts)
    wrong = [
        (text, answer)
        for tree, text, answer in zip(trees, texts, parsers.read(name, texts), strict=True)
        if parsers.canonical(answer, parser=name) != parsers.canonical(parsers.typed(tree), parser=name)
    ]
    return wrong[:5]


def test_there_are_enough_tricky_strings() -> None:
    """The list is at least as long as the list from an earlier comparison of ten parsers."""
    assert len(TRICKY) >= 259


@every_parser
def test_reads_tricky_strings_anywhere(name: str) -> None:
    """Every tricky string is read back in every position."""
    trees = [build(text) for build in POSITIONS.values() for text in TRICKY]

    assert _differences(name, trees, map(dumps, trees)) == []


@every_parser
def test_reads_tricky_strings_in_brackets(name: str) -> None:
    """Every tricky string is read back from a flow list."""
    # Remove the tag, which most parsers refuse. Trees that are written as block lists are tested too.
    trees = [[text, "next"] for text in TRICKY]
    texts = (dumps(Tagged("!x", tree)).removeprefix("!x").lstrip() for tree in trees)

    assert _differences(name, trees, texts) == []


@every_parser
def test_reads_random_trees(name: str) -> None:
    """Random trees of random strings are read back with any spacing and comments."""
    random = Random(20120)
    trees = [generate.tree(random) for _ in range(300)]
    texts = [dumps(generate.commented(random, tree), spacing=index % 4) for index, tree in enumerate(trees)]

    assert _differences(name, trees, texts) == []


@every_parser
def test_reads_random_strings(name: str) -> None:
    """Random strings are read back as keys, values and items."""
    random = Random(1917)
    trees = [[{text: text}, [text]] for text in (generate.scalar(random) for _ in range(1000))]

    assert _differences(name, trees, map(dumps, trees)) == []


@pytest.mark.parametrize("name", ["pyyaml", "libyaml", "psych"])
def test_rewriting_changes_nothing(name: str) -> None:
    """A rewritten text has the same value for GitLab and PyYAML."""
    random = Random(1815)
    plain = [text for text in TRICKY if "\n" not in text] + [generate.number(random) for _ in range(1500)]
    texts, rewritten = [], []
    for text in (f"- {word}\n- {{key: !!str {word}}}\n- k: {word}\n- ? {word}\n  : 1\n" for word in plain):
        try:
            rewritten.append(dumps(loads(text)))
        except YamlError:
            continue
        texts.append(text)
    before, after = parsers.read(name, texts), parsers.read(name, rewritten)
    # A text that only this parser refuses, such as one with a duplicate anchor, may become valid.
    wrong = [
        (text, old, new)
        for text, old, new in zip(texts, before, after, strict=True)
        if old[0] != "error" and parsers.canonical(old) != parsers.canonical(new)
    ]

    assert len(texts) > 1000
    assert wrong[:5] == []


@pytest.mark.fuzz
@every_parser
@pytest.mark.parametrize("seed", range(6))
def test_reads_many_random_trees(name: str, seed: int) -> None:
    """Ten thousand random strings and two thousand random trees per seed are read back."""
    random = Random(seed)
    trees = [[{text: text}, [text]] for text in (generate.scalar(random) for _ in range(10_000))]
    texts = [dumps(tree) for tree in trees]
    nested = [generate.tree(random) for _ in range(2000)]
    texts += [dumps(generate.commented(random, tree), spacing=index % 4) for index, tree in enumerate(nested)]

    assert _differences(name, [*trees, *nested], texts) == []


def test_the_reason_for_a_writer_is_still_there() -> None:
    """GitLab's parser misreads strings that PyYAML has written; otherwise review docs/decisions/01-own-yaml-writer.md."""
    trees = [{"key": text} for text in TRICKY]

    assert _differences("psych", trees, [yaml.dump(tree, Dumper=yaml.CSafeDumper) for tree in trees]) != []
