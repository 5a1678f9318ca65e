"""The weekly report as text and HTML for mail clients."""
