"""Variables in values: our results equal those of Ruby's `tsort` and `gsub`, with which GitLab expands them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from gitlabgen.simulation import Variable, Variables
from gitlabgen.simulation.expansion import circles, expand_text, expanded, runner_values
from tests.differential.parsers import process

PARTS = (
    *(
        "$A",
        "${B}",
        "%C%",
        "$D",
        "${E}",
        "%F%",
        "$A",
        "$D",
        "$E",
        "$a",
        "$A_1",
        "$NOPE",
        "$$",
        "%%",
        "$",
        "%",
        "{",
        "}",
        "A",
        " ",
    ),
    *("${", "${}", "${A", "x", "é", "\n", "\\"),
)


def collections(seed: int, count: int) -> Iterator[list[dict[str, Any]]]:
    """Yield random collections of variables, in which names are often repeated."""
    source = random.Random(seed)
    for _ in range(count):
        yield [
            {
                "key": source.choice("ABCDEF"),
                "value": None if source.random() < 0.05 else "".join(source.choices(PARTS, k=source.randrange(3))),
                "raw": source.random() < 0.1,
                "file": source.random() < 0.1,
            }
            for _ in range(source.randrange(8))
        ]


def ours(collection: list[dict[str, Any]]) -> dict[str, Any]:
    """Return our results in the form of Ruby's. The levels, into which the variables are divided, make no difference."""
    given = [Variable(**fields) for fields in collection]
    variables = Variables([given[:3], given[3:5], given[5:]])
    found = circles(variables)
    if found:
        assert [*expanded(variables)] == given
        return {"circles": [[*names] for names in found]}
    results = expanded(variables), runner_values(variables)
    for name in "ABCDEF":
        # The last of equal names counts, also in texts.
        assert expand_text(f"${name}", variables, unknown="blank", nested=True) == (results[0].seen_by_if(name) or "")
    return {
        kind: [[variable.key, variable.value] for variable in result]
        for kind, result in zip(("expanded", "runner"), results, strict=True)
    }


def differences(given: list[list[dict[str, Any]]]) -> list[tuple[Any, ...]]:
    """Return the collections for which Ruby has another result."""
    answers = process(["ruby", "expansion.rb"], given)
    assert {key for answer in answers for key in answer} == {"circles", "expanded", "runner"}
    return [(*pair, ours(pair[0])) for pair in zip(given, answers, strict=True) if ours(pair[0]) != pair[1]]


def test_collections() -> None:
    """Our results equal those of Ruby."""
    assert differences([*collections(1, 3_000)]) == []


@pytest.mark.fuzz
def test_many_collections() -> None:
    """Our results equal those of Ruby for other collections in each run."""
    assert differences([*collections(random.randrange(10**9), 100_000)]) == []
