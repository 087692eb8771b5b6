"""Answers to the questions about a blueprint: which are valid, and what is suggested."""

from __future__ import annotations

import re
from typing import Any

import pytest

from gitlabgen.errors import DefinitionError
from gitlabgen.scaffolding.answers import Question, given_answers, placeholders, questions_about, suggested
from gitlabgen.scaffolding.catalogue import DEFINITION, blueprints
from gitlabgen.scaffolding.constants import constants_of

SOURCE = """
NAME = "hello"
PROJECT = "group/hello"
REGION = "eu-central-1"
ACCOUNTS = {"qa": "111111111111", "prod": "333333333333"}
OTHER = "x"
DOMAIN = "example.com"
"""
QUESTIONS = questions_about(constants_of(SOURCE))


def question(setting: str) -> Question:
    """Return the question with this setting."""
    return next(each for each in QUESTIONS if each.setting == setting)


def test_known_constants_are_asked_in_the_order_of_the_definition() -> None:
    """Each known constant has a question, and no other has one."""
    assert [each.setting for each in QUESTIONS] == ["name", "project", "region", "accounts", "domain"]
    assert question("accounts").prompt == "Accounts of AWS for qa, prod: one for all, or separated by commas"


@pytest.mark.parametrize("name", blueprints())
def test_at_most_five_questions(name: str) -> None:
    """Together with the question about files for other tools, no blueprint asks more than five."""
    questions = questions_about(constants_of(blueprints()[name].files()[DEFINITION]))
    assert len(questions) <= 4
    assert bool(questions) is blueprints()[name].is_runnable


def test_the_accounts_of_blueprints_are_known_to_the_linter() -> None:
    """The placeholders are those that `placeholder-account` finds."""
    found = [constants_of(each.files()[DEFINITION]).get("ACCOUNTS") for each in blueprints().values()]
    texts = {text for constant in found if constant and isinstance(constant.value, dict) for text in constant.value.values()}
    assert texts == {digit * 12 for digit in "123"}


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (["name=orders"], {"NAME": "orders"}),
        (['name="orders"'], {"NAME": "orders"}),
        (["name = orders"], {"NAME": "orders"}),
        (["name=a", "name=b"], {"NAME": "b"}),
        (["project=acme/shop/orders", "region=us-gov-west-1"], {"PROJECT": "acme/shop/orders", "REGION": "us-gov-west-1"}),
        (["accounts=012345678901"], {"ACCOUNTS": {"qa": "012345678901", "prod": "012345678901"}}),
        (["accounts=444444444444, 555555555555"], {"ACCOUNTS": {"qa": "444444444444", "prod": "555555555555"}}),
        (["accounts=,555555555555"], {"ACCOUNTS": {"qa": "111111111111", "prod": "555555555555"}}),
        (["accounts.prod=555555555555"], {"ACCOUNTS": {"qa": "111111111111", "prod": "555555555555"}}),
        (["accounts.prod=5", "accounts=444444444444"], {"ACCOUNTS": {"qa": "444444444444", "prod": "444444444444"}}),
        (["accounts.qa=444444444444", 'accounts.prod="5' + "5" * 11 + '"'], {"ACCOUNTS": {"qa": "4" * 12, "prod": "5" * 12}}),
        (['accounts={prod="555555555555"}'], {"ACCOUNTS": {"qa": "111111111111", "prod": "555555555555"}}),
    ],
)
def test_settings_are_plain_texts_or_toml(words: list[str], values: dict[str, Any]) -> None:
    """A setting may be a plain word, a TOML string, a table, or a key of a table; the last one counts."""
    assert given_answers(words, QUESTIONS) == values


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("name=", "`name` should be lowercase letters, digits and single dashes, with a letter first, at most 40, got ''"),
        ("name=My Orders", "got 'My Orders'"),
        ("name=ørders", "got 'ørders'"),
        ("name=a--b", "got 'a--b'"),
        ("name=1a", "got '1a'"),
        (f"name={'a' * 41}", "at most 40"),
        ('name=a"b', "got 'a\"b'"),
        ("name=a\\b", "got 'a\\\\b'"),
        ("name=a\nb", "got 'a\\nb'"),
        ("name=orders\n\n", None),
        ("name=5", "got '5'"),
        ("name={a=1}", "got a table"),
        ("name.x=1", "got a table"),
        ("project=orders", "`project` should be the path of a project, such as group/project, got 'orders'"),
        ("region=Frankfurt", "`region` should be a region such as eu-central-1, got 'Frankfurt'"),
        ("accounts=12345", "`accounts` should be 12 digits, got '12345'"),
        ("accounts=444444444444,5,6", "should be one for all, or one for each of qa, prod, got '444444444444,5,6'"),
        ("accounts.dev=444444444444", "`accounts` has no `dev`, only qa, prod"),
        ("accounts.qa=x", "`accounts` should be 12 digits, got 'x'"),
        ("domain=exa mple", "`domain` should be a domain such as example.com"),
        ("orders", "--set takes KEY=VALUE, got 'orders'"),
        ("=x", "--set takes KEY=VALUE, got '=x'"),
        ("nmae=x", "the blueprint has no setting 'nmae'; did you mean `name`?"),
        ("zzz=x", "the blueprint has no setting 'zzz'; use one of name, project, region, accounts, domain"),
    ],
)
def test_invalid_settings_are_refused(word: str, message: str | None) -> None:
    """A setting that does not fit is refused with its value and the reason; white space around it is ignored."""
    if message is None:
        assert given_answers([word], QUESTIONS) == {"NAME": "orders"}
        return
    with pytest.raises(DefinitionError, match=re.escape(message)):
        given_answers([word], QUESTIONS)


def test_all_invalid_settings_are_reported_together() -> None:
    """Three mistakes are three findings."""
    with pytest.raises(DefinitionError) as caught:
        given_answers(["nmae=x", "region=y", "accounts=z"], QUESTIONS)
    assert [finding.rule for finding in caught.value.findings] == ["invalid-setting"] * 3


def test_a_definition_without_constants_has_no_settings() -> None:
    """A setting of a blueprint that asks nothing is refused."""
    with pytest.raises(DefinitionError, match="has no setting 'name'; it has no settings"):
        given_answers(["name=x"], [])


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("orders", "orders"),
        ("My Orders_2", "my-orders-2"),
        ("2024-Bücher", "bucher"),
        ("a" * 50, "a" * 30),
        ("a" * 29 + "-b", "a" * 29),
        ("注文", "hello"),
        ("123", "hello"),
    ],
)
def test_the_name_of_the_folder_is_suggested(folder: str, name: str) -> None:
    """The suggested name is made from the folder's, and is always valid."""
    found = suggested(question("name"), None, folder=folder, project=None)
    assert found == name
    assert question("name").answered(name) == name


def test_the_path_of_the_remote_is_suggested() -> None:
    """Without a remote, the suggested path ends with the service's name."""
    assert suggested(question("project"), "orders", folder="", project="acme/x") == "acme/x"
    assert suggested(question("project"), "orders", folder="", project=None) == "group/orders"
    assert suggested(question("region"), "orders", folder="", project=None) == "eu-central-1"


def test_values_of_the_blueprint_are_placeholders() -> None:
    """The values that a user has to replace are listed until they are replaced."""
    values = {"NAME": "orders", "PROJECT": "group/orders", "REGION": "eu-central-1"}
    values_left: dict[str, Any] = {**values, "ACCOUNTS": {"qa": "4" * 12, "prod": "3" * 12}, "DOMAIN": "acme.org"}
    assert placeholders(QUESTIONS, values_left) == {"project": "group/orders", "accounts": {"prod": "3" * 12}}
    all_given: dict[str, Any] = {**values_left, "PROJECT": "acme/orders", "ACCOUNTS": {"qa": "4" * 12, "prod": "5" * 12}}
    assert placeholders(QUESTIONS, all_given) == {}
