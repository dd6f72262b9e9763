"""Certificates toward EMIAS, over real TLS: replaced under load, and refused in every way."""
