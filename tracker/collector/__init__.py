"""What a visitor's browser talks to: checks a hit, keeps it in the journal, answers. No database, no enrichment."""
