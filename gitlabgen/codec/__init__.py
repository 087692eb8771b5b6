"""Models to plain trees and back: generic over the model classes, with what each file format adds."""

from __future__ import annotations

__all__: list[str] = []
