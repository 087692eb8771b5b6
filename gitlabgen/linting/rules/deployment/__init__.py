"""Rules that check each pipeline with AWS commands or environments."""
