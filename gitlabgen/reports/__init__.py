"""Findings for people and for programs: as text with the source line, and as JSON."""

from __future__ import annotations

__all__: list[str] = []
