"""The first day: the checklist on overview and status, with what it offers to do at once."""
