"""What the functions answer, without AWS."""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

import shop  # type: ignore[import-not-found]
import worker  # type: ignore[import-not-found]


def test_an_order_without_an_item_is_refused() -> None:
    """A body that is no order is answered with 400."""
    assert [shop.handler({"body": body}, None)["statusCode"] for body in (None, "no JSON", "{}", "[]")] == [400] * 4


def test_only_failed_messages_come_again() -> None:
    """The worker names the messages that it could not read."""
    records = [{"messageId": "1", "body": json.dumps({"item": "tea"})}, {"messageId": "2", "body": "[]"}]

    assert worker.handler({"Records": records}, None) == {"batchItemFailures": [{"itemIdentifier": "2"}]}
