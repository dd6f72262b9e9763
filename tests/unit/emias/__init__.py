"""The SOAP adapter's parts, without a network."""
