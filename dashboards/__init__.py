"""What people look at, rendered from reports."""
