"""webleads-tracker: which companies read what, where they came from, and which deserve a call."""

__version__ = "0.1.0"
