"""The names of addresses, asked of the operator's resolver beside the ingest: nothing ever waits for an answer."""
