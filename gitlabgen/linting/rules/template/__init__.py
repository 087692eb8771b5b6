"""Rules that check each template."""
