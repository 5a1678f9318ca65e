"""What a company's own page says beside its score and its visits: how each fact is known, what was read, who reads alike."""
