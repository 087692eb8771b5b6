"""Rules that check a pipeline together with the templates that it deploys."""
