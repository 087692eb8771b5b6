"""Ask git which files it ignores, tracks, or has not staged, which refs it knows, and where a repository was cloned from."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from gitlabgen.errors import DefinitionError, Finding

if TYPE_CHECKING:
    from subprocess import CompletedProcess

__all__ = ["ignored", "origin", "refs", "tracked", "unstaged"]

_CHOICES_OF_REPOSITORY: Final = frozenset(("GIT_COMMON_DIR", "GIT_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_WORK_TREE"))


def ignored(folder: str, paths: Sequence[str]) -> frozenset[str]:
    """Return the paths that git ignores; none if git is not installed, or if the folder is not in a repository.

    A file that is in the repository is not ignored.

    Args:
        folder: The folder that the paths are relative to.
        paths: Paths of files in the folder or below it.
    """
    if not paths:
        return frozenset()
    words = ("check-ignore", "--stdin", "-z")
    try:
        # Without `./`, a name that begins with a colon would be a pattern.
        result = _git(words, folder, "\0".join(f"./{path}" for path in paths), _environment())
    except OSError:
        return frozenset()
    return frozenset(name.removeprefix("./") for name in _names(result))


def origin(folder: str) -> str | None:
    """Return the address of the remote repository `origin`; None if it has no such remote, or if git is not installed.

    Args:
        folder: A folder in the repository.
    """
    return _answer(folder, "remote", "get-url", "origin").strip() or None


def tracked(folder: str) -> frozenset[str] | None:
    """Return the paths of the files that git tracks; None if it tracks no file, or if git is not installed.

    Args:
        folder: The folder that the paths are relative to.
    """
    return frozenset(filter(None, _answer(folder, "ls-files", "-z").split("\0"))) or None


def refs(folder: str) -> frozenset[str] | None:
    """Return the names of all branches and tags of a repository; None if some may not have been fetched.

    Args:
        folder: A folder in the repository.
    """
    known = _answer(folder, "for-each-ref", "--format=%(refname)").split()
    is_whole = _answer(folder, "rev-parse", "--is-shallow-repository").strip() == "false"
    # A job of GitLab fetches only its own branch.
    if not known or not is_whole or any(name.startswith("refs/pipelines/") for name in known):
        return None
    options = _answer(folder, "config", "-z", "--get-regexp", r"^remote\..+\.(url|fetch|tagopt)$").split("\0")
    remotes = {option.split("\n")[0].removeprefix("remote.").rpartition(".")[0] for option in filter(None, options)}
    for remote in remotes:
        fetches_all = f"remote.{remote}.fetch\n+refs/heads/*:refs/remotes/{remote}/*" in options
        was_fetched = any(name.startswith(f"refs/remotes/{remote}/") for name in known)
        if not fetches_all or not was_fetched or f"remote.{remote}.tagopt\n--no-tags" in options:
            return None
    return frozenset(spelling for name in known for spelling in _spellings(name, remotes))


def _spellings(name: str, remotes: Collection[str]) -> Iterator[str]:
    """Yield the names by which GitLab knows a ref: remote branches are its own branches."""
    for remote in remotes:
        branch = name.removeprefix(f"refs/remotes/{remote}/")
        if branch != name:
            name = f"refs/heads/{branch}"
            break
    yield name
    yield name.removeprefix("refs/")
    yield name.removeprefix("refs/heads/").removeprefix("refs/tags/")


def unstaged(paths: Sequence[str]) -> frozenset[str]:
    """Return the paths of files that are not in git's index, or differ from what is there; ignored files are left out.

    Args:
        paths: Absolute paths of files in the repository of the current folder, without symbolic links.

    Raises:
        DefinitionError: If git is not installed, or the current folder is not in a repository.
    """
    words = ("--literal-pathspecs", "ls-files", "--modified", "--others", "--exclude-standard", "-z", "--", *paths)
    here = os.getcwd()
    try:
        result = _git(words, here)
    except OSError as error:
        raise _failure(f"git cannot be started: {error.strerror}") from None
    if result.returncode != 0:
        raise _failure(f"git failed: {os.fsdecode(result.stderr).strip()}")
    return frozenset(os.path.normpath(os.path.join(here, name)) for name in _names(result))


def _environment() -> dict[str, str]:
    """Return the environment without the variables that name the repository of the current folder in a hook."""
    return {name: value for name, value in os.environ.items() if name not in _CHOICES_OF_REPOSITORY}


def _git(
    words: Sequence[str], folder: str, text: str = "", environment: Mapping[str, str] | None = None
) -> CompletedProcess[bytes]:
    import subprocess

    return subprocess.run(  # noqa: S603 - the words are ours; paths follow `--`, or are read from standard input
        ("git", *words),  # noqa: S607 - the user's git
        cwd=folder,
        env=environment,
        input=os.fsencode(text),
        capture_output=True,
        check=False,
    )


def _answer(folder: str, *words: str) -> str:
    """Return what git prints; nothing if it fails, or is not installed."""
    try:
        return os.fsdecode(_git(words, folder, environment=_environment()).stdout)
    except OSError:
        return ""


def _names(result: CompletedProcess[bytes]) -> frozenset[str]:
    return frozenset(os.fsdecode(name) for name in result.stdout.split(b"\0") if name)


def _failure(message: str) -> DefinitionError:
    return DefinitionError(Finding(rule="no-repository", message=message, hint="run it in a git repository, or without --staged"))
