"""Find the user's definitions, load them and turn them into projects."""
