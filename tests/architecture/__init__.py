"""The house itself: arrows, signs, sizes."""
