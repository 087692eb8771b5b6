"""The rules: one module each, in the folder of what they check."""
