"""The page of links that lead to no page."""
