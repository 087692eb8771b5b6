"""The blueprints: their rendered files are up to date and equal to the article's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from cfn_flip import load as load_template
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.location import PyTestLocation
from syrupy.types import SnapshotIndex

import gitlabgen
from gitlabgen.cli import run
from gitlabgen.codec.headers import with_header
from gitlabgen.definitions.loading import load
from gitlabgen.project import PIPELINE, TEMPLATE, texts
from gitlabgen.scaffolding.catalogue import blueprints

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "blueprints"
NAMES = sorted(path.name for path in FOLDER.iterdir())
ARTICLE = [name for name in NAMES if name.startswith("article_")]


class RenderedFiles(SingleFileSnapshotExtension):
    """Snapshots that are the rendered files themselves; their names are paths relative to the folder of blueprints."""

    _write_mode = WriteMode.TEXT

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: SnapshotIndex = 0) -> str:
        """Return the path relative to the folder of blueprints."""
        del test_location
        return str(index)

    @classmethod
    def get_location(cls, *, test_location: PyTestLocation, index: SnapshotIndex) -> str:
        """Return the path of the rendered file."""
        del test_location
        return str(FOLDER / str(index))


def rendered(name: str) -> dict[str, str]:
    """Return the text of each file of a blueprint."""
    return texts(load(str(FOLDER / name / "gitlab_ci.py")).project)


@pytest.mark.parametrize("name", NAMES)
def test_the_rendered_files_are_up_to_date(name: str, snapshot: SnapshotAssertion) -> None:
    """Each rendered file of a blueprint is up to date, including its header."""
    files = rendered(name)

    assert files
    for path, text in files.items():
        # In a subfolder, the path to the definition begins with `../`.
        above = "../" * path.count("/")
        command = f"gitlabgen render {above}gitlab_ci.py" if above else "gitlabgen render"
        complete = with_header(text, f"{above}gitlab_ci.py", command, path)
        assert complete == snapshot(name=f"{name}/{path}", extension_class=RenderedFiles)


@pytest.mark.parametrize("name", NAMES)
def test_each_blueprint_explains_itself(name: str) -> None:
    """Each blueprint has a short README that begins with its name."""
    lines = (FOLDER / name / "README.md").read_text("utf-8").splitlines()

    assert lines[0].startswith(f"# {name}:")
    assert len(lines) < 20


@pytest.mark.parametrize("name", ARTICLE)
def test_the_pipelines_of_the_article(name: str) -> None:
    """A rendered pipeline has the same data as the article's."""
    expected = json.loads((ROOT / "tests" / "article" / f"{name}.pipeline.json").read_text("utf-8"))

    assert yaml.safe_load(rendered(name)[PIPELINE]) == expected


@pytest.mark.parametrize("name", ARTICLE)
def test_the_templates_of_the_article(name: str) -> None:
    """A rendered template has the same data as the article's."""
    expected = json.loads((ROOT / "tests" / "article" / f"{name}.template.json").read_text("utf-8"))
    data, _ = load_template(rendered(name)[TEMPLATE])

    assert as_json(data) == expected


@pytest.mark.parametrize("name", NAMES)
def test_the_linter_finds_nothing_in_blueprints(name: str) -> None:
    """The production blueprints have no findings, except information, such as accounts that are examples."""
    project = load(str(FOLDER / name / "gitlab_ci.py")).project
    found = [finding for finding in gitlabgen.lint(project) if finding.severity != "info"]

    assert name in ARTICLE or found == []


def test_the_linter_finds_nothing_in_the_starter() -> None:
    """The small starter has no findings for any persona."""
    assert gitlabgen.lint(load(str(FOLDER / "python_service" / "gitlab_ci.py")).project, persona="auditor") == []


@pytest.mark.parametrize("name", [name for name in NAMES if (FOLDER / name / TEMPLATE).exists() and name not in ARTICLE])
def test_aws_accepts_the_templates_of_blueprints(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """SAM translates each template, and cfn-lint finds nothing in the results, nor in the roles for the accounts."""
    if find_spec("samtranslator") is None:
        assert not os.environ.get("CI"), "the extra verify is missing"
        pytest.skip("the extra verify is missing")
    monkeypatch.chdir(FOLDER / name)

    assert run(["verify", *map(str, [".", *sorted(Path("bootstrap").glob("*.yml"))])]) == 0


@pytest.mark.parametrize("folder", sorted(FOLDER.glob("*/test*")), ids=lambda path: path.parent.name)
def test_the_code_of_blueprints_works(folder: Path) -> None:
    """The tests of a blueprint's own code pass."""
    if (folder.parent / "package.json").exists():
        if shutil.which("node") is None:
            assert not os.environ.get("CI"), "node is missing"
            pytest.skip("node is missing")
        command = ["node", "--test", *map(str, folder.glob("*.test.mjs"))]
    else:
        command = [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)]
    done = subprocess.run(command, cwd=folder.parent, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def as_json(data: Any) -> Any:
    """Return the data after a round trip through JSON."""
    return json.loads(json.dumps(data))


def test_an_installed_package_finds_the_blueprints(tmp_path: Path) -> None:
    """The wheel contains all files of the blueprints, and a package unpacked from it lists them."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    program = (
        "import json; from gitlabgen.scaffolding.catalogue import blueprints; "
        "print(json.dumps({name: blueprint.files() for name, blueprint in blueprints().items()}))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "installed")},
        check=True,
        capture_output=True,
        text=True,
    )

    assert json.loads(run.stdout) == {name: blueprint.files() for name, blueprint in blueprints().items()}
    assert (tmp_path / "installed" / "gitlabgen" / "py.typed").exists()


def test_a_checkout_finds_the_blueprints() -> None:
    """In a checkout the blueprints are found next to the package."""
    assert {name: Path(found.folder) for name, found in blueprints().items()} == {name: FOLDER / name for name in NAMES}
