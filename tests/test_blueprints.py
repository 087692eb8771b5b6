"""The blueprints: what they render to is what lies beside them, and what the article says."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from cfn_flip import load as load_template
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.location import PyTestLocation
from syrupy.types import SnapshotIndex

from gitlabgen.loading import blueprints, load
from gitlabgen.output import with_header
from gitlabgen.project import PIPELINE, TEMPLATE, texts

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "blueprints"
NAMES = sorted(path.name for path in FOLDER.iterdir())
ARTICLE = [name for name in NAMES if name.startswith("article_")]


class FilesBesideDefinition(SingleFileSnapshotExtension):
    """Snapshots that are the rendered files themselves; their name is the path below the blueprints' folder."""

    _write_mode = WriteMode.TEXT

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: SnapshotIndex = 0) -> str:
        """Return the path below the blueprints' folder."""
        del test_location
        return str(index)

    @classmethod
    def get_location(cls, *, test_location: PyTestLocation, index: SnapshotIndex) -> str:
        """Return the rendered file."""
        del test_location
        return str(FOLDER / str(index))


def rendered(name: str) -> dict[str, str]:
    """Return the text of each file of a blueprint."""
    return texts(load(str(FOLDER / name / "gitlab_ci.py")).project)


@pytest.mark.parametrize("name", NAMES)
def test_the_files_beside_the_definition_are_what_it_renders(name: str, snapshot: SnapshotAssertion) -> None:
    """Each file of a blueprint is up to date, header included."""
    files = rendered(name)

    assert files
    for path, text in files.items():
        complete = with_header(text, "gitlab_ci.py", "gitlabgen render")
        assert complete == snapshot(name=f"{name}/{path}", extension_class=FilesBesideDefinition)


@pytest.mark.parametrize("name", NAMES)
def test_each_blueprint_explains_itself(name: str) -> None:
    """Each blueprint has a README of a few lines that begins with its name."""
    lines = (FOLDER / name / "README.md").read_text("utf-8").splitlines()

    assert lines[0].startswith(f"# {name}:")
    assert len(lines) < 20


@pytest.mark.parametrize("name", ARTICLE)
def test_the_pipelines_of_the_article(name: str) -> None:
    """A rendered pipeline is equal as data to the article's."""
    expected = json.loads((ROOT / "tests" / "article" / f"{name}.pipeline.json").read_text("utf-8"))

    assert yaml.safe_load(rendered(name)[PIPELINE]) == expected


@pytest.mark.parametrize("name", ARTICLE)
def test_the_templates_of_the_article(name: str) -> None:
    """A rendered template is equal as data to the article's."""
    expected = json.loads((ROOT / "tests" / "article" / f"{name}.template.json").read_text("utf-8"))
    data, _ = load_template(rendered(name)[TEMPLATE])

    assert as_json(data) == expected


def as_json(data: Any) -> Any:
    """Return data as JSON has it."""
    return json.loads(json.dumps(data))


def test_an_installed_package_finds_the_blueprints(tmp_path: Path) -> None:
    """The wheel holds the blueprints, and a package unpacked from it lists and renders them."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    program = "from gitlabgen.loading import *; print(list(blueprints())); load(blueprints()['article_3'])"
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "installed")},
        check=True,
        capture_output=True,
        text=True,
    )

    assert run.stdout.strip() == str(NAMES)
    assert (tmp_path / "installed" / "gitlabgen" / "py.typed").exists()


def test_a_checkout_finds_the_blueprints() -> None:
    """In a checkout the blueprints are found beside the package."""
    assert {name: Path(path) for name, path in blueprints().items()} == {name: FOLDER / name / "gitlab_ci.py" for name in NAMES}
