"""Collections of variables."""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.simulation.unknown import Unknown
from gitlabgen.simulation.variables import Variable, VariableLayer, Variables


def test_the_highest_level_counts() -> None:
    """Of variables with one name, the last of the highest level counts."""
    low, high = Variable("A", "low", "root"), Variable("A", "high", "job")
    variables = Variables([[low, Variable("B", "b")], [Variable("A", "middle"), high]])
    assert variables.get("A") is high
    assert variables.seen_by_if("A") == "high"
    assert variables.seen_by_if("B") == "b"
    assert variables.get("C") is None
    assert variables.seen_by_if("C") is None
    assert [variable.value for variable in variables] == ["low", "b", "middle", "high"]


def test_a_further_level_leaves_the_others_unchanged() -> None:
    """A level is added above the others, and the collection without it does not change."""
    pipeline = Variables([[Variable("A", "pipeline")]])
    job = pipeline.with_layer([Variable("A", None)])
    assert pipeline.seen_by_if("A") == "pipeline"
    assert job.seen_by_if("A") is None
    assert job.get("A") == Variable("A", None)
    assert job.layers[0] is pipeline.layers[0]


def test_conditions_see_what_is_not_expanded_or_not_known() -> None:
    """Conditions read values without expansion, and unknown values."""
    unknown = Unknown(("set in the project",), is_present=True)
    variables = Variables([[Variable("A", "$B"), Variable("B", unknown)]])
    assert variables.seen_by_if("A") == "$B"
    assert variables.seen_by_if("B") is unknown


def test_levels_are_made_when_they_are_needed() -> None:
    """A level whose variables are a generator is read only when a variable is looked up, and only once."""
    made = []

    def variables() -> Iterator[Variable]:
        made.append("A")
        yield Variable("A", "a")

    collection = Variables([VariableLayer(variables())])
    assert not made
    assert collection.seen_by_if("A") == "a"
    assert [variable.key for variable in collection] == ["A"]
    assert made == ["A"]
