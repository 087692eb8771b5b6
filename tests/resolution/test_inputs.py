"""The values of inputs, from given values and the header."""

from __future__ import annotations

from typing import Any

import pytest

from gitlabgen.gitlab import Reference
from gitlabgen.modeling.kinds import NULL, FrozenDict
from gitlabgen.resolution.inputs import input_values
from gitlabgen.resolution.interpolation import UNKNOWN
from gitlabgen.yamltext.reader import loads


def value_of(spec: str, *given: Any) -> Any:
    """Return the value of an input with this declaration, for the first given value, if any."""
    values, problems = input_values(loads(f"x: {spec}\n"), {"x": given[0]} if given else {})
    assert problems == []
    return values["x"]


@pytest.mark.parametrize(
    ("spec", "given", "value"),
    [
        ("", "a", "a"),
        ("", 1, "1"),
        ("", True, "true"),
        ("", ("a", 1), '["a", 1]'),
        ("{default: 1.5}", NULL, "1.5"),
        ("{default: ~}", NULL, ""),
        ("{type: number}", 3, 3),
        ("{type: number}", "1", 1),
        ("{type: number}", "1.5", 1.5),
        ("{type: number, default: ~}", NULL, None),
        ("{type: boolean}", False, False),
        ("{type: boolean}", "true", True),
        ("{type: array}", ("a", FrozenDict({"b": 1})), ("a", {"b": 1})),
        ("{type: array}", '["a"]', ["a"]),
        ("{type: array, default: [a]}", NULL, ["a"]),
        ("{type: array, options: [a, b]}", ("a",), ("a",)),
        ("{type: boolean, options: [a]}", True, True),
        ("{options: [1, 2]}", "1", "1"),
        ("{type: number, options: [1, 2]}", "2", 2),
        ("{regex: '^v[0-9]'}", "v1", "v1"),
        ("{regex: '\\pL+'}", "é", "é"),
        ("{regex: '[[a]'}", "a", "a"),
        ("{regex: 1}", "a", "a"),
    ],
)
def test_values(spec: str, given: object, value: object) -> None:
    """A value is converted to the type of its input; a string is parsed for other types."""
    assert value_of(spec, given) == value
    assert isinstance(value_of(spec, given), type(value) if not isinstance(value, list) else list)


@pytest.mark.parametrize(
    ("spec", "given"),
    [
        ("{type: text}", "a"),
        ("{type: [string]}", "a"),
        ("a", "a"),
        ("", "$[[ inputs.of_the_includer ]]"),
        ("", Reference("a")),
        ("{default: 12:30}", NULL),
        ("{default: !reference [a]}", NULL),
        ("{type: number, default: many}", NULL),
        ("{options: [a], default: b}", NULL),
    ],
)
def test_unknown_values(spec: str, given: object) -> None:
    """A value is unknown if only GitLab knows it, or if the header is invalid."""
    assert value_of(spec, given) is UNKNOWN


@pytest.mark.parametrize("text", ["NaN", "[" * 100_000, "one"])
def test_texts_that_are_not_numbers(text: str) -> None:
    """A text that is not JSON is not a number."""
    _, (problem,) = input_values({"x": {"type": "number"}}, {"x": text})
    assert (problem.name, problem.gitlab) == ("x", "`x` input: provided value is not a number")
    assert problem.message.startswith(f"the input `x` should be a number, got the string '{text[:50]}")


def test_all_problems_are_reported() -> None:
    """All problems are reported, unknown inputs first, with a suggestion."""
    specs = loads("environment:\nsize: {options: [small, large]}\nitems: {type: array, options: [a, b]}\n")
    values, problems = input_values(specs, {"enviroment": "x", "other": 1, "size": "lage", "items": ("a", "z")})
    assert values == dict.fromkeys(("environment", "size", "items"), UNKNOWN)
    assert [problem.message for problem in problems] == [
        "there is no input `enviroment` and no input `other`",
        "the input `environment` is missing: it has no default",
        "the input `size` cannot be `lage`, which is not in its `options`",
        "the input `items` cannot be `z`, which is not in its `options`",
    ]
    assert [(problem.name, problem.gitlab, problem.hint) for problem in problems] == [
        ("enviroment", "unknown input arguments: enviroment, other", "did you mean `environment`?"),
        ("environment", "`environment` input: required value has not been provided", None),
        ("size", "`size` input: `lage` cannot be used because it is not in the list of allowed options", "did you mean `large`?"),
        (
            "items",
            "`items` input: `z` cannot be used because it is not in the list of allowed options",
            "the options are a, b",
        ),
    ]


def test_names_that_are_not_strings() -> None:
    """The name of an input is its text, whatever its type in YAML."""
    values, problems = input_values(loads("1: {default: a}\n"), {1: "b", 2: "c"})  # type: ignore[dict-item]
    assert values == {"1": "b"}
    assert [(problem.message, problem.gitlab) for problem in problems] == [
        ("there is no input `2`", "unknown input arguments: 2")
    ]


RULES = """
env: {options: [dev, prod], default: dev}
fast: {type: boolean, default: false}
size:
  rules:
    - if: %s
      options: [large]
      default: large
    - options: [small]
      default: small
"""


@pytest.mark.parametrize(
    ("condition", "size"),
    [
        ("'$[[ inputs.env ]] == \"prod\"'", "large"),
        ("$[[ inputs.env ]] == 'dev'", "small"),
        ("$[[ inputs.env ]] != 'dev'", "large"),
        ("$[[ inputs.env ]] != null", "large"),
        ("$[[ inputs.env ]] == null", "small"),
        ("$[[ inputs.fast ]] == false", "large"),
        ("$[[ inputs.fast ]] == 'true'", "small"),
        ("$[[ inputs.env ]] == 'prod' && $[[ inputs.fast ]] == true", "small"),
        ("$[[ inputs.env ]] == 'dev' || $[[ inputs.fast ]] == false", "large"),
        ("$[[ inputs.env ]] == 'prod' || $[[ inputs.env ]] =~ /x/", "large"),
        ("$[[ inputs.env ]] == 'dev' && $[[ inputs.env ]] =~ /x/", "small"),
        ("$[[ inputs.env ]] =~ /prod/", UNKNOWN),
        ("$[[ inputs.later ]] == 'x'", UNKNOWN),
        ("[a]", UNKNOWN),
        ("~", "large"),
    ],
)
def test_rules(condition: str, size: object) -> None:
    """The first rule that holds sets options and default, if its condition only compares inputs with constants."""
    values, problems = input_values(loads(RULES % condition), {"env": "prod", "size": ""})
    assert (values["size"], problems) == (size, [])


def test_rules_and_given_values() -> None:
    """A given value must be one of the options of the rule that holds; if the rule is unknown, any value is allowed."""
    _, (problem,) = input_values(loads(RULES % "$[[ inputs.env ]] == 'prod'"), {"env": "prod", "size": "small"})
    assert problem.gitlab == "`size` input: `small` cannot be used because it is not in the list of allowed options"
    assert problem.message == "the input `size` cannot be `small`, which is not in its `options`"
    assert input_values(loads(RULES % "$CI"), {"size": "huge"}) == ({"env": "dev", "fast": False, "size": "huge"}, [])


@pytest.mark.parametrize(("rules", "value"), [("[a]", UNKNOWN), ("[{if: a == b}]", UNKNOWN), ("a", "x"), ("[]", "x")])
def test_rules_without_effect(rules: str, value: object) -> None:
    """With empty rules, the input's default applies; with rules that cannot be read, the value is unknown."""
    assert value_of(f"{{rules: {rules}, default: x}}") == value


def test_no_rule_holds() -> None:
    """If no rule holds, the input's default applies, if any."""
    rule = "rules: [{if: \"$[[ inputs.a ]] == 'b'\", default: y}]"
    assert input_values(loads(f"a: {{default: a}}\nx: {{{rule}, default: z}}"), {})[0]["x"] == "z"
    assert input_values(loads(f"a: {{default: a}}\nx: {{{rule}}}"), {})[0]["x"] == ""
