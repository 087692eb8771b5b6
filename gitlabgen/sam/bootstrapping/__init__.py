"""What an account has to hold before a stack is deployed to it: derived from the stack's template, and no more than it takes."""

from gitlabgen.sam.bootstrapping.account_template import added_permissions, bootstrap

__all__ = ["added_permissions", "bootstrap"]
