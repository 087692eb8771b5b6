"""How GitLab writes names in addresses."""

from __future__ import annotations

import re
from typing import Final

_LONGEST: Final = 63


def slug(text: str) -> str:
    """Return a text as GitLab writes it in addresses: in lower case, and with `-` instead of all but letters and digits.

    Args:
        text: The text.
    """
    return re.sub("[^a-z0-9]", "-", text.lower())[:_LONGEST].strip("-")
