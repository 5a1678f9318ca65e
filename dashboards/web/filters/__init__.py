"""Filters as people make and read them: in words, as a form, as chips that lead to the form."""
