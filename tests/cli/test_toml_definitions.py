"""Definitions in TOML: blueprints, their settings, the required version, and the line of each mistake."""

# ruff: noqa: E501 - rows of a table are read across

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Command, write

BLUEPRINT = """
from __future__ import annotations
from collections.abc import Mapping, Sequence
from typing import Literal
import attrs
from gitlabgen import Project

@attrs.frozen
class Environment:
    account: str
    tier: Literal["dev", "prod"] = "dev"

@attrs.frozen
class Settings:
    name: str = attrs.field(validator=[attrs.validators.matches_re("[a-z ]+"), attrs.validators.max_len(9)])
    environments: Mapping[str, Environment] = attrs.field(factory=dict)
    memory: int | None = None
    regions: Sequence[str] = ()
    rate: float = 1

def service(settings: Settings) -> Project:
    return Project(files={"out.txt": repr(settings)})

def plain():
    return Project(files={"out.txt": "plain"})

def broken(settings: Settings):
    return {}[settings.name]

def conditions(settings: Settings):
    from gitlabgen import var
    return Project(files={"out.txt": "x"}) if var.A else None

def mistaken(settings: Settings):
    from gitlabgen import Job
    return Project(files={"out.txt": Job("x", when="never!")})

def typeless():
    return 1

number = 1
"""
HEAD = 'blueprint = "acme:service"\n'


@pytest.fixture
def acme(folder: Path) -> Path:
    """Return a folder with a blueprint for definitions."""
    write(folder, acme_py=BLUEPRINT)
    return folder


def test_a_blueprint_gets_its_settings(acme: Path, gitlabgen: Command) -> None:
    """Tables, lists, defaults and numbers become the blueprint's own classes."""
    text = 'target_gitlab = "16.11"\n[settings]\nname = "orders"\nregions = ["eu"]\nrate = 2\n[settings.environments.prod]\naccount = "222"\n'
    write(acme, gitlab_ci_toml=HEAD + text)
    assert gitlabgen("render").code == 0
    body = (acme / "out.txt").read_text(encoding="utf-8").splitlines()[-1]
    environments = "{'prod': Environment(account='222', tier='dev')}"
    assert body == f"Settings(name='orders', environments={environments}, memory=None, regions=('eu',), rate=2.0)"


def test_settings_are_overridden_on_the_command_line(acme: Path, gitlabgen: Command) -> None:
    """`--set` takes TOML values, for nested keys and for whole tables."""
    write(acme, gitlab_ci_toml=HEAD + '[settings]\nname = "orders"\n[settings.environments.prod]\naccount = "222"\n')
    words = ["--set", "environments.prod.account='333'", "--set", "environments.prod.tier='prod'", "--set", "memory=1"]
    out = gitlabgen("render", "--stdout", *words, "--set", "environments.'eu.west'={account='4'}").out
    assert "{'prod': Environment(account='333', tier='prod'), 'eu.west': Environment(account='4', tier='dev')}" in out
    assert "memory=1" in out


MISTAKES = {
    "unknown setting": (
        '[settings]\nnmae = "x"\n',
        "gitlab_ci.toml:3:1: error[invalid-setting] `settings.nmae` is not a setting of the",
    ),
    "hint": ('[settings]\nnmae = "x"\n', '    3 │ nmae = "x"\n      │ ^^^^ did you mean `name`?'),
    "no hint": ('[settings]\nname = "x"\nzzz = 1\n', "use one of name, environments, memory, regions, rate"),
    "missing": ("\n[settings]\n", "gitlab_ci.toml:3:1: error[invalid-setting] `settings.name` is missing"),
    "missing hint": ("[settings]\n", "    2 │ [settings]\n      │ ^^^^^^^^^^ write name = … under [settings]"),
    "all missing": (
        "",
        "gitlab_ci.toml: error[invalid-setting] `settings.name` is missing\n      = write name = … under [settings]",
    ),
    "wrong type": ("[settings]\nname = 7 # seven\n", '    3 │ name = 7 # seven\n      │        ^ write `"7"`'),
    "wrong word": (
        '[settings]\nname = "x"\n[settings.environments.eu]\naccount = "1"\ntier = "prodd"\n',
        (
            "gitlab_ci.toml:6:8: error[invalid-setting] `settings.environments.eu.tier` should be one of dev, prod, got 'prodd'\n"
            '    6 │ tier = "prodd"\n      │        ^^^^^^^ did you mean `prod`?'
        ),
    ),
    "missing nested setting": (
        '[settings]\nname = "x"\n[settings.environments."eu.west"]\ntier = "dev"\n',
        "gitlab_ci.toml:4:1: error[invalid-setting] `settings.environments.eu.west.account` is missing",
    ),
    "inline": (
        'settings = {name = "x", memory = "big"}\n',
        "gitlab_ci.toml:2:34: error[invalid-setting] `settings.memory` should be an int",
    ),
    "list item": ('[settings]\nname = "x"\nregions = [\n  "eu",\n  3, # three\n]\n', "    6 │   3, # three\n      │   ^ write"),
    "no list": ('[settings]\nname = "x"\nregions = "eu"\n', "should be a list, got 'eu'"),
    "no table": ('[settings]\nname = "x"\nenvironments.eu = 3\n', "`settings.environments.eu` should be a table, got 3"),
    "list of tables": (
        '[settings]\nname = "x"\n[[settings.regions]]\na = 1\n',
        "gitlab_ci.toml:4:1: error[invalid-setting] `settings.regions.0`",
    ),
    "validator": (
        '[settings]\nname = "X"\n',
        "gitlab_ci.toml:3:8: error[invalid-setting] `settings.name` is not valid: 'name' must m",
    ),
    "other validator": (
        '[settings]\nname = "much too long"\n',
        "gitlab_ci.toml:3:8: error[invalid-setting] `settings.name` is not valid: Length of",
    ),
    "settings are not a table": (
        "settings = 3\n",
        "gitlab_ci.toml:2:12: error[invalid-setting] `settings` should be a table, got 3",
    ),
    "unknown key": ("setings = 3\n", "    2 │ setings = 3\n      │ ^^^^^^^ did you mean `settings`?"),
    "unknown key without a hint": ("zzz = 3\n", "use one of blueprint, requires, target_gitlab, settings"),
    "target": ('target_gitlab = "16"\n', "gitlab_ci.toml:2:17: error[invalid-setting] `target_gitlab` should be a version"),
    "target is a number": (
        "target_gitlab = 16.11\n",
        "gitlab_ci.toml:2:17: error[invalid-setting] `target_gitlab` should be a string, got 16.11",
    ),
    "list for a string": ("requires = []\n", "`requires` should be a string, got []"),
    "syntax": ("x = \n", "gitlab_ci.toml:2:5: error[invalid-toml] Invalid value\n"),
    "cut off": ('x = "', "error[invalid-toml]"),
    "too deep": ("x = " + "[" * 3000, "error[invalid-toml] is nested too deeply"),
    "no pin": ('requires = "pytest>=8"\n', "`requires` should pin one version, got 'pytest>=8'"),
    "not installed": ('requires = "no-such-thing==1"\n', "requires no-such-thing==1, but it is not installed"),
    "other version": ('requires = "attrs==1.0"\n', "run: python -m pip install 'attrs==1.0'"),
}


@pytest.mark.parametrize(("text", "message"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes_are_reported_with_their_line(acme: Path, gitlabgen: Command, text: str, message: str) -> None:
    """Each mistake is reported with the line and column in the TOML file, and what to write instead."""
    write(acme, gitlab_ci_toml=HEAD + text)
    result = gitlabgen("render")
    assert result.code == 2
    assert message in result.err


def test_a_required_version_that_is_installed(acme: Path, gitlabgen: Command) -> None:
    """If the required version is installed, the blueprint runs."""
    from importlib.metadata import version

    write(acme, gitlab_ci_toml=f'{HEAD}requires = "attrs == {version("attrs")}"\nsettings.name = "x"\n')
    assert gitlabgen("render").code == 0


def test_all_mistakes_are_reported_at_once(acme: Path, gitlabgen: Command) -> None:
    """All invalid settings are in one report."""
    write(acme, gitlab_ci_toml=HEAD + '[settings]\nnmae = "x"\nmemory = "y"\nregions = [1, 2]\n')
    assert gitlabgen("check", "--format=json").rules == ["invalid-setting"] * 5


BLUEPRINTS = {
    "none": ("", "gitlab_ci.toml: error[invalid-setting] `blueprint` is missing"),
    "number": ("blueprint = 3\n", "`blueprint` should be a string, got 3"),
    "no function": ('blueprint = "acme"\n', "`blueprint` should name a function, got 'acme'\n    1 │ blueprint = \"acme\""),
    "misspelt function": ('blueprint = "acme:servce"\n', "names 'servce' in acme, which does not exist"),
    "function hint": ('blueprint = "acme:servce"\n', "did you mean `service`?"),
    "unlike any function": ('blueprint = "acme:zzzzzz"\n', "names 'zzzzzz' in acme, which does not exist"),
    "number in a module": ('blueprint = "acme:number"\n', "names 'number' in acme, which is not a function"),
    "missing module": (
        'blueprint = "nix.da:service"\n',
        "gitlab_ci.toml:1:13: error[invalid-setting] `blueprint` names a module that does",
    ),
    "missing sub-module": ('blueprint = "acme.da:service"\n', "names a module that does not exist: 'acme.da'"),
    "raises": (
        'blueprint = "acme:broken"\n[settings]\nname = "x"\n',
        "acme.py:28:12: error[definition-fails] the definition raises KeyE",
    ),
    "names the definition": (
        'blueprint = "acme:broken"\n[settings]\nname = "x"\n',
        "= loaded by this definition: gitlab_ci.toml",
    ),
    "condition": ('blueprint = "acme:conditions"\n[settings]\nname = "x"\n', "error[invalid-condition] Python cannot know"),
    "mistaken": ('blueprint = "acme:mistaken"\n[settings]\nname = "x"\n', "acme.py:36:52: error[invalid-keyword]"),
    "no settings": ('blueprint = "acme:plain"\n[settings]\nname = "x"\n', "plain() takes no settings, got name"),
    "returns a number": (
        'blueprint = "acme:typeless"\n',
        "gitlab_ci.toml: error[no-project] typeless() returns a int, not a Project",
    ),
    "of the library": ('blueprint = "os:getpid"\n', "gitlab_ci.toml: error[no-project] getpid() returns a int, not a Project"),
}


@pytest.mark.parametrize(("text", "message"), BLUEPRINTS.values(), ids=BLUEPRINTS)
def test_blueprints_that_fail(acme: Path, gitlabgen: Command, text: str, message: str) -> None:
    """A blueprint that is missing or fails is reported with its own line and the definition's name."""
    write(acme, gitlab_ci_toml=text)
    result = gitlabgen("render")
    assert result.code == 2
    assert message in result.err


def test_a_module_that_fails_to_import(folder: Path, gitlabgen: Command) -> None:
    """A missing dependency of a blueprint is not reported as a missing blueprint."""
    write(folder, acme_py="import nix_da\n", gitlab_ci_toml=HEAD)
    assert "acme.py:1:1: error[definition-fails] the definition raises ModuleNotFoundError" in gitlabgen("check").err
    write(folder, acme_py="def f(:\n")
    assert "acme.py:1:7: error[invalid-python]" in gitlabgen("check").err
    write(folder, acme_py="raise KeyboardInterrupt\n")
    assert gitlabgen("check").code == 130


def test_installed_blueprints(acme: Path, gitlabgen: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """A blueprint of an installed package stays loaded for the next service, and failures are at its line."""
    write(acme / "site-packages" / "acme_installed", blue_py=BLUEPRINT)
    (acme / "site-packages" / "acme_installed" / "__init__.py").touch()
    monkeypatch.syspath_prepend(acme / "site-packages")
    for name in "ab":
        write(acme / name, gitlab_ci_toml='blueprint = "acme_installed.blue:broken"\n[settings]\nname = "x"\n')
    result = gitlabgen("check", "a", "b")
    assert result.err.count("site-packages/acme_installed/blue.py:28:12: error[definition-fails]") == 2
    assert "acme_installed.blue" in sys.modules


def test_a_blueprint_that_prints(acme: Path, gitlabgen: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an installed blueprint prints is reported without a line, because it is not in the definition."""
    write(acme / "site-packages", acme_loud_py="print('hello')\ndef service(): pass\n")
    monkeypatch.syspath_prepend(acme / "site-packages")
    write(acme / "a", gitlab_ci_toml='blueprint = "acme_loud:service"\n')
    assert "a/gitlab_ci.toml: error[definition-prints] the definition prints 'hello'" in gitlabgen("check", "a").err


def test_a_blueprint_without_settings(acme: Path, gitlabgen: Command) -> None:
    """A function without parameters needs no settings."""
    write(acme, gitlab_ci_toml='blueprint = "acme:plain"\n')
    assert gitlabgen("render").code == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["name=orders"],
            "--set takes KEY=VALUE with a TOML value, got 'name=orders'\n      = write --set name='\"orders\"' for a string",
        ),
        (["name"], "--set takes KEY=VALUE with a TOML value, got 'name'\n      = write --set name=value"),
        (["=1"], "--set takes KEY=VALUE with a TOML value, got '=1'"),
        (
            ["name=7"],
            "gitlab_ci.toml: error[invalid-setting] `--set name` should be a string, got 7\n      = write `--set name='\"7\"'`",
        ),
        (["nmae='x'"], "`--set nmae` is not a setting of the blueprint\n      = did you mean `name`?"),
        (["environments={eu={}}", "memory=1"], "`--set environments.eu.account` is missing"),
        (
            ["environmets.eu={account='1'}"],
            "`--set environmets` is not a setting of the blueprint\n      = did you mean `environments`?",
        ),
        (["name='much too long'"], "gitlab_ci.toml: error[invalid-setting] `--set name` is not valid: Length of"),
        (["environments={eu={account=1}}"], "`--set environments.eu.account` should be a string, got 1"),
        (["regions=[1]"], "`--set regions.0` should be a string, got 1"),
        (["memory=2020-01-01"], "`--set memory` should be an integer, got datetime.date(2020, 1, 1)"),
    ],
)
def test_invalid_options_are_reported_as_options(acme: Path, gitlabgen: Command, words: list[str], message: str) -> None:
    """An invalid value of `--set` is not reported at a line of the file."""
    write(acme, gitlab_ci_toml=HEAD + '[settings]\nname = "orders"\n')
    result = gitlabgen("render", *(part for word in words for part in ("--set", word)))
    assert result.code == 2
    assert message in result.err


def test_settings_of_python_definitions(folder: Path, gitlabgen: Command) -> None:
    """A `project` that is a function gets the values of `--set`; another `project` accepts none."""
    text = "import attrs\nfrom gitlabgen import Project\n@attrs.frozen\nclass Settings:\n    name: str\n"
    write(folder, gitlab_ci_py=f"{text}def project(settings: Settings): return Project(files={{'out.txt': settings.name}})\n")
    assert gitlabgen("render", "--stdout", "--set", "name='x'").out.endswith("\nx\n")
    result = gitlabgen("render")
    assert "gitlab_ci.py: error[invalid-setting] `settings.name` is missing\n      = set it with --set name=…" in result.err
    write(folder, gitlab_ci_py="from gitlabgen import Project\nproject = Project(files={'out.txt': 'x'})\n")
    assert (
        "gitlab_ci.py: error[invalid-setting] has no settings, but --set gives name" in gitlabgen("check", "--set", "name=1").err
    )


def test_a_file_that_is_not_utf_8(folder: Path, gitlabgen: Command) -> None:
    """The position of the byte is reported; a byte order mark is accepted."""
    (folder / "gitlab_ci.toml").write_bytes(b'blueprint = "os:getpid"\n# \xe4\n')
    assert "gitlab_ci.toml:2:3: error[invalid-toml] is not UTF-8: byte 0xe4" in gitlabgen("check").err
    (folder / "gitlab_ci.toml").write_bytes(b'\xef\xbb\xbfblueprint = "os:getpid"\r\n')
    assert "getpid() returns" in gitlabgen("check").err
