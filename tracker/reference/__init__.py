"""Data from outside that enrichment asks: geo databases and reverse names."""
