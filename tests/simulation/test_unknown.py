"""Unknown values and three-valued answers."""

from __future__ import annotations

from itertools import product

import pytest

from gitlabgen.simulation.unknown import Truth, Unknown, all_hold, any_holds, merged_reasons, negated

X, Y = Unknown(("x",)), Unknown(("y", "x"))


def worlds(truth: Truth) -> list[bool]:
    """Return the answers that are possible."""
    return [True, False] if isinstance(truth, Unknown) else [truth]


@pytest.mark.parametrize("truths", [*product([True, False, X, Y], repeat=2), (), (True, X, False), (X, Y, True)])
def test_an_answer_is_certain_if_all_values_give_it(truths: tuple[Truth, ...]) -> None:
    """All and any hold exactly if they do for every value of what is unknown."""
    for join, decided in ((all_hold, all), (any_holds, any)):
        answers = {decided(world) for world in product(*map(worlds, truths))}
        assert set(worlds(join(truths))) == answers


def test_reasons_are_merged() -> None:
    """The reasons of several unknown values are in order, without repetition."""
    assert all_hold([X, True, Y]) == any_holds([X, False, Y]) == Unknown(("x", "y"))
    assert merged_reasons([Y, X]) == ("y", "x")
    assert merged_reasons([]) == ()


def test_nothing_is_asked_after_the_answer() -> None:
    """What cannot change the answer is not computed."""
    asked = iter([False, True])
    assert all_hold(asked) is False
    assert any_holds(asked) is True
    assert next(asked, None) is None


def test_negation() -> None:
    """The opposite of what is unknown is unknown for the same reasons."""
    assert negated(True) is False
    assert negated(False) is True
    assert negated(Y) == Y


def test_an_unknown_value_is_no_condition() -> None:
    """Python cannot mistake an unknown answer for a certain one."""
    with pytest.raises(TypeError, match="neither true nor false: y; x"):
        bool(Y)
