"""The verbs, against hand-written stand-ins of what they need."""
