"""Pipelines as values: choose, change, rename and merge their jobs; each function returns a new pipeline."""

from __future__ import annotations

__all__: list[str] = []
