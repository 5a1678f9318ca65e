"""The HTTP API: a blueprint a resource, rendered from reports."""
