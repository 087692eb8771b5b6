"""Convert models to plain trees and back: generic over the model classes, plus the details of each file format."""

from __future__ import annotations

__all__: list[str] = []
