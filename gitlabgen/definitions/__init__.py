"""Definitions of users: how they are found, loaded and turned into projects."""
