"""Place and network of an IP address by the geo databases."""
