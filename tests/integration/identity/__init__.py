"""Logins through Gosuslugi before real Redis, PostgreSQL, the stand of ESIA and the stand-in of EMIAS."""
