"""What all tests share: random tests that fail the same way on every machine."""

from __future__ import annotations

import os

from hypothesis import settings

# A run of `make fuzz` draws new examples; the tests draw the same ones everywhere.
settings.register_profile("tests", deadline=None, derandomize=True, database=None)
settings.register_profile("fuzz", deadline=None, max_examples=2_000)
settings.load_profile("fuzz" if os.environ.get("GITLABGEN_FUZZ") else "tests")
