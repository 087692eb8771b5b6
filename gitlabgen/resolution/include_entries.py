"""Items of `include`: the files that they name, whether their rules match, and problems with them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, Protocol

import attrs

from gitlabgen.errors import Finding, Severity
from gitlabgen.gitlab.include import Include
from gitlabgen.gitlab.reference import Reference
from gitlabgen.modeling.callsites import Position, position
from gitlabgen.modeling.kinds import NULL
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import location_of
from gitlabgen.modeling.problems import Path
from gitlabgen.modeling.reporting import located

_KINDS: Final = ("local", "project", "remote", "template", "component", "artifact")
_YAML: Final = r"(?i).+\.ya?ml"
URL: Final = r"\s*(?:https?|ssh|git):"
"""The start of a remote file's URL, as a regular expression."""
_HASH: Final = r"sha256-(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
_HASH_LENGTH: Final = 51


@attrs.frozen
class IncludeEntry:
    """An item of `include`.

    Args:
        owner: The model that has the include.
        path: The path from the model to the item.
        kind: The keyword that names the file; empty if there is not exactly one, and `reference` for `!reference`.
        location: The keyword's value.
        include: The item, unless it is a string.
    """

    owner: Model
    path: Path
    kind: str
    location: Any
    include: Include | None = None

    @property
    def is_open(self) -> bool:
        """Return whether only GitLab knows which file this is."""
        return not isinstance(self.location, str) or "$" in self.location

    @property
    def label(self) -> str:
        """Return a description of the include, for when it cannot be read."""
        if self.kind in ("", "reference"):
            return "include"
        return f"{self.kind} {self.location if isinstance(self.location, str) else '!reference'}"

    def option(self, name: str) -> Any:
        """Return the value of another keyword of the item; None if it is not set."""
        value = getattr(self.include, name, None)
        return None if value is NULL else value

    def position(self, *path: str, at_key: bool = False) -> Position:
        """Return the position of a part of the item, or of its key."""
        location = location_of(self.owner if self.include is None else self.include)
        return position(location, self.path if self.include is None else path, at_key=at_key) or Position("")

    def finding(
        self,
        message: str,
        hint: str | None = None,
        *,
        at: str | None = None,
        severity: Severity = "error",
        part: str | None = None,
        gitlab: str | None = None,
        at_key: bool = False,
    ) -> Finding:
        """Return a finding located at the item.

        Args:
            message: The message.
            hint: How to fix the problem.
            at: The keyword with the problem, if not the one that names the file.
            severity: The severity.
            part: The key with the problem, if that keyword is a mapping.
            gitlab: GitLab's message.
            at_key: Whether the keyword itself is the problem, rather than its value.
        """
        facts = (gitlab or message,)
        where = ":".join(filter(None, (self.owner.keyword, "include")))
        found = Finding("invalid-include", message, severity, hint, path=where, url=Include.docs_url, facts=facts, gitlab=gitlab)
        return located(found, self.position(*filter(None, (at or self.kind, part)), at_key=at_key))


def entries(owner: Any) -> Iterator[IncludeEntry]:
    """Yield the items of `include`.

    Args:
        owner: The pipeline or the trigger that has the include.
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


def addresses(entry: IncludeEntry, location: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the names by which the user may have mapped an include to a folder, best first, each with the file's paths there.

    Args:
        entry: The item.
        location: The file in the project, the component, or the name of the template.
    """
    if entry.kind == "project" and isinstance(entry.location, str):
        ref, paths = entry.option("ref"), [location.lstrip("/")]
        if isinstance(ref, str):
            yield f"{entry.location}@{ref}", paths
        yield entry.location, paths
    elif entry.kind == "template":
        yield location, [location]
    elif entry.kind == "component":
        path, _, version = location.partition("@")
        project, _, name = path.partition("/")[2].rpartition("/")  # the first part is the host
        paths = [f"templates/{name}.yml", f"templates/{name}/template.yml"]
        for address in (path, f"{project}/{name}", project):
            if version:
                yield f"{address}@{version}", paths
            yield address, paths


def applies(rules: Any) -> bool | None:
    """Return whether rules include a file; None if only GitLab knows.

    Args:
        rules: The value of `include:rules`.
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


class IncludeDecisions(Protocol):
    """What an event decides about includes."""

    def applies(self, rules: tuple[Any, ...]) -> bool | None:
        """Return whether rules include a file; None if that is unknown.

        Args:
            rules: The value of `include:rules`.
        """

    def expanded(self, text: str) -> str | None:
        """Return a path or a name with its variables filled in; None if it is unknown.

        Args:
            text: The text.
        """


def decided(entry: IncludeEntry, decisions: IncludeDecisions) -> IncludeEntry | bool | None:
    """Return an item with its variables filled in; False if the event leaves it out, and None if that is unknown.

    Args:
        entry: The item.
        decisions: What the event decides.
    """
    rules = entry.option("rules")
    if rules is not None:
        answer = decisions.applies(rules) if isinstance(rules, tuple) else None
        if answer is not True:
            return answer
    if not isinstance(entry.location, str) or "$" not in entry.location:
        return entry
    location = decisions.expanded(entry.location)
    return None if location is None else attrs.evolve(entry, location=location)


def asks_for_files(rules: Any) -> bool:
    """Return whether a rule has `exists`.

    Args:
        rules: The value of `include:rules`.
    """
    return isinstance(rules, tuple) and any("exists" in getattr(rule, "__dict__", ()) for rule in rules)


def location_problem(entry: IncludeEntry, location: str) -> tuple[str, str, str] | None:
    """Return the message for an invalid location, GitLab's message, and a hint; None if the location is valid.

    Args:
        entry: The item.
        location: The path, the URL or the template's name.
    """
    if not re.fullmatch(_YAML, location.rpartition("/")[2]):
        sentence = f"Included file `{location}` does not have YAML extension!"
        return f"the included file `{location}` is not a YAML file", sentence, "its name must end in .yml or .yaml"
    if entry.kind == "remote" and not re.match(URL, location):
        sentence = f"Remote file `{location}` does not have a valid address!"
        return f"`include:remote` is not a URL, got {location!r}", sentence, "write the full URL, including https://"
    if entry.kind == "template" and not location.endswith(".gitlab-ci.yml"):
        sentence = f"Template file `{location}` is not a valid location!"
        return (
            f"`include:template` is not the name of a template, got {location!r}",
            sentence,
            "template names end in .gitlab-ci.yml",
        )
    return None


def reference_problem(entry: IncludeEntry, *, in_child: bool) -> Finding | None:
    """Return a finding for a reference, which GitLab resolves only after it has read the includes.

    Args:
        entry: The item.
        in_child: Whether it names a file of a child pipeline, whose references are resolved with those of the job.
    """
    if in_child:
        return None
    hint = "GitLab resolves includes before references"
    if entry.kind == "reference":
        message, sentence = "`include` cannot have a reference", "Each include must be a hash or a string"
        return entry.finding(message, hint, gitlab=sentence)
    if isinstance(entry.option("rules"), Reference):
        message, sentence = "`include:rules` cannot be a reference", "include:rules config should be an array"
        return entry.finding(message, hint, at="rules", gitlab=sentence)
    if isinstance(entry.location, Reference):
        return entry.finding(f"`include:{entry.kind}` cannot be a reference", hint)
    return None


def integrity_problem(entry: IncludeEntry) -> Finding | None:
    """Return a finding for a hash that no file can have; its format is checked when the include is made.

    Args:
        entry: The item.
    """
    value = entry.option("integrity")
    if entry.kind != "remote" or not isinstance(value, str) or not re.fullmatch(_HASH, value) or len(value) == _HASH_LENGTH:
        return None
    message = f"`include:integrity` has {len(value)} characters, but a hash has {_HASH_LENGTH} with its `sha256-`"
    return entry.finding(message, at="integrity", gitlab=f"Remote file `{entry.location}` failed integrity check!")
