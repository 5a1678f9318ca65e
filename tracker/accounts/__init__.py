"""Who may use the dashboard: users, passwords, sessions and one-time links."""
