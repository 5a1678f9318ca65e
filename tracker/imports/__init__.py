"""Imports of other programs' records: access logs of web servers, read into the journal."""
