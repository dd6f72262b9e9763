"""The room that speaks to Gosuslugi, without a network."""
