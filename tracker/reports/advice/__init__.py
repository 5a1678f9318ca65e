"""Advice to a publisher from the visits of thirteen weeks. `docs/advice.md` has the formulas and the reasons."""
