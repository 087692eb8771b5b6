"""Definitions whose objects and changes of the process are hostile: one clear finding, exit code 2, and no file written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gitlabgen.cli import run
from gitlabgen.definitions.loading import load
from tests.cli.conftest import PROJECT, write

TEXT = """from gitlabgen import Project
class S(str):
    def {name}(self, *_): raise SystemExit(7)
project = Project(files={{S('a.txt'): 'x'}})
"""
PIPELINE = """from gitlabgen import Job, Pipeline, Project
job = Job("a", script=["x"])
pipeline = Pipeline(jobs=[job])
project = Project(pipeline=pipeline)
"""
CHANGED = "was changed after it was made, and has a value that it cannot have"
FAILING = {
    "a message that ends the program": (
        "class E(Exception):\n    def __str__(self): raise SystemExit(7)\nraise E\n",
        ":3:1: error[definition-fails] the definition raises E\n",
    ),
    "a message that is odd text": (
        "class S(str):\n    def split(self, *_): 1 / 0\nclass E(Exception):\n    def __str__(self): return S('x  y')\nraise E\n",
        "the definition raises E: x y\n",
    ),
    "a message that calls itself": ("class E(Exception):\n    def __str__(self): return str(self)\nraise E\n", "raises E\n"),
    "a long message": ("raise ValueError('x' * 10_000_000)\n", "raises ValueError: xxx"),
    **{
        f"{name} of an exception": (
            f"class E({base}):\n    @property\n    def {name}(self): raise SystemExit(7)\nraise E('x')\n",
            ":4:1: error[definition-fails] the definition raises E",
        )
        for name, base in {
            "name": "NameError",
            "obj": "AttributeError",
            "args": "ImportError",
            "__class__": "Exception",
            "findings": "Exception",
        }.items()
    },
    "the traceback of an exception": (
        "class E(Exception):\n    @property\n    def __traceback__(self): raise SystemExit(7)\nraise E\n",
        "error[definition-fails] the definition raises AttributeError: property '__traceback__'",
    ),
    "the name of a module": (
        "class E(ModuleNotFoundError):\n    @property\n    def name(self): raise ValueError\nraise E('x')\n",
        ":4:1: error[definition-fails] the definition raises E: x",
    ),
    "the name of a class": (
        "class M(type):\n    @property\n    def __name__(cls): 1 / 0\nclass E(Exception, metaclass=M): pass\nraise E\n",
        "the definition raises E\n",
    ),
    "a class with an odd name": (
        "class N(str): pass\nclass E(Exception): pass\nE.__name__ = N('odd')\nraise E\n",
        "error[definition-fails] the definition raises",
    ),
    "__dir__ that ends the program": ("class O:\n    def __dir__(self): raise SystemExit(7)\nO().x\n", "raises AttributeError"),
    "__dir__ that is no list": ("class O:\n    def __dir__(self): return 5\nO().x\n", "raises AttributeError"),
    "a made-up place": ("raise SyntaxError('x', (__file__, 'a', {}, 3))\n", "gitlab_ci.py: error[invalid-python] x\n"),
    "a made-up line": ("raise SyntaxError('x', (__file__, -1, -1, 'y'))\n", "gitlab_ci.py: error[invalid-python] x\n"),
    "a made-up file": ("e = SyntaxError('x')\ne.filename = 5\nraise e\n", "the definition raises SyntaxError: x"),
    "a syntax error without message": (
        "e = SyntaxError()\ne.filename = __file__\nraise e\n",
        "the definition raises SyntaxError",
    ),
    "no findings": ("from gitlabgen import DefinitionError\nraise DefinitionError()\n", "the definition raises DefinitionError"),
    "findings that are texts": (
        "from gitlabgen import DefinitionError\nraise DefinitionError('x')\n",
        "the definition raises DefinitionError: x",
    ),
    "the end of the process": ("import os\nos._exit(5)\n", ":2:1: error[definition-fails] the definition ends the program: 5\n"),
    "Python's functions": (
        "import builtins\nbuiltins.open = builtins.isinstance = builtins.len = None\n1 / 0\n",
        ":3:1: error[definition-fails]",
    ),
    "functions of the system": ("import os\nos.getcwd = os.path.join = os.open = None\n1 / 0\n", "ZeroDivisionError"),
    "loaded modules": ("import sys\nsys.modules.clear()\n1 / 0\n", ":3:1: error[definition-fails] the definition raises ZeroDiv"),
    "a trace that raises": (
        "import sys\ndef trace(*_): 1 / 0\nsys.settrace(trace)\n(lambda: 1)()\n",
        ":2:16: error[definition-fails] the definition raises ZeroDivisionError",
    ),
    "a profile that raises": (
        "import sys\ndef profile(*_): 1 / 0\nsys.setprofile(profile)\n",
        "error[definition-fails] the definition raises ZeroDivisionError",
    ),
    "a value of another type": (
        f"{PIPELINE}object.__setattr__(pipeline, 'jobs', 5)\n",
        f":3:12: error[definition-fails] a Pipeline {CHANGED}",
    ),
    "a script that is a number": (f"{PIPELINE}job.__dict__['script'] = 5\n", f":2:7: error[definition-fails] a Job {CHANGED}"),
    "an unknown value": (f"{PIPELINE}vars(job)['odd'] = 5\n", f":2:7: error[definition-fails] a Job {CHANGED}"),
    "no values": (f"{PIPELINE}project.__dict__.clear()\n", f":4:11: error[definition-fails] a Project {CHANGED}"),
    "a property of the class": (
        f"{PIPELINE}class Odd(Project):\n    @property\n    def pipeline(self): 1 / 0\nproject = Odd(files={{'a.txt': 'x'}})\n",
        "the definition raises ZeroDivisionError",
    ),
    "a text with odd methods": (
        TEXT.format(name="rpartition"),
        "error[definition-fails] the definition ends the program: 7",
    ),
    "a text that fails when it is written": (
        TEXT.format(name="count"),
        ":3:",
    ),
    "a representation that ends the program": (
        "from gitlabgen import Job\nclass O:\n    def __repr__(self): raise SystemExit(7)\nJob('a', script=O())\n",
        "error[definition-fails] the definition ends the program: 7",
    ),
    "an equality that fails": (
        "from gitlabgen import Job\nclass O:\n    def __eq__(self, other): 1 / 0\n    __hash__ = None\nJob('a', stage=O())\n",
        "error[",
    ),
    "a project whose class is odd": (
        "class C:\n    @property\n    def __class__(self): raise SystemExit(7)\nproject = C()\n",
        "error[definition-fails] the definition ends the program: 7",
    ),
    "a function without a name": (
        "class C:\n    def __call__(self): return 5\n    @property\n    def __name__(self): raise ValueError\nproject = C()\n",
        "the annotations of C() cannot be read",
    ),
    "a name with a line break": ("def project(): return 5\nproject.__name__ = 'x\\ny'\n", "x\\ny() returns a int, not a Project"),
    "an unknown encoding": ("# coding: nix\nx = 1\n", "gitlab_ci.py: error[invalid-python] unknown encoding: nix\n"),
    "an encoding of no text": ("# coding: rot13\nx = 1\n", "error[invalid-python] 'rot13' is not a text encoding"),
    "a path that is no text": (
        "from gitlabgen import Project\nproject = Project(files={'\\ud800.txt': 'x'})\n",
        "error[not-portable] the path has \\ud800, which is not a character",
    ),
    "a value that contains itself": (
        "from gitlabgen import Job\nx = []\nx.append(x)\nJob('a', script=x)\n",
        "the definition calls itself without limit",
    ),
}


@pytest.mark.parametrize(("text", "message"), FAILING.values(), ids=FAILING)
def test_hostile_definitions_end_in_one_clear_finding(
    folder: Path, capfd: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    """Whatever the objects of a definition do, the command says what failed at which line, and ends with 2."""
    write(folder, gitlab_ci_py=text)
    for words in (["render"], ["check"], ["lint"]):
        code = run(words)
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        assert "internal-error" not in err
        if words == ["render"]:
            assert code == (2 if message else 0)
            assert message in err
            assert err.count("error[") == bool(message)
            assert bool(out) != bool(message)


def test_a_utf_16_definition(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A definition in UTF-16 is refused with the right reason."""
    (folder / "gitlab_ci.py").write_bytes(PROJECT.encode("utf-16"))
    assert run(["render"]) == 2
    assert "error[invalid-python] is encoded as UTF-16, which Python does not read\n" in capfd.readouterr().err


@pytest.mark.parametrize(
    "line",
    [
        "import warnings; warnings.simplefilter('error')",
        "import signal; signal.setitimer(signal.ITIMER_REAL, 0.01)",
        "os.environ.clear()",
        "sys.setrecursionlimit(100)",
        "sys.setprofile(None)",
        "del __builtins__['sorted']",
        "os.rename = None",
        "sys.excepthook = sys.unraisablehook = 5",
    ],
)
def test_what_a_definition_changes_is_put_back(folder: Path, capfd: pytest.CaptureFixture[str], line: str) -> None:
    """Changes of the process do not outlive the definition."""
    environment, limit = dict(os.environ), sys.getrecursionlimit()
    write(folder, gitlab_ci_py=f"import os, sys\n{PROJECT}{line}\n")
    assert run(["render"]) == 0
    assert capfd.readouterr().out == "created out.txt\n"
    assert (dict(os.environ), sys.getrecursionlimit()) == (environment, limit)


def test_a_forked_process_ends_itself(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """In a process that a definition forks, `os._exit` is Python's own."""
    fork = "import os\npid = os.fork()\nif not pid: os._exit(9)\nassert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9\n"
    write(folder, gitlab_ci_py=f"{fork}{PROJECT}")
    assert run(["render"]) == 0
    assert capfd.readouterr().out == "created out.txt\n"


@pytest.mark.parametrize("end", ["", "1 / 0\n"])
def test_a_removed_folder(folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    """A definition that removes the current folder is named."""
    write(folder, inner__gitlab_ci_py=f"import os, shutil\nshutil.rmtree(os.getcwd())\n{PROJECT}{end}")
    monkeypatch.chdir(folder / "inner")
    assert run(["render"]) == 2
    assert "the current folder cannot be used after the definition ran" in capfd.readouterr().err


@pytest.mark.parametrize("line", ["lambda: os._exit(7)", "lambda: sys.exit(7)", "lambda: 1 / 0"])
def test_exit_functions_do_not_decide_the_exit_code(folder: Path, line: str) -> None:
    """What a definition registers for the end of the program fails silently."""
    write(folder, gitlab_ci_py=f"import atexit, os, sys\n{PROJECT}atexit.register({line})\n")
    result = subprocess.run(
        [sys.executable, "-m", "gitlabgen", "render"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "created out.txt\n", "")


def test_closed_descriptors(folder: Path) -> None:
    """A definition that closes all files leaves nothing to print to, and still ends with 2."""
    write(folder, gitlab_ci_py=f"import os\n{PROJECT}os.closerange(0, 100)\n")
    assert subprocess.run([sys.executable, "-m", "gitlabgen", "render"], cwd=folder, check=False).returncode == 2


def test_a_locale_without_the_characters_of_a_path(folder: Path) -> None:
    """In a locale that cannot have a file's name, the reason is the locale."""
    write(folder, gitlab_ci_py="from gitlabgen import Project\nproject = Project(files={'\\xe9.txt': 'x'})\n")
    environment = {**os.environ, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "gitlabgen", "render"]
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "error[not-portable] the path has '\\xe9', which the encoding ascii of your locale does not have" in result.stderr


def test_models_that_are_only_looked_at_are_whole(folder: Path) -> None:
    """A definition that reads the values of its models is no problem."""
    write(folder, gitlab_ci_py=f"{PIPELINE}assert vars(job)['script'] == ('x',)\n")
    assert load("gitlab_ci.py").project.pipeline is not None
