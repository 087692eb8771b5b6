"""Regular expressions in GitLab's files: their text, such as `/^v[0-9]+$/i`, and what is wrong with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from gitlabgen.errors import Finding, KeywordError
from gitlabgen.modeling.callsites import caller, position
from gitlabgen.modeling.kinds import is_interpolated
from gitlabgen.modeling.reporting import located

if TYPE_CHECKING:
    from gitlabgen.matching.syntax import RegexError

__all__ = ["RegexProblem", "condition_problem", "literal_problem", "pattern_of", "regex_literal", "regex_problem"]

_URL: Final = "https://docs.gitlab.com/ci/jobs/job_rules/"


def condition_problem(message: str, hint: str) -> KeywordError:
    """Return the error for a condition, located at the user's line."""
    found = Finding(rule="invalid-condition", message=message, hint=hint, url=_URL)
    return KeywordError(located(found, position(caller())))


_FLAGS: Final = "ismU"
_LONGEST: Final = 200
# Quoted text, an escaped character, or a slash.
_SLASHES: Final = r"(?s)\\Q(?P<quoted>.*?)(?:\\E|\Z)|\\.|/"
_BETWEEN_SLASHES: Final = r"/(?P<body>.*)/(?P<flags>[ismU]*)"
_WITHOUT_LOOKING: Final = "write the pattern without it; a condition can join two searches, such as one with =~ and one with !~"

# By RE2's message: the beginning of the part that it names, what this is, and what to write instead.
_REJECTED: Final = {
    "bad repetition operator": (
        (r".+\+\Z", "possessive quantifier", "remove it, or put a group (?:...) around the first"),
        ("", "repetition of a repetition", "remove it, or put a group (?:...) around the first"),
    ),
    "invalid character class range": (
        (r"\\[pP]", "character class", r"write a Unicode category or script, as in \pL or \p{Greek}"),
        (
            r"\[:",
            "named class",
            "RE2 has [:alnum:], [:alpha:], [:digit:], [:lower:], [:punct:], [:space:], [:upper:] and others",
        ),
        ("", "range with an end before its start", r"write \- for a literal dash"),
    ),
    "invalid UTF-8": (("", "escape", r"close the brace, as in \x{20AC}"),),
    "invalid escape sequence": (
        (r"\\[1-9gk]", "back-reference", "write the repeated text again"),
        (r"\\Z", "end of text \\Z", r"write \z, or $ without the flag m"),
        (r"\\[uUN]", "character by number or name", r"write \x{20AC}, or the character itself"),
        (r"\\[dDsSwWpP]", "class at the end of a range", r"write \- for a literal dash"),
        ("", "escape", "remove the backslash, or write two for a literal backslash"),
    ),
    "invalid named capture group": (("", "name of a group", "a name has letters, digits and underscores, as in (?P<name>...)"),),
    "invalid perl operator": (
        (r"\(\?[=!]", "look-ahead", _WITHOUT_LOOKING),
        (r"\(\?<[=!]", "look-behind", _WITHOUT_LOOKING),
        (r"\(\?>", "atomic group", "write (?:...)"),
        (r"\(\?\(", "conditional group", "write both cases with |"),
        (r"\(\?#", "comment", "write a Python comment instead"),
        (r"\(\?P\Z", "back-reference", "write the repeated text again"),
        (r"\(\?[a-zA-Z-]+\Z", "inline flag", "RE2 has only the flags i, s, m and U"),
        ("", "group", "write (...), (?:...) or (?P<name>...)"),
    ),
    "invalid repetition size": (("", "repetition of more than 1000", "write * or +, or smaller numbers"),),
    "maximum below minimum": (("", "repetition with a maximum below its minimum", "write the smaller number first"),),
    "missing )": (("", "unclosed parenthesis", r"write \( for a literal parenthesis"),),
    "missing ]": (("", "unclosed bracket", r"write \[ for a literal bracket"),),
    "no argument for repetition operator": (
        ("", "repetition of nothing", "write what to repeat before it, or escape the character with a backslash"),
    ),
    "trailing \\": (("", "backslash at the end", r"write \\ for a backslash"),),
    "unexpected )": (("", "unmatched parenthesis", r"write \) for a literal parenthesis"),),
}
# RE2 names the whole pattern, or nothing.
_PARTS: Final = {"invalid UTF-8": r"\x{", "missing )": "(", "unexpected )": ")", "trailing \\": "\\"}


class RegexProblem(NamedTuple):
    """A problem with a regular expression.

    Args:
        message: The message.
        hint: What to write instead.
    """

    message: str
    hint: str


def regex_problem(pattern: str, flags: str = "") -> RegexProblem | None:
    """Return the problem with a regular expression that RE2 rejects; None if RE2 accepts it.

    Args:
        pattern: The expression, without slashes around it.
        flags: Any of the letters `ismU`.
    """
    from gitlabgen.matching.searching import checked
    from gitlabgen.matching.syntax import RegexError

    prefix = f"(?{flags})" if flags else ""
    try:
        checked(prefix + pattern)
    except RegexError as error:
        return _described(error, pattern, error.position - len(prefix) + 1)
    return None


def _described(error: RegexError, pattern: str, column: int) -> RegexProblem:
    from gitlabgen.modeling.wording import cut

    shown = f"/{cut(pattern, _LONGEST)}/"
    if error.problem not in _REJECTED:  # the program is too large
        return RegexProblem(f"GitLab's regular expressions (RE2) do not allow {shown}: {error.problem}", "write a simpler one")
    part = _PARTS.get(error.problem, error.part)
    problem = "maximum below minimum" if _has_reversed_counts(part) else error.problem
    name, hint = next((name, hint) for begin, name, hint in _REJECTED[problem] if re.match(begin, part))
    where = f"`{cut(part, _LONGEST)}` at character {column} ({error.problem})"
    return RegexProblem(f"GitLab's regular expressions (RE2) do not allow the {name} {where}, as in {shown}", hint)


def _has_reversed_counts(part: str) -> bool:
    counts = re.match(r"\{(\d+),(\d+)\}", part)
    return counts is not None and int(counts[1]) > int(counts[2])


def pattern_of(literal: str) -> tuple[str, str] | None:
    """Return the pattern and the flags of a text such as `/^v/i`; None if GitLab does not read it as a regular expression.

    Args:
        literal: The text. Like GitLab, this looks for a line that is a regular expression.
    """
    found = next(filter(None, (re.fullmatch(_BETWEEN_SLASHES, line) for line in literal.split("\n"))), None)
    return (found["body"], found["flags"]) if found else None


def literal_problem(literal: str) -> RegexProblem | None:
    """Return the problem with a text between slashes, if GitLab reads it as a regular expression.

    Args:
        literal: The text, such as `/^v/i`; a text with `$[[ … ]]` is not known yet.
    """
    found = None if is_interpolated(literal) else pattern_of(literal)
    return regex_problem(*found) if found else None


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
    problem = regex_problem(pattern, flags)
    if problem:
        raise condition_problem(*problem)
    body = re.sub(_SLASHES, _with_escaped_slashes, pattern)
    # GitLab requires two characters between the slashes, and the last of them must not be a backslash.
    if len(body) < 2 or body.endswith("\\"):
        body = f"(?:{body})"
    return f"/{body}/{flags}"


def _with_escaped_slashes(part: re.Match[str]) -> str:
    quoted = part["quoted"]
    if quoted is not None:
        # RE2 would extend an open quotation to the end of the group that GitLab puts around the expression.
        return "\\Q" + quoted.replace("/", "\\/") + "\\E"
    return "\\/" if part[0] == "/" else part[0]
