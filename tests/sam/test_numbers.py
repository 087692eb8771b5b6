from __future__ import annotations

import pytest

from gitlabgen import KeywordError, sam

TEMPLATE = """
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: '{timeout}'
"""


def test_a_number_may_be_a_string() -> None:
    """CloudFormation accepts a number as a string, and the string is unchanged."""
    template = sam.loads(TEMPLATE.format(timeout="30"))

    assert "Timeout: '30'" in sam.dumps(template)


def test_a_string_that_is_not_a_number_is_rejected() -> None:
    """A string that is not a number is reported with its line."""
    with pytest.raises(
        KeywordError, match=r"6:16: error\[invalid-keyword\] `F`: `Timeout` should be a number, got the string 'soon'"
    ):
        sam.loads(TEMPLATE.format(timeout="soon"), filename="t.yml")
