"""Public registers of companies: each is imported by the operator into a read-only file of its own, and looked up by name."""
