"""The sites that are counted: their names in any form, and their settings."""
