"""What web and email share: labels, dates, numbers, figures, rows and evidence in words."""
