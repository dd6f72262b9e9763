"""One doctor on one page: can patients book, why not, what they are shown, and an administrator's word on it.

Who may come in: `admin.app`. It reads doctors, mappings and schedules, and writes `doctor_pins` and the doctor's block,
each with its row of the audit log.
Read first: `reading.py` (what is asked), `judging.py` (what stands in the way), then `pinning.py` (what is written).
"""
