"""Takes orders and puts them into a queue."""

from __future__ import annotations

import json
import os
from typing import Any

_QUEUE_URL = os.environ.get("QUEUE_URL", "")


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Return 202 for an accepted order, and 400 for a body that is not an order."""
    try:
        order = json.loads(event.get("body") or "")
    except ValueError:
        order = None
    if not isinstance(order, dict) or not order.get("item"):
        return {"statusCode": 400, "body": json.dumps({"error": "an order has an item"})}
    _queue().send_message(QueueUrl=_QUEUE_URL, MessageBody=json.dumps(order))
    return {"statusCode": 202, "body": json.dumps({"accepted": order["item"]})}


def _queue() -> Any:
    import boto3  # type: ignore[import-not-found,import-untyped,unused-ignore]

    return boto3.client("sqs")
