"""Figures of local days, counted once from the events and kept: what is rolled up, how, and what is answered from it."""
