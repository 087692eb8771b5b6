"""Files on disk: what they hold, and how they are replaced."""
