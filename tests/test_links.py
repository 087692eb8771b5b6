"""The links between the pages of the repository lead to files and headings that exist."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()

_FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)", re.MULTILINE)
_OUR_FILE = re.compile(r"`((?:tests|tools|docs|examples|gitlabgen|\.ci)/[\w./-]+\.\w+)`")


def links(text: str) -> list[str]:
    """Return the targets of a page's links; code and comments have none."""
    for pattern in (_FENCE, _COMMENT, _CODE):
        text = pattern.sub("", text)
    return [inline or reference for inline, reference in _LINK.findall(text)]


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings, as GitLab and GitHub create them."""
    found: dict[str, int] = {}
    for heading in re.findall(r"^#+ (.+)$", _FENCE.sub("", text), re.MULTILINE):
        shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        anchor = re.sub(r"[^\w -]", "", shown.strip().lower()).replace(" ", "-")
        found[anchor] = found.get(anchor, -1) + 1
        if found[anchor]:
            found[f"{anchor}-{found[anchor]}"] = 0
    return {*found}


@cache
def anchors_of(path: Path) -> set[str]:
    """Return the anchors of a page."""
    return anchors(path.read_text("utf-8"))


def broken(page: Path) -> Iterator[str]:
    """Yield the links of a page whose file or heading does not exist."""
    for link in links(page.read_text("utf-8")):
        if re.match(r"[a-z]+:", link):  # another host, which is not asked
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            yield link


@pytest.mark.parametrize("page", PAGES)
def test_the_links_of_a_page_lead_somewhere(page: str) -> None:
    """Each relative link of a page is a file or a folder, and each anchor a heading."""
    assert [*broken(ROOT / page)] == []


@pytest.mark.parametrize("page", [page for page in PAGES if page != "CHANGELOG.md"])
def test_the_files_that_a_page_names_exist(page: str) -> None:
    """Each file of the repository that a page names with its folder exists; `notify` is an example of a new one."""
    named = _OUR_FILE.findall(_FENCE.sub("", (ROOT / page).read_text("utf-8")))

    assert [name for name in named if "notify" not in name and not (ROOT / name).exists()] == []


def test_broken_links_are_found(tmp_path: Path) -> None:
    """A missing file and a missing heading are found; code, comments and other hosts are not links."""
    (tmp_path / "b.md").write_text("# The `b`: one, two\n\n## Again\n\n## Again\n", "utf-8")
    (tmp_path / "a.md").write_text(
        "# A\n[b](b.md) [one](b.md#the-b-one-two) [second](b.md#again-1) [here](#a) [host](https://example.com/x)\n"
        "[gone](c.md) [no](b.md#none) [nor](#b) `[code](d.md)` <!-- [comment](e.md) -->\n"
        "```\n[fence](f.md)\n# fence\n```\n[fence](#fence)\n\n[named]: g.md\n",
        "utf-8",
    )

    assert [*broken(tmp_path / "a.md")] == ["c.md", "b.md#none", "#b", "#fence", "g.md"]
