"""Compare the speed of the library with similar ones, as ratios measured in one run."""
