"""Rules that check each pipeline."""
