"""The files of geo databases: fetched from providers, checked, and copied before the service reads them."""
