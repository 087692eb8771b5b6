"""Rules that ask git: which globs match no tracked file, and which refs do not exist."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from gitlabgen import Job, Pipeline, Project, Rule, lint, loads
from gitlabgen.files.checkout import Checkout
from tests.linting.test_examples import commit


def _repository(folder: Path, *paths: str) -> Checkout:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("x\n", encoding="utf-8")
    (folder / ".git").mkdir()
    commit(folder)
    return Checkout(str(folder))


def _found(rule: str, text: str, repository: Checkout | None, **options: bool) -> list[tuple[str, str | None]]:
    findings = lint(loads(text), repository=repository, **options)  # type: ignore[arg-type]
    return [(finding.message, finding.hint) for finding in findings if finding.rule == rule]


def _changes(*globs: str) -> str:
    listed = ", ".join(f"'{glob}'" for glob in globs)
    return f"a: {{script: make, rules: [{{changes: [{listed}]}}]}}"


_OTHER = "write the path that the files have now, or remove it"


@pytest.mark.parametrize(
    ("glob", "hint"),
    [
        ("meson/*", _OTHER),
        ("src/**/*.py", _OTHER),
        ("{a,b}.txt", _OTHER),
        ("docs", "write `docs/**/*`"),
        ("guide.md", "write `docs/en/guide.md`"),
        ("docs/index.md", _OTHER),
        ("old/**", _OTHER),
        ("[x]*", _OTHER),
        ("*.tx[t]", _OTHER),
    ],
)
def test_globs_without_files(glob: str, hint: str, tmp_path: Path) -> None:
    """A glob that no tracked file matches is reported; the hint has the folder's files, or the only file with its name."""
    paths = ("src/a.c", "docs/en/guide.md", "docs/en/index.md", "docs/de/index.md")
    repository = _repository(tmp_path, *paths)
    (tmp_path / "meson").mkdir()
    (tmp_path / "meson" / "untracked").touch()
    assert _found("glob-matches-no-file", _changes(glob), repository) == [(f"No tracked file matches `{glob}`.", hint)]


def test_globs_with_files_or_reasons(tmp_path: Path) -> None:
    """Globs that match a file, have variables, or have another finding are not reported; neither is `exists`."""
    repository = _repository(tmp_path, "src/deep/a.c", "a/x.py", "x.md", "[b]")
    globs = ("src/**/*.c", "src/**/a.c", "**/x.py", "**/x.md", "x.md", "*.[m]d", r"\[b\]", "{q,x}.md", "$A/*", "src/**", "./q")
    assert _found("glob-matches-no-file", _changes(*globs), repository) == []
    assert _found("glob-matches-no-file", "a: {script: make, rules: [{exists: [q]}]}", repository) == []
    text = "a: {script: make, only: {changes: [q]}, except: {changes: [q]}}"
    assert len(_found("glob-matches-no-file", text, repository)) == 2


def test_files_that_are_not_known(tmp_path: Path) -> None:
    """Without git's files, in a fragment, and below the root of the repository nothing is reported."""
    repository = _repository(tmp_path, "src/a.c")
    text = _changes("q")
    assert _found("glob-matches-no-file", text, repository) != []
    assert _found("glob-matches-no-file", text, repository, fragment=True) == []
    assert _found("glob-matches-no-file", text, Checkout(str(tmp_path / "src"))) == []
    assert _found("glob-matches-no-file", text, None) == []
    (tmp_path / "new").mkdir()
    subprocess.run(["git", "init", "-q", str(tmp_path / "new")], check=True)
    assert _found("glob-matches-no-file", text, Checkout(str(tmp_path / "new"))) == []


def test_files_that_a_project_writes(tmp_path: Path) -> None:
    """The files of a project count as tracked, because they are written into the repository."""
    repository = _repository(tmp_path, "src/a.c")
    job = Job("a", script=["make"], rules=[Rule(changes=["ci/child.yml", "q"])])
    project = Project(pipeline=Pipeline(jobs=[job]), files={"ci/child.yml": "x: {script: make}\n"})
    found = [finding.message for finding in lint(project, repository=repository) if finding.rule == "glob-matches-no-file"]
    assert found == ["No tracked file matches `q`."]
    assert [finding for finding in lint(project) if finding.rule == "glob-matches-no-file"] == []


@pytest.mark.parametrize(
    ("paths", "clause", "is_reported"),
    [
        (["docs/a.md"], "changes: [docs/**]", False),
        (["docs/a.md", "docs/en/a.md"], "changes: [docs/**]", True),
        (["docs/en/a.md"], "changes: [docs/**]", True),
        (["docs/en/a.md"], "changes: [docs/**, docs/en/a.md]", False),
        (["docs/a.md", "docs/en/a.md"], "exists: [docs/**]", False),
        (["docs/en/a.md"], "exists: [docs/**]", True),
        (["a.md"], "exists: {paths: [docs/**], project: group/docs}", True),
    ],
)
def test_deeper_files(paths: list[str], clause: str, is_reported: bool, tmp_path: Path) -> None:  # noqa: FBT001
    """A glob that matches one level is reported only if git tracks deeper files that the list leaves out."""
    text = f"a: {{script: make, rules: [{{{clause}}}]}}"
    assert bool(_found("glob-one-level", text, _repository(tmp_path, *paths))) is is_reported


def _compared(ref: str) -> str:
    return f"a: {{script: make, rules: [{{changes: {{paths: [x], compare_to: {ref}}}}}]}}"


def _lost(text: str, repository: Checkout | None) -> list[tuple[str, str | None]]:
    return _found("lost-rule", text, repository)


@pytest.mark.parametrize(
    ("ref", "hint"),
    [
        ("v9", "write the name of an existing branch or tag"),
        ("origin/main", "did you mean `main`?"),
        ("refs/heads/mian", "did you mean `refs/heads/main`?"),
        ("feature/logn", "did you mean `feature/login`?"),
    ],
)
def test_refs_that_do_not_exist(ref: str, hint: str, tmp_path: Path) -> None:
    """A ref that git does not know is reported; remotes have no name in GitLab."""
    repository = _repository(tmp_path, "x")
    subprocess.run(["git", "branch", "feature/login"], cwd=tmp_path, check=True)
    message = f"`compare_to: {ref}` of `a` names no ref: GitLab may leave the job out without a word."
    assert _lost(_compared(ref), repository) == [(message, hint)]


def test_refs_that_exist_or_are_unknown(tmp_path: Path) -> None:
    """Branches and tags, commits, and what GitLab computes are not reported."""
    repository = _repository(tmp_path, "x")
    subprocess.run(["git", "tag", "v1"], cwd=tmp_path, check=True)
    refs = ["main", "refs/heads/main", "heads/main", "v1", "tags/v1", "refs/tags/v1", "HEAD", "main~1", "main^", "deadbeef"]
    refs += ["$CI_DEFAULT_BRANCH", '"%A%"', '"@"', '""', "refs/merge-requests/1/head"]
    assert [ref for ref in refs if _lost(_compared(ref), repository)] == []
    assert _lost("a: {script: make, rules: [{changes: [x]}, {exists: {paths: [x]}}]}", repository) == []
    assert _lost(_compared("v9"), None) == []


def test_rules_of_the_workflow_and_of_includes(tmp_path: Path) -> None:
    """The message says what GitLab leaves out."""
    repository = _repository(tmp_path, "x", "a.yml")
    rules = "rules: [{changes: {paths: [x], compare_to: v9}}]"
    messages = [message for message, _ in _lost(f"workflow: {{{rules}}}\na: {{script: make}}", repository)]
    assert messages == ["`compare_to: v9` of `workflow` names no ref: GitLab may start no pipeline without a word."]
    include = f"include: [{{local: b.yml, {rules}}}]\na: {{script: make}}"
    messages = [message for message, _ in _lost(include, repository)]
    assert messages == ["`compare_to: v9` of `include` names no ref: GitLab may leave the file out without a word."]


_CONFIGURATIONS: Mapping[str, list[list[str]]] = {
    "all branches": [],
    "one branch": [["config", "remote.origin.fetch", "+refs/heads/main:refs/remotes/origin/main"]],
    "no tags": [["config", "remote.origin.tagOpt", "--no-tags"]],
    "a job of GitLab": [["update-ref", "refs/pipelines/1", "HEAD"]],
    "a remote that was not fetched": [["remote", "add", "other", "https://gitlab.com/group/project.git"]],
}


@pytest.mark.parametrize("name", _CONFIGURATIONS)
def test_clones_that_know_all_refs(name: str, tmp_path: Path) -> None:
    """A clone of all branches is asked, and branches of its remote are GitLab's own; other clones are not."""
    upstream = tmp_path / "upstream"
    upstream.mkdir()
    _repository(upstream, "x")
    subprocess.run(["git", "branch", "next"], cwd=upstream, check=True)
    subprocess.run(["git", "clone", "-q", "upstream", "clone"], cwd=tmp_path, check=True)
    for words in _CONFIGURATIONS[name]:
        subprocess.run(["git", *words], cwd=tmp_path / "clone", check=True)
    clone = Checkout(str(tmp_path / "clone"))
    assert bool(_lost(_compared("v9"), clone)) is (name == "all branches")
    assert _lost(_compared("next"), clone) == []


def test_a_shallow_clone(tmp_path: Path) -> None:
    """A shallow clone may lack branches."""
    upstream = tmp_path / "upstream"
    upstream.mkdir()
    _repository(upstream, "x")
    address = f"file://{upstream}"
    subprocess.run(["git", "clone", "-q", "--depth", "1", "--no-single-branch", address, "clone"], cwd=tmp_path, check=True)
    assert _lost(_compared("v9"), Checkout(str(tmp_path / "clone"))) == []


def test_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If git is not installed, nothing is reported."""
    repository = _repository(tmp_path, "x")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert _found("glob-matches-no-file", _changes("q"), repository) == []
    assert _lost(_compared("v9"), repository) == []
