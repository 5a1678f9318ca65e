"""What visitors do that a publisher hopes for, on pages: the panels of goals and actions, and what belongs to them."""
