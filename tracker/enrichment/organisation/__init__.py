"""The names of organisations: how people write them, the words in them, legal forms, the well-known ones."""
