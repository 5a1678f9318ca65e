"""What the values of a dimension brought, beside their visits: companies, and goals."""
