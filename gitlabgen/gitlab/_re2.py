"""Regular expressions in the syntax of RE2, which GitLab uses for conditions."""

from __future__ import annotations

import re
from typing import Final

from gitlabgen.errors import Finding, KeywordError
from gitlabgen.modeling.callsites import caller, position
from gitlabgen.modeling.reporting import located

__all__ = ["condition_problem", "regex_literal"]

_URL: Final = "https://docs.gitlab.com/ci/jobs/job_rules/"


def condition_problem(message: str, hint: str) -> KeywordError:
    """Return the error for a condition, located at the user's line."""
    found = Finding(rule="invalid-condition", message=message, hint=hint, url=_URL)
    return KeywordError(located(found, position(caller())))


_FLAGS: Final = "ismU"
_MAX_REPEAT: Final = 1000
_ESCAPE: Final = (
    r"\\(?:[afnrtv\x00-/:-@\[-`{-\x7f]|0[0-7]{0,2}|x[0-9A-Fa-f]{2}|x\{0*(?:10[0-9A-Fa-f]{4}|[0-9A-Fa-f]{1,5})\}"
    r"|(?P<set>[dDsSwW]|[pP](?:[CLMNPSZ]|\{\^?(?:C[cfos]?|L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?|Yi|[A-Z][a-z][A-Za-z]+(?:_[A-Z][a-z]+)*)\})))"
)
_CLASS_ITEM: Final = (
    r"(?P<posix>\[:\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\])"
    r"|(?!\[:[^\]]*:\])(?:" + _ESCAPE + r"|[^\\])"
)
_PIECE: Final = (
    r"\\Q(?P<quoted>.*?)(?P<end>\\E|\Z)"
    r"|(?P<anchor>\\[AbBzC])"
    r"|(?P<escape>" + _ESCAPE + r")"
    r"|(?P<open>\((?!\?)|\(\?P?<(?P<name>[A-Za-z0-9_]+)>|\(\?(?:[imsU]+(?:-[imsU]+)?|-[imsU]+)?:)"
    r"|(?P<switch>\(\?(?:[imsU]+(?:-[imsU]+)?|-[imsU]+)\))"
    r"|(?P<close>\))|(?P<bar>\|)|(?P<class>\[)"
    r"|(?P<repeat>(?:[*+?]|\{(?P<low>[0-9]+)(?P<comma>,(?P<high>[0-9]*))?\})\??)"
    r"|(?P<character>(?!\{,[0-9]+\})[^\\()*+?])"
)
_UNKNOWN_TO_RE2: Final = (
    (r"\(\?[=!]", "look-ahead", "join two searches with &, or with & ~"),
    (r"\(\?<[=!]", "look-behind", "join two searches with &, or with & ~"),
    (r"\(\?>", "atomic group", "write (?:...)"),
    (r"\(\?\(", "conditional group", "write both cases with |"),
    (r"\(\?#", "comment", "write a Python comment instead"),
    (r"\(\?P=|\\[1-9]|\\[gk]", "back-reference", "write the repeated text again"),
    (r"\(\?[a-zA-Z-]*[aLux]", "inline flag", "RE2 has only the flags i, s, m and U"),
    (r"\\Z", "end of text \\Z", r"write \z, or $ without the flag m"),
    (r"\\[uUN]", "character by number or name", r"write \x{20AC}, or the character itself"),
    (r"\\[pP]", "character class", r"write a Unicode category or script, as in \pL or \p{Greek}"),
    (r"\\\Z", "backslash at the end", r"write \\ for a backslash"),
    (r"\\", "escape", "remove the backslash, or write two for a literal backslash"),
    (r"\{,[0-9]+\}", "repetition without a minimum", r"write {0,3}, or \{ for a literal brace"),
    (r"\[:", "named class", "RE2 has [:alnum:], [:alpha:], [:digit:], [:lower:], [:punct:], [:space:], [:upper:] and others"),
    (r"[*+?{]", "repetition of nothing", "write what to repeat before it, or escape the character with a backslash"),
    (r"\(", "group", "write (...), (?:...) or (?P<name>...)"),
)


def regex_literal(pattern: str, flags: str) -> str:
    """Return a regular expression between slashes, as GitLab's lexer requires it.

    Args:
        pattern: The expression without slashes.
        flags: Any of the letters `ismU`.

    Raises:
        KeywordError: If GitLab would reject it, or read a different expression.
    """
    if not isinstance(pattern, str):
        raise condition_problem(f"{pattern!r} is not a regular expression", 'write it as a string, such as r"^v\\d+$"')
    if not isinstance(flags, str) or not set(flags) <= set(_FLAGS):
        meant = {"I": "i", "S": "s", "M": "m", "u": "U"}
        likely = "".join(dict.fromkeys(meant.get(flag, flag) for flag in str(flags) if meant.get(flag, flag) in _FLAGS))
        guess = f"; did you mean `{likely}`?" if isinstance(flags, str) and likely else ""
        raise condition_problem(f"GitLab does not know the flags {flags!r}", f"flags are any of the letters i, s, m and U{guess}")
    if not pattern:
        raise condition_problem(
            "The regular expression is empty", 'write .matches("(?:)") to match any text, or test the variable itself'
        )
    if "\n" in pattern or "\r" in pattern:
        raise condition_problem(f"The regular expression {pattern!r} has a line break", r"write \n, in a raw string")
    body = _RegexChecker(pattern).body()
    # GitLab requires two characters between the slashes, and the last of them must not be a backslash.
    if len(body) < 2 or body.endswith("\\"):
        body = f"(?:{body})"
    return f"/{body}/{flags}"


def is_regex(pattern: str) -> bool:
    """Return whether RE2 can read a regular expression.

    Args:
        pattern: The expression without slashes.
    """
    try:
        _RegexChecker(pattern).body()
    except KeywordError:
        return False
    return True


def regex_matches(pattern: str, text: str) -> bool:
    """Return whether a text contains what a regular expression describes; True if only RE2 can decide.

    Args:
        pattern: The expression without slashes.
        text: The text.
    """
    import warnings

    with warnings.catch_warnings():
        # Python warns about patterns that a later version may interpret differently.
        warnings.simplefilter("ignore")
        try:
            return re.search(pattern, text, re.ASCII) is not None
        except (re.error, OverflowError, RecursionError):
            return True


class _RegexChecker:
    """Parses a regular expression like RE2, and escapes it for GitLab's slashes."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.position = 0
        self.names: set[str] = set()
        self.pieces = re.compile(_PIECE, re.DOTALL)
        self.items = re.compile(_CLASS_ITEM, re.DOTALL)

    def body(self) -> str:
        """Return the pattern with each slash escaped and each quotation closed."""
        written: list[str] = []
        # How often the counted repetitions repeat the last piece, and the largest such count in each open group.
        factor = 0
        groups = [1]
        repeated = False
        while self.position < len(self.pattern):
            piece = self.pieces.match(self.pattern, self.position)
            if piece is None:
                raise self._unknown(self.position)
            text, kind = piece[0], piece.lastgroup
            again, repeated = repeated, False
            if piece["quoted"] is not None:
                # RE2 would extend an open quotation to the end of the group that GitLab puts around the expression.
                text = "\\Q" + piece["quoted"].replace("/", "\\/") + "\\E"
                factor = 1 if piece["quoted"] else factor
            elif kind == "open":
                self._name(piece["name"])
                groups.append(1)
                factor = 0
            elif kind == "close":
                if len(groups) == 1:
                    raise self._error("unmatched parenthesis", ")", r"write \) for a literal parenthesis")
                factor = groups.pop()
                groups[-1] = max(groups[-1], factor)
            elif kind == "bar":
                factor = 0
            elif kind == "class":
                text = self._class()
                factor = 1
            elif kind == "repeat":
                factor = self._repeat(piece, factor, again=again)
                groups[-1] = max(groups[-1], factor)
                repeated = True
            elif kind != "switch":
                factor = 1
                text = "\\/" if text == "/" else text
            written.append(text)
            self.position = max(self.position, piece.end())
        if len(groups) > 1:
            raise self._error("unclosed parenthesis", "(", r"write \( for a literal parenthesis")
        return "".join(written)

    def _name(self, name: str | None) -> None:
        if name in self.names:
            raise self._error("second group of the same name", name or "", "give each group its own name")
        if name:
            self.names.add(name)

    def _repeat(self, piece: re.Match[str], factor: int, *, again: bool) -> int:
        text = piece[0]
        if again:
            name = "possessive quantifier" if text == "+" else "repetition of a repetition"
            raise self._error(name, text, "remove it, or put a group (?:...) around the first")
        if not factor:
            raise self._unknown(self.position, text)
        if piece["low"] is None:
            return factor
        low = int(piece["low"])
        high = int(piece["high"]) if piece["high"] else low
        if high < low:
            raise self._error("repetition with a maximum below its minimum", text, "write the smaller number first")
        factor *= max(1, high)
        if factor > _MAX_REPEAT:
            raise self._error(f"repetition of more than {_MAX_REPEAT}", text, "write * or +, or smaller numbers")
        return factor

    def _class(self) -> str:
        """Read the class in brackets at the position, and return its escaped text."""
        start = self.position
        self.position += 2 if self.pattern.startswith("[^", start) else 1
        first = True
        while first or not self.pattern.startswith("]", self.position):
            first = False
            item = self._class_item(start)
            low = _code(item)
            after = self.pattern[self.position + 1 : self.position + 2]
            if low is not None and self.pattern.startswith("-", self.position) and after not in ("", "]"):
                self.position += 1
                here = self.position
                high = _code(self._class_item(start))
                if high is None or high < low:
                    text = item[0] + "-" + self.pattern[here : self.position]
                    raise self._error("range with an end before its start", text, r"write \- for a literal dash")
        self.position += 1
        return re.sub(r"\\.|/", lambda part: "\\/" if part[0] == "/" else part[0], self.pattern[start : self.position])

    def _class_item(self, start: int) -> re.Match[str]:
        item = self.items.match(self.pattern, self.position)
        if item is None:
            if self.position >= len(self.pattern):
                raise self._error("unclosed bracket", self.pattern[start:], r"write \[ for a literal bracket")
            raise self._unknown(self.position)
        self.position = item.end()
        return item

    def _unknown(self, position: int, text: str = "") -> KeywordError:
        found = next(
            (match[0], name, hint)
            for construct, name, hint in _UNKNOWN_TO_RE2
            if (match := re.match(construct, self.pattern[position:]))
        )
        following = self.pattern[position : position + 2] if found[0] == "\\" else found[0]
        return self._error(found[1], text or following, found[2])

    def _error(self, name: str, text: str, hint: str) -> KeywordError:
        return condition_problem(
            f"GitLab's regular expressions (RE2) do not allow the {name} `{text}`, as in /{self.pattern}/", hint
        )


def _code(item: re.Match[str]) -> int | None:
    """Return the code point of a character in a class; None for a set of characters."""
    text = item[0]
    if item["posix"] or item["set"]:
        return None
    if text[0] != "\\":
        return ord(text)
    if text[1] == "x":
        return int(text[2:].strip("{}"), 16)
    if text[1] == "0":
        return int(text[1:], 8)
    return ord(dict(zip("afnrtv", "\a\f\n\r\t\v", strict=True)).get(text[1], text[1]))
