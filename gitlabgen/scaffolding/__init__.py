"""Start a project from a blueprint: which files it gets, what is asked, and what is written."""
