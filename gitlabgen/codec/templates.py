"""`template.yml`: convert a template to text and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitlabgen.errors import Finding
    from gitlabgen.sam.template import Template
    from gitlabgen.yamltext.builder import Document

__all__ = ["dumps", "loads", "read", "tree_of"]


def dumps(template: Template) -> str:
    """Return a template as the text of `template.yml`, with intrinsic functions in their short forms.

    Args:
        template: The template.

    Raises:
        ArgumentError: If it is not a template.
        KeywordError: If troposphere finds one of its objects incomplete.
        YamlError: If YAML cannot represent a value.
    """
    from gitlabgen.codec.argument_types import check_model
    from gitlabgen.codec.cloudformation import short_forms
    from gitlabgen.yamltext.writer import dump_entries

    check_model(template, "sam.dumps", "Template")
    return "".join(dump_entries(((key, short_forms(value)) for key, value in tree_of(template).items()), spacing=2))


def tree_of(template: Template) -> dict[str, Any]:
    """Return a template as the tree to write, with intrinsic functions in their long forms and comments around values.

    Args:
        template: The template.

    Raises:
        KeywordError: If troposphere finds one of its objects incomplete.
    """
    from gitlabgen.codec.template_encoding import TemplateEncoder

    return TemplateEncoder(template).tree()


def loads(text: str, *, filename: str | None = None) -> Template:
    """Return the template that a `template.yml` describes.

    Args:
        text: The file's text.
        filename: The file's name for messages.

    Raises:
        ArgumentError: If it is not a text.
        YamlError: If the text is not YAML, or not a template.
        KeywordError: If AWS would reject the value of a property; with all findings.
    """
    from gitlabgen.codec.argument_types import check_text
    from gitlabgen.errors import raise_errors

    check_text(text, "sam.loads")
    template, findings = read(text, filename=filename)
    raise_errors(findings)
    return template


def read(
    text: str, *, filename: str | None = None, documents: Sequence[Document] | None = None
) -> tuple[Template, list[Finding]]:
    """Return a template with its findings, so that a checker can continue with the valid parts.

    Args:
        text: The file's text.
        filename: The file's name for findings.
        documents: The documents of the text, if it was parsed already.

    Raises:
        YamlError: If the text is not YAML, or not a template.
    """
    from gitlabgen.codec.argument_types import file_hint
    from gitlabgen.codec.template_decoding import TemplateDecoder
    from gitlabgen.errors import Finding, YamlError, collecting
    from gitlabgen.yamltext.reader import load_documents

    documents = load_documents(text, filename=filename) if documents is None else documents
    body = documents[0].tree if documents else None
    if len(documents) != 1 or not isinstance(body, dict) or not isinstance(body.get("Resources", {}), dict):
        message = "a template is one document: a mapping with Resources"
        line, column = documents[-1].mark[:2] if documents else (1, 1)
        hint = file_hint(text)
        raise YamlError(Finding(rule="invalid-yaml", message=message, hint=hint, file=filename, line=line, column=column))
    if body and body.keys().isdisjoint(_sections()):
        keys = ", ".join(f"`{key}`" for key in [*body][:3])
        message, hint = f"this is not a template: it has no section of one, but {keys}", "gitlabgen.loads reads a pipeline"
        line, column = documents[0].mark[:2]
        raise YamlError(Finding(rule="invalid-yaml", message=message, hint=hint, file=filename, line=line, column=column))
    with collecting() as findings:
        template = TemplateDecoder(filename or "", body).template()
    return template, [*documents[0].warnings, *findings]


def _sections() -> set[str]:
    """Return the sections that a template can have."""
    from gitlabgen.modeling.plans import plan_of
    from gitlabgen.sam.template import Template

    plan = plan_of(Template)
    return {plan.key(name) for name in plan.names}
