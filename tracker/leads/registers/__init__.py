"""Which entry of a public register a company is: the match of its name, or what the publisher chose."""
