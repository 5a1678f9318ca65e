"""What a site is called, where it is, and its removal."""
