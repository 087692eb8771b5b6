"""The base class of all models of a template, which has CloudFormation's spelling of names."""

from __future__ import annotations

from gitlabgen.modeling.model import Model


class TemplateModel(Model):
    """A block of a template: its properties have CloudFormation's spelling, such as `CodeUri` for `code_uri`."""

    @classmethod
    def called(cls) -> str:
        """Return the name of what users call to create a model."""
        return cls.__name__

    @staticmethod
    def written_name(name: str) -> str:
        """Return the property for a field's name, unless the field sets another.

        Args:
            name: The field's name in Python, such as `code_uri`.
        """
        return "".join(part[:1].upper() + part[1:] for part in name.split("_"))
