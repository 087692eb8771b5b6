"""Processes orders, and reports which of them failed, so that only those are delivered again."""

from __future__ import annotations

import json
from typing import Any


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Return the messages that could not be worked on."""
    failed = [record["messageId"] for record in event.get("Records", []) if not _works(record["body"])]
    return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}


def _works(body: str) -> bool:
    try:
        return bool(json.loads(body)["item"])
    except (ValueError, KeyError, TypeError):
        return False
