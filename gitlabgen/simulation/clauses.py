"""The clauses `changes` and `exists`: whether they hold, as far as the files are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.rules import Changes, Exists, Rule
from gitlabgen.matching.globs import glob_match
from gitlabgen.matching.ruby_patterns import is_found_by_ruby
from gitlabgen.simulation.event_facts import EventFacts, Fault, Paths
from gitlabgen.simulation.expansion import expand_text
from gitlabgen.simulation.scopes import JobScope, PipelineScope
from gitlabgen.simulation.unknown import Truth, Unknown, any_holds

__all__: list[str] = []

Answer: TypeAlias = "Truth | Fault"
Scope: TypeAlias = PipelineScope | JobScope

_MOST_COMPARISONS = 50_000
_LONGEST_REGEXP = 255
_SPECIAL = frozenset("*?[{")


def clause_holds(rule: Rule, name: str, scope: Scope) -> Answer:
    """Return whether a clause of a rule holds.

    Args:
        rule: The rule.
        name: The clause: `if_`, `changes` or `exists`.
        scope: What the clause sees.
    """
    value = rule.__dict__[name]
    if name == "if_":
        return scope.holds(value) if isinstance(value, str) else Unknown((f"`{value}` is in a file that was not read",))
    return changes_hold(value, scope) if name == "changes" else exists_holds(value, scope)


def changes_hold(changes: Any, scope: Scope) -> Answer:
    """Return whether files changed that match one of the globs.

    Args:
        changes: The value of `rules:changes`.
        scope: What the clause sees; its variables are expanded in the globs.

    Source: https://docs.gitlab.com/ci/yaml/#ruleschanges
    """
    facts = scope.facts
    paths, compare_to = (changes.paths, changes.compare_to) if isinstance(changes, Changes) else (changes, None)
    regexp = changes.regexp if isinstance(changes, Changes) else None
    modified: Any = facts.changed
    if is_set(compare_to):
        ref = expanded_text(compare_to, scope)
        modified = ref if isinstance(ref, Unknown) else facts.changed_since(ref)
    if modified is None:
        return True
    if is_set(regexp):
        return _regexp_holds(regexp, modified, scope)
    if isinstance(modified, Unknown | Fault):
        return modified
    return any_changed(paths, modified, facts, lambda path: expanded_text(path, scope))


def any_changed(
    paths: Any, modified: Paths, facts: EventFacts, expand: Callable[[str], str | Unknown] = lambda path: path
) -> Truth:
    """Return whether one of the globs matches a changed file.

    Args:
        paths: The globs.
        modified: The changed files.
        facts: Keeps the answers.
        expand: Expands the variables of a glob.
    """
    if not modified or not paths:
        return False
    globs = [*map(expand, paths)] if isinstance(paths, tuple) else []
    if len(modified) * len(globs) > _MOST_COMPARISONS:
        return True
    return any_holds(_known(glob, "changed", modified, facts, _matches_any) for glob in globs)


def exists_holds(exists: Any, scope: Scope) -> Answer:
    """Return whether files exist that match one of the globs.

    Args:
        exists: The value of `rules:exists`.
        scope: What the clause sees; its variables are expanded in the globs.

    Source: https://docs.gitlab.com/ci/yaml/#rulesexists
    """
    facts = scope.facts
    files: Any = facts.files
    paths = exists
    if isinstance(exists, Exists):
        paths = exists.paths
        if is_set(exists.project):
            project, ref = expanded_text(exists.project, scope), expanded_text(exists.ref, scope)
            if isinstance(project, Unknown):
                return project
            files = ref if isinstance(ref, Unknown) else facts.files_of(project, ref)
    if isinstance(exists, Exists) and is_set(exists.regexp):
        return _regexp_holds(exists.regexp, files, scope)
    if isinstance(files, Unknown | Fault):
        return files
    globs = [expanded_text(path, scope) for path in (paths if isinstance(paths, tuple) else (paths,)) if is_set(path)]
    patterns = sum(isinstance(glob, Unknown) or not _SPECIAL.isdisjoint(glob) for glob in globs)
    if len(files) * patterns > _MOST_COMPARISONS:
        return True
    return any_holds(_known(glob, "existing", files, facts, _exists) for glob in globs)


def _regexp_holds(regexp: Any, paths: Paths | Unknown | Fault, scope: Scope) -> Truth:
    """Return whether a regular expression is found in a path.

    A server without the feature flag holds the clause for true, so that only true is certain.

    Source: https://docs.gitlab.com/ci/yaml/#ruleschangesregexp
    """
    if isinstance(paths, Unknown):
        return paths
    pattern = expanded_text(regexp, scope)
    if isinstance(pattern, Unknown):
        return pattern
    is_read = not isinstance(paths, Fault) and len(pattern) <= _LONGEST_REGEXP
    if is_read and (len(paths) > _MOST_COMPARISONS or any(is_found_by_ruby(pattern, path) for path in paths)):
        return True
    return Unknown(("the feature flag `ci_rules_regexp` decides whether GitLab reads `regexp`",))


def expanded_text(text: Any, scope: Scope) -> Any:
    """Return a text with its variables expanded; unknown names stay as written.

    Args:
        text: The text; what is no text is unknown, unless it is not set.
        scope: What the text sees.
    """
    if not is_set(text):
        return None
    if not isinstance(text, str):
        return Unknown((f"`{text}` is in a file that was not read",))
    if "$" not in text and "%" not in text:
        return text
    return expand_text(text, scope.variables, unknown="keep", nested=True)


def clause_text(value: Any) -> str:
    """Return the value of `changes` or `exists` as a text.

    Args:
        value: The value.
    """
    if isinstance(value, Changes | Exists):
        given = {
            name: getattr(value, name) for name in value.__dict__ if name in ("paths", "regexp", "compare_to", "project", "ref")
        }
        return "; ".join(f"{name}: {clause_text(part)}" for name, part in given.items() if is_set(part))
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _known(glob: str | Unknown, kind: str, files: Paths, facts: EventFacts, test: Callable[[str, Paths], bool]) -> Truth:
    """Return the answer for one glob, which is found once for all jobs."""
    if isinstance(glob, Unknown):
        return glob
    key = kind, glob, id(files)
    answer: bool | None = facts.answers.get(key)
    if answer is None:
        answer = facts.answers[key] = test(glob, files)
    return answer


def _matches_any(glob: str, files: Paths) -> bool:
    return any(glob_match(glob, path) for path in files)


def _exists(glob: str, files: Paths) -> bool:
    if glob.endswith("/"):
        return any(glob_match(glob, folder) for folder in folders(files))
    return glob in files if _SPECIAL.isdisjoint(glob) else _matches_any(glob, files)


def folders(files: Iterable[str]) -> set[str]:
    """Return the folders of files, each with a slash at its end.

    Args:
        files: The paths of the files.
    """
    found: set[str] = set()
    for path in files:
        end = path.rfind("/")
        while end > 0 and path[: end + 1] not in found:
            found.add(path[: end + 1])
            end = path.rfind("/", 0, end)
    return found
