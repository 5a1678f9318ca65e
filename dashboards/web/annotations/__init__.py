"""Annotations of a site's days: on the chart, and on their page."""
