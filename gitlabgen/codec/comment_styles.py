"""How files of each kind write a comment, and which lines must stay above it."""

from __future__ import annotations

import re

TYPE_CHECKING = False  # `typing` takes longer to load than everything else here
if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PREFIXES", "Style", "has_no_comments", "is_known", "style_of"]


class Style:
    """How a file writes a comment on one line.

    Args:
        prefix: The text before a comment.
        suffix: The text after it.
        forbidden: The text that a comment cannot contain.
        first: The lines that must stay first, as a regular expression.
        start: How the file begins if it has such lines; without them, no line may be put above this.
    """

    __slots__ = ("first", "forbidden", "prefix", "start", "suffix")

    def __init__(self, prefix: str, suffix: str = "", forbidden: str = "", first: str = "", start: str = "") -> None:
        self.prefix = prefix
        self.suffix = suffix
        self.forbidden = forbidden
        self.first = first
        self.start = start

    def split(self, text: str) -> tuple[str, str]:
        """Return the lines that must stay first, and the rest.

        Args:
            text: The text of a file.
        """
        found = re.match(self.first, text) if self.first else None
        end = found.end() if found else 0
        return text[:end], text[end:]


_INTERPRETER = r"#![^\n]*\n"
_NUMBER_SIGN = Style("# ", first=_INTERPRETER)
_DIRECTIVES = Style("# ", first=r"(?:#[ \t]*(?i:syntax|escape|check)[ \t]*=[^\n]*\n)+")
_SLASHES = Style("// ", first=_INTERPRETER)
_DASHES = Style("-- ", first=_INTERPRETER)
_PHP = Style("// ", first=r"<\?php[ \t]*\n")
_MARKUP = Style("<!-- ", " -->", "--", r"(?i:<\?xml[^\n]*\?>[ \t]*\n)?(?i:<!doctype[^\n>]*>[ \t]*\n)?", r"(?i)<\?xml|<!doctype")
_MARKDOWN = Style("<!-- ", " -->", "--", "", "---")
_SHEETS = Style("/* ", " */", "*/", r'@charset "[^"\n]*";[ \t]*\n', "@charset")

_STYLES: tuple[tuple[Style, str], ...] = (
    (_SLASHES, "c cc cjs cpp cs cts dart fs go gradle groovy h hpp java js json5 jsonc jsx kt kts less"),
    (_SLASHES, "mjs mts proto rs scala scss swift ts tsx zig"),
    (_DASHES, "ads adb elm hs lua sql"),
    (_PHP, "php"),
    (_MARKUP, "htm html svg vue xhtml xml xsd xsl xslt plist csproj props targets"),
    (_MARKDOWN, "markdown md"),
    (_SHEETS, "css"),
    (_DIRECTIVES, "containerfile dockerfile"),
    (_NUMBER_SIGN, "awk bash bats cfg cmake cnf conf config cr csh env ex exs fish gitignore gql graphql hcl in inc ini jl"),
    (_NUMBER_SIGN, "ksh list mk nix nomad nu pl pm pp properties ps1 psd1 psm1 py pyi r rake rb repo rego rules sed service"),
    (_NUMBER_SIGN, "sh socket star tcl template tf tfvars timer tmpl toml txt unit yaml yml zsh"),
)
_WITHOUT = frozenset(
    (
        *("asc", "avsc", "csv", "geojson", "har", "ipynb", "json", "jsonl", "key", "lock", "map", "ndjson", "pem", "pub"),
        *("rst", "rtf", "tsv", "webmanifest"),
    )
)
_NAMES = {"dockerfile": _DIRECTIVES, "containerfile": _DIRECTIVES, "jenkinsfile": _SLASHES, "go.mod": _SLASHES}

PREFIXES = ("# ", "// ", "-- ", "<!-- ", "/* ")
"""The texts before a comment."""


def _by_ending() -> Mapping[str, Style]:
    return {ending: style for style, endings in _STYLES for ending in endings.split()}


_ENDINGS = _by_ending()


def style_of(path: str, body: str = "") -> Style | None:
    """Return how a file writes comments; None if it has none, or if none can be above its first line.

    Args:
        path: The file's path.
        body: Its text.
    """
    name = path.rpartition("/")[2].lower()
    style = _NAMES.get(name) or _NAMES.get(name.partition(".")[0]) or _ENDINGS.get(_ending(name))
    if style is None:
        return None if _ending(name) else _NUMBER_SIGN
    if style is _PHP:
        return style if style.split(body)[0] else None
    is_stuck = style.start and re.match(style.start, body) and not style.split(body)[0]
    return None if is_stuck else style


def is_known(path: str) -> bool:
    """Return whether it is known how a file writes comments, or that it has none.

    Args:
        path: The file's path.
    """
    return has_no_comments(path) or style_of(path, "<?php\n") is not None


def has_no_comments(path: str) -> bool:
    """Return whether files of this kind have no comments.

    Args:
        path: The file's path.
    """
    return _ending(path.rpartition("/")[2].lower()) in _WITHOUT


def _ending(name: str) -> str:
    """Return what follows the last dot of a name; a name such as `.gitignore` has no ending."""
    stem, dot, ending = name.rpartition(".")
    return ending if dot and stem else ""
