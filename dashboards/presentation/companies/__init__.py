"""What is said alike on pages, in emails and in files of how companies are named and how they fit."""
