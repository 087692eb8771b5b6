"""Canaries: how traffic moves to a new version, and the alarms and hooks that check it."""
