"""Advice in words, for the email and the page alike."""
