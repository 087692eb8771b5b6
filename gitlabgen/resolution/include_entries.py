"""One item of `include`: which file it names, whether its rules hold, and what is wrong with it as it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import attrs

from gitlabgen.errors import Finding, Severity
from gitlabgen.gitlab.include import Include
from gitlabgen.modeling.callsites import Position, position
from gitlabgen.modeling.kinds import NULL
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import location_of
from gitlabgen.modeling.problems import Path
from gitlabgen.modeling.reporting import located

_KINDS: Final = ("local", "project", "remote", "template", "component", "artifact")
_YAML: Final = r"(?i).+\.ya?ml"
URL: Final = r"\s*(?:https?|ssh|git):"
"""How the address of a remote file begins, as a regular expression."""
_HASH: Final = r"sha256-(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
_HASH_LENGTH: Final = 51


@attrs.frozen
class IncludeEntry:
    """One item of `include`.

    Args:
        owner: What holds it.
        path: The way to it.
        kind: Which keyword names the file; empty if none or several do, and `reference` for `!reference`.
        location: What the keyword says.
        include: The item, if it is more than a string.
    """

    owner: Model
    path: Path
    kind: str
    location: Any
    include: Include | None = None

    @property
    def is_open(self) -> bool:
        """Return whether only GitLab knows which file is meant."""
        return not isinstance(self.location, str) or "$" in self.location

    @property
    def label(self) -> str:
        """Return the words for an include that cannot be read."""
        if self.kind in ("", "reference"):
            return "include"
        return f"{self.kind} {self.location if isinstance(self.location, str) else '!reference'}"

    def option(self, name: str) -> Any:
        """Return what a keyword beside the location says; None if nothing."""
        value = getattr(self.include, name, None)
        return None if value is NULL else value

    def position(self, *path: str) -> Position:
        """Return where a part of it stands."""
        place = location_of(self.owner if self.include is None else self.include)
        return position(place, self.path if self.include is None else path) or Position("")

    def finding(
        self,
        message: str,
        hint: str | None = None,
        *,
        at: str | None = None,
        severity: Severity = "error",
        part: str | None = None,
        gitlab: str | None = None,
    ) -> Finding:
        """Return a finding that points at the item.

        Args:
            message: What is wrong.
            hint: What to write instead.
            at: The keyword to blame, if not the one with the location.
            severity: How bad it is.
            part: The part of that keyword to blame, where it is a mapping.
            gitlab: The sentence in which GitLab says the same.
        """
        facts = (gitlab or message,)
        found = Finding(
            "invalid-include", message, severity, hint, path="include", url=Include.docs_url, facts=facts, gitlab=gitlab
        )
        return located(found, self.position(*filter(None, (at or self.kind, part))))


def entries(owner: Any) -> Iterator[IncludeEntry]:
    """Yield the items of `include`.

    Args:
        owner: The pipeline, or the trigger, that has it.
    """
    several = isinstance(owner.include, tuple)
    for index, item in enumerate(owner.include if several else (owner.include,)):
        path: Path = ("include", index) if several else ("include",)
        if isinstance(item, str):
            yield IncludeEntry(owner, path, "remote" if re.match(URL, item) else "local", item)
        elif isinstance(item, Include):
            kinds = [kind for kind in _KINDS if getattr(item, kind) not in (None, NULL)]
            kind = kinds[0] if len(kinds) == 1 else ""
            yield IncludeEntry(owner, path, kind, getattr(item, kind, None), item)
        elif item is not None and item is not NULL:
            yield IncludeEntry(owner, path, "reference", None)


def applies(rules: Any) -> bool | None:
    """Return whether rules include a file; None if only GitLab can tell.

    Args:
        rules: What `include:rules` says.
    """
    if rules is None:
        return True
    if not isinstance(rules, tuple):
        return None
    outcomes = set()
    for rule in rules:
        given = getattr(rule, "__dict__", {"if_": ""})
        outcomes.add(given.get("when") != "never")
        if given.keys().isdisjoint(("if_", "changes", "exists")):
            break
    else:
        outcomes.add(False)
    return outcomes.pop() if len(outcomes) == 1 else None


def asks_for_files(rules: Any) -> bool:
    """Return whether a rule has `exists`.

    Args:
        rules: What `include:rules` says.
    """
    return isinstance(rules, tuple) and any("exists" in getattr(rule, "__dict__", ()) for rule in rules)


def location_problem(entry: IncludeEntry, location: str) -> tuple[str, str, str] | None:
    """Return what is wrong with a location as it is written, the same in GitLab's words, and what to write instead.

    Args:
        entry: The item.
        location: The path, the URL or the template's name.
    """
    if not re.fullmatch(_YAML, location.rpartition("/")[2]):
        said = f"Included file `{location}` does not have YAML extension!"
        return f"the included file `{location}` is not a YAML file", said, "its name must end in .yml or .yaml"
    if entry.kind == "remote" and not re.match(URL, location):
        said = f"Remote file `{location}` does not have a valid address!"
        return f"`include:remote` is not a URL, got {location!r}", said, "write the whole URL, with https://"
    if entry.kind == "template" and not location.endswith(".gitlab-ci.yml"):
        said = f"Template file `{location}` is not a valid location!"
        return f"`include:template` is not the name of a template, got {location!r}", said, "templates end in .gitlab-ci.yml"
    return None


def integrity_problem(entry: IncludeEntry) -> Finding | None:
    """Return what is wrong with a hash that no file can have; its form is looked at when the include is made.

    Args:
        entry: The item.
    """
    value = entry.option("integrity")
    if entry.kind != "remote" or not isinstance(value, str) or not re.fullmatch(_HASH, value) or len(value) == _HASH_LENGTH:
        return None
    message = f"`include:integrity` has {len(value)} characters, but a hash has {_HASH_LENGTH} with its `sha256-`"
    return entry.finding(message, at="integrity", gitlab=f"Remote file `{entry.location}` failed integrity check!")
