"""The page of all values of a dimension: searched, sorted, page by page, and as a file."""
