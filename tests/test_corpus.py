"""Realistic files: all load without errors, keep their data, and together use everything that the models support."""

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
from tests.codec import pyyaml_data
from tests.gitlab import schema
from tests.gitlab.classes import CLASSES
from tests.gitlab.test_keywords import used

FOLDER = Path(__file__).parent / "corpus"
FILES = sorted(path.stem for path in FOLDER.glob("*.yml"))

# Files that GitLab's processor accepts and its schema does not.
NOT_IN_SCHEMA = {
    "partial_jobs": "the required keywords are in the included file",
    "looser_values": "numbers and booleans as `value`, one milestone, and newer keywords under `inherit`",
    "nested_lists": "lists can be nested ten levels deep; the schema allows two",
    "null_values": "null counts as absent; the schema allows it for few keywords",
    "reference_places": "references can replace any value; the schema allows them in few places",
    "report_lists": "the schema accepts only one file for three kinds of reports",
    "traps": "a `default` with a script is a job",
    "upstream_status": "a job without a script mirrors another project's pipeline",
}


def text_of(name: str) -> str:
    """Return the text of a file with its original line endings."""
    return (FOLDER / f"{name}.yml").read_bytes().decode()


@pytest.mark.parametrize("name", FILES)
def test_a_file_loads(name: str) -> None:
    """A valid file has no findings of severity error."""
    _, findings = pipelines.read(text_of(name), filename=f"{name}.yml")

    assert [str(finding) for finding in findings if finding.severity == "error"] == []


@pytest.mark.parametrize("name", FILES)
def test_a_file_keeps_its_data(name: str) -> None:
    """A file that was read is written as the same data, and read back as the same models."""
    text = text_of(name)
    pipeline = loads(text)
    written = dumps(pipeline)

    assert pyyaml_data.documents(written) == pyyaml_data.documents(text)
    assert loads(written) == pipeline
    assert pyyaml_data.canonical(loads(written)) == pyyaml_data.canonical(pipeline)
    assert dumps(loads(written)) == written


@pytest.mark.parametrize("name", [name for name in FILES if name not in NOT_IN_SCHEMA])
def test_the_schema_accepts_a_file(name: str) -> None:
    """GitLab's schema accepts the file and its rewritten text."""
    text = text_of(name)

    assert schema.violations(text) == []
    assert schema.violations(dumps(loads(text))) == []


@pytest.mark.parametrize("name", NOT_IN_SCHEMA)
def test_the_schema_still_refuses_a_file(name: str) -> None:
    """The table names only files that the schema refuses."""
    assert schema.violations(text_of(name)) != []


def corpus() -> list[Pipeline]:
    """Return the pipelines of all files."""
    return [loads(text_of(name)) for name in FILES]


def test_every_keyword_is_used() -> None:
    """Each field of each class is set in some file; a field of jobs may be set in any kind of job."""
    seen: set[tuple[str, str]] = set()
    used(corpus(), seen)
    missing = [
        f"{cls.__name__}.{name}"
        for cls in CLASSES
        for name in sorted(plan_of(cls).names.difference(OWN_FIELDS))
        if not any((kind.__name__, name) in seen for kind in (cls.__mro__ if issubclass(cls, BaseJob) else [cls]))
    ]

    # A pipeline keeps only the name of a `Stage`.
    new = [name for name in missing if name != "Stage.name"]
    assert new == [], f"No file in tests/corpus uses {', '.join(new)}: add it to one in a realistic way."
    assert missing == ["Stage.name"]


def accepted_kinds(shape: OneOf) -> Iterator[str]:
    """Yield a name for each kind of value that a file can have for a shape; references are allowed everywhere and omitted."""
    for alternative in shape.shapes:
        match alternative:
            case Checked():
                yield from accepted_kinds(alternative.inner)
            case Scalar():
                yield alternative.type.__name__
            case Word():
                yield "str"
                yield from map(repr, alternative.words)
            case ItemsOf():
                yield from (kind if kind[0] == "'" else f"[{kind}]" for kind in accepted_kinds(alternative.item))
            case MappingOf():
                yield from (f"{{{kind}}}" for kind in accepted_kinds(alternative.value))
            case ModelNamed(name=name) if name not in ("BaseJob", "Condition", "Reference", "Stage", "Var"):
                yield name


def kinds_of(value: Any) -> Iterator[str]:
    """Yield a name for each kind of value that a value contains."""
    if isinstance(value, Model):
        yield type(value).__name__
    elif isinstance(value, tuple):
        yield from (kind if kind[0] == "'" else f"[{kind}]" for item in value for kind in kinds_of(item))
    elif isinstance(value, dict):
        yield from (f"{{{kind}}}" for item in value.values() for kind in kinds_of(item))
    else:
        yield type(value).__name__
        yield repr(value)


def fields_set(value: Any) -> Iterator[tuple[type[Model], str, Any]]:
    """Yield each field that is set in a value, with its class and its value."""
    if isinstance(value, Model):
        for name in plan_of(type(value)).names.difference(OWN_FIELDS):
            inner = getattr(value, name)
            if inner is not None:
                yield type(value), name, inner
                yield from fields_set(inner)
    elif isinstance(value, dict | tuple | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from fields_set(inner)


def test_every_kind_of_value_is_used() -> None:
    """Each kind of value and each allowed word of each field is used in some file."""
    seen = {(name, kind) for _, name, value in fields_set(corpus()) for kind in kinds_of(value)}
    # The test above reports fields that no file uses.
    names = {name for name, _ in seen}
    missing = {
        f"{cls.__name__}.{name}: {kind}"
        for cls in CLASSES
        for name in plan_of(cls).names.difference(OWN_FIELDS).intersection(names)
        for kind in accepted_kinds(plan_of(cls).shapes[name])
        if (name, kind) not in seen
    }

    # A single need is kept as a list of one.
    assert missing == {f"{cls}.needs: Need" for cls in ("HiddenJob", "Job", "TriggerJob")}
