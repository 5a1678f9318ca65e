"""The list of leads as pages show it, a part at a time."""
