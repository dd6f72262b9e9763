"""The contract command against the stand-in of EMIAS."""
