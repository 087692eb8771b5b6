"""`python -m gitlabgen`."""

from __future__ import annotations

from gitlabgen.cli import main

if __name__ == "__main__":
    main()
