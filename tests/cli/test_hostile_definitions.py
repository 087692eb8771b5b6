"""Definitions that fail: each is reported at the user's line, with exit code 2, and no file is changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import PROJECT, Command, write

FAILING = {
    "raises": ("1 / 0\n", "gitlab_ci.py:1:1: error[definition-fails] the definition raises ZeroDivisionError: division by zero"),
    "raises without a message": ("raise KeyError\n", "gitlab_ci.py:1:1: error[definition-fails] the definition raises KeyError"),
    "raises in another module": (
        "import json\n\njson.loads('{')\n",
        "gitlab_ci.py:3:1: error[definition-fails] the definition raises JSON",
    ),
    "syntax": ("x = 1\nproject = Project(\n", "gitlab_ci.py:2:18: error[invalid-python] '(' was never closed"),
    "syntax error in a string": (
        "compile('(', 'no-file', 'exec')\n",
        "gitlab_ci.py:1:1: error[definition-fails] the definition raises SyntaxError",
    ),
    "null byte": ("x = 1\0\n", "gitlab_ci.py: error[invalid-python] source code string cannot contain null bytes"),
    "recursion": (
        "def f(n):\n    return f(n) + 1\nf(1)\n",
        "gitlab_ci.py:2:12: error[definition-fails] the definition calls itself",
    ),
    "prints": (
        "print('hello')\nprint('more')\n" + PROJECT,
        "gitlab_ci.py:1: error[definition-prints] the definition prints 'hello'",
    ),
    "prints with the standard library": (
        "import pprint\npprint.pprint([1])\n" + PROJECT,
        "gitlab_ci.py:2: error[definition-prints] the definition prints '[1",
    ),
    "exits": ("import sys\nsys.exit(0)\n", "gitlab_ci.py:2:1: error[definition-fails] the definition ends the program: 0"),
    "exits silently": ("raise SystemExit\n", "gitlab_ci.py:1:1: error[definition-fails] the definition ends the program\n"),
    "raises a BaseException": (
        "class Stop(BaseException): pass\nraise Stop('now')\n",
        "gitlab_ci.py:2:1: error[definition-fails] the definition raises Stop: now",
    ),
    "raises an error that cannot be printed": (
        "class Mute(Exception):\n    def __str__(self): raise ValueError\nraise Mute\n",
        "gitlab_ci.py:3:1: error[definition-fails] the definition raises Mute\n",
    ),
    "no project": (
        "x = 1\n",
        "gitlab_ci.py: error[no-project] defines no `project`\n      = write `project = Project(pipeline=…)`",
    ),
    "empty": ("", "gitlab_ci.py: error[no-project] defines no `project`"),
    "other name": (
        PROJECT.replace("project =", "projekt ="),
        "error[no-project] defines no `project`\n      = rename `projekt` to `project`",
    ),
    "only a pipeline": (
        "from gitlabgen import Pipeline\nmain = Pipeline()\n",
        "error[no-project] defines no `project`\n      = write `project = Project(pipeline=main)`",
    ),
    "wrong type": ("\nproject = {}\n", "gitlab_ci.py:2: error[no-project] `project` is a dict, not a Project"),
    "class": ("class project: pass\n", "gitlab_ci.py:1: error[no-project] `project` is a type, not a Project"),
    "hidden type": ("globals().update(project=1)\n", "gitlab_ci.py: error[no-project] `project` is a int, not a Project"),
    "function that returns nothing": (
        "def project(): pass\n",
        "gitlab_ci.py:1: error[no-project] project() returns a NoneType, not a Project",
    ),
    "generator": ("def project(): yield 1\n", "gitlab_ci.py:1: error[no-project] project() returns a generator, not a Project"),
    "function that raises": (
        "def project():\n    1 / 0\n",
        "gitlab_ci.py:2:5: error[definition-fails] the definition raises ZeroDiv",
    ),
    "function without annotation": (
        "def project(settings): pass\n",
        "gitlab_ci.py:1: error[invalid-blueprint] project(settings) is not",
    ),
    "function with two parameters": (
        "def project(a: int, b: int): pass\n",
        "gitlab_ci.py:1: error[invalid-blueprint] project() should take only",
    ),
    "function with any keywords": (
        "def project(**settings): pass\n",
        "gitlab_ci.py:1: error[invalid-blueprint] project() should take only",
    ),
    "unknown annotation": (
        "def project(a: 'Nix'): pass\n",
        "gitlab_ci.py:1: error[invalid-blueprint] the annotations of project() cannot be read",
    ),
    "callable without signature": (
        "import operator\nproject = operator.attrgetter('x')\n",
        "gitlab_ci.py:2: error[invalid-blueprint]",
    ),
    "missing module": (
        "import nix_da\n",
        (
            "gitlab_ci.py:1:1: error[definition-fails] the definition raises ModuleNotFoundError: No module named 'nix_da'\n"
            "    1 │ import nix_da\n      │ ^^^^^^^^^^^^^ install it in gitlabgen's environment, or write nix_da.py next to the "
        ),
    ),
    "missing module without a name": ("raise ModuleNotFoundError('x')\n", "gitlab_ci.py:1:1: error[definition-fails]"),
    "misspelt import": (
        "from gitlabgen import Jbo\n",
        (
            "ImportError: cannot import name 'Jbo' from 'gitlabgen'\n"
            "    1 │ from gitlabgen import Jbo\n      │ ^^^^^^^^^^^^^^^^^^^^^^^^^ did you mean `Job`?"
        ),
    ),
    "misspelt name": (
        "proyect = 1\nprint(proyekt)\n",
        "NameError: name 'proyekt' is not defined\n    2 │ print(proyekt)\n      │       ^^^^^^^ did",
    ),
    "misspelt attribute": ("import os\nos.getcdw()\n", "2 │ os.getcdw()\n      │ ^^^^^^^^^ did you mean `getcwd`?"),
    "attribute error without an object": (
        "raise AttributeError('x')\n",
        "gitlab_ci.py:1:1: error[definition-fails] the definition raises Attr",
    ),
    "lambda": (
        "project = [lambda: x for x in 'a'][0]\n",
        "gitlab_ci.py:1: error[no-project] <lambda>() returns a str, not a Project",
    ),
    "control characters": ("raise ValueError('\\x1b[2J')\n", "raises ValueError: \\x1b[2J\n"),
    "reads input": ("input()\n", "error[definition-fails] the definition raises"),
}


@pytest.mark.parametrize(("text", "message"), FAILING.values(), ids=FAILING)
def test_failing_definitions_are_reported(folder: Path, gitlabgen: Command, text: str, message: str) -> None:
    """Each kind of failure is reported at the user's line."""
    write(folder, gitlab_ci_py=text)
    result = gitlabgen("render")
    assert result.code == 2
    assert message in result.err
    assert result.err.endswith("\n1 error\n")
    assert result.out == ""
    result = gitlabgen("check", "--format", "json")
    assert result.code == 2
    assert len(result.rules) == 1


def test_bytes_that_are_not_utf_8(folder: Path, gitlabgen: Command) -> None:
    """A definition that is not UTF-8 is refused, with the line if Python knows it."""
    (folder / "gitlab_ci.py").write_bytes(b"x = 1\nname = '\xe4'\n")
    result = gitlabgen("render")
    assert result.code == 2
    assert "gitlab_ci.py" in result.err
    assert "error[invalid-python]" in result.err


def test_a_definition_that_cannot_be_read(folder: Path, gitlabgen: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be opened is reported with the system's reason."""
    write(folder, gitlab_ci_py=PROJECT)
    monkeypatch.setattr("builtins.open", _refusing)
    result = gitlabgen("render", "--format=json")
    assert (result.code, result.rules) == (2, ["unreadable"])
    assert result.data["findings"][0]["message"] == "cannot be read: Permission denied"


def _refusing(*_: object, **__: object) -> None:
    raise PermissionError(13, "Permission denied")


@pytest.mark.parametrize(
    "line",
    [
        "import os; os.write(1, b'noise')",
        "import subprocess; subprocess.run(['echo', 'noise'], check=True)",
        "import sys; sys.__stdout__.write('noise')",
        "import sys; sys.stdout.buffer.write(b'noise')",
        "import os; os.system('echo noise')",
    ],
)
@pytest.mark.parametrize("words", [["--stdout"], ["--format=json"]])
def test_output_that_bypasses_python_goes_to_standard_error(
    folder: Path, gitlabgen: Command, line: str, words: list[str]
) -> None:
    """Standard output stays clean even if a child process or a system call writes there."""
    write(folder, gitlab_ci_py=f"{line}\n{PROJECT}")
    result = gitlabgen("render", *words)
    assert result.code == 0
    assert "noise" not in result.out
    assert "noise" in result.err
    assert result.out.startswith("# Generated") if words == ["--stdout"] else result.data


@pytest.mark.parametrize("line", ["sys.stdout.close()", "sys.stdout = None", "os.chdir('/')", "sys.path.clear()", "os.close(1)"])
def test_what_a_definition_breaks_is_restored(folder: Path, gitlabgen: Command, line: str) -> None:
    """A definition that closes a stream or changes the process's state does no harm."""
    write(folder, gitlab_ci_py=f"import os, sys\n{PROJECT}{line}\n")
    result = gitlabgen("render")
    assert (result.code, result.out) == (0, "created out.txt\n")
    assert (folder / "out.txt").exists()


def test_warnings_of_python_do_no_harm(folder: Path, gitlabgen: Command) -> None:
    """An invalid escape in a string is a warning, or an error if warnings are errors, and never a crash."""
    write(folder, gitlab_ci_py=f"x = '\\d'\n{PROJECT}")
    result = gitlabgen("render")  # in the tests all warnings are errors
    assert result.code == 2
    assert "error[invalid-python] invalid escape sequence" in result.err
    with pytest.warns((DeprecationWarning, SyntaxWarning), match="invalid escape"):
        assert gitlabgen("render").code == 0


def test_modules_next_to_a_definition(folder: Path, gitlabgen: Command) -> None:
    """Two services may import helpers with the same name, and each gets its own."""
    text = "from gitlabgen import Project\nimport helper, pack.part, space.part\n"
    text += "project = Project(files={'out.txt': f'{helper.NAME} {pack.part.NAME} {space.part.NAME}'})\n"
    for name in ("a", "b"):
        write(folder / name, gitlab_ci_py=text, helper_py=f"NAME = '{name}'\n", space__part_py=f"NAME = '{name}'\n")
        write(folder / name / "pack", __init___py="", part_py=f"NAME = '{name}'\n")
        (folder / name / "pack" / "__init__.py").touch()
    assert gitlabgen("render", "a", "b").code == 0
    assert (folder / "a" / "out.txt").read_text(encoding="utf-8").endswith("\na a a\n")
    assert (folder / "b" / "out.txt").read_text(encoding="utf-8").endswith("\nb b b\n")
    assert not list(folder.rglob("__pycache__"))


def test_a_module_of_another_folder_does_not_hide_a_local_one(
    folder: Path, gitlabgen: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module that the first service imported from elsewhere does not replace the second service's own module."""
    monkeypatch.syspath_prepend(folder / "lib")
    text = "from gitlabgen import Project\nimport helper_of_both\nproject = Project(files={'out.txt': helper_of_both.NAME})\n"
    write(folder, lib__helper_of_both_py="NAME = 'lib'\n", a__gitlab_ci_py=text, b__gitlab_ci_py=text)
    write(folder, b__helper_of_both_py="NAME = 'b'\n", c__gitlab_ci_py=text)
    assert gitlabgen("render", "a", "b", "c").code == 0
    assert [(folder / name / "out.txt").read_text(encoding="utf-8").splitlines()[-1] for name in "abc"] == ["lib", "b", "lib"]


def test_an_error_in_a_helper_names_the_helper(folder: Path, gitlabgen: Command) -> None:
    """The innermost line of the user's own code is reported."""
    write(folder, gitlab_ci_py="import helper\n", helper_py="\nint('x')\n")
    assert "helper.py:2:1: error[definition-fails] the definition raises ValueError: invalid literal" in gitlabgen("check").err


def test_a_linked_definition_writes_next_to_the_link(folder: Path, gitlabgen: Command) -> None:
    """A symbolic link is a separate definition, in the folder of the link."""
    write(folder, shared__gitlab_ci_py=PROJECT)
    for name in "ab":
        (folder / name).mkdir()
        (folder / name / "gitlab_ci.py").symlink_to("../shared/gitlab_ci.py")
    assert gitlabgen("render", "a", "b", "./a").out == "created a/out.txt\ncreated b/out.txt\n"


def test_an_interrupt_ends_the_command(folder: Path, gitlabgen: Command) -> None:
    """Ctrl-C while a definition runs stops the command, and not only the definition."""
    write(folder, gitlab_ci_py="raise KeyboardInterrupt\n", b__gitlab_ci_py=PROJECT)
    assert gitlabgen("render", ".", "b").code == 130


def test_an_installed_package_that_prints(folder: Path, gitlabgen: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a package of a virtual environment in the folder prints is reported at the user's line that uses it."""
    packages = folder / ".venv" / "lib" / "python3" / "site-packages"
    write(packages, acme_noisy_py="print('hello')\n")
    monkeypatch.syspath_prepend(packages)
    write(folder, gitlab_ci_py=f"import os\nimport acme_noisy\n{PROJECT}")
    assert "gitlab_ci.py:2: error[definition-prints] the definition prints 'hello'" in gitlabgen("check").err
