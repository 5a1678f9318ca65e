"""Which page a URL names: its path, and the parameters that distinguish pages."""
