"""Unknown outcomes against the real tables and the stand-in of EMIAS: how each ends, and how often it is made."""
