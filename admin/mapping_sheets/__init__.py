"""Mappings as a table for Excel: taken away as CSV, brought back, compared, and written once a person has agreed.

Who may come in: `admin.app`. It touches `doctor_mappings` and reads doctors and institutions; a dry run is the real
writing, rolled back, so that what is shown is what will be. What is read back is what was exported, to the letter.
Read first: `sheet.py` (what a file says), `differences.py` (what that means), then `writing.py` (how it is done).
"""
