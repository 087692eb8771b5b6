"""Rules that check which jobs a pipeline has for an event."""
