"""Files on disk: read the user's files, and write rendered ones."""
