"""The pattern for services that run in containers on Kubernetes."""
