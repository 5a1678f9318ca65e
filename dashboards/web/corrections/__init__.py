"""Pages on which people correct companies: possible ones, names, and what is not theirs."""
