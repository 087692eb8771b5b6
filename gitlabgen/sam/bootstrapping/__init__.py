"""The templates that prepare an account for a stack, with the fewest permissions that the stack's template needs."""

from gitlabgen.sam.bootstrapping.account_template import account_bootstrap
from gitlabgen.sam.bootstrapping.service_template import added_permissions, bootstrap

__all__ = ["account_bootstrap", "added_permissions", "bootstrap"]
