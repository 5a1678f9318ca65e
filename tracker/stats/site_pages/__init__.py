"""What is worked out of the pages of a site."""
