"""What public registers say of companies: shown on a company's page, and chosen by the publisher."""
