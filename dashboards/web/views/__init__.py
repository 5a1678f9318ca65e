"""The pages, a blueprint a resource: what each reads from the reports and which template shows it."""
