"""Canaries: how traffic moves to a new version, the alarms and hooks that watch it, and what SAM gets of them."""
