"""A site's alerts: the page where rules are made and removed, and the log of what was delivered."""
