"""What is worked out of visitors' devices."""
