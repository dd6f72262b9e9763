"""Unknown outcomes against the real tables and the stand-in of EMIAS: how each of them ends, and how often it is made."""
