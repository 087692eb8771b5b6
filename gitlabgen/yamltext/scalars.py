"""Write one scalar: plain if all parsers agree that it is this string, otherwise as a block or quoted.

"All parsers" are PyYAML, libyaml, ruamel.yaml, Ruby's Psych, js-yaml and npm's yaml, in YAML 1.1 and 1.2.
The rule is a list of what may be plain, because no common description covers what the parsers read as numbers, dates,
booleans and symbols. tests/differential checks it against all of them.

Source: https://yaml.org/type/ and https://yaml.org/spec/1.2.2/#103-core-schema
"""

from __future__ import annotations

import re

from gitlabgen.yamltext.patterns import patterns

# Compared casefolded, because Psych reads `ye\u017f` as true: its regular expressions fold letters as Unicode does.
WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "~", ".nan", ".inf"})
_LONGEST_WORD = 5

# A plain scalar can begin with these before any character; with the others below only before certain characters.
# npm's yaml reads `e3` as a number, and all parsers read `.5` and `.inf` as numbers.
_SAFE_STARTS = frozenset("ABCDFGHIJKLMNOPQRSTUVWXYZabcdfghijklmnopqrstuvwxyz_/$")
_starts_plain = re.compile(r"[eE](?![-+]?[0-9]+\Z)|\.\.?/|\.(?![eE][-+]?[0-9]+\Z)[A-Za-z]|[0-9]+ [A-Za-z]|[^\x00-\x7f]").match
_plain_in_flow = re.compile(r"(?!\.?[eE][-+]?[0-9]+\Z)(?:[A-Za-z_/$]|\.(?=[A-Za-z]))[\w./$@-]*", re.ASCII).fullmatch
_verbatim_in_flow = re.compile(r"[\w.+][\w.+-]*|-[\w.][\w.+-]*", re.ASCII).fullmatch

_surrogate = re.compile("[\ud800-\udfff]").search
_NAMED = {'"': r"\"", "\\": r"\\", "\n": r"\n", "\t": r"\t", "\r": r"\r", "\0": r"\0"}

# libyaml and npm's yaml search only 1,024 characters for the colon after a key.
_LONGEST_KEY = 1000


def scalar(text: str, indent: str) -> str:
    """Return the string as YAML text after `key: ` or `- `.

    Args:
        text: The string.
        indent: The indentation of the lines of a block; if empty, no block is used.

    Raises:
        ValueError: If YAML cannot represent the string.
    """
    if "\n" in text and indent:
        return _block(text, indent) or _double(text)
    return text if is_plain(text) else _quoted(text)


def key(text: str, separator: str) -> str:
    """Return the string as YAML text before the colon.

    Args:
        text: The string.
        separator: The line break and the indentation of the mapping.

    Raises:
        ValueError: If YAML cannot represent the string.
    """
    if text == "<<":
        # Psych also merges at a quoted `<<`, but not if it has a string tag.
        return "!!str '<<'"
    written = text if is_plain(text) else _quoted(text)
    return written if len(written) <= _LONGEST_KEY else f"? {written}{separator}"


def flow(text: str) -> str:
    """Return the string as an item of a flow sequence.

    Raises:
        ValueError: If YAML cannot represent the string.
    """
    return text if _plain_in_flow(text) and text.casefold() not in WORDS else _quoted(text)


def verbatim(text: str, *, in_flow: bool = False, as_key: bool = False) -> bool:
    """Return whether the text can be written as a plain scalar, of any type."""
    if as_key and len(text) > _LONGEST_KEY:
        return False
    return (_verbatim_in_flow if in_flow else patterns(text).verbatim.fullmatch)(text) is not None


def number(value: float | None) -> str:
    """Return an integer, a float, a boolean or None as text from which all parsers read the same type and value.

    Raises:
        ValueError: If Python cannot convert the integer to text.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        try:
            return int.__repr__(value)
        except ValueError:
            raise ValueError("an integer of more than 4,300 digits, which Python does not convert to text,") from None
    text = float.__repr__(value)
    if text in _NOT_FINITE:
        return _NOT_FINITE[text]
    # YAML 1.1 allows an exponent only after a point.
    return text.replace("e", ".0e") if "e" in text and "." not in text else text


_NOT_FINITE = {"inf": ".inf", "-inf": "-.inf", "nan": ".nan"}


def is_plain(text: str) -> bool:
    """Return whether all parsers read the unquoted text as this string."""
    return (
        (text[:1] in _SAFE_STARTS or _starts_plain(text) is not None)
        # The set of printable characters grows with each Python version, but not in ASCII.
        and (text.isprintable() if text.isascii() else not patterns(text).hidden.search(text))
        and ": " not in text
        and " #" not in text
        and text[-1] not in ": "
        and (len(text) > _LONGEST_WORD or text.casefold() not in WORDS)
    )


def _quoted(text: str) -> str:
    if patterns(text).hidden.search(text):
        return _double(text)
    return "'" + text.replace("'", "''") + "'"


def _double(text: str) -> str:
    if lone := _surrogate(text):
        raise ValueError(f"a string with the lone surrogate U+{ord(lone.group()):04X}")
    return '"' + patterns(text).special.sub(_escape, text) + '"'


def _escape(match: re.Match[str]) -> str:
    char = match.group()
    code = ord(char)
    return _NAMED.get(char) or (f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}")


def _block(text: str, indent: str) -> str | None:
    """Return the string as a literal block, or None if parsers would disagree about it."""
    body = text.rstrip("\n")
    if not body or not patterns(text).literal.fullmatch(text):
        return None
    ends = len(text) - len(body)
    # The first line that is not empty determines the indentation, unless a digit does.
    indicator = "2" if body[0] in " \n" else ""
    chomping = "-" if ends == 0 else "+" if ends > 1 else ""
    lines = (f"{indent}{line}" if line else "" for line in body.split("\n"))
    return f"|{indicator}{chomping}\n" + "\n".join(lines) + "\n" * (ends - 1)
