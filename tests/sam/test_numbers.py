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


def test_a_number_may_be_text() -> None:
    """CloudFormation takes a number written as text, and it stays the text that it was."""
    template = sam.loads(TEMPLATE.format(timeout="30"))

    assert "Timeout: '30'" in sam.dumps(template)


def test_text_that_is_no_number_is_refused() -> None:
    """Text that is no number is told with its line."""
    with pytest.raises(
        KeywordError, match=r"6:16: error\[invalid-keyword\] `F`: `Timeout` should be a number, got the string 'soon'"
    ):
        sam.loads(TEMPLATE.format(timeout="soon"), filename="t.yml")
