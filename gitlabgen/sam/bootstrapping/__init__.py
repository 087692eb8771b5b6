"""The template that prepares an account for a stack, with the fewest permissions that the stack's template needs."""

from gitlabgen.sam.bootstrapping.account_template import added_permissions, bootstrap

__all__ = ["added_permissions", "bootstrap"]
