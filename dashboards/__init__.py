"""Pages and emails, rendered from reports."""
