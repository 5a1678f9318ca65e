"""The pages of funnels, and of the ways that visitors take from page to page."""
