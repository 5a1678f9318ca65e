"""Commands about what one site has: its goals, and its rules of fit."""
