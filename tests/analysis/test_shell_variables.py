"""The variables of a shell script."""

from __future__ import annotations

import pytest

from gitlabgen.analysis.shell_variables import shell_variables


@pytest.mark.parametrize(
    ("script", "kept"),
    [
        ("A=1; B+=2; c[0]=3", "A B c"),
        ('export A=1 B; declare -x C=3; readonly D=4; export "E=$(date)"', "A C D E"),
        ("read -r A < file; readarray B; printf -v C x", "-r A B"),
        ("for A in 1 2; do B=$A; done; if C=$(ls); then D=1; fi", "A B C D"),
        ("A=1 make; f() { local B=1; C=1; }; unset D; ((E=1)); let F=1", "C"),
        ("A=$A:b; test $B || B=1; C=${C:-1}; D=1; echo $D", "D"),
        ("echo A=1 'B=1' # C=1\ncat <<END\nD=1\nEND\nE=1", "E"),
        ("echo nothing", ""),
    ],
)
def test_variables_that_stay(script: str, kept: str) -> None:
    """A variable stays if the script gives it its first value, and not only for one command or inside a function."""
    found = shell_variables(script)
    assert found is not None
    assert " ".join(sorted(found.kept)) == kept


def test_uses_have_their_lines() -> None:
    """Each expansion without a default is a use, at its line, unless it is quoted or escaped."""
    found = shell_variables("echo $A\necho '$B' \\$C \"${D%/} $1 $? ${!E}\" ${F:-x}\ncat <<END\n${G[0]} $(date $H)\nEND\n")
    assert found is not None
    assert found.named == frozenset()
    assert found.uses == (("A", 0), ("D", 1), ("E", 1), ("G", 3), ("H", 3))


def test_arithmetic() -> None:
    """Arithmetic reads names without `$`, and may set them."""
    found = shell_variables(
        "echo $((A - (B ? C : -D)))\n((E = F, G += 1, H++)); ((--I))\n((J == K)); [[ x -eq L ]]; echo $((M[1]))"
    )
    assert found is not None
    assert " ".join(name for name, _ in found.uses) == "A B C D F J K"
    assert {*"EGHI"} <= found.named
    assert found.named.isdisjoint("ABCDFJK")


@pytest.mark.parametrize("script", [". ./file", "source file", 'eval "$A"', "export $(cat file)", 'declare "$A=1"'])
def test_scripts_that_run_unknown_text(script: str) -> None:
    """A script that reads commands from elsewhere may set any variable."""
    found = shell_variables(script)
    assert found is not None
    assert found.is_open


@pytest.mark.parametrize("script", ['echo "', "if true; then", "$env:A = (1"])
def test_unreadable_scripts_have_no_facts(script: str) -> None:
    """A script that the parser cannot read has no variables, rather than wrong ones."""
    assert shell_variables(script) is None
