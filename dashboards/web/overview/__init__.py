"""The overview's own: which parts of it are drawn once and kept, what they are drawn of, and how they are ready before they are asked for."""
