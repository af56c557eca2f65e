"""What the words of a subject are for. A number, once given, keeps its meaning."""

from __future__ import annotations

import numpy as np

ENTRY = np.uint64(0)
DISEASE = np.uint64(1)
FURTHER_ORGANS = np.uint64(2)
SIZES = np.uint64(3)
PLACES = np.uint64(4)
ABLATION = np.uint64(5)
COURSE = np.uint64(6)
KILLED = np.uint64(7)
PACE = np.uint64(8)
EVENTS = np.uint64(9)
BASELINE = np.uint64(10)
SESSIONS = np.uint64(11)
#: Purpose of the scan of a due date, and of the unscheduled scan after it: base + number of the date.
SCHEDULED = np.uint64(1000)
UNSCHEDULED = np.uint64(100_000)
CONTROL_SCAN = np.uint64(200_000)
