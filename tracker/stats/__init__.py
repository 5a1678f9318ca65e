"""Traffic: metrics, dimensions, periods and filters, and the queries made of them."""
