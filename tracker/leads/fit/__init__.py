"""How well a company fits what the publisher looks for: rules with weights, and what they make of each company."""
