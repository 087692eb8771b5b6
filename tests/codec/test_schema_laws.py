"""What the builders accept, GitLab's JSON schema accepts too, but for the places that are named here."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema.exceptions import ValidationError

from gitlabgen import Pipeline, dumps
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import plan_of
from tests.codec import strategies
from tests.codec.places import home
from tests.codec.strategies import batched
from tests.gitlab import schema

# How long a text or a list is, and of what form: the builders ask only what GitLab's processor asks.
FORMS = frozenset(("maxItems", "maxLength", "minItems", "minLength", "pattern", "uniqueItems"))
# Where else the builders take what the schema refuses: the keyword, and the rules of the schema that are broken.
KNOWN = {
    "artifacts/reports/accessibility": ("type",),  # the processor takes lists
    "artifacts/reports/annotations": ("type",),
    "artifacts/reports/browser_performance": ("type",),
    "include": ("additionalProperties", "required"),  # artifacts, and options of another kind, are the processor's to refuse
    "inherit/default": ("enum",),  # the schema has not followed `default`
    "inputs/default": ("type",),  # text may be read as a number, and numbers as text
    "needs": ("additionalProperties", "required", "type"),  # options of another kind; a pipeline's status; a need without a list
    "release/milestones": ("type",),  # one title
    "rules": ("additionalProperties",),  # one class for the rules of jobs, workflows and includes
    "rules/changes": ("oneOf", "required"),  # paths and patterns
    "rules/exists": ("additionalProperties", "oneOf", "required"),
    "rules/needs": ("required",),
    "run": ("additionalProperties", "not", "required"),  # null is no second function
    "secrets": ("dependencies", "required"),  # null is no provider; those of newer versions
    "spec": ("additionalProperties",),  # a mapping keeps what it holds
    "spec/include": ("additionalProperties", "required"),
    "spec/inputs/default": ("type",),
    "trigger": ("additionalProperties", "dependencies", "required"),  # a branch beside `include`
    "trigger/include": ("type",),  # one file without a list
    "variables": ("additionalProperties",),  # one class for the variables of files and jobs
    "variables/value": ("type",),  # numbers and booleans become text
    "workflow/rules": ("additionalProperties",),
    "workflow/rules/changes": ("oneOf", "required"),
    "workflow/rules/exists": ("additionalProperties", "oneOf", "required"),
}
# Lists that nest to any depth in the models, and at most to the second in the schema.
NESTED = frozenset(
    ("after_script", "before_script", "command", "needs", "pre_get_sources_script", "rules", "run", "script", "stages")
)
# What the models write and the schema knows nowhere is named once: where models and schema are compared.
OURS = {key for cls in strategies.CLASSES.values() for key in plan_of(cls).keys.values()} - schema.KEYS
KEYS = strategies.KEYS.difference(strategies.OWN_FIELDS, OURS)


def location_of(error: ValidationError) -> str:
    """Return the path of keywords of an error; what stands under `default` is that of a job."""
    names = [str(name) for before, name in pairwise(error.absolute_schema_path) if before == "properties"]
    return "/".join(names[names[:1] == ["default"] :])


def is_excused(error: ValidationError) -> bool:
    """Return whether the schema cannot know better, or is known to disagree."""
    value, rule, place = error.instance, str(error.validator), location_of(error)
    if value is None or isinstance(value, schema.Reference) or (isinstance(value, str) and "$[[" in value):
        return True
    if rule in FORMS or rule in KNOWN.get(place, ()):
        return True
    if rule == "type" and place.rpartition("/")[2] in NESTED and isinstance(value, list):
        return True
    if rule == "additionalProperties":  # what stands in `extra`
        known = KEYS.difference(error.schema.get("properties", ()))
        return known.isdisjoint(value)
    return len(error.absolute_path) == 1 and not isinstance(value, dict)


def complaints(pipeline: Pipeline) -> list[str]:
    """Return what the schema has against a pipeline."""
    return [
        f"{location_of(error)}: {error.validator}: {error.message}"
        for document in schema.documents(dumps(pipeline))
        for error in schema.errors(document, is_excused)
    ]


_law = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    phases=[Phase.generate, Phase.shrink],
)


@_law
@given(strategies.pipelines())
def test_the_schema_takes_a_pipeline(pipeline: Pipeline) -> None:
    """A pipeline that can be built is valid under the schema."""
    assert complaints(pipeline) == []


@pytest.mark.parametrize("cls", strategies.CLASSES.values(), ids=lambda cls: cls.__name__)
def test_the_schema_takes_each_keyword(cls: type[Model]) -> None:
    """A model of a class, with any keyword, is valid under the schema where it stands."""
    for names in batched(strategies.names_of(cls) or [None]):

        @settings(_law, max_examples=_law.max_examples // 50)
        @given(st.tuples(*(strategies.models(cls, name) for name in names)))
        def law(drawn: tuple[Any, ...]) -> None:
            for made in drawn:
                assert complaints(home(made)) == []

        law()
