"""The stand-ins on the wire: EMIAS over real TLS, its faults, the site."""
