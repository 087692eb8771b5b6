"""Tags as written in a file, and as parsers report them."""

from __future__ import annotations

import re

# The characters allowed in a tag without brackets; `!` and `,[]{}` would end it or name a handle.
_word = r"(?:[A-Za-z0-9_.~*'()#;/?:@&=+$-]|%[0-9A-Fa-f]{2})"
_tag = re.compile(rf"!!?{_word}+|!|!<(?:{_word}|[!,\[\]])+>").fullmatch
_unsafe = re.compile(r"[^A-Za-z0-9_.~*'()#;/?:@&=+$!,\[\]-]")
_STANDARD = "tag:yaml.org,2002:"


def is_tag(text: str) -> bool:
    """Return whether the text is a tag that can be written in a file."""
    return _tag(text) is not None


def shorthand(name: str) -> str:
    """Return the shortest form of a tag, from the name that a parser reports.

    Args:
        name: A tag such as `!Sub` or `tag:yaml.org,2002:int`.
    """
    escaped = _unsafe.sub(lambda match: "".join(f"%{byte:02X}" for byte in match.group().encode()), name)
    short = f"!!{escaped.removeprefix(_STANDARD)}" if escaped.startswith(_STANDARD) else escaped
    return short if short.startswith("!") and is_tag(short) else f"!<{escaped}>"
