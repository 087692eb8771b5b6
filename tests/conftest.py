"""Settings of all tests: random tests draw the same examples on every machine."""

from __future__ import annotations

import os

from hypothesis import settings

# The tests expect text without colours, whatever the user's environment asks for.
for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"):
    os.environ.pop(name, None)

# `make fuzz` draws new examples; ordinary tests draw the same ones every time.
settings.register_profile("tests", deadline=None, derandomize=True, database=None)
settings.register_profile("fuzz", deadline=None, max_examples=2_000)
settings.load_profile("fuzz" if os.environ.get("GITLABGEN_FUZZ") else "tests")

# If a git hook runs the tests, these variables would make each `git` of a test use the hook's repository.
for _name in [name for name in os.environ if name.startswith("GIT_")]:
    del os.environ[_name]
