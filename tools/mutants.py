"""Change the code in small ways, and print the changes that no test detects: `make mutants`.

cosmic-ray makes the changes. This file lists the kinds of changes that are worth a run, and the tests of each module. Tests run
in copies of the repository, so the checkout does not change. Each module has the same sample of mutants in every run.
The exit code is 1 if one survives that is not in `EQUIVALENT`.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import os
import random
import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator
from cosmic_ray.testing import run_tests
from cosmic_ray.work_item import TestOutcome

ROOT = Path(__file__).parent.parent

_CANARIES = tuple(f"tests/sam/test_{name}.py" for name in ("alarms", "canaries", "checks", "executions", "rollback"))
_COMPOSITION = ("tests/composition",)
_SCALARS = ("tests/yamltext/test_scalars.py", "tests/yamltext/test_writer.py", "tests/yamltext/test_laws.py")

TESTS: dict[str, tuple[str, ...]] = {
    "gitlabgen/analysis/traffic_shifts.py": ("tests/analysis/test_traffic_shifts.py",),
    "gitlabgen/composition/listed_jobs.py": _COMPOSITION,
    "gitlabgen/composition/renaming.py": _COMPOSITION,
    "gitlabgen/composition/selection.py": _COMPOSITION,
    "gitlabgen/definitions/toml.py": ("tests/definitions/test_sources.py", "tests/cli/test_toml_definitions.py"),
    "gitlabgen/gitlab/conditions.py": ("tests/gitlab/test_conditions.py",),
    "gitlabgen/sam/canaries/evaluation.py": _CANARIES,
    "gitlabgen/sam/canaries/executions.py": _CANARIES,
    "gitlabgen/sam/canaries/recipe_alarms.py": _CANARIES,
    "gitlabgen/sam/canaries/recipes.py": _CANARIES,
    "gitlabgen/sam/canaries/rollback.py": _CANARIES,
    "gitlabgen/sam/canaries/shifts.py": _CANARIES,
    "gitlabgen/yamltext/scalars.py": _SCALARS,
    "gitlabgen/yamltext/writer.py": _SCALARS,
}
"""The modules to change, and the tests of each."""

OPERATORS = (
    "AddNot",
    "ExceptionReplacer",
    "NumberReplacer",
    "ReplaceAndWithOr",
    "ReplaceBinaryOperator_Add_Sub",
    "ReplaceBinaryOperator_BitAnd_BitOr",
    "ReplaceBinaryOperator_BitOr_BitAnd",
    "ReplaceBinaryOperator_FloorDiv_Mul",
    "ReplaceBinaryOperator_Mod_FloorDiv",
    "ReplaceBinaryOperator_Mul_Add",
    "ReplaceBinaryOperator_Sub_Add",
    "ReplaceBreakWithContinue",
    "ReplaceComparisonOperator_Eq_NotEq",
    "ReplaceComparisonOperator_Gt_GtE",
    "ReplaceComparisonOperator_Gt_LtE",
    "ReplaceComparisonOperator_GtE_Gt",
    "ReplaceComparisonOperator_Is_IsNot",
    "ReplaceComparisonOperator_IsNot_Is",
    "ReplaceComparisonOperator_Lt_GtE",
    "ReplaceComparisonOperator_Lt_LtE",
    "ReplaceComparisonOperator_LtE_Lt",
    "ReplaceComparisonOperator_NotEq_Eq",
    "ReplaceContinueWithBreak",
    "ReplaceFalseWithTrue",
    "ReplaceOrWithAnd",
    "ReplaceTrueWithFalse",
    "ReplaceUnaryOperator_Delete_Invert",
    "ReplaceUnaryOperator_Delete_Not",
    "ReplaceUnaryOperator_Delete_USub",
    "ZeroIterationForLoop",
)
"""cosmic-ray's operators that resemble human mistakes."""

EQUIVALENT: dict[str, dict[str, str]] = {
    "gitlabgen/analysis/traffic_shifts.py": {
        'percentage = min(_numbers(choices(linear.get("LinearPercentage", 101))), default=0)': "one step shifts all traffic",
    },
    "gitlabgen/composition/renaming.py": {
        "while end >= 0:": "no job's name is empty",
    },
    "gitlabgen/definitions/toml.py": {
        "known = next((keys[:end] for end in range(len(keys), -1, -1) if keys[:end] in spans), None)": "no key has an empty path",
        "self.at = -1": "matching starts at 0",
        "start, self.at = self.at, found.end() if found else self.at + 2": "in valid TOML the patterns match",
    },
    "gitlabgen/gitlab/conditions.py": {
        "first = values[ -1] if len(values) == 1 else None": "there is only one value",
        'if not self._parts or (self._negation is None or self._negation.startswith("!")):': "known parts are parsed again",
        "return as_condition(other) & self": "the other value is not a condition, which is reported",
        "return as_condition(other) | self": "the other value is not a condition, which is reported",
    },
    "gitlabgen/sam/canaries/evaluation.py": {
        "if isinstance(period, int) and period not in (10, 20, 30) and (period < 59 or period % 60):": "59 % 60 is not 0",
    },
    "gitlabgen/sam/canaries/executions.py": {
        "elif (_interval(shift) or 1) > _LONGEST_INTERVAL:": "both are short",
    },
    "gitlabgen/yamltext/scalars.py": {
        "_LONGEST_WORD = 6": "no word is longer than 5; the limit is only for speed",
    },
    "gitlabgen/yamltext/writer.py": {
        "if len(text) >= _LONGEST:": "the cache is only for speed",
    },
}
"""Changed lines that have no effect, by module, each with the reason."""

_NOT_COPIED = shutil.ignore_patterns(".*", "__pycache__", "dist", "node_modules", "*.egg-info")


class Mutant(NamedTuple):
    """A change of a module.

    Args:
        path: The module.
        line: The line that is changed.
        old: Its text.
        new: Its text in the mutant.
        code: The text of the whole mutant.
    """

    path: str
    line: int
    old: str
    new: str
    code: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}\n  - {self.old}\n  + {self.new}"


def mutants_of(path: str) -> list[Mutant]:
    """Return all mutants of a module that behave differently, in the order of their lines.

    Args:
        path: The module, relative to the repository.
    """
    code = (ROOT / path).read_text("utf-8")
    seen = {"", _meaning(code)}
    found: dict[str, Mutant] = {}
    for operator in OPERATORS:
        for mutated in _mutated(code, operator):
            meaning = _meaning(mutated)
            if meaning not in seen:
                seen.add(meaning)
                found[mutated] = _mutant(path, code, mutated)
    return sorted(found.values())


def _mutated(code: str, operator: str) -> Iterator[str]:
    number = 0
    while (mutated := mutate_code(code, get_operator(f"core/{operator}")(), number)) is not None:
        yield mutated
        number += 1


def _meaning(code: str) -> str:
    """Return a module's syntax tree without annotations, imports for types, and `strict` of `zip`, which only asserts."""
    try:
        tree = ast.parse(code)
    except SyntaxError:  # the parameters after a lone `*`
        return ""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign):
            node.annotation = None if isinstance(node, ast.arg) else ast.Constant(None)
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.keyword) and node.arg == "strict":
            node.value = ast.Constant(None)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.test = ast.Constant(None)
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "TYPE_CHECKING":
            node.value = ast.Constant(None)
    return ast.dump(tree)


def _mutant(path: str, code: str, mutated: str) -> Mutant:
    old, new = code.splitlines(), mutated.splitlines()
    _, start, end, new_start, new_end = next(
        change for change in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes() if change[0] != "equal"
    )
    return Mutant(path, start + 1, _one_line(old[start:end]), _one_line(new[new_start:new_end]), mutated)


def _one_line(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines)


def start(folder: str) -> None:
    """Give a worker a copy of the repository to change.

    Args:
        folder: Where the copies are made.
    """
    copy = Path(folder) / str(os.getpid())
    shutil.copytree(ROOT, copy, ignore=_NOT_COPIED)
    os.chdir(copy)
    os.environ["PYTHONPATH"] = str(copy)


def survives(mutant: Mutant, timeout: float) -> bool:
    """Return whether all tests of the module pass in spite of the change.

    Args:
        mutant: The change.
        timeout: Seconds after which the change counts as detected.
    """
    path = Path(mutant.path)
    before = path.read_text("utf-8")
    path.write_text(mutant.code, "utf-8")
    try:
        return passes(mutant.path, timeout)
    finally:
        path.write_text(before, "utf-8")


def passes(path: str, timeout: float) -> bool:
    """Return whether the tests of a module pass.

    Args:
        path: The module.
        timeout: Seconds that they may take.
    """
    words = (sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *TESTS[path])
    outcome, _ = run_tests(shlex.join(words), timeout)
    return bool(outcome == TestOutcome.SURVIVED)


def main() -> int:
    """Run the tests of each module against a sample of its mutants."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("module", nargs="*", default=[*TESTS], help="modules of the list; all by default")
    parser.add_argument(
        "--most", type=int, default=25, help="maximum number of mutants for each module (default: %(default)s); 0: all"
    )
    parser.add_argument(
        "--workers", type=int, default=os.cpu_count(), help="number of tests that run in parallel (default: %(default)s)"
    )
    options = parser.parse_args()
    unknown = 0
    with (
        tempfile.TemporaryDirectory(prefix="gitlabgen-mutants-") as folder,
        ProcessPoolExecutor(options.workers, initializer=start, initargs=(folder,)) as pool,
    ):
        for path in options.module:
            began = time.monotonic()
            if not pool.submit(passes, path, 600).result():
                print(f"{path}: its tests fail without a change")
                return 2
            timeout = 10 + 4 * (time.monotonic() - began)
            mutants = mutants_of(path)
            if 0 < options.most < len(mutants):
                mutants = sorted(random.Random(path).sample(mutants, options.most))
            alive = [
                mutant
                for mutant, is_alive in zip(mutants, pool.map(survives, mutants, [timeout] * len(mutants)), strict=True)
                if is_alive
            ]
            surprising = [mutant for mutant in alive if mutant.new not in EQUIVALENT.get(path, {})]
            unknown += len(surprising)
            print(*surprising, sep="\n", end="\n" * bool(surprising))
            counts = f"{len(mutants)} mutants, {len(mutants) - len(alive)} killed, {len(alive)} survived"
            print(f"{path}: {counts}, {len(alive) - len(surprising)} of them equivalent", flush=True)
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
