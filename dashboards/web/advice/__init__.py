"""The page with a site's advice."""
