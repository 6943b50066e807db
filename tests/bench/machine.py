"""What kind of machine this is."""

from __future__ import annotations

import platform
import subprocess
from pathlib import Path

UNKNOWN = "unknown processor"


def cpu_model() -> str:
    """The processor's name as the system tells it."""
    if platform.system() == "Darwin":
        told = subprocess.run(
            ["sysctl", "-n", "machdep.cpu.brand_string"], capture_output=True, text=True
        )
        return told.stdout.strip() or UNKNOWN
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        name, _, value = line.partition(":")
        if name.strip() in ("model name", "Hardware") and value.strip():
            return " ".join(value.split())
    return platform.processor() or platform.machine() or UNKNOWN
