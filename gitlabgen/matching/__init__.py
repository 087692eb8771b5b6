"""Regular expressions and globs as GitLab reads them, matched in time that grows linearly with the text."""
