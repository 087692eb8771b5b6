from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import troposphere

import gitlabgen
from gitlabgen import HiddenJob, Job, TriggerJob, gitlab, patterns, sam
from gitlabgen.gitlab._job_keywords import JobKeywords, TriggerJobKeywords
from gitlabgen.modeling.fields import fields_of
from gitlabgen.modeling.kinds import Checked, ItemsOf, MappingOf, ModelNamed, OneOf
from gitlabgen.modeling.lazy import module_of
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import plan_of
from gitlabgen.modeling.signatures import keyword_texts
from tools import index

LIBRARY = Path(gitlabgen.__file__).parent
CLASSES: list[type[Model]] = [
    cls
    for package in (gitlab, sam, patterns)
    for name in package.__all__
    if isinstance(cls := getattr(package, name), type) and issubclass(cls, Model)
]


def modules() -> list[Path]:
    """Return the modules of the library, without the code that runs elsewhere."""
    return [path for path in sorted(LIBRARY.rglob("*.py")) if not {"scripts", "hooks"} & {*path.parent.parts}]


def test_the_generated_exports_are_fresh() -> None:
    """The exports and the class index are up to date; otherwise, run `make index`."""
    stale = [str(path.relative_to(LIBRARY)) for path, text in index.files().items() if path.read_text("utf-8") != text]
    assert stale == [], "run: make index"


def test_the_keywords_that_functions_pass_on_are_those_of_jobs() -> None:
    """The types of keywords for `override`, `fill` and `TriggerJob.child` have the keywords of the classes."""
    assert {*JobKeywords.__annotations__} == plan_of(HiddenJob).names - {"name"}
    assert plan_of(Job).names | plan_of(TriggerJob).names <= {"name", *JobKeywords.__annotations__}
    assert {*TriggerJobKeywords.__annotations__} == plan_of(TriggerJob).names - {"name", "trigger"}


@pytest.mark.parametrize("package", index.PACKAGES)
def test_a_package_lists_what_it_exports(package: str) -> None:
    """Each name of a package can be imported, `dir` lists them, and another name is an error."""
    module: Any = import_module(f"gitlabgen.{package}")
    assert dir(module) == sorted(module.__all__)
    assert [name for name in module.__all__ if getattr(module, name, None) is None] == []
    with pytest.raises(AttributeError, match="has no attribute 'missing'"):
        _ = module.missing


def _names(shape: OneOf) -> Iterator[ModelNamed]:
    for alternative in shape.shapes:
        match alternative:
            case ModelNamed():
                yield alternative
            case Checked(inner=inner) | ItemsOf(item=inner) | MappingOf(value=inner):
                yield from _names(inner)


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_each_annotation_names_a_class(cls: type[Model]) -> None:
    """Each name in an annotation is an exported class or a troposphere class: a misspelled one would accept nothing."""
    plan = plan_of(cls)
    unknown = {
        f"{name}: {named.name}"
        for name in plan.names
        for named in _names(plan.shapes[name])
        if named.load() is None and not hasattr(troposphere, named.name)
    }
    assert unknown == set(), "correct the annotation, or export the class: add it to `__all__` and run `make index`"


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_each_keyword_has_its_text(cls: type[Model]) -> None:
    """Each keyword is described in the docstring of the class or of a base, and no other name is."""
    texts, names = keyword_texts(cls), {attribute.name for attribute in fields_of(cls)}
    assert names - texts.keys() == set(), f"add a line to `Args:` in the docstring of {cls.__name__}"
    assert texts.keys() - names == set(), f"remove it from `Args:` in the docstring of {cls.__name__}"


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_the_signature_shows_the_keywords(cls: type[Model]) -> None:
    """`inspect.signature` and `help` show each keyword, including inherited ones, and which are required."""
    parameters = inspect.signature(cls).parameters
    plan = plan_of(cls)
    assert {*parameters} == plan.names
    required = {name for name, parameter in parameters.items() if parameter.default is parameter.empty}
    assert required - {cls.variadic} == {*plan.required} - {cls.variadic}
    positional = [name for name, found in parameters.items() if found.kind in (found.POSITIONAL_OR_KEYWORD, found.VAR_POSITIONAL)]
    assert tuple(positional) == plan.positional
    listed = re.findall(r"^ {4}(\w+): ", cls.__doc__ or "", re.MULTILINE)
    assert listed == [attribute for attribute in parameters if attribute in listed]


def test_the_help_of_a_job_shows_the_keywords_of_its_bases() -> None:
    """The documentation of a class has the keywords of its bases between its first sentence and the source."""
    text = Job.__doc__ or ""
    assert text.startswith("A job that runs a script on a runner.\n\nArgs:\n    name: ")
    assert "\n    script: The commands;" in text
    assert (
        text.index("\n    script:") < text.index("\n    comment:") < text.index("\nSource: https://docs.gitlab.com/ci/yaml/#job")
    )
    assert inspect.signature(Job).return_annotation == "Job"
    assert Job("a", script=["b"]).__class__.__doc__ == text


def test_a_class_without_a_docstring_has_no_documentation() -> None:
    """A user's subclass without a docstring has none, and has the signature of its base."""

    class Own(Job):
        pass

    assert Own.__doc__ is None
    assert {*inspect.signature(Own).parameters} == plan_of(Job).names


def _compared_names(tree: ast.AST) -> Iterator[int]:
    """Yield the lines that compare the name of a class."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            for side in (node.left, *node.comparators):
                if isinstance(side, ast.Attribute) and side.attr in ("__name__", "__qualname__"):
                    yield node.lineno


def test_classes_are_not_compared_by_name() -> None:
    """No module compares the name of a class, because a subclass has another name."""
    found = [
        f"{path.relative_to(LIBRARY)}:{line}"
        for path in modules()
        if path.name != "__main__.py"
        for line in _compared_names(ast.parse(path.read_text("utf-8")))
    ]
    assert found == [], "use isinstance, or modeling.lazy.is_instance where the class may not be loaded"


def test_no_package_names_a_higher_one() -> None:
    """No module has the name of a module of a higher layer as a string, with which it could import it."""
    text = (LIBRARY.parent / "pyproject.toml").read_text("utf-8")
    rows = re.findall(r'^  "([\w |]+)",$', text.partition("layers = [")[2].partition("]")[0], re.MULTILINE)
    height = {name: -number for number, row in enumerate(rows) for name in row.split(" | ")}
    found = []
    for path in modules():
        own = path.relative_to(LIBRARY).with_suffix("").parts[0]
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                named = re.fullmatch(r"gitlabgen\.(\w+)[\w.]*", node.value)
                if named and height.get(named[1], 0) > height.get(own, 1):
                    found.append(f"{path.relative_to(LIBRARY)}:{node.lineno} {node.value}")
    assert found == []


def test_a_name_that_is_not_exported_has_no_module() -> None:
    """A name is looked up first in the package of the module that uses it; the result is None if no package exports it."""
    assert module_of("gitlabgen.sam.template", "Condition") == "gitlabgen.gitlab.conditions"
    assert module_of("gitlabgen.gitlab.job", "Job") == "gitlabgen.gitlab.job"
    assert module_of("gitlabgen.gitlab.job", "Jbo") is None


def test_a_class_is_exported_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Two modules of a package cannot export the same name: the tool reports both."""
    package = tmp_path / "gitlab"
    package.mkdir()
    for name in ("one", "two"):
        (package / f"{name}.py").write_text('__all__ = ["Twice"]\n', "utf-8")
    monkeypatch.setattr(index, "LIBRARY", tmp_path)
    with pytest.raises(SystemExit, match=r"Twice is in `__all__` of gitlab\.one and of gitlab\.two"):
        index.exported("gitlab")


def test_the_tool_reports_stale_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any) -> None:
    """With `--check` the tool writes nothing, reports each stale file and fails; without it, it writes them."""
    monkeypatch.setattr(index, "ROOT", tmp_path)
    file = tmp_path / "a.py"
    monkeypatch.setattr(index, "files", lambda: {file: "x = 1\n"})
    assert (index.main(["--check"]), file.exists()) == (1, False)
    assert capsys.readouterr().out == "a.py is out of date; run: make index\n"
    assert (index.main([]), file.read_text("utf-8")) == (0, "x = 1\n")
    assert index.main(["--check"]) == 0
