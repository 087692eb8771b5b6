"""Rules that check each pipeline with commands of AWS or with environments."""
