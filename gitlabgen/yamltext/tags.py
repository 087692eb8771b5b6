"""Tags as they stand in a file, and as parsers name them."""

from __future__ import annotations

import re

# What may stand in a tag without brackets; `!` and `,[]{}` would end it or name a handle.
_word = r"(?:[A-Za-z0-9_.~*'()#;/?:@&=+$-]|%[0-9A-Fa-f]{2})"
_tag = re.compile(rf"!!?{_word}+|!|!<(?:{_word}|[!,\[\]])+>").fullmatch
_unsafe = re.compile(r"[^A-Za-z0-9_.~*'()#;/?:@&=+$!,\[\]-]")
_STANDARD = "tag:yaml.org,2002:"


def is_tag(text: str) -> bool:
    """Return whether the text can stand as a tag in a file."""
    return _tag(text) is not None


def shorthand(name: str) -> str:
    """Return the tag as it is best written, from the name that a parser gives it.

    Args:
        name: Such as `!Sub` or `tag:yaml.org,2002:int`.
    """
    escaped = _unsafe.sub(lambda match: "".join(f"%{byte:02X}" for byte in match.group().encode()), name)
    short = f"!!{escaped.removeprefix(_STANDARD)}" if escaped.startswith(_STANDARD) else escaped
    return short if short.startswith("!") and is_tag(short) else f"!<{escaped}>"
