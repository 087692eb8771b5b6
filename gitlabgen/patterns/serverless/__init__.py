"""The pattern for services that AWS SAM deploys."""
