"""`gitlabgen rules` and `gitlabgen rule`: the catalogue of the linter."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitlabgen.linting import all_rules
from gitlabgen.reports.catalogue import rules_page
from tests.cli.conftest import Command


def test_rules_lists_all_rules(gitlabgen: Command) -> None:
    """Each rule is a line with its severity, the persona if it is off by default, and what it finds."""
    lines = gitlabgen("rules").out.splitlines()
    assert [line.split()[0] for line in lines] == [*all_rules()]
    assert any(line.startswith("extra-stage ") and " info     (auditor) " in line for line in lines)
    seen = gitlabgen("rules", "--persona", "default").out
    assert "undefined-need" in seen
    assert "extra-stage" not in seen


def test_rules_as_data(gitlabgen: Command) -> None:
    """Programs get all fields of all rules."""
    data = gitlabgen("rules", "--format", "json").data
    assert (data["schema"], [rule["id"] for rule in data["rules"]]) == (1, [*all_rules()])
    rule = next(rule for rule in data["rules"] if rule["id"] == "invalid-needs")
    assert rule["former_ids"] == ["duplicate-needs", "long-need-name"]
    assert {"summary", "why", "severity", "confidence", "persona", "group", "source", "examples", "fix"} <= {*rule}
    assert gitlabgen("rule", "invalid-needs", "--format", "json").data["rule"] == rule


def test_rules_as_a_page(gitlabgen: Command) -> None:
    """The page of the documentation is what the command prints."""
    assert gitlabgen("rules", "--format", "markdown").out == rules_page([*all_rules().values()])


@pytest.mark.parametrize("name", ["need-in-later-stage", "later-need", "later-dependency"])
def test_a_rule_is_explained(name: str, gitlabgen: Command) -> None:
    """A rule is shown with what it finds and accepts; a former name shows the rule that took its place."""
    out = gitlabgen("rule", name).out
    assert out.startswith("need-in-later-stage: ")
    for word in ("severity:   error", "formerly:   later-need, later-dependency", "\nFinds:\n", "\nAccepts:\n"):
        assert word in out


def test_all_that_a_rule_has_is_shown(gitlabgen: Command) -> None:
    """What a rule needs, its limit, and further files of its examples are shown where it has them."""
    out = "".join(gitlabgen("rule", name).out for name in all_rules())
    for word in (
        "needs:      template",
        "limit:      [tool.gitlabgen.limits] needs",
        "fix:        safe",
        "\nwith template.yml:\n",
    ):
        assert word in out


def test_an_unknown_rule_is_refused(gitlabgen: Command) -> None:
    """A name that no rule has or had is an error that suggests one, or the list."""
    wrong = gitlabgen("rule", "undefined-ned")
    assert (wrong.code, "there is no rule 'undefined-ned'" in wrong.err, "did you mean `undefined-need`?" in wrong.err) == (
        2,
        True,
        True,
    )
    assert "list them with: gitlabgen rules" in gitlabgen("rule", "zzzzzz").err


def test_a_former_name_selects_the_rule(folder: Path, gitlabgen: Command) -> None:
    """A name that a rule had works, with a warning on standard error."""
    (folder / ".gitlab-ci.yml").write_text("a: {script: x, needs: [b]}\n", "utf-8")
    done = gitlabgen("lint", "--select", "undefined-dependency")
    assert "error[undefined-need]" in done.out
    assert "warning[renamed-rule] --select: the rule 'undefined-dependency' is called 'undefined-need' now" in done.err
    assert gitlabgen("lint", "--ignore", "undefined-dependency,undefined-need").code == 0


def test_a_persona_sees_more(folder: Path, gitlabgen: Command) -> None:
    """A pedantic finding is shown to who asks for it, by the persona or by the name of the rule."""
    (folder / ".gitlab-ci.yml").write_text("a: {script: x, only: [main]}\n", "utf-8")
    assert gitlabgen("lint").out == "no findings\n"
    assert "deprecated-keyword" in gitlabgen("lint", "--persona", "pedantic").out
    assert "deprecated-keyword" in gitlabgen("lint", "--select", "deprecated-keyword").out
