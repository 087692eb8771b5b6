from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import gitlabgen.yamltext
from gitlabgen.yamltext import Commented, Plain, Tagged, loads
from gitlabgen.yamltext.tags import is_tag, shorthand

_ROOT = str(Path(gitlabgen.__file__).parent.parent)


def test_the_writer_loads_no_slow_modules() -> None:
    """Writing loads no PyYAML, attrs or reader, and not even `typing`."""
    code = """
import importlib.util, sys, types
package = types.ModuleType("gitlabgen")
package.__path__ = list(importlib.util.find_spec("gitlabgen").submodule_search_locations)
before = set(sys.modules)
sys.modules["gitlabgen"] = package
from gitlabgen.yamltext import Commented, Plain, Tagged, dump_entries, dumps
dumps({"a": [Tagged("!b", "c")]})
print(*sorted({name.partition(".")[0] for name in set(sys.modules) - before}))
"""
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": _ROOT}
    )

    assert set(done.stdout.split()).isdisjoint({"attr", "attrs", "yaml", "typing", "inspect"})


def test_all_public_names_exist() -> None:
    """Every public name can be imported from the package."""
    assert dir(gitlabgen.yamltext) == sorted(gitlabgen.yamltext.__all__)
    assert all(hasattr(gitlabgen.yamltext, name) for name in gitlabgen.yamltext.__all__)


def test_other_names_do_not_exist() -> None:
    """A name that is not public raises AttributeError."""
    with pytest.raises(AttributeError, match="has no attribute 'nope'"):
        gitlabgen.yamltext.nope  # type: ignore[attr-defined]  # noqa: B018


def test_nodes_are_compared_by_their_fields() -> None:
    """Tags and comments are compared by value, tags have a hash, and their repr shows what they hold."""
    assert Tagged("!a", [1]) == Tagged("!a", [1])
    assert Tagged("!a", [1]) != Tagged("!b", [1])
    assert Tagged("!a", None) != Commented("!a")
    assert repr(Tagged("!a", 1)) == "Tagged(tag='!a', value=1)"
    assert repr(Commented(1, after="x")) == "Commented(value=1, before=None, after='x')"
    assert {Tagged("!a", 1), Tagged("!a", [1]), Tagged("!a", {"b": [1]})} == {
        *(Tagged("!a", 1), Tagged("!a", 1), Tagged("!a", [1]), Tagged("!a", {"b": [1]}))
    }
    with pytest.raises(TypeError, match="unhashable"):
        hash(Commented("!a"))


def test_nodes_can_be_matched() -> None:
    """Tags and comments support positional patterns."""
    match Commented(Tagged("!Ref", "X"), "why"):
        case Commented(Tagged(tag, value), before):
            assert (tag, value, before) == ("!Ref", "X", "why")


def test_trees_can_be_pickled() -> None:
    """A tree that was read can be pickled with its marks."""
    tree = loads("a: [1, 12:30]\n")
    copy = pickle.loads(pickle.dumps(tree))

    assert copy == tree
    assert copy.key_marks == tree.key_marks
    assert copy["a"].item_marks == tree["a"].item_marks
    assert type(copy["a"][1]) is Plain


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("!Sub", "!Sub"),
        ("!", "!"),
        ("tag:yaml.org,2002:int", "!!int"),
        ("tag:yaml.org,2002:a,b", "!<tag:yaml.org,2002:a,b>"),
        ("tag:x.org,2000:y", "!<tag:x.org,2000:y>"),
        ("!a b", "!a%20b"),
        ("!é", "!%C3%A9"),
        ("!a!b", "!<!a!b>"),
    ],
)
def test_tags_are_shortened(name: str, tag: str) -> None:
    """A parser's name for a tag becomes its shortest valid form."""
    assert shorthand(name) == tag
    assert is_tag(tag)
