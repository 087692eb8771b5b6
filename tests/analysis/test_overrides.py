"""The parameters that commands pass; tests/differential compares more with the programs themselves."""

from typing import Any

import pytest

from gitlabgen.analysis.overrides import Overrides, aws_overrides, sam_overrides


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["A=b c", "D=e=f", "G="], Overrides({"A": "b c", "D": "e=f", "G": ""})),
        (["A=b", "c"], Overrides({"A": "b"}, ("c",))),
        (["A=$B"], Overrides({"A": "$B"})),
        (["$A=b"], Overrides({}, is_complete=False)),
        (["file://a.json"], Overrides({}, is_complete=False)),
        (['[{"ParameterKey": "A"}]'], Overrides({}, is_complete=False)),
    ],
)
def test_aws(words: list[str], expected: Overrides) -> None:
    """`aws` splits each word once."""
    assert aws_overrides(words) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["A=b C=d", "ParameterKey=E,ParameterValue=f"], Overrides({"A": "b", "C": "d", "E": "f"})),
        (["A=b c"], Overrides({"A": "b"}, dropped={"A": "c"})),
        (["A=b", "c"], Overrides({"A": "b"}, ("c",))),
        (["A=\"b c\" D='e'"], Overrides({"A": "b c", "D": "e"})),
        (["A=$B", "C=$(date +%d) D=e"], Overrides({"A": "$_", "C": "$_", "D": "e"})),
        (["$B"], Overrides({}, is_complete=False)),
        (["file://a.yml"], Overrides({}, is_complete=False)),
        ([""], Overrides({})),
        ("A=b C=d", Overrides({"A": "b", "C": "d"})),
        ({"A": 1, "B": ["x", "y"]}, Overrides({"A": "1", "B": "x,y"})),
        ({"$include": "a.yml"}, Overrides({}, is_complete=False)),
        (3, Overrides({})),
    ],
)
def test_sam(given: Any, expected: Overrides) -> None:
    """`sam` splits each word again, and takes lists and tables from its configuration."""
    assert sam_overrides(given) == expected
