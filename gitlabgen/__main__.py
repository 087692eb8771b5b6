"""`python -m gitlabgen`."""

from __future__ import annotations

import sys

from gitlabgen.cli import main

if __name__ == "__main__":
    if not sys.flags.safe_path:
        # Python adds the current folder, from which a definition elsewhere could then import; `gitlabgen` does not add it.
        del sys.path[0]
    main()
