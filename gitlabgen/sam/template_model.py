"""What all models of a template have in common: CloudFormation's spelling of names."""

from __future__ import annotations

from gitlabgen.modeling.model import Model


class TemplateModel(Model):
    """A block of a template: its keywords are written in CloudFormation's spelling, such as `CodeUri` for `code_uri`."""

    @classmethod
    def called(cls) -> str:
        """Return what users call to make a model of the class."""
        return cls.__name__

    @staticmethod
    def written_name(name: str) -> str:
        """Return the property that a field's name stands for, unless the field says otherwise.

        Args:
            name: The field's name in Python, such as `code_uri`.
        """
        return "".join(part[:1].upper() + part[1:] for part in name.split("_"))
