"""The values of inputs, from given values and the header."""

from __future__ import annotations

from typing import Any

import pytest

from gitlabgen.gitlab import Reference
from gitlabgen.modeling.kinds import NULL, FrozenDict
from gitlabgen.resolution.block_expressions import UNKNOWN
from gitlabgen.resolution.inputs import Typed, input_values
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
        ("{type: array, options: [a, b]}", ("a",)),
        ("{type: boolean, options: [a]}", True),
        ("{regex: '(?=a)'}", "a"),
        ("{regex: '^a', default: b}", NULL),
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
    specs = loads("environment:\nsize: {options: [small, large]}\nitems: {type: number, options: [1, 2]}\n")
    values, problems = input_values(specs, {"enviroment": "x", "other": 1, "size": "lage", "items": 3})
    assert values == dict.fromkeys(("environment", "size", "items"), UNKNOWN)
    assert [problem.message for problem in problems] == [
        "there is no input `enviroment` and no input `other`",
        "the input `environment` is missing: it has no default",
        "the input `size` cannot be `lage`, which is not in its `options`",
        "the input `items` cannot be `3`, which is not in its `options`",
    ]
    assert [(problem.name, problem.gitlab, problem.hint) for problem in problems] == [
        ("enviroment", "unknown input arguments: enviroment, other", "did you mean `environment`?"),
        ("environment", "`environment` input: required value has not been provided", None),
        ("size", "`size` input: `lage` cannot be used because it is not in the list of allowed options", "did you mean `large`?"),
        (
            "items",
            "`items` input: `3` cannot be used because it is not in the list of the allowed options",
            "the options are 1, 2",
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
        ("$[[ inputs.later ]] != 'x'", UNKNOWN),
        ("$[[ inputs.later ]] == null", UNKNOWN),
        ("[a]", UNKNOWN),
        ("~", "large"),
    ],
)
def test_rules(condition: str, size: object) -> None:
    """The first rule that holds sets options and default, if its condition only compares inputs with constants."""
    values, problems = input_values(loads(RULES % condition), {"env": "prod", "size": ""})
    assert (values["size"], [problem for problem in problems if problem.severity == "error"]) == (size, [])


UNSEEN = """
a: {rules: [{if: '$[[ inputs.b ]] == "x"', default: y}, {default: z}]}
b: {rules: [{if: '$[[ inputs.a ]] == "x" && $[[ inputs.bb ]] == "x"', default: y}, {default: z}]}
c: {rules: [{if: '$[[ inputs.d ]] == "x"', default: y}, {if: '$[[ inputs.e ]] == "x"', default: y}, {default: z}]}
d: {default: x}
e:
self: {rules: [{if: '$[[ inputs.self ]] == "x"', default: y}, {default: z}, a, {if: 1, default: b}]}
"""


def test_rules_that_compare_what_gitlab_does_not_see() -> None:
    """A condition on an unknown input, on a circle, or on a later default does not match, and is a warning."""
    values, problems = input_values(loads(UNSEEN), {"e": "no"})
    assert values == {"a": "z", "b": "z", "c": "z", "d": "x", "e": "no", "self": "z"}
    assert {(problem.rule, problem.severity, problem.gitlab, problem.declared) for problem in problems} == {
        ("unmatched-input-rule", "warning", None, True)
    }
    assert [(problem.name, problem.path, problem.message.partition("compares ")[2], problem.hint) for problem in problems] == [
        (
            "a",
            ("rules", 0, "if"),
            "`b`, whose own rules depend on it, so it matches only a value that is given",
            "remove one of the two conditions",
        ),
        ("b", ("rules", 0, "if"), "`bb`, which does not exist, so it never matches", "did you mean `b`?"),
        ("c", ("rules", 0, "if"), "`d`, which is declared later, so it does not match its default", "declare `d` before `c`"),
        (
            "self",
            ("rules", 0, "if"),
            "`self`, whose own rules depend on it, so it matches only a value that is given",
            "remove one of the two conditions",
        ),
    ]


def test_a_later_value_that_is_given() -> None:
    """A condition sees a later input if a value is given; before all values are known, one without a default is unknown."""
    specs = loads(UNSEEN)
    assert input_values(specs, {"d": "x", "e": "no"})[0]["c"] == "y"
    assert input_values(specs, {}, complete=False)[0]["c"] is UNKNOWN


@pytest.mark.parametrize(
    ("spec", "text", "value"),
    [
        ("", "3.10", "3.10"),
        ("", "[a, b]", "[a, b]"),
        ("{type: number}", "3", 3),
        ("{type: number}", "1.5", 1.5),
        ("{type: boolean}", "true", True),
        ("{type: array}", "[a, {b: c}]", ["a", {"b": "c"}]),
        ("{type: array}", '["a"]', ["a"]),
    ],
)
def test_typed_values(spec: str, text: str, value: object) -> None:
    """What a person types is YAML, unless the input is a string."""
    assert value_of(spec, Typed(text)) == value
    assert type(value_of(spec, Typed(text))) in (type(value), type(loads(text)))


def test_a_typed_text_that_is_not_yaml() -> None:
    """A text that is not YAML is refused as a text."""
    _, (problem,) = input_values({"x": {"type": "array"}}, {"x": Typed("[a")})
    assert problem.message == "the input `x` should be an array, got the string '[a'"


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
