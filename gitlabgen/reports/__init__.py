"""Reports for people and programs: text with the source line, and JSON."""

from __future__ import annotations

__all__: list[str] = []
