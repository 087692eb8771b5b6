"""Files as people write them: all load without errors, keep their data, and use all that the models know."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gitlabgen import BaseJob, Pipeline, dumps, loads
from gitlabgen.codec import pipelines
from gitlabgen.modeling.fields import OWN_FIELDS
from gitlabgen.modeling.kinds import Checked, ItemsOf, MappingOf, ModelNamed, OneOf, Scalar, Word
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import plan_of
from tests.codec import plainly
from tests.gitlab import schema
from tests.gitlab.classes import CLASSES
from tests.gitlab.test_keywords import used

FOLDER = Path(__file__).parent / "corpus"
FILES = sorted(path.stem for path in FOLDER.iterdir())

# What GitLab's processor takes and its schema does not.
NOT_IN_SCHEMA = {
    "partial_jobs": "what is required stands in the included file",
    "looser_values": "numbers and booleans as `value`, one milestone, and newer words under `inherit`",
    "nested_lists": "lists nest to ten levels; the schema knows two",
    "null_values": "null is taken for absent; the schema knows that of few keywords",
    "reference_places": "references stand for any value; the schema knows them in few places",
    "report_lists": "the schema takes one file only for three kinds of reports",
    "traps": "a `default` with a script is a job",
    "upstream_status": "a job without a script mirrors another project's pipeline",
}


def text_of(name: str) -> str:
    """Return the text of a file with the line ends that it has."""
    return (FOLDER / f"{name}.yml").read_bytes().decode()


@pytest.mark.parametrize("name", FILES)
def test_it_loads(name: str) -> None:
    """A valid file gives no finding of severity error."""
    _, findings = pipelines.read(text_of(name), filename=f"{name}.yml")

    assert [str(finding) for finding in findings if finding.severity == "error"] == []


@pytest.mark.parametrize("name", FILES)
def test_it_keeps_its_data(name: str) -> None:
    """What was read is written as the same data, and is read as the same models."""
    text = text_of(name)
    pipeline = loads(text)
    written = dumps(pipeline)

    assert plainly.documents(written) == plainly.documents(text)
    assert loads(written) == pipeline
    assert plainly.canonical(loads(written)) == plainly.canonical(pipeline)
    assert dumps(loads(written)) == written


@pytest.mark.parametrize("name", [name for name in FILES if name not in NOT_IN_SCHEMA])
def test_the_schema_takes_it(name: str) -> None:
    """GitLab's schema accepts the file, and what is written of it."""
    text = text_of(name)

    assert schema.complaints(text) == []
    assert schema.complaints(dumps(loads(text))) == []


@pytest.mark.parametrize("name", NOT_IN_SCHEMA)
def test_the_schema_still_refuses_it(name: str) -> None:
    """The table names only files of which the schema complains."""
    assert schema.complaints(text_of(name)) != []


def corpus() -> list[Pipeline]:
    """Return all files as models."""
    return [loads(text_of(name)) for name in FILES]


def test_every_keyword_is_used() -> None:
    """Each field of each class is set in some file, for jobs in a job of any kind."""
    seen: set[tuple[str, str]] = set()
    used(corpus(), seen)
    missing = [
        f"{cls.__name__}.{name}"
        for cls in CLASSES
        for name in sorted(plan_of(cls).names.difference(OWN_FIELDS))
        if not any((kind.__name__, name) in seen for kind in (cls.__mro__ if issubclass(cls, BaseJob) else [cls]))
    ]

    # `Stage` leaves only its name in the pipeline that holds it.
    new = [name for name in missing if name != "Stage.name"]
    assert new == [], f"No file in tests/corpus uses {', '.join(new)}: add it to one, as people write it."
    assert missing == ["Stage.name"]


def wanted(shape: OneOf) -> Iterator[str]:
    """Yield a word for each kind of value that a shape takes from a file; references stand anywhere, and count once."""
    for alternative in shape.shapes:
        match alternative:
            case Checked():
                yield from wanted(alternative.inner)
            case Scalar():
                yield alternative.type.__name__
            case Word():
                yield "str"
                yield from map(repr, alternative.words)
            case ItemsOf():
                yield from (kind if kind[0] == "'" else f"[{kind}]" for kind in wanted(alternative.item))
            case MappingOf():
                yield from (f"{{{kind}}}" for kind in wanted(alternative.value))
            case ModelNamed(name=name) if name not in ("BaseJob", "Condition", "Reference", "Stage", "Var"):
                yield name


def found(value: Any) -> Iterator[str]:
    """Yield words for the kinds of values that a value holds."""
    if isinstance(value, Model):
        yield type(value).__name__
    elif isinstance(value, tuple):
        yield from (kind if kind[0] == "'" else f"[{kind}]" for item in value for kind in found(item))
    elif isinstance(value, dict):
        yield from (f"{{{kind}}}" for item in value.values() for kind in found(item))
    else:
        yield type(value).__name__
        yield repr(value)


def values(value: Any) -> Iterator[tuple[type[Model], str, Any]]:
    """Yield each field that a value sets, with its class and its value."""
    if isinstance(value, Model):
        for name in plan_of(type(value)).names.difference(OWN_FIELDS):
            inner = getattr(value, name)
            if inner is not None:
                yield type(value), name, inner
                yield from values(inner)
    elif isinstance(value, dict | tuple | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from values(inner)


def test_every_kind_of_value_is_used() -> None:
    """Each field holds each kind of value that it takes, and each word of its list, in some file."""
    seen = {(name, kind) for _, name, value in values(corpus()) for kind in found(value)}
    # A field that no file uses at all is named by the test before.
    names = {name for name, _ in seen}
    missing = {
        f"{cls.__name__}.{name}: {kind}"
        for cls in CLASSES
        for name in plan_of(cls).names.difference(OWN_FIELDS).intersection(names)
        for kind in wanted(plan_of(cls).shapes[name])
        if (name, kind) not in seen
    }

    # A need without a list around it is kept as a list of one.
    assert missing == {f"{cls}.needs: Need" for cls in ("HiddenJob", "Job", "TriggerJob")}
