"""The owner and the kind of a network: by its name, its ASN, published networks and the operator's list."""
