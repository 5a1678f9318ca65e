"""Commands about what one site has: its goals."""
