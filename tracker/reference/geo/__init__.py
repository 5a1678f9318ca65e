"""The geo databases as files: checked before they are read, kept while they are in use, fetched when asked."""
