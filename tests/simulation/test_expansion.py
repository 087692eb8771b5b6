from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gitlabgen.simulation import Unknown, Variable, Variables
from gitlabgen.simulation.expansion import circle_message, circles, expand_text, expanded, runner_values

ANSWERS: Mapping[str, Any] = json.loads((Path(__file__).parent.parent / "oracle" / "expansion.json").read_text(encoding="utf-8"))
PERHAPS = Unknown(("P may be set in the project",))
PRESENT = Unknown(("GitLab sets Q",), is_present=True)


def collection(variables: list[dict[str, Any]]) -> Variables:
    """Return variables of one level."""
    return Variables([[Variable(**variable) for variable in variables]])


def variables(**values: str | Unknown | None) -> Variables:
    """Return variables of one level by name."""
    return Variables([[Variable(key, value) for key, value in values.items()]])


@pytest.mark.parametrize("case", ANSWERS["collections"], ids=lambda case: case["id"])
def test_collections(case: dict[str, Any]) -> None:
    """Conditions see GitLab's values; expanded values, their order and messages about circles are GitLab's, also for runners."""
    given = collection(case["variables"])
    assert {variable.key: given.seen_by_if(variable.key) for variable in given} == case["seen_by_if"]
    for function, answer in ((expanded, case["expanded"]), (runner_values, case["runner"])):
        found = function(given)
        assert {variable.key: found.seen_by_if(variable.key) for variable in found} == answer["values"]
        assert [variable.key for variable in found] == answer["order"]
        assert circle_message(given) == (answer["error"] or "")


@pytest.mark.parametrize("case", ANSWERS["texts"], ids=lambda case: case["text"])
def test_texts(case: dict[str, Any]) -> None:
    """A text has GitLab's values: with undefined names left out or kept, and with the variables in values replaced."""
    given = collection(ANSWERS["texts_with"])
    assert expand_text(case["text"], given, unknown="blank") == case["blank"]
    assert expand_text(case["text"], given) == case["keep"]
    assert expand_text(case["text"], given, nested=True) == case["nested"]


def test_levels() -> None:
    """A reference means the variable of the highest level, and in its own value that of the level below."""
    given = Variables([[Variable("PATH", "/usr"), Variable("A", "$PATH")], [Variable("PATH", "$PATH:/opt")]])
    assert expand_text("$A", given, nested=True) == "/usr:/opt"
    assert expand_text("$PATH", given, nested=True) == "/usr:/opt"
    assert expand_text("$PATH", given) == "$PATH:/opt"
    below = Variables([[Variable("PATH", "$PATH:/opt")], [Variable("PATH", "/usr")]])
    assert expanded(below).seen_by_if("PATH") == "/usr:/opt"


def test_circles() -> None:
    """Each circle is named in the order of its references; all values stay unchanged, also in texts."""
    given = variables(A="$B", B="${A}", C="c", D="%E%", E="$F", F="$D", G="$C")
    assert circles(given) == (("A", "B"), ("D", "E", "F"))
    assert circle_message(given) == 'circular variable reference detected: ["A", "B"], ["D", "E", "F"]'
    assert expand_text("$G", given, nested=True) == "$C"
    assert expanded(given).seen_by_if("G") == "$C"


def test_two_levels_that_refer_to_themselves() -> None:
    """Two values of a variable that both contain it are a circle, because each refers to all values of the name."""
    assert circles(Variables([[Variable("A", "$A:a")], [Variable("A", "$A:b")]])) == (("A", "A"),)
    assert circles(variables(A="$A:a")) == ()


def test_variables_that_are_not_expanded_end_circles() -> None:
    """The value of a raw variable refers to nothing, and is inserted unchanged."""
    given = Variables([[Variable("A", "$B", raw=True), Variable("B", "b$A")]])
    assert circles(given) == ()
    assert expand_text("$B", given, nested=True) == "b$B"


def test_long_chains() -> None:
    """Thousands of variables can refer to each other."""
    count = 5_000
    given = variables(V0="x", **{f"V{number}": f"$V{number - 1}" for number in range(count, 0, -1)})
    assert expand_text(f"$V{count}", given, nested=True) == "x"
    closed = given.with_layer([Variable("V0", f"$V{count}")])
    assert len(circles(closed)[0]) == count + 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$P", PERHAPS),
        ("a$P", Unknown(PERHAPS.reasons, is_present=True)),
        (" $P$P", PERHAPS),
        ("$P$Q", Unknown((*PERHAPS.reasons, *PRESENT.reasons), is_present=True)),
        ("$A/$P", Unknown(PERHAPS.reasons, is_present=True)),
        ("$BLANK$NULL$P", PERHAPS),
        ("$OF_Q", PRESENT),
        ("$A", "a"),
        ("text", "text"),
    ],
)
def test_unknown_values(text: str, value: str | Unknown) -> None:
    """A text with an unknown value is unknown for the same reasons, and present if a part of it certainly is."""
    given = variables(P=PERHAPS, Q=PRESENT, A="a", BLANK=" ", NULL=None, OF_Q="$Q")
    assert expand_text(text, given, unknown="blank", nested=True) == value


def test_undefined_values() -> None:
    """A variable without value stays in a text whose undefined variables stay, and is left out of other texts."""
    assert expand_text("x$A", variables(A=None)) == "x$A"
    assert expand_text("x$A", variables(A=None), unknown="blank") == "x"


def test_variables_that_are_looked_up_only() -> None:
    """A level may know variables that it does not list; texts and values can name them."""

    class Project:
        """What the project may set."""

        referring = ()

        def get(self, key: str) -> Variable | None:
            return Variable(key, PERHAPS) if key == "P" else None

        def __iter__(self) -> Any:
            return iter(())

    given = Variables([Project(), [Variable("A", "$P"), Variable("B", "b$NOPE")]])
    assert expand_text("$A", given, nested=True) == PERHAPS
    assert expand_text("$P", given, nested=True) == PERHAPS
    assert expand_text("$B", given, nested=True) == "b"
    assert expanded(given).seen_by_if("A") == PERHAPS
