"""Ask a deployed shop whether it is healthy, and whether it is this commit's: `smoke.py URL`."""

import json
import os
import sys
import time
from typing import Any
from urllib.request import urlopen

ATTEMPTS = 6


def ask(url: str, attempt: int = 1) -> Any:
    """Return what the shop answers; an Ingress may need a while until it leads to it."""
    try:
        with urlopen(url, timeout=10) as reply:
            return json.load(reply)
    except OSError:
        if attempt == ATTEMPTS:
            raise
        time.sleep(2**attempt)
        return ask(url, attempt + 1)


url = sys.argv[1]
if not ask(f"{url}/healthz")["healthy"]:
    sys.exit(f"{url} is not healthy")
version, expected = ask(url)["version"], os.environ["CI_COMMIT_SHORT_SHA"]
if version != expected:
    sys.exit(f"{url} is version {version}, and should be {expected}")
