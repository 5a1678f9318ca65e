"""Reverse DNS by the operator's resolver, in the background: nothing ever waits for an answer."""
