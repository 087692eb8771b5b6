"""The base of all model classes: checked arguments, types of values, and the user's source line."""
