"""The stand for Gosuslugi, proved by what it refuses; the client here is written apart from the gateway's."""
