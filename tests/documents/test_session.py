"""A page runs from top to bottom, each difference is found at its line, and an update writes what happens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.documents.session import run

Run = Callable[..., list[str]]

DEFINITION = """\
```python
from gitlabgen import Job, Pipeline, Project

build = Job("build", script=["make"])
project = Project(pipeline=Pipeline(jobs=[build]))
```

```console
$ gitlabgen lint
no findings
```
"""


@pytest.fixture
def failures(tmp_path: Path) -> Run:
    """Return a function that writes a page and returns the failures of its run."""
    page = tmp_path / "page.md"

    def call(text: str, *, update: bool = False) -> list[str]:
        page.write_text(text, "utf-8")
        return [failure.removeprefix(f"{page}:") for failure in run(page, update=update)]

    return call


@pytest.mark.parametrize(
    "page",
    [
        "Only text, and `code`.\n",
        DEFINITION,
        "```console\n$ echo one\none\n$ echo two\ntwo\n```\n",
        "```console\n$ mkdir a && cd a\n$ ls ..\na\n```\n\n```console\n$ touch b\n$ ls\nb\n```\n",
        "```console\n$ python -c 'exit(3)'\n$ echo $?\n3\n```\n",
        "```console\n$ export NAME=x\n$ echo $NAME\nx\n```\n",
        "```console\n$ echo \\\n    one\none\n```\n",
        "```console\n$ python -c 'import sys; print(1, file=sys.stderr)'\n1\n```\n",
        "```console\n$ python -c 'print(end=\"no line break\")'\nno line break\n```\n",
        "- A list:\n\n  ```console\n  $ echo '  one'\n    one\n  ```\n",
        "<!-- file: a/b.txt -->\n```text\nhello\n```\n\n```console\n$ cat a/b.txt\nhello\n```\n",
        "<!-- file: a.txt -->\n\n```text\n1\n```\n<!-- edit a.txt: 1 -> 2 -->\n```console\n$ cat a.txt\n2\n```\n",
        "<!-- copy: LICENSE -->\n```console\n$ ls\nLICENSE\n```\n",
        "<!-- file: a.yml -->\n```yaml\na:\n  b: 1\nc: 2\n```\n```yaml\n  b: 1\n```\n```console\n$ ls\na.yml\n```\n",
        '<!-- excerpt: pyproject.toml -->\n```toml\nrequires-python = ">=3.11"\n```\n',
        "<!-- skip: needs a registry -->\n```sh\npip install x\n```\n",
        "<!-- skip-page: tests/x.py runs it -->\n```sh\npip install x\n```\n",
        "<!-- An ordinary comment: it has no effect -->\n",
        "1. A\n\n   list:\n\n    - with one\n    - in it\n",
        "Inline `<!-- skipp: x -->` is text.\n",
        "```python\nx = 1\n```\n```python\nassert x == 1\n```\n",
        "```python\nfrom pathlib import Path\nPath('x').touch()\n```\n```console\n$ ls\nx\n```\n",
        "~~~console\n$ echo '```'\n```\n~~~\n",
    ],
)
def test_true_pages(page: str, failures: Run) -> None:
    """A page whose blocks show what happens has no failures, and an update does not change it."""
    assert failures(page) == []
    assert failures(page, update=True) == []
    assert failures(page) == []


@pytest.mark.parametrize(
    ("page", "line", "message"),
    [
        ("```console\n$ echo one\nOne\n```\n", 1, "-One\n+one"),
        ("\n\n```console\n$ echo one\n```\n", 3, "+one"),
        ("```console\n$ echo one\none\n\n```\n", 1, "\n-"),
        ("```console\n$ echo one\none \n```\n", 1, "-one \n+one"),
        ("```console\n$ echo 'a  b'\na b\n```\n", 1, "-a b\n+a  b"),
        ("```console\n$ echo '   '\n\n```\n", 1, "-\n+   "),
        ("```console\necho one\n```\n", 1, "a console block begins with `$ `"),
        ("```console\n$ pip install gitlabgen\n```\n", 1, "a page may not call pip"),
        ("```console\n$ echo a | sudo tee b; A=1 curl c\n```\n", 1, "a page may not call curl, sudo"),
        ("```console\n$ python -c 'import os; print(os.getcwd())'\n```\n", 1, "names a folder of this machine"),
        ("```python\nx = 1\nx = y\n```\n", 1, 'page.md", line 3, in <module>\n    x = y\n'),
        ("```python\nx =\n```\n", 1, "SyntaxError"),
        ("```python\nfrom gitlabgen import Job\nJob('a', needs='b')\n```\n", 1, "`needs` should be a list"),
        ("```sh\nls\n```\n", 1, "a block in `sh` does not run"),
        ("```\nls\n```\n", 1, "a block in `` does not run"),
        ("```py\nx = 1\n```\n", 1, "a block in `py` does not run"),
        ("Text:\n\n    $ ls\n", 3, "an indented block does not run"),
        ("```yaml\na: 1\n```\n", 1, "no file of the session contains this"),
        (
            "<!-- file: a.json -->\n```json\n{}\n```\n```console\n$ ls\na.json\n```\n```json\n[]\n```\n",
            9,
            "no file of the session",
        ),
        ("<!-- edit a.txt: 1 -> 2 -->\n", 1, "No such file"),
        (
            "<!-- file: a.txt -->\n```text\n1 1\n```\n<!-- edit a.txt: 1 -> 2 -->\n```console\n$ ls\na.txt\n```\n",
            5,
            "exactly once: 1",
        ),
        ("<!-- file: a.txt -->\n```text\n1\n```\n", 0, "a.txt is written, but nothing that runs follows"),
        ("<!-- file: a.txt -->\nText.\n```text\n1\n```\n", 1, "no block follows `file`"),
        ("<!-- file a.txt -->\n```console\n$ ls\n```\n", 1, "write `<!-- file: … -->`"),
        ("<!-- skip -->\n```console\n$ ls\n```\n", 1, "write `<!-- skip: … -->`"),
        ("<!-- skipp: a reason -->\n", 1, "`skipp` is not one of copy, edit, excerpt, file, skip, skip-page"),
        ('<!-- excerpt: pyproject.toml -->\n```toml\nrequires-python = ">=3.1"\n```\n', 1, "no file"),
        ("<!-- copy: no-file -->\n", 1, "No such file"),
    ],
)
def test_wrong_pages(page: str, line: int, message: str, failures: Run) -> None:
    """A difference, a block that does not run, and a directive that cannot be followed are failures at their line."""
    (failure, *_) = failures(page)
    assert message in failure
    assert not line or failure.startswith(f"{line}:")


def test_all_failures_are_reported(failures: Run) -> None:
    """A page that is wrong in two places has two failures."""
    assert [failure.split(":")[0] for failure in failures("```sh\n```\n\n```console\n$ echo one\n```\n\n```sh\n```\n")] == [
        "1",
        "4",
        "8",
    ]


def test_each_page_starts_empty(failures: Run) -> None:
    """The files, names and variables of one page do not reach the next."""
    assert failures("```python\nx = 1\n```\n```console\n$ export A=1 && touch a\n```\n") == []
    assert failures("```console\n$ ls\n$ echo $A\n\n```\n") == []
    assert "NameError" in failures("```python\nx\n```\n")[0]


def test_the_definition_is_written(failures: Run) -> None:
    """A Python block that defines `project` is the definition; other Python blocks leave it alone."""
    more = "```python\nother = 1\nassert project.pipeline\n```\n```console\n$ cat gitlab_ci.py\n"
    definition = DEFINITION.split("```")[1].removeprefix("python\n")
    assert failures(f"{DEFINITION}{more}{definition}```\n") == []


def test_an_update_writes_what_happens(failures: Run, tmp_path: Path) -> None:
    """An update replaces wrong output and changed sections, keeps everything else, and then has nothing to do."""
    page = """\
Text.

<!-- file: a.yml -->
```yaml
first:
  a: 1

second:
  b: 2
third: 3
```

   ```console
   $ cat a.yml | grep b
   wrong
   ```

```yaml
first:
  a: 0
second:
```

<!-- skip: a reason -->
```sh
kept
```
"""
    assert failures(page.replace("cat a.yml | grep b", "python -c 'print(1);print();print(2)'"), update=True) == []
    updated = (tmp_path / "page.md").read_text("utf-8")
    assert "'\n   1\n\n   2\n   ```\n" in updated
    assert "```yaml\nfirst:\n  a: 1\n\nsecond:\n  b: 2\n```\n" in updated
    assert updated.startswith(page.partition("```console")[0])
    assert updated.endswith(page.partition("second:\n```")[2])
    assert failures(updated) == []


def test_an_update_reports_what_it_cannot_repair(failures: Run, tmp_path: Path) -> None:
    """An update repairs what it can, and the rest remains a failure."""
    assert "a block in `sh`" in failures("```sh\n```\n```console\n$ echo one\n```\n", update=True)[0]
    assert "$ echo one\none\n" in (tmp_path / "page.md").read_text("utf-8")


def test_an_open_block_is_an_error(failures: Run) -> None:
    """A block that is not closed is an error, with its place."""
    with pytest.raises(ValueError, match=r"the block is not closed: .*page\.md, line 3"):
        failures("Text.\n\n```console\n$ ls\n")
