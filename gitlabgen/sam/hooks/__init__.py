"""The code that gitlabgen writes into templates; it runs in Lambda.

It is Python: Lambda's Python has boto3 and threads, and who is on call reads it together with the pipeline's runtime, which is
Python, too.
"""

from __future__ import annotations

import os
from typing import Final

__all__ = ["RUNTIME", "probe_code"]

RUNTIME: Final = "python3.13"
"""The runtime for which the code is written."""


def probe_code() -> str:
    """Return the code of the hook that probes a new version, for `InlineCode`; its handler is `index.handler`."""
    with open(os.path.join(os.path.dirname(__file__), "probe.py"), encoding="utf-8") as stream:
        return stream.read()
