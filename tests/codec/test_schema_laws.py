"""GitLab's JSON schema accepts everything that the models accept, with the exceptions listed here."""

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

# Rules about lengths and patterns: the models check only what GitLab's processor checks.
UNCHECKED_RULES = frozenset(("maxItems", "maxLength", "minItems", "minLength", "pattern", "uniqueItems"))
# Other values that the models accept and the schema refuses: keywords, with the rules of the schema that they break.
KNOWN = {
    "artifacts/reports/accessibility": ("type",),  # the processor accepts lists
    "artifacts/reports/annotations": ("type",),
    "artifacts/reports/browser_performance": ("type",),
    "include": ("additionalProperties", "required"),  # the processor refuses options of another kind of include
    "inherit/default": ("enum",),  # the schema is outdated
    "inputs/default": ("type",),  # strings may be read as numbers, and numbers as strings
    "needs": ("additionalProperties", "required", "type"),  # options of another kind; a pipeline's status; a single need
    "release/milestones": ("type",),  # one title
    "rules": ("additionalProperties",),  # one class for the rules of jobs, workflows and includes
    "rules/changes": ("oneOf", "required"),  # both paths and patterns
    "rules/exists": ("additionalProperties", "oneOf", "required"),
    "rules/needs": ("required",),
    "run": ("additionalProperties", "not", "required"),  # null does not count as a second function
    "secrets": ("dependencies", "required"),  # null does not count as a provider; newer providers
    "spec": ("additionalProperties",),  # a mapping keeps unknown keys
    "spec/include": ("additionalProperties", "required"),
    "spec/inputs/default": ("type",),
    "trigger": ("additionalProperties", "dependencies", "required"),  # a branch together with `include`
    "trigger/include": ("type",),  # a single file
    "variables": ("additionalProperties",),  # one class for the variables of files and jobs
    "variables/description": ("type",),  # the processor accepts numbers
    "variables/value": ("type",),  # numbers and booleans become strings
    "workflow/rules": ("additionalProperties",),
    "workflow/rules/changes": ("oneOf", "required"),
    "workflow/rules/exists": ("additionalProperties", "oneOf", "required"),
}
# Lists that can be nested to any depth in the models, but only two levels deep in the schema.
NESTED = frozenset(
    ("after_script", "before_script", "command", "needs", "pre_get_sources_script", "rules", "run", "script", "stages")
)
# Keys that only the models have: test_schema.py compares them with the schema.
ONLY_IN_MODELS = {key for cls in strategies.CLASSES.values() for key in plan_of(cls).keys.values()} - schema.KEYS
KEYS = strategies.KEYS.difference(strategies.OWN_FIELDS, ONLY_IN_MODELS)


def location_of(error: ValidationError) -> str:
    """Return the path of keywords of an error; the path of a keyword under `default` is that of a job."""
    names = [str(name) for before, name in pairwise(error.absolute_schema_path) if before == "properties"]
    return "/".join(names[names[:1] == ["default"] :])


def is_excused(error: ValidationError) -> bool:
    """Return whether the schema cannot check the value, or is known to differ from the models."""
    value, rule, location = error.instance, str(error.validator), location_of(error)
    if value is None or isinstance(value, schema.Reference) or (isinstance(value, str) and "$[[" in value):
        return True
    if rule in UNCHECKED_RULES or rule in KNOWN.get(location, ()):
        return True
    if rule == "type" and location.rpartition("/")[2] in NESTED and isinstance(value, list):
        return True
    if rule == "additionalProperties":  # keys from `extra`
        known = KEYS.difference(error.schema.get("properties", ()))
        return known.isdisjoint(value)
    return len(error.absolute_path) == 1 and not isinstance(value, dict)


def violations(pipeline: Pipeline) -> list[str]:
    """Return the schema errors of a pipeline."""
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
def test_the_schema_accepts_a_pipeline(pipeline: Pipeline) -> None:
    """Each pipeline that can be built is valid under the schema."""
    assert violations(pipeline) == []


@pytest.mark.parametrize("cls", strategies.CLASSES.values(), ids=lambda cls: cls.__name__)
def test_the_schema_accepts_each_keyword(cls: type[Model]) -> None:
    """A model of a class with any keyword is valid under the schema."""
    for names in batched(strategies.names_of(cls) or [None]):

        @settings(_law, max_examples=_law.max_examples // 50)
        @given(st.tuples(*(strategies.models(cls, name) for name in names)))
        def law(drawn: tuple[Any, ...]) -> None:
            for made in drawn:
                assert violations(home(made)) == []

        law()
