"""Personal data: how it goes, how its keys change, who is shown some of it."""
