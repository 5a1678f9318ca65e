"""Outside data that enrichment uses: geo databases and reverse DNS."""
