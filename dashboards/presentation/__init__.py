"""What web and email say alike: labels, dates, numbers, figures, rows and evidence in words."""
