"""Differences between a file on disk and its expected text."""

from gitlabgen.codec.headers import printable

__all__ = ["diff"]


def diff(path: str, old: bytes | None, new: str) -> str:
    """Return the unified diff from the file on disk to the expected text, with unprintable characters escaped.

    Args:
        path: The path for messages.
        old: The bytes on disk, or None if there is no file.
        new: The expected text.
    """
    from difflib import unified_diff

    name = printable(path).lstrip("/")
    before = _lines((old or b"").decode(errors="surrogateescape"))
    lines = unified_diff(before, _lines(new), "/dev/null" if old is None else f"a/{name}", f"b/{name}")
    return "".join(map(_diff_line, lines))


def _diff_line(line: str) -> str:
    text = "\t".join(map(printable, line.removesuffix("\n").split("\t")))
    return f"{text}\n" if line.endswith("\n") else f"{text}\n\\ No newline at end of file\n"


def _lines(text: str) -> list[str]:
    r"""Return the lines with their line endings; unlike `splitlines`, split only at `\n`."""
    *lines, last = text.split("\n")
    return [f"{line}\n" for line in lines] + ([last] if last else [])
