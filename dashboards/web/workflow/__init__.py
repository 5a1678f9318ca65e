"""The work with companies on the dashboard: forms that change them, and what the list and a company's page show of it."""
