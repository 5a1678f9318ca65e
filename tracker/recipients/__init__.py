"""Who gets a site’s reports: what each recipient chose, the signed links in their emails, and what stops the sending."""
