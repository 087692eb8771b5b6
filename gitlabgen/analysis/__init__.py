"""What is known of a pipeline, a template and a project, for rules, verification, simulation and comparison."""
